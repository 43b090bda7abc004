"""Segments: compacted rows, a few megabytes each, immutable.

A segment is three objects under one name that no other attempt uses:

- `feedback/segments/<name>.csv`: the lines of `user_pixel_data.csv`, without the header;
- `feedback/segments/<name>.jsonl`: the records of the same lines, original pictures included;
- `feedback/segments/<name>.ids`: the ids of the same lines, 16 bytes each, and behind them those
  of rows that were taken back: whatever comes under them stays out.

A segment counts once a manifest names it (`manifest`).
"""

import asyncio
import secrets
from bisect import bisect_left, bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any
from uuid import UUID

from digit_recognizer.errors import DamagedStore, StoreUnavailable
from digit_recognizer.feedback import csv_format
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.ids import milliseconds_of
from digit_recognizer.store.storage import Store

SEGMENTS = "feedback/segments"
# A segment is closed, too, when its records are so many times as long as its CSV may be: twice
# what they come to with the page's drawings. A client's pictures may be megabytes each.
_RECORDS_TO_CSV = 4
# And when its ids alone are so long, a sixteenth of a CSV: of rows that were taken back, mostly.
_CSV_TO_IDS = 16
_ID = 16  # bytes
_TIME = 6  # of them so many say when it was made
_RUNS = 4
_HOUR = 3_600_000
_LOOKED_UP_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Segment:
    """What the manifest knows of a segment.

    Attributes:
        name: of its objects.
        rows: how many lines it has.
        taken_back: how many ids it has of rows that were taken back.
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
    taken_back: int = 0

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

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How long they are (bytes)."""
        return self.csv_bytes, self.record_bytes, _ID * (self.rows + self.taken_back)

    def to_json(self) -> dict[str, Any]:
        """The segment as the manifest keeps it."""
        stored = asdict(self)
        if not self.taken_back:  # so that versions before it can read it
            del stored["taken_back"]
        return stored

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
        return self._room(*segment.sizes)

    async def resume(self, segment: Segment) -> None:
        """Begin with all rows of a segment that has room."""
        csv, records, ids = await self._store.get_many(segment.keys)
        if csv is None or records is None or ids is None:
            raise gone(segment)
        if (len(csv), len(records), len(ids)) != segment.sizes:
            raise cut_short(segment)
        self._csv, self._records = bytearray(csv), bytearray(records)
        at = _ID * segment.rows
        self._ids, self._taken_back = bytearray(ids[:at]), bytearray(ids[at:])
        self._versions = set(segment.versions)

    async def add(self, record: Feedback, stored: bytes | None = None) -> None:
        """Add a row; `stored` is the record as it is on the store, if that is known."""
        if stored is None or b"\n" in stored:
            stored = record.to_json()
        self._csv += csv_format.line(record)
        self._records += stored
        self._records += b"\n"
        self._ids += packed(record.id)
        self._versions.add(record.preprocessing_version)
        await self._close_if_full()

    async def add_taken_back(self, id_: str) -> None:
        """Add the id of a row that was taken back."""
        self._taken_back += packed(id_)
        await self._close_if_full()

    async def close(self) -> None:
        """Write what was added since the last segment."""
        ids = self._ids + self._taken_back
        if not ids:
            return
        segment = Segment(
            name=f"{self._generation:08}-{secrets.token_hex(8)}",
            rows=len(self._ids) // _ID,
            taken_back=len(self._taken_back) // _ID,
            csv_bytes=len(self._csv),
            record_bytes=len(self._records),
            runs=_runs(ids),
            versions=tuple(sorted(self._versions)),
        )
        contents = (self._csv, self._records, ids)
        created = await asyncio.gather(*map(self._store.create, segment.keys, contents))
        if not all(created):  # no one else creates these names
            raise StoreUnavailable(f"Segment {segment.name} is there with another content.")
        self.written.append(segment)
        self._start()

    async def _close_if_full(self) -> None:
        ids = len(self._ids) + len(self._taken_back)
        if not self._room(len(self._csv), len(self._records), ids):
            await self.close()

    def _room(self, csv_bytes: int, record_bytes: int, id_bytes: int) -> bool:
        longest = self._segment_bytes
        return (
            csv_bytes < longest
            and record_bytes < _RECORDS_TO_CSV * longest
            and id_bytes < longest // _CSV_TO_IDS
        )

    def _start(self) -> None:
        self._csv, self._records = bytearray(), bytearray()
        self._ids, self._taken_back = bytearray(), bytearray()
        self._versions = set()


