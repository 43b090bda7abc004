"""The log of promotions: which version of the model is in service, since when and why.

`models/promotions/<number>.json`; the entry of the highest number is in force; one that can't be
read is passed over, and named. Entry n + 1 is
*created if absent*, so of two who build on entry n one wins. Nothing is ever changed or removed:
a rollback is one more entry. Entry 0 is stored nowhere: the model of the package, which is in
service where nothing was ever promoted.

An entry tells of those before it too, so that one request tells all there is to say.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal, NamedTuple

from digit_recognizer.errors import Conflict, StoreUnavailable, UnfitModel
from digit_recognizer.ids import new_id
from digit_recognizer.models.versions import MODELS
from digit_recognizer.recognition.model import Model, built_in, sha256_of
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_object

PROMOTIONS = Numbered(f"{MODELS}/promotions")
SUMMARISED = 20
"""So many entries before it an entry summarises."""

_FORMAT = 1
_FIGURES = 24  # of a card, at most, that an entry keeps

Kind = Literal["built-in", "promotion", "rollback"]


@dataclass(frozen=True, slots=True)
class Entry:
    """From here on a version is in service.

    Attributes:
        number: counts from 1; 0 is the model of the package, before anything was promoted.
        id: tells two entries apart that were made at once.
        kind: how it came into service.
        at: since when, ISO 8601, UTC.
        reason: why, for people.
        version: its name.
        built_in: whether it is the model of the package; that may be called otherwise by now, and
            then the version is today's.
        sha256: of its LiteRT file; None for the model of the package.
        replaced: the version that was in service before; None for entry 0.
        below: the entry that a rollback goes back to; None where there is none.
        about: of the version: when it was `created`, its `figures`, and from how many `rows` of
            feedback it learned.
        before: the `summary` of the entries before this one, the newest first, at most SUMMARISED.
    """

    number: int
    id: str
    kind: Kind
    at: str
    reason: str
    version: str
    built_in: bool
    sha256: str | None
    replaced: str | None
    below: int | None
    about: Mapping[str, Any]
    before: tuple[Mapping[str, Any], ...]

    def summary(self, until: str) -> dict[str, Any]:
        """The entry as the ones after it tell of it; it was in service until then."""
        return {
            "version": self.version,
            "kind": self.kind,
            "reason": self.reason,
            "since": self.at,
            "until": until,
            **self.about,
        }

    def to_json(self) -> bytes:
        """The entry as it is stored."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1).encode("ascii")

    @classmethod
    def from_json(cls, number: int, content: bytes) -> "Entry":
        """The entry that was stored under a number.

        Raises:
            UnfitModel: it is no entry, or newer code wrote it.
        """
        try:
            stored = parse_object(content)
            if stored.pop("format") != _FORMAT or stored["number"] != number:
                raise ValueError("another format")
            entry = cls(**{**stored, "before": tuple(stored["before"])})
            entry._check_types()
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UnfitModel(
                f"{PROMOTIONS.key(number)} is not an entry of the log that this code can read."
            ) from None
        return replace(entry, version=built_in().version) if entry.built_in else entry

    def _check_types(self) -> None:
        texts = (self.id, self.kind, self.at, self.reason, self.version)
        optional = (self.sha256, self.replaced)
        if not (
            all(type(text) is str for text in texts)
            and all(text is None or type(text) is str for text in optional)
            and type(self.built_in) is bool
            and (self.below is None or type(self.below) is int)
            and all(isinstance(each, dict) for each in (self.about, *self.before))
        ):
            raise TypeError("a field is not what it should be")


class Current(NamedTuple):
    """What is in force.

    Attributes:
        entry: the last one that can be read.
        last: the number of the last one, whether it can be read or not.
        broken: the sentences of those after it that can't be read.
    """

    entry: Entry
    last: int
    broken: list[str]


def first() -> Entry:
    """Entry 0: the model of the package."""
    card = built_in().card
    return Entry(
        number=0,
        id="",
        kind="built-in",
        at=str(card["created"]),
        reason="It is part of the package.",
        version=built_in().version,
        built_in=True,
        sha256=None,
        replaced=None,
        below=None,
        about=card_facts(card),
        before=(),
    )


