"""Compaction: rows that arrived one by one become segments of the CSV.

The invariant. Let S be the ids in the segments of the manifest in force, and R the ids that have a
row object. At every moment, whatever was killed whenever:

1. every acknowledged id is in S or in R;
2. no id is twice in S;
3. S only grows.

A download is S, and R without S: each acknowledged row exactly once.

Why it holds. A save creates its row object, and is acknowledged after that: 1. A commit creates
the manifest of generation n + 1 if it is absent, made from the segments of generation n and rows
that are not in them (`segments.holding` looks each one up, however old its id is): 2 and 3. Of two
who build on generation n one wins; the other's segments are named by no manifest and are nothing.
Segments are created under names that nobody else uses, and are complete before the commit.
A row object is removed only after its id was seen in S, in a manifest that was read from the
store as the one in force, not from memory: by 3 it stays there, so 1 holds. So a crash between
commit and removal leaves rows in both S and R, and so does a client that sends an id again after
its row was removed: readers and the next compaction find them in S.

A reader must list the row objects before it reads the manifest: the other way round, a row that is
committed and removed in between would be in neither. A row that is listed, is not in that
manifest's S, and has gone when it is fetched, was committed by a later one: the reader starts anew.

Readers may be in a segment that is replaced: its objects are kept for an hour more.
"""

import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from digit_recognizer import feedback_rows, manifest, segments
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import Feedback
from digit_recognizer.feedback_rows import Waiting
from digit_recognizer.figures import Figures
from digit_recognizer.manifest import Manifest, Retired
from digit_recognizer.segments import Segment, SegmentWriter
from digit_recognizer.settings import settings
from digit_recognizer.storage import Store

AT_ONCE = 100_000
"""So many rows are taken in one generation: their ids are held in memory, a few megabytes."""

_ATTEMPTS = 8
_KEPT_FOR = timedelta(hours=1)  # a replaced segment's objects, for those who still read them
_KEPT_GENERATIONS = 100
_SWEEP_EVERY = 32  # generations
_ORPHAN_AFTER = timedelta(days=1)
# What is older than this when it should be committed may already count as an orphan.
_LONGEST_ATTEMPT = 3600.0

_log = logging.getLogger(__name__)


class _Overtaken(Exception):
    """Another compaction has taken rows that were listed here."""


Records = AsyncGenerator[tuple[Feedback, bytes | None]]


async def compact(store: Store, at_most: int = AT_ONCE) -> tuple[Manifest, bool]:
    """Take the oldest rows that wait into segments, as one generation.

    Args:
        store: the store.
        at_most: so many rows.

    Returns:
        The manifest in force afterwards, with every row in it that was listed, and whether more
        rows than these were waiting.

    Raises:
        StoreUnavailable: the store failed, or others kept committing first. Calling it again is
            safe, whatever had been done.
    """
    for _ in range(_ATTEMPTS):
        waiting = await feedback_rows.waiting(store, at_most)
        base = await manifest.in_force(store)
        current = await _take(store, base, waiting)
        if current is not None:
            return current, waiting.more
    raise StoreUnavailable("Others are compacting the rows right now; try again in a moment.")


async def compact_all(store: Store) -> Manifest:
    """Take all rows that wait, generation after generation.

    Raises:
        StoreUnavailable: see `compact`.
    """
    more = True
    while more:
        current, more = await compact(store)
    return current


async def append(store: Store, records: Sequence[Feedback]) -> int:
    """Add records that never were row objects, in their order; those whose ids are there stay out.

    Returns:
        How many were added.

    Raises:
        StoreUnavailable: see `compact`.
    """
    by_id = {record.id: record for record in records}
    for _ in range(_ATTEMPTS):
        base = await manifest.in_force(store)
        there = await segments.holding(store, base.segments, sorted(by_id))
        new = [record for id_, record in by_id.items() if id_ not in there]
        if not new or await _commit(store, base, _one_by_one(new)) is not None:
            return len(new)
    raise StoreUnavailable("Others are compacting the rows right now; try again in a moment.")


async def replace(
    store: Store, base: Manifest, segment: Segment, writer: SegmentWriter, figures: Figures
) -> bool:
    """Put what a writer wrote in the place of one segment; it must hold the same ids.

    Returns:
        False if another generation was committed meanwhile; then nothing has changed.
    """
    at = base.segments.index(segment)
    listed = (*base.segments[:at], *writer.written, *base.segments[at + 1 :])
    following = _following(base, listed, [segment], base.watermark, figures)
    return await _put_in_force(store, base, following, writer) is not None


