"""Manifests: which segments are in force. Creating the next one is the commit of a compaction.

`feedback/manifests/<generation>.json`; the highest generation is in force. Generation n + 1 is
*created if absent*, so of two who build on generation n one wins.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from digit_recognizer.errors import DamagedStore
from digit_recognizer.rows.segments import Segment
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_object

GENERATIONS = Numbered("feedback/manifests")

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Retired:
    """A segment that is no longer in force, and since when; readers may still be in it."""

    segment: Segment
    at: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation.

    Attributes:
        generation: counts from 1; 0 is the empty manifest that is nowhere stored.
        committed_at: ISO 8601, UTC.
        watermark: the newest id that was ever taken. Ids below it may still arrive.
        segments: in the order of the file.
        retired: replaced segments whose objects are still kept.
        figures: of all rows in the segments (`feedback.tally.Tally`).
    """

    generation: int = 0
    committed_at: str = ""
    watermark: str = ""
    segments: tuple[Segment, ...] = ()
    retired: tuple[Retired, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows the segments have."""
        return sum(segment.rows for segment in self.segments)

    @property
    def csv_bytes(self) -> int:
        """How long their lines are."""
        return sum(segment.csv_bytes for segment in self.segments)

    def names(self) -> set[str]:
        """The names of the segments in force."""
        return {segment.name for segment in self.segments}

    def to_json(self) -> bytes:
        """The manifest as it is stored."""
        stored = {
            "format": _FORMAT,
            "generation": self.generation,
            "committed_at": self.committed_at,
            "watermark": self.watermark,
            "segments": [segment.to_json() for segment in self.segments],
            "retired": [
                {"segment": retired.segment.to_json(), "at": retired.at.isoformat()}
                for retired in self.retired
            ],
            "figures": self.figures,
        }
        return json.dumps(stored, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """The manifest that was stored.

        Raises:
            ValueError: it is none, or newer code wrote it.
        """
        try:
            return cls._from_stored(parse_object(content))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("it is not a manifest that this code can read.") from error

    @classmethod
    def _from_stored(cls, stored: dict[str, Any]) -> "Manifest":
        if stored["format"] != _FORMAT:
            raise ValueError(f"its format is {stored['format']}, not {_FORMAT}.")
        return cls(
            generation=stored["generation"],
            committed_at=stored["committed_at"],
            watermark=stored["watermark"],
            segments=tuple(map(Segment.from_json, stored["segments"])),
            retired=tuple(
                Retired(Segment.from_json(r["segment"]), datetime.fromisoformat(r["at"]))
                for r in stored["retired"]
            ),
            figures=stored["figures"],
        )


async def in_force(store: Store) -> Manifest:
    """The manifest in force: two requests, one where nothing was ever compacted.

    Raises:
        DamagedStore: it can't be read. The one before it is not served in its place: rows that
            were compacted since then are nowhere else.
        StoreUnavailable: the store failed.
    """
    newest = await GENERATIONS.newest(store)
    if newest is None:
        return Manifest()
    generation, content = newest
    try:
        return Manifest.from_json(content)
    except ValueError as error:
        raise DamagedStore(
            f"{GENERATIONS.key(generation)} is damaged: {error} An operator can mend it:"
            " python -m digit_recognizer check --repair."
        ) from error
