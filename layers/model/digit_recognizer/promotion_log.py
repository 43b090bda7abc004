"""The log of promotions: which version of the model is in service, since when and why.

`models/promotions/<number>.json`; the entry of the highest number is in force. Entry n + 1 is
*created if absent*, so of two who build on entry n one wins. Nothing is ever changed or removed:
a rollback is one more entry. Entry 0 is stored nowhere: the model of the package, which is in
service where nothing was ever promoted.

An entry tells of those before it too, so that one request tells all there is to say.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal

from digit_recognizer.errors import Conflict, UnfitModel
from digit_recognizer.ids import new_id
from digit_recognizer.registry import MODELS, Model, built_in, sha256_of
from digit_recognizer.storage import Store

PROMOTIONS = f"{MODELS}/promotions"
TOLD = 20
"""So many entries before it an entry tells of."""

_FORMAT = 1
_FIGURES = 24  # of a card, at most, that an entry tells

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
        before: of the entries before this one, the newest first, at most TOLD: what `told` says.
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

    def told(self, until: str) -> dict[str, Any]:
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
            stored = json.loads(content)
            if stored.pop("format") != _FORMAT or stored["number"] != number:
                raise ValueError("another format")
            entry = cls(**{**stored, "before": tuple(stored["before"])})
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UnfitModel(
                f"{key_of(number)} is not an entry of the log that this code can read."
            ) from None
        return replace(entry, version=built_in().version) if entry.built_in else entry


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
        about=about(card),
        before=(),
    )


def about(card: Mapping[str, Any]) -> dict[str, Any]:
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


def key_of(number: int) -> str:
    """Where an entry is kept."""
    return f"{PROMOTIONS}/{number:010}.json"


async def numbers(store: Store, after: int = 0) -> list[int]:
    """The numbers of the entries that are kept, in order, from the one after `after` on."""
    pages = store.pages(PROMOTIONS, after=key_of(after))
    keys = [kept.key async for page in pages for kept in page]
    names = (key.rpartition("/")[2].removesuffix(".json") for key in keys)
    return sorted(int(name) for name in names if name.isdecimal())


async def entry(store: Store, number: int) -> Entry:
    """An entry.

    Raises:
        UnfitModel: there is none, or it can't be read.
        StoreUnavailable: the store failed.
    """
    if number == 0:
        return first()
    return Entry.from_json(number, await store.get(key_of(number)) or b"")


async def current(store: Store) -> Entry:
    """The entry in force: one request where nothing was ever promoted, else two.

    Raises:
        UnfitModel: it can't be read.
        StoreUnavailable: the store failed.
    """
    kept = await numbers(store)
    return await entry(store, kept[-1] if kept else 0)


async def log(store: Store) -> list[Entry]:
    """All entries, in order, beginning with that of the package.

    Raises:
        UnfitModel: one can't be read.
        StoreUnavailable: the store failed.
    """
    kept = await numbers(store)
    contents = await store.get_many([key_of(number) for number in kept])
    stored = zip(kept, contents, strict=True)
    return [first(), *(Entry.from_json(number, content or b"") for number, content in stored)]


async def append(
    store: Store, seen: Entry, kind: Kind, reason: str, model: Model, below: int | None
) -> Entry:
    """Put a model into service on top of the entry that was seen in force.

    Args:
        store: the store.
        seen: the entry that was in force when it was decided.
        kind: how it comes into service.
        reason: why, for people.
        model: that of the package, or of a version with its LiteRT file's content.
        below: the entry that a rollback goes back to.

    Raises:
        Conflict: the entry is not in force any more; then nothing has changed.
        StoreUnavailable: the store failed; the new entry may have been made all the same.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    made = Entry(
        number=seen.number + 1,
        id=new_id(),
        kind=kind,
        at=now,
        reason=reason,
        version=model.version,
        built_in=model is built_in(),
        sha256=sha256_of(model.litert) if isinstance(model.litert, bytes) else None,
        replaced=seen.version,
        below=below,
        about=about(model.card),
        before=(seen.told(until=now), *seen.before)[:TOLD],
    )
    # Asked of the store, whatever creating said: a creation whose answer was lost is tried again,
    # and then finds its own entry there.
    await store.create(key_of(made.number), made.to_json())
    there = await entry(store, made.number)
    if there.id != made.id:
        raise overtaken(there)
    return made


def overtaken(by: Entry) -> Conflict:
    """The error of who builds on an entry that is not in force any more."""
    return Conflict(
        f"Somebody else was faster: since {by.at} version {by.version} is in service ({by.kind}:"
        f" {by.reason}). Nothing was changed; look at it with `make models`, then try again."
    )