async def records(store: Store, segment: Segment) -> AsyncIterator[Feedback]:
    """The records of a segment, in order; see `lines`."""
    async for record, _ in lines(store, segment):
        yield record


async def lines(store: Store, segment: Segment) -> AsyncIterator[tuple[Feedback, bytes]]:
    """The records of a segment, in order, each with its bytes as they are on the store.

    They are fetched at once, so that whoever reads them may take their time: a request that is
    still being read after the store's timeout has failed.

    Raises:
        StoreUnavailable: the store failed, the segment was replaced and removed meanwhile, or is
            damaged.
    """
    content = await store.get(segment.records_key)
    if content is None:
        raise gone(segment)
    if len(content) != segment.record_bytes:
        raise cut_short(segment)
    for line in BytesIO(content):
        try:
            yield Feedback.from_json(line), line.rstrip(b"\n")
        except ValueError as error:
            raise DamagedStore(f"A line of {segment.records_key} is no row: {error}") from error


@dataclass(slots=True)
class Held:
    """Which of some ids are in segments.

    Attributes:
        rows: those of rows.
        taken_back: those of rows that were taken back.
    """

    rows: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)

    @property
    def ids(self) -> set[str]:
        """All of them: whatever comes under one of these is nothing new."""
        return self.rows | self.taken_back


async def held(store: Store, among: Sequence[Segment], ids: Sequence[str]) -> Held:
    """Which of the ids are in one of the segments.

    Only segments that have ids of the same times are looked at: none, if all ids are newer.

    Args:
        store: where the segments are.
        among: the segments.
        ids: in order.
    """
    found = Held()
    async for segment, wanted, index in _looked_up(store, among, ids):
        of_rows = set(unpacked(index[: _ID * segment.rows]))
        of_taken_back = set(unpacked(index[_ID * segment.rows :]))
        found.rows.update(id_ for id_ in wanted if packed(id_) in of_rows)
        found.taken_back.update(id_ for id_ in wanted if packed(id_) in of_taken_back)
    return found


async def holding(store: Store, among: Sequence[Segment], ids: Sequence[str]) -> set[str]:
    """Which of the ids are in one of the segments, of rows or of what was taken back."""
    return (await held(store, among, ids)).ids


async def records_of(
    store: Store, among: Sequence[Segment], ids: Sequence[str]
) -> AsyncIterator[Feedback]:
    """The records of those of the ids, given in order, that are in one of the segments."""
    async for segment, wanted, index in _looked_up(store, among, ids):
        of_rows = set(unpacked(index[: _ID * segment.rows]))
        if any(packed(id_) in of_rows for id_ in wanted):
            async for record in records(store, segment):
                if record.id in wanted:
                    yield record


async def indexes(store: Store, among: Sequence[Segment], ids: Sequence[str]) -> list[int]:
    """Where rows are, of those of the ids, given in order, that segments hold.

    Returns:
        Their indexes among the rows of all segments.
    """
    before: dict[str, int] = {}
    rows = 0
    for segment in among:
        before[segment.name] = rows
        rows += segment.rows
    found: list[int] = []
    async for segment, wanted, index in _looked_up(store, among, ids):
        packed_ids = {packed(id_) for id_ in wanted}
        own = enumerate(unpacked(index[: _ID * segment.rows]), before[segment.name])
        found += [at for at, id_ in own if id_ in packed_ids]
    return found


async def of_the_same_times(
    store: Store, among: Sequence[Segment], ids: Sequence[str]
) -> AsyncIterator[tuple[Segment, set[str]]]:
    """Each segment that has rows of the times of some of the ids, given in order; with these."""
    async for segment, wanted, index in _looked_up(store, among, ids):
        times = {id_[:_TIME] for id_ in unpacked(index[: _ID * segment.rows])}
        of_then = {id_ for id_ in wanted if packed(id_)[:_TIME] in times}
        if of_then:
            yield segment, of_then


