"""What a reader sees: the manifest in force and the rows that are not yet in its segments."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from digit_recognizer import compaction, feedback_rows, manifest, retrainings, segments
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import Feedback
from digit_recognizer.feedback_rows import Waiting
from digit_recognizer.figures import Figures
from digit_recognizer.manifest import Manifest
from digit_recognizer.settings import settings
from digit_recognizer.storage import Store

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
        broken: how many row objects hold no record.
    """

    manifest: Manifest
    tail: list[T]
    broken: int


async def view(store: Store, of: Callable[[Feedback], T]) -> View[T]:
    """See all rows, and make something small of each that is not in a segment yet.

    Where much is new it is compacted first, so that memory stays flat.

    Raises:
        StoreUnavailable: the store failed, or more rows wait than can be compacted in time.
    """
    for _ in range(_READS):
        waiting = await _few(store)
        current = await manifest.in_force(store)
        seen = await _seen(store, waiting, current, of)
        if seen is not None:
            return seen
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


async def summary(store: Store) -> dict[str, Any]:
    """The answer of `GET /feedback/summary`: the manifest's figures and the rows since then.

    Raises:
        StoreUnavailable: see `view`.
    """
    seen = await view(store, _without_picture)
    figures = Figures.from_json(seen.manifest.figures)
    for record in seen.tail:
        figures.add(record)
    retrained = await retrainings.newest(store)
    return figures.summary(
        quarantined=seen.broken + await feedback_rows.quarantined(store),
        looked_at=retrained.rows if retrained else 0,
    )


async def count(store: Store) -> int:
    """How many rows there are: a few requests, and nothing is compacted.

    Objects that hold no row count, too, until a compaction has set them aside.
    """
    waiting = await feedback_rows.waiting(store, compaction.AT_ONCE)
    current = await manifest.in_force(store)
    taken = await segments.holding(store, current.segments, waiting.ids)
    return current.rows + len(set(waiting.ids) - taken)


async def rows(store: Store) -> AsyncGenerator[Feedback, None]:
    """All rows that were acknowledged when this began, each once, pictures included.

    Those in segments come first, in their order, then the others in the order of their ids. Nothing
    is written. However many rows there are, a batch of them is in memory, and the ids of those
    that are not compacted.

    Raises:
        StoreUnavailable: the store failed, more than 100,000 rows are not compacted, or the reader
            took so long that a segment was replaced and removed meanwhile.
    """
    waiting = await feedback_rows.waiting(store, compaction.AT_ONCE)
    if waiting.more:
        raise StoreUnavailable(
            f"More than {compaction.AT_ONCE:,} rows are not compacted; run `make compact` first."
        )
    current = await manifest.in_force(store)
    taken = await segments.holding(store, current.segments, waiting.ids)
    for segment in current.segments:
        async for record in segments.records(store, segment):
            yield record
    gone: set[str] = set()
    new = [row for row in waiting.rows if row.id not in taken]
    async with aclosing(feedback_rows.contents(store, new)) as contents:
        async for row, content in contents:
            if content is None:
                gone.add(row.id)
            elif row.id not in taken and (found := feedback_rows.parsed(row, content)) is not None:
                taken.add(row.id)
                yield found
    # A row that has gone meanwhile is in a segment of a later manifest (see `compaction`).
    gone -= taken
    later = await manifest.in_force(store) if gone else current
    for segment in later.segments:
        if segment.name in current.names():
            continue
        async for record in segments.records(store, segment):
            if record.id in gone:
                yield record


async def any_rows(store: Store) -> bool:
    """Whether there is at least one row: one or two requests."""
    if await manifest.generations(store):
        return True
    async for page in store.pages(feedback_rows.ROWS, page_size=1):
        return bool(page)
    return False


async def _few(store: Store) -> Waiting:
    """The rows that wait, after so many were compacted that only a few do."""
    few = settings().compact_at
    started = time.monotonic()
    while True:
        waiting = await feedback_rows.waiting(store, few)
        if not waiting.more:
            return waiting
        await _compact_some(store, started)


async def _compact_some(store: Store, started: float) -> tuple[Manifest, bool]:
    """`compaction.compact` so few rows that it is done in time, unless there was no time left."""
    if store.bucket is not None and time.monotonic() - started > _PATIENCE:
        raise StoreUnavailable("Very many rows are new; they are being sorted in: try again.")
    return await compaction.compact(store, max(settings().compact_at, _COMPACTED_AT_ONCE))


async def _seen(
    store: Store, waiting: Waiting, current: Manifest, of: Callable[[Feedback], T]
) -> View[T] | None:
    """The view, or None if a row has gone meanwhile: a later manifest has it."""
    taken = await segments.holding(store, current.segments, waiting.ids)
    new = [row for row in waiting.rows if row.id not in taken]
    tail: list[T] = []
    broken = len(waiting.strays)
    async with aclosing(feedback_rows.contents(store, new)) as contents:
        async for row, content in contents:
            if content is None:
                return None
            if row.id in taken:
                continue
            record = feedback_rows.parsed(row, content)
            if record is None:
                broken += 1
            else:
                taken.add(row.id)
                tail.append(of(record))
    return View(current, tail, broken)


def _without_picture(record: Feedback) -> Feedback:
    """The original picture may be megabytes, and is not counted."""
    return replace(record, image="")