def card_facts(card: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry keeps of a version's card."""
    figures, data = card.get("figures"), card.get("data")
    numbers = {
        name: value
        for name, value in (figures.items() if isinstance(figures, dict) else ())
        if isinstance(value, (int, float)) and isfinite(value)
    }
    rows = data.get("feedback_rows") if isinstance(data, dict) else None
    return {
        "created": str(card.get("created", "")),
        "figures": dict(list(numbers.items())[:_FIGURES]),
        "rows": rows if isinstance(rows, int) else 0,
    }


async def entry(store: Store, number: int) -> Entry:
    """An entry.

    Raises:
        UnfitModel: there is none, or it can't be read.
        StoreUnavailable: the store failed.
    """
    if number == 0:
        return first()
    return Entry.from_json(number, await store.get(PROMOTIONS.key(number)) or b"")


async def readable(store: Store, kept: Sequence[int]) -> Current:
    """The last of some entries that can be read; that of the package where none can.

    Args:
        store: the store.
        kept: numbers, in order.

    Raises:
        StoreUnavailable: the store failed.
    """
    broken: list[str] = []
    for number in reversed(kept):
        try:
            return Current(await entry(store, number), kept[-1], broken)
        except UnfitModel as error:
            broken.append(str(error))
    return Current(first(), kept[-1] if kept else 0, broken)


async def in_force(store: Store) -> Current:
    """What is in force: one request where nothing was ever promoted, else two.

    Raises:
        StoreUnavailable: the store failed.
    """
    return await readable(store, await PROMOTIONS.numbers(store))


async def current(store: Store) -> Entry:
    """The entry in force (see `in_force`)."""
    return (await in_force(store)).entry


async def log(store: Store) -> list[Entry]:
    """All entries that can be read, in order, beginning with that of the package.

    Raises:
        StoreUnavailable: the store failed.
    """
    kept = await PROMOTIONS.numbers(store)
    contents = await store.get_many([PROMOTIONS.key(number) for number in kept])
    entries = [first()]
    for number, content in zip(kept, contents, strict=True):
        with suppress(UnfitModel):
            entries.append(Entry.from_json(number, content or b""))
    return entries


async def append(
    store: Store, base: Current, kind: Kind, reason: str, model: Model, below: int | None
) -> Entry:
    """Put a model into service on top of what was seen in force.

    Args:
        store: the store.
        base: what was in force when it was decided.
        kind: how it comes into service.
        reason: why, for people.
        model: that of the package, or of a version with its LiteRT file's content.
        below: the entry that a rollback goes back to.

    Raises:
        Conflict: something else is in force by now; then nothing has changed.
        StoreUnavailable: the store failed; if the new entry may have been made all the same, the
            sentence says so, since who repeats a rollback that was made goes back two steps.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    made = Entry(
        number=base.last + 1,
        id=new_id(),
        kind=kind,
        at=now,
        reason=reason,
        version=model.version,
        built_in=model is built_in(),
        sha256=sha256_of(model.litert) if isinstance(model.litert, bytes) else None,
        replaced=base.entry.version,
        below=below,
        about=card_facts(model.card),
        before=(base.entry.summary(until=now), *base.entry.before)[:SUMMARISED],
    )
    try:
        is_made = await PROMOTIONS.create(store, made.number, made.to_json())
    except StoreUnavailable as error:
        is_made = await _is_there(store, made)
        if not is_made:
            raise StoreUnavailable(
                f"The data store failed, and version {made.version} may be in service all the"
                " same; look at it with `make models` before you try again."
            ) from error
    if not is_made:
        raise overtaken(await current(store))
    return made


async def _is_there(store: Store, made: Entry) -> bool:
    """Whether an entry was made, as far as the store says."""
    try:
        return await store.get(PROMOTIONS.key(made.number)) == made.to_json()
    except StoreUnavailable:
        return False


def overtaken(by: Entry) -> Conflict:
    """The error of who builds on an entry that is not in force any more."""
    return Conflict(
        f"Somebody else was faster: since {by.at} version {by.version} is in service ({by.kind}:"
        f" {by.reason}). Nothing was changed; look at it with `make models`, then try again."
    )