async def taken_back_at(
    store: Store, among: Sequence[Segment], ids: Sequence[str]
) -> AsyncIterator[str]:
    """The ids of rows that were taken back, of the times of some ids, given in order."""
    times = {packed(id_)[:_TIME] for id_ in ids}
    async for segment, _, index in _looked_up(store, among, ids):
        for id_ in unpacked(index[_ID * segment.rows :]):
            if id_[:_TIME] in times:
                yield spelled(id_)


async def readable(store: Store, name: str) -> AsyncGenerator[tuple[Feedback, bytes]]:
    """What can be read of the records of a segment that no manifest need know, each as stored."""
    for line in BytesIO(await store.get(f"{SEGMENTS}/{name}.jsonl") or b""):
        try:
            yield Feedback.from_json(line), line.rstrip(b"\n")
        except ValueError:
            continue


async def without_rows(store: Store, name: str) -> list[str]:
    """The ids in a segment that no manifest need know, of rows that were taken back.

    None of one whose writing ended before all was there: it was never in force.
    """
    index = await store.get(f"{SEGMENTS}/{name}.ids") or b""
    content = await store.get(f"{SEGMENTS}/{name}.jsonl")
    if len(index) % _ID or content is None:
        return []
    return [spelled(id_) for id_ in unpacked(index[_ID * content.count(b"\n") :])]


async def taken_back_in(store: Store, segment: Segment) -> list[str]:
    """The ids of rows that were taken back, in the order of a segment."""
    if not segment.taken_back:
        return []
    index = await store.get(segment.ids_key)
    if index is None:
        raise gone(segment)
    if len(index) != segment.sizes[2]:
        raise cut_short(segment)
    return [spelled(id_) for id_ in unpacked(index[_ID * segment.rows :])]


async def _looked_up(
    store: Store, among: Sequence[Segment], ids: Sequence[str]
) -> AsyncIterator[tuple[Segment, set[str], bytes]]:
    """Each segment that has ids of the times of some of the ids; with these, and all its own."""
    times = [milliseconds_of(id_) for id_ in ids]
    lookups = [(segment, wanted) for segment in among if (wanted := _within(segment, ids, times))]
    for start in range(0, len(lookups), _LOOKED_UP_AT_ONCE):
        batch = lookups[start : start + _LOOKED_UP_AT_ONCE]
        indexes = await store.get_many([segment.ids_key for segment, _ in batch])
        for (segment, wanted), index in zip(batch, indexes, strict=True):
            if index is None:
                raise gone(segment)
            if len(index) != segment.sizes[2]:
                raise cut_short(segment)
            yield segment, set(wanted), index


def gone(segment: Segment) -> StoreUnavailable:
    """The error of a reader that took longer than replaced segments are kept."""
    return StoreUnavailable(f"Segment {segment.name} was replaced meanwhile; try again.")


def cut_short(segment: Segment) -> DamagedStore:
    """The error of a reader that gets less, or more, of a segment than was written."""
    return DamagedStore(f"Segment {segment.name} is not as long as when it was written.")


def packed(id_: str) -> bytes:
    """An id as 16 bytes, in the same order."""
    return UUID(id_).bytes


def spelled(packed_id: bytes) -> str:
    """A packed id in its canonical spelling."""
    return str(UUID(bytes=packed_id))


def unpacked(index: bytes | bytearray) -> Iterable[bytes]:
    """The packed ids of a segment, in its order."""
    return (bytes(index[start : start + _ID]) for start in range(0, len(index), _ID))


def _within(segment: Segment, ids: Sequence[str], times: Sequence[int]) -> list[str]:
    """The ids whose times are among the segment's."""
    within: list[str] = []
    for first, last in segment.runs:
        within += ids[bisect_left(times, first) : bisect_right(times, last)]
    return within


def _runs(index: bytearray) -> tuple[tuple[int, int], ...]:
    """The times of packed ids as ranges, cut at the widest gaps that are longer than an hour."""
    times = sorted(int.from_bytes(id_[:_TIME], "big") for id_ in unpacked(index))
    gaps = [(after - before, at) for at, (before, after) in enumerate(pairwise(times), 1)]
    widest = sorted((gap for gap in gaps if gap[0] > _HOUR), reverse=True)[: _RUNS - 1]
    cuts = [0, *sorted(at for _, at in widest), len(times)]
    return tuple((times[start], times[end - 1]) for start, end in pairwise(cuts))
