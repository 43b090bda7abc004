"""Manifests: which segments are in force. Creating the next one is the commit of a compaction.

`feedback/manifests/<generation>.json`; the highest generation is in force. Generation n + 1 is
*created if absent*, so of two who build on generation n one wins.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.segments import Segment
from digit_recognizer.storage import Store

MANIFESTS = "feedback/manifests"

_FORMAT = 1
_READS = 5


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
        figures: of all rows in the segments (`figures.Figures`).
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
        """The manifest that was stored."""
        stored = json.loads(content)
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


def key_of(generation: int) -> str:
    """Where the manifest of a generation is kept."""
    return f"{MANIFESTS}/{generation:010}.json"


async def generations(store: Store) -> list[int]:
    """The generations that are kept, in order."""
    kept = [entry.key async for page in store.pages(MANIFESTS) for entry in page]
    names = (key.rpartition("/")[2].removesuffix(".json") for key in kept)
    return sorted(int(name) for name in names if name.isdecimal())


async def in_force(store: Store) -> Manifest:
    """The manifest in force: two requests, one where nothing was ever compacted."""
    for _ in range(_READS):
        kept = await generations(store)
        if not kept:
            return Manifest()
        content = await store.get(key_of(kept[-1]))
        if content is not None:  # it was removed, a hundred generations later
            return Manifest.from_json(content)
    raise StoreUnavailable("The manifest in force keeps changing; try again in a moment.")


async def create(store: Store, manifest: Manifest) -> bool:
    """Create a manifest where its generation is not taken; see `Store.create`."""
    return await store.create(key_of(manifest.generation), manifest.to_json())