async def _take(store: Store, base: Manifest, waiting: Waiting) -> Manifest | None:
    """Commit rows that wait and remove them; None if another generation came first."""
    ids = waiting.ids
    taken = await segments.holding(store, base.segments, ids)
    new = [row for row in waiting.rows if row.id not in taken]
    broken: list[str] = []
    try:
        current = await _commit(store, base, _fetched(store, new, taken, broken))
    except _Overtaken:
        return None
    if current is None:
        return None
    # From here on `taken` are ids that are in a manifest that was in force.
    await store.delete([row.key for row in waiting.rows if row.id in taken])
    for key in (*waiting.strays, *broken):
        _log.warning("Set aside %s: it is not a feedback record.", key)
        await feedback_rows.set_aside(store, key)
    return current


async def _fetched(
    store: Store, rows: Sequence[feedback_rows.Row], taken: set[str], broken: list[str]
) -> Records:
    """The records of rows that wait, each id once, adding ids to `taken` and keys to `broken`.

    Raises:
        _Overtaken: one has gone.
    """
    async with aclosing(feedback_rows.contents(store, rows)) as contents:
        async for row, content in contents:
            if content is None:
                raise _Overtaken
            if row.id in taken:
                continue
            record = feedback_rows.parsed(row, content)
            if record is None:
                broken.append(row.key)
            else:
                taken.add(row.id)
                yield record, content


async def _one_by_one(records: Sequence[Feedback]) -> Records:
    for record in records:
        yield record, None


async def _commit(store: Store, base: Manifest, records: Records) -> Manifest | None:
    """Write new records into segments and put them in force on top of a base.

    Returns:
        The manifest in force, which has the records; the base, if there were none; None if
        another generation was committed meanwhile.
    """
    started = time.monotonic()
    writer = SegmentWriter(store, base.generation + 1, settings().segment_bytes)
    figures = Figures.from_json(base.figures)
    watermark = base.watermark
    listed, replaced = base.segments, []
    async with aclosing(records):
        async for record, stored in records:
            if figures.rows == base.rows and listed and writer.has_room(listed[-1]):
                *rest, last = listed
                await writer.resume(last)
                listed, replaced = tuple(rest), [last]
            await writer.add(record, stored)
            figures.add(record)
            watermark = max(watermark, record.id)
    if figures.rows == base.rows:
        return base
    await writer.close()
    if time.monotonic() - started > _LONGEST_ATTEMPT:
        raise StoreUnavailable("The compaction took too long; take fewer rows at once.")
    following = _following(base, (*listed, *writer.written), replaced, watermark, figures)
    return await _put_in_force(store, base, following, writer)


def _following(
    base: Manifest,
    listed: tuple[Segment, ...],
    replaced: Sequence[Segment],
    watermark: str,
    figures: Figures,
) -> Manifest:
    """The next generation after a base; it forgets segments that were retired long ago."""
    now = datetime.now(UTC)
    kept = [retired for retired in base.retired if now - retired.at <= _KEPT_FOR]
    return Manifest(
        generation=base.generation + 1,
        committed_at=now.isoformat(timespec="milliseconds"),
        watermark=watermark,
        segments=listed,
        retired=(*kept, *(Retired(segment, now) for segment in replaced)),
        figures=figures.to_json(),
    )


async def _put_in_force(
    store: Store, base: Manifest, following: Manifest, writer: SegmentWriter
) -> Manifest | None:
    """Commit a generation: the manifest in force with all that was written, or None.

    Asked of the store, whatever creating said. A creation whose answer was lost is tried again,
    and then finds its own manifest there. And a creation may succeed in vain: where its
    generation was committed by others and removed as an old one since.
    """
    await manifest.create(store, following)
    current = await manifest.in_force(store)
    if not {segment.name for segment in writer.written} <= current.names():
        return None
    forgotten = {retired.segment for retired in base.retired} - {
        retired.segment for retired in following.retired
    }
    await store.delete([key for segment in forgotten for key in segment.keys])
    if following.generation % _SWEEP_EVERY == 0:
        await _sweep(store)
    return current


async def _sweep(store: Store) -> None:
    """Remove manifests of long ago, and segments that were never committed."""
    before = datetime.now(UTC) - _ORPHAN_AFTER
    # Listed before the manifest is read: what is younger than that is too young anyway.
    old = [
        entry.key
        async for page in store.pages(segments.SEGMENTS)
        for entry in page
        if entry.written_at < before
    ]
    current = await manifest.in_force(store)
    named = {*current.segments, *(retired.segment for retired in current.retired)}
    kept = {key for segment in named for key in segment.keys}
    await store.delete([key for key in old if key not in kept])
    generations = await manifest.generations(store)
    obsolete = generations[:-_KEPT_GENERATIONS]
    await store.delete([manifest.key_of(generation) for generation in obsolete])
