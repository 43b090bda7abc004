"""What a reader sees: the manifest in force and the rows that are not yet in its segments."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from digit_recognizer.errors import DamagedStore, StoreUnavailable
from digit_recognizer.feedback.places import Places
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.ids import milliseconds_of
from digit_recognizer.rows import (
    arrivals,
    compaction,
    integrity,
    manifest,
    opinions,
    segments,
    taking_back,
)
from digit_recognizer.rows.arrivals import Waiting
from digit_recognizer.rows.manifest import GENERATIONS, Manifest
from digit_recognizer.rows.taking_back import TakenBack
from digit_recognizer.settings import settings
from digit_recognizer.store.storage import Store

T = TypeVar("T")

_READS = 5
# A client of API Gateway has 30 s; nobody cuts a folder's reader short.
_PATIENCE = 15.0
_COMPACTED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """All acknowledged rows at one moment, each exactly once (see `compaction`).

    Attributes:
        manifest: whose segments hold the rows that came first.
        tail: of the other rows, in the order of their ids, what was asked for.
    """

    manifest: Manifest
    tail: list[T]


Compactor = Callable[[Store, int], Awaitable[tuple[Manifest, bool]]]
"""Takes at most so many rows into segments, and returns what `compaction.compact` does."""

_compactor: Compactor = compaction.compact


def compact_by(compactor: Compactor) -> None:
    """Let somebody else compact for the readers of this process, who may not remove rows."""
    global _compactor
    _compactor = compactor


class NotCompacted(StoreUnavailable):
    """More rows wait than fit into memory, and they can't be compacted: the store is not written.

    Compaction only makes reading fast, so what can be read row by row still can be.
    """


class _Overtaken(Exception):
    """A row has gone while it was read: a later manifest has it."""


async def view(store: Store, of: Callable[[Feedback], T]) -> View[T]:
    """See all rows, and make something small of each that is not in a segment yet.

    Where much is new it is compacted first, so that memory stays flat.

    Raises:
        NotCompacted: much is new and can't be compacted.
        StoreUnavailable: the store failed, or more rows wait than can be compacted in time.
    """
    for _ in range(_READS):
        waiting, current = await _few(store)
        with suppress(_Overtaken):
            records = _uncompacted(store, waiting, current)
            return View(current, [of(record) async for record in records if record is not None])
    raise StoreUnavailable("Rows are being compacted right now; try again in a moment.")


async def compacted(store: Store) -> Manifest:
    """The manifest in force, with every row in it that waited when this was called.

    Raises:
        StoreUnavailable: see `view`.
    """
    started = time.monotonic()
    while True:
        current, more = await _compact_some(store, started)
        if not more:
            return current


async def summary(store: Store, looked_at: int) -> dict[str, Any]:
    """The answer of `GET /feedback/summary`: the manifest's figures and the rows since then.

    Args:
        store: the store.
        looked_at: how many places of the file a retraining has looked at (`places`).

    Raises:
        StoreUnavailable: the store failed, or more rows wait than can be counted in time.
    """
    for _ in range(_READS):
        try:
            waiting, current = await _few(store)
        except NotCompacted:
            waiting = await _all(store)
            current = await integrity.in_force(store)
        tally = Tally.from_json(current.figures)
        taken = TakenBack(row.id for row in waiting.taken_back)
        async for left in taking_back.compacted(store, current, taken):
            tally.take_back(left)
        broken = 0
        with suppress(_Overtaken):
            async for record in _uncompacted(store, waiting, current):
                if record is None:
                    broken += 1
                else:
                    tally.add(_bare(record))
            quarantined = broken + await arrivals.quarantined(store)
            return tally.summary(quarantined=quarantined, looked_at=looked_at)
    raise StoreUnavailable("Rows are being compacted right now; try again in a moment.")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows there are, and what those have left that were taken back.

    Objects that hold no row count, too, until a compaction has set them aside; a later opinion of
    a row that is compacted counts once it is, too.

    Attributes:
        rows: how many there are.
        left: the places that rows have left in the file.
        without_a_place: how many were taken back before they had one: until the next compaction.
    """

    rows: int
    left: Places
    without_a_place: int

    @property
    def places(self) -> int:
        """How many places the file has: of the rows, and of those that were taken back since."""
        return self.rows + self.left.empty

    def not_looked_at(self, looked_at: int) -> int:
        """How many rows are not in the first places of the file.

        Args:
            looked_at: how many places a retraining has looked at.
        """
        return self.left.not_among_the_first(self.rows, looked_at)


