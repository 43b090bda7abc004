"""Segments: compacted rows, a few megabytes each, immutable.

A segment is three objects under one name that no other attempt uses:

- `feedback/segments/<name>.csv`: the lines of `user_pixel_data.csv`, without the header;
- `feedback/segments/<name>.jsonl`: the records of the same lines, original pictures included;
- `feedback/segments/<name>.ids`: the ids of the same lines, 16 bytes each.

A segment counts once a manifest names it (`manifest`).
"""

import asyncio
import secrets
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any
from uuid import UUID

from digit_recognizer import csv_file
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import Feedback
from digit_recognizer.ids import milliseconds_of
from digit_recognizer.storage import Store

SEGMENTS = "feedback/segments"
# A segment is closed, too, when its records are so many times as long as its CSV may be: twice
# what they come to with the page's drawings. A client's pictures may be megabytes each.
_RECORDS_TO_CSV = 4
_RUNS = 4
_HOUR = 3_600_000
_LOOKED_UP_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Segment:
    """What the manifest knows of a segment.

    Attributes:
        name: of its objects.
        rows: how many lines it has.
        csv_bytes: length of its CSV.
        record_bytes: length of its records.
        runs: the times of its ids, in milliseconds, as up to four ranges, first and last included:
            so a few late rows do not make it look as if it held everything since then.
        versions: the preprocessing versions of its pixels.
    """

    name: str
    rows: int
    csv_bytes: int
    record_bytes: int
    runs: tuple[tuple[int, int], ...]
    versions: tuple[int, ...]

    @property
    def csv_key(self) -> str:
        """Where its lines are."""
        return f"{SEGMENTS}/{self.name}.csv"

    @property
    def records_key(self) -> str:
        """Where its records are."""
        return f"{SEGMENTS}/{self.name}.jsonl"

    @property
    def ids_key(self) -> str:
        """Where its ids are."""
        return f"{SEGMENTS}/{self.name}.ids"

    @property
    def keys(self) -> list[str]:
        """Its objects."""
        return [self.csv_key, self.records_key, self.ids_key]

    def to_json(self) -> dict[str, Any]:
        """The segment as the manifest keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Segment":
        """The segment that a manifest kept."""
        runs = tuple((first, last) for first, last in stored["runs"])
        return cls(**(stored | {"runs": runs, "versions": tuple(stored["versions"])}))


class SegmentWriter:
    """Collects rows and writes a segment whenever one is full; holds one segment in memory.

    Args:
        store: where to.
        generation: of the manifest that shall name the segments.
        segment_bytes: length of the CSV at which a segment is full.
    """

    def __init__(self, store: Store, generation: int, segment_bytes: int) -> None:
        self.written: list[Segment] = []
        self._versions: set[int]
        self._store = store
        self._generation = generation
        self._segment_bytes = segment_bytes
        self._start()

    def has_room(self, segment: Segment) -> bool:
        """Whether rows can be added to a segment, that is, to a new one that takes its place."""
        return self._room(segment.csv_bytes, segment.record_bytes)

    async def resume(self, segment: Segment) -> None:
        """Begin with all rows of a segment that has room."""
        csv, records, ids = await self._store.get_many(segment.keys)
        if csv is None or records is None or ids is None:
            raise gone(segment)
        self._csv, self._records, self._ids = bytearray(csv), bytearray(records), bytearray(ids)
        self._versions = set(segment.versions)

    async def add(self, record: Feedback, stored: bytes | None = None) -> None:
        """Add a row; `stored` is the record as it is on the store, if that is known."""
        if stored is None or b"\n" in stored:
            stored = record.to_json()
        self._csv += csv_file.row(record)
        self._records += stored
        self._records += b"\n"
        self._ids += packed(record.id)
        self._versions.add(record.preprocessing_version)
        if not self._room(len(self._csv), len(self._records)):
            await self.close()

    async def close(self) -> None:
        """Write what was added since the last segment."""
        if not self._ids:
            return
        segment = Segment(
            name=f"{self._generation:08}-{secrets.token_hex(8)}",
            rows=len(self._ids) // 16,
            csv_bytes=len(self._csv),
            record_bytes=len(self._records),
            runs=_runs(self._ids),
            versions=tuple(sorted(self._versions)),
        )
        # No one else creates these names: one that is taken was created by a retried request.
        contents = (self._csv, self._records, self._ids)
        await asyncio.gather(*map(self._store.create, segment.keys, contents))
        self.written.append(segment)
        self._start()

    def _room(self, csv_bytes: int, record_bytes: int) -> bool:
        longest = self._segment_bytes
        return csv_bytes < longest and record_bytes < _RECORDS_TO_CSV * longest

    def _start(self) -> None:
        self._csv, self._records, self._ids = bytearray(), bytearray(), bytearray()
        self._versions = set()


async def records(store: Store, segment: Segment) -> AsyncIterator[Feedback]:
    """The records of a segment, in order.

    They are fetched at once, so that whoever reads them may take their time: a request that is
    still being read after the store's timeout has failed.

    Raises:
        StoreUnavailable: the store failed, or the segment was replaced and removed meanwhile.
    """
    content = await store.get(segment.records_key)
    if content is None:
        raise gone(segment)
    for line in BytesIO(content):
        yield Feedback.from_json(line)


async def holding(store: Store, among: Sequence[Segment], ids: Sequence[str]) -> set[str]:
    """Which of the ids are in one of the segments.

    Only segments that have ids of the same times are looked at: none, if all ids are newer.

    Args:
        store: where the segments are.
        among: the segments.
        ids: in order.
    """
    times = [milliseconds_of(id_) for id_ in ids]
    asked = [(segment, wanted) for segment in among if (wanted := _within(segment, ids, times))]
    found: set[str] = set()
    for start in range(0, len(asked), _LOOKED_UP_AT_ONCE):
        batch = asked[start : start + _LOOKED_UP_AT_ONCE]
        indexes = await store.get_many([segment.ids_key for segment, _ in batch])
        for (segment, wanted), index in zip(batch, indexes, strict=True):
            if index is None:
                raise gone(segment)
            there = set(_unpacked(index))
            found.update(id_ for id_ in wanted if packed(id_) in there)
    return found


def gone(segment: Segment) -> StoreUnavailable:
    """The error of a reader that took longer than replaced segments are kept."""
    return StoreUnavailable(f"Segment {segment.name} was replaced meanwhile; try again.")


def packed(id_: str) -> bytes:
    """An id as 16 bytes, in the same order."""
    return UUID(id_).bytes


def _unpacked(index: bytes | bytearray) -> Iterable[bytes]:
    return (bytes(index[start : start + 16]) for start in range(0, len(index), 16))


def _within(segment: Segment, ids: Sequence[str], times: Sequence[int]) -> list[str]:
    """The ids whose times are among the segment's."""
    within: list[str] = []
    for first, last in segment.runs:
        within += ids[bisect_left(times, first) : bisect_right(times, last)]
    return within


def _runs(index: bytearray) -> tuple[tuple[int, int], ...]:
    """The times of packed ids as ranges, cut at the widest gaps that are longer than an hour."""
    times = sorted(int.from_bytes(id_[:6], "big") for id_ in _unpacked(index))
    gaps = [(after - before, at) for at, (before, after) in enumerate(pairwise(times), 1)]
    widest = sorted((gap for gap in gaps if gap[0] > _HOUR), reverse=True)[: _RUNS - 1]
    cuts = [0, *sorted(at for _, at in widest), len(times)]
    return tuple((times[start], times[end - 1]) for start, end in pairwise(cuts))
