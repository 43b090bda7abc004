"""Drawings that wait for a person: what retrainings set aside, and what was decided about them.

`models/reviews/<n>.json` is what one retraining found: regions of drawings that are alike, to which
many new names give a label that contradicts the anchor. `models/decisions/<n>.json` is a person's
word on one of them; it holds for its rows, and for those like them that come later. Both are
created if absent and never changed; of two decisions on the same drawings the later one counts.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from digit_recognizer.errors import Conflict, InvalidRequest
from digit_recognizer.models.versions import MODELS
from digit_recognizer.pixels import PIXELS
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_object

REVIEWS = Numbered(f"{MODELS}/reviews")
DECISIONS = Numbered(f"{MODELS}/decisions")


@dataclass(frozen=True, slots=True)
class Region:
    """Drawings that are alike, with one label.

    Attributes:
        name: to decide about it.
        label: 0 … 9, or "NaN".
        answer: what the anchor says of most of them.
        contributors: how many gave them.
        ids: of the rows.
        drawings: some of them, 784 bytes each.
    """

    name: str
    label: int | str
    answer: int
    contributors: int
    ids: tuple[str, ...]
    drawings: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """The region as it is stored."""
        pictures = [b64encode(drawing).decode("ascii") for drawing in self.drawings]
        return {**asdict(self), "drawings": pictures}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Region":
        """The region that was stored.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        drawings = tuple(b64decode(each, validate=True) for each in stored["drawings"])
        if any(len(drawing) != PIXELS for drawing in drawings):
            raise ValueError("a drawing has another size.")
        ids = tuple(map(str, stored["ids"]))
        counted = int(stored["contributors"])
        name, label, answer = str(stored["name"]), stored["label"], int(stored["answer"])
        return cls(name, label, answer, counted, ids, drawings)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a region: whether its label is right."""

    at: str
    accepted: bool
    reason: str
    region: Region

    def to_json(self) -> bytes:
        """The decision as it is stored."""
        return json.dumps({**asdict(self), "region": self.region.to_json()}).encode("ascii")


async def put(store: Store, regions: Sequence[Region]) -> None:
    """Let these wait from now on, instead of those before.

    Raises:
        Conflict: another retraining did so at the same moment.
        StoreUnavailable: the store failed.
    """
    if not regions and not await REVIEWS.numbers(store):
        return
    content = json.dumps({"at": _now(), "regions": [each.to_json() for each in regions]})
    if not await REVIEWS.append(store, content.encode("ascii")):
        raise Conflict("Another retraining found drawings that wait at the same moment.")


async def waiting(store: Store) -> list[Region]:
    """The regions that the last retraining found, but for those that were decided about.

    Raises:
        ValueError: what is stored is damaged.
        StoreUnavailable: the store failed.
    """
    newest = await REVIEWS.newest(store)
    if newest is None:
        return []
    decided = {decision.region.name for decision in await decisions(store)}
    try:
        found = [Region.from_json(each) for each in parse_object(newest[1])["regions"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{REVIEWS.key(newest[0])} is damaged; retrain once more.") from error
    return [region for region in found if region.name not in decided]


async def decide(store: Store, name: str, accepted: bool, reason: str) -> Decision:
    """Say whether the label of a region that waits is right.

    Raises:
        InvalidRequest: none of this name waits.
        Conflict: somebody else decided something at the same moment.
        StoreUnavailable: the store failed.
    """
    region = next((each for each in await waiting(store) if each.name == name), None)
    if region is None:
        raise InvalidRequest(f"No drawings called {name!r:.40} wait; `make review` lists them.")
    made = Decision(_now(), accepted, reason, region)
    if not await DECISIONS.append(store, made.to_json()):
        raise Conflict("Somebody else decided something at the same moment; try again.")
    return made


async def decisions(store: Store) -> list[Decision]:
    """All decisions that can be read, in order.

    Raises:
        StoreUnavailable: the store failed.
    """
    numbers = await DECISIONS.numbers(store)
    contents = await store.get_many([DECISIONS.key(number) for number in numbers])
    found = []
    for content in contents:
        try:
            stored = parse_object(content or b"")
            region = Region.from_json(stored["region"])
            accepted = stored["accepted"] is True
            found.append(Decision(str(stored["at"]), accepted, str(stored["reason"]), region))
        except (ValueError, KeyError, TypeError):
            continue  # what can't be read decides nothing
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