async def counted(store: Store) -> Counted:
    """Count the rows: a few requests, and nothing is compacted."""
    waiting = await arrivals.waiting(store, compaction.AT_ONCE)
    current = await manifest.in_force(store)
    fresh = (await taking_back.present(store, current, waiting)).fresh
    empty = Tally.from_json(current.figures).places
    ids = sorted({row.id for row in waiting.taken_back})
    indexes = await segments.indexes(store, current.segments, ids)
    return Counted(
        rows=current.rows - len(indexes) + len(fresh),
        left=empty.left([empty.of(index) for index in indexes]),
        without_a_place=len(ids) - len(indexes),
    )


async def rows(store: Store) -> AsyncGenerator[Feedback, None]:
    """All rows that were acknowledged when this began, each once, pictures included.

    Those in segments come first, in their order, then the others in the order of their ids. Nothing
    is written. However many rows there are, a batch of them is in memory, and the ids of those
    that are not compacted.

    Raises:
        StoreUnavailable: the store failed, more than 100,000 rows are not compacted, or the reader
            took so long that a segment was replaced and removed meanwhile.
    """
    waiting = await _all(store)
    current = await integrity.in_force(store)
    taken = TakenBack(row.id for row in waiting.taken_back)
    present = await taking_back.present(store, current, waiting)
    for segment in current.segments:
        async for record in segments.records(store, segment):
            if not taken.covers(record):
                yield record
    gone: set[str] = set()
    seen: set[str] = set()
    async with aclosing(
        opinions.unread(store, current.segments, present.rows, present.compacted)
    ) as waiting_rows:
        async for row, content, found in waiting_rows:
            if content is None:
                gone.add(row.id)
            elif found is not None:
                gone.discard(row.id)
                seen.add(found.id)
                yield found
    # What has gone meanwhile is in a segment of a later manifest (see `compaction`): under its id,
    # or a later opinion under one of its own, which is of the same time.
    times = {milliseconds_of(id_) for id_ in gone & present.compacted}

    def is_it(record: Feedback) -> bool:
        its = record.id in gone or milliseconds_of(record.id) in times
        return its and record.id not in seen and not taken.covers(record)

    if gone:
        async for record in _compacted_since(store, current, is_it):
            yield record


async def _compacted_since(
    store: Store, current: Manifest, is_it: Callable[[Feedback], bool]
) -> AsyncIterator[Feedback]:
    """Of the rows that are in segments now, and were not in those of a manifest, some."""
    later = await manifest.in_force(store)
    for segment in later.segments:
        if segment.name in current.names():
            continue
        of_then = {
            record.id: record async for record in segments.records(store, segment) if is_it(record)
        }
        held = await segments.holding(store, current.segments, sorted(of_then))
        for id_, record in of_then.items():
            if id_ not in held:
                yield record


async def any_rows(store: Store) -> bool:
    """Whether there is at least one row: one or two requests."""
    if await GENERATIONS.numbers(store):
        return True
    async for page in store.pages(arrivals.ROWS, page_size=1):
        return bool(page)
    return False


async def _all(store: Store) -> Waiting:
    """The rows that wait, as far as their ids fit into memory."""
    waiting = await arrivals.waiting(store, compaction.AT_ONCE)
    if waiting.more:
        raise StoreUnavailable(
            f"More than {compaction.AT_ONCE:,} rows are not compacted; run `make compact` first."
        )
    return waiting


async def _few(store: Store) -> tuple[Waiting, Manifest]:
    """The rows that wait, after so many were compacted that only a few do, and the manifest then.

    Of the rows in its segments none was taken back: so these are the file as they stand.
    """
    few = settings().compact_at
    started = time.monotonic()
    while True:
        waiting = await arrivals.waiting(store, few)
        if not waiting.more:
            current = await integrity.in_force(store)
            if not await taking_back.concerns(store, current, waiting):
                return waiting, current
        try:
            await _compact_some(store, started)
        except DamagedStore:
            raise
        except StoreUnavailable as error:
            raise NotCompacted(str(error)) from error


async def _compact_some(store: Store, started: float) -> tuple[Manifest, bool]:
    """`compaction.compact` so few rows that it is done in time, unless there was no time left."""
    if store.bucket is not None and time.monotonic() - started > _PATIENCE:
        raise StoreUnavailable("Very many rows are new; they are being sorted in: try again.")
    return await _compactor(store, max(settings().compact_at, _COMPACTED_AT_ONCE))


async def _uncompacted(
    store: Store, waiting: Waiting, current: Manifest
) -> AsyncGenerator[Feedback | None]:
    """The rows that are not in the segments of a manifest; None for each object that holds none.

    Raises:
        _Overtaken: one has gone.
    """
    for _ in waiting.strays:
        yield None
    present = await taking_back.present(store, current, waiting)
    async with aclosing(
        opinions.unread(store, current.segments, present.rows, present.compacted)
    ) as rows:
        async for _, content, record in rows:
            if content is None:
                raise _Overtaken
            yield record


def _bare(record: Feedback) -> Feedback:
    """Without the original picture: it may be megabytes, and is not counted."""
    return replace(record, image="")
