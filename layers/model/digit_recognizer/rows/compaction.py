"""Compaction: rows that arrived one by one become segments of the CSV.

The invariant. Let S be the ids in the segments of the manifest in force, and R the ids that have a
row object. At every moment, whatever was killed whenever:

1. every acknowledged id is in S or in R;
2. no id is twice in S;
3. S only grows.

A download is S, and R without S: each acknowledged row exactly once. What was taken back is out of
it: see below.

Why it holds. A save creates its row object, and is acknowledged after that: 1. A commit creates
the manifest of generation n + 1 if it is absent, made from the segments of generation n and rows
that are not in them (`segments.holding` looks each one up, however old its id is): 2 and 3. Of two
who build on generation n one wins; the other's segments are named by no manifest and are nothing.
Segments are created under names that nobody else uses, and are complete before the commit.
A row object is removed only after its id was seen in S, in a manifest that was read from the
store as the one in force, not from memory: by 3 it stays there, so 1 holds. So a crash between
commit and removal leaves rows in both S and R, and so does a client that sends an id again after
its row was removed: readers and the next compaction find them in S. Only what says something else
than the row in S is taken, under an id of its own (`opinions`).

A reader must list the row objects before it reads the manifest: the other way round, a row that is
committed and removed in between would be in neither. A row that is listed, is not in that
manifest's S, and has gone when it is fetched, was committed by a later one: the reader starts anew.

Readers may be in a segment that is replaced: its objects are kept for an hour more, and for as long
as the list for other readers may name it (`published`).

Let T be the ids of which an object says that they were taken back (`arrivals.take_back`), and B, a
part of S, those that the segments hold without a row. A download leaves out what is in T or in B.
Before rows are taken a generation of its own commits T: rows of S that are in T leave their
segments, by writing successors of these, and their ids stay in S, now in B; so do ids of T that S
lacks, and rows that come under them later are not taken. (Own ids of later opinions leave S: they
come from rows under ids in B only, which are not taken.) So 1 to 3 hold for all other rows, none of
these is touched, and B only grows. An object of T is removed only after its id was seen in B, in a
manifest in force; a reader lists T together with R, before it reads the manifest. So what was
acknowledged as taken back is in T or in B at every moment.
"""

import logging
import time
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.rows import (
    arrivals,
    integrity,
    manifest,
    opinions,
    published,
    segments,
    taking_back,
)
from digit_recognizer.rows.arrivals import Waiting
from digit_recognizer.rows.manifest import GENERATIONS, Manifest, Retired
from digit_recognizer.rows.segments import Segment, SegmentWriter
from digit_recognizer.settings import settings
from digit_recognizer.store.storage import Store

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
    """Take the oldest rows that wait into segments, and what was taken back out of them.

    Each of the two is a generation, if there is something to do.

    Args:
        store: the store.
        at_most: so many rows.

    Returns:
        The manifest in force afterwards, with every row in it that was listed, and whether more
        than these were waiting.

    Raises:
        StoreUnavailable: the store failed, or others kept committing first. Calling it again is
            safe, whatever had been done.
    """
    for _ in range(_ATTEMPTS):
        waiting = await arrivals.waiting(store, at_most)
        base = await integrity.in_force(store)
        left, later = await _leave_out(store, base, waiting)
        if left is None:
            continue
        current = await _take(store, left, waiting)
        if current is not None:
            return current, waiting.more or later
    raise StoreUnavailable("Others are compacting the rows right now; try again in a moment.")


async def compact_all(store: Store) -> Manifest:
    """Take all rows that wait, and leave out all that was taken back, in as many generations.

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
        base = await integrity.in_force(store)
        existing_ids = await segments.holding(store, base.segments, sorted(by_id))
        new = [record for id_, record in by_id.items() if id_ not in existing_ids]
        if not new or await _commit(store, base, _one_by_one(new)) is not None:
            return len(new)
    raise StoreUnavailable("Others are compacting the rows right now; try again in a moment.")


async def replace(
    store: Store, base: Manifest, segment: Segment, writer: SegmentWriter, figures: Tally
) -> bool:
    """Put what a writer wrote in the place of one segment; it must hold the same ids, B included.

    Returns:
        False if another generation was committed meanwhile; then nothing has changed.
    """
    at = base.segments.index(segment)
    listed = (*base.segments[:at], *writer.written, *base.segments[at + 1 :])
    following = _following(base, listed, [segment], base.watermark, figures)
    return await _put_in_force(store, base, following, writer) is not None


async def rebuild(
    store: Store, empty: Manifest, records: Records, taken_back: Collection[str]
) -> Manifest | None:
    """Put records in force in the place of all segments: those of a manifest that is gone.

    Args:
        store: the store.
        empty: without segments, of the last generation that there was; the next one is made.
        records: each id once, and every id that is in a segment.
        taken_back: ids of rows that were taken back, none of which is among the records'.

    Returns:
        None if another generation came first; then nothing has changed.
    """
    made = await _commit(store, empty, records, taken_back)
    if made is not empty:
        return made
    following = _following(empty, (), (), "", Tally.from_json(empty.figures))
    created = await GENERATIONS.create(store, following.generation, following.to_json())
    return following if created else None


async def _leave_out(
    store: Store, base: Manifest, waiting: Waiting
) -> tuple[Manifest | None, bool]:
    """Commit what was taken back.

    Returns:
        The manifest in force, or None if another generation came first; and whether some of it was
        left for later.
    """
    ids = sorted({row.id for row in waiting.taken_back})
    known = (await segments.held(store, base.segments, ids)).taken_back
    current: Manifest | None = base
    later: set[str] = set()
    if new := [id_ for id_ in ids if id_ not in known]:
        started = time.monotonic()
        writer = SegmentWriter(store, base.generation + 1, settings().segment_bytes)
        rewriting = taking_back.Rewriting(store, base, writer)
        later = await rewriting.leave_out(new)
        _check_time(started)
        listed, replaced = tuple(rewriting.listed), rewriting.replaced
        following = _following(base, listed, replaced, base.watermark, rewriting.figures)
        current = await _put_in_force(store, base, following, writer)
    if current is not None:  # it holds these ids as those of rows that were taken back
        await store.delete([row.key for row in waiting.taken_back if row.id not in later])
    return current, bool(later)


async def _take(store: Store, base: Manifest, waiting: Waiting) -> Manifest | None:
    """Commit rows that wait and remove them; None if another generation came first."""
    present = await taking_back.present(store, base, waiting)
    committed = present.known
    broken: list[str] = []

    async def new() -> Records:
        async with aclosing(
            opinions.unread(store, base.segments, present.rows, frozenset(present.compacted))
        ) as rows:
            async for row, content, record in rows:
                if content is None:
                    raise _Overtaken
                if record is None:
                    broken.append(row.key)
                else:
                    committed.add(row.id)
                    yield record, content

    try:
        current = await _commit(store, base, new())
    except _Overtaken:
        return None
    if current is None:
        return None
    if current is base:  # nothing was new; but who committed it may have died before it said so
        await published.publish(store)
    # From here on these ids are in a manifest that was in force, with all that was read of them.
    unreadable = frozenset(broken)
    await store.delete(
        [row.key for row in waiting.rows if row.id in committed and row.key not in unreadable]
    )
    for key in (*waiting.strays, *broken):
        if await arrivals.set_aside(store, key):
            _log.warning("Set aside %s: it is not a feedback record.", key)
    return current


async def _one_by_one(records: Sequence[Feedback]) -> Records:
    for record in records:
        yield record, None


async def _commit(
    store: Store, base: Manifest, records: Records, taken_back: Collection[str] = ()
) -> Manifest | None:
    """Write new records into segments and put them in force on top of a base.

    Returns:
        The manifest in force, which has the records; the base, if there is nothing new; None if
        another generation was committed meanwhile.
    """
    started = time.monotonic()
    writer = SegmentWriter(store, base.generation + 1, settings().segment_bytes)
    figures = Tally.from_json(base.figures)
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
    for id_ in taken_back:
        await writer.add_taken_back(id_)
    if figures.rows == base.rows and not taken_back and not _has_old(base):
        return base
    await writer.close()
    _check_time(started)
    following = _following(base, (*listed, *writer.written), replaced, watermark, figures)
    return await _put_in_force(store, base, following, writer)


def _check_time(started: float) -> None:
    if time.monotonic() - started > _LONGEST_ATTEMPT:
        raise StoreUnavailable("The compaction took too long; take fewer rows at once.")


def _has_old(base: Manifest) -> bool:
    """Whether it is time to remove what was replaced: rows may be in it that were taken back."""
    now = datetime.now(UTC)
    return any(now - retired.at > _KEPT_FOR for retired in base.retired)


def _following(
    base: Manifest,
    listed: tuple[Segment, ...],
    replaced: Sequence[Segment],
    watermark: str,
    figures: Tally,
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

    Asked of the store, whatever creating said: a creation may succeed in vain, where its
    generation was committed by others and removed as an old one since.
    """
    await GENERATIONS.create(store, following.generation, following.to_json())
    current = await manifest.in_force(store)
    if not {segment.name for segment in writer.written} <= current.names():
        return None
    if not await published.publish(store):
        return current  # what is left goes with a later sweep
    forgotten = {retired.segment for retired in base.retired} - {
        retired.segment for retired in following.retired
    }
    await store.delete([key for segment in forgotten for key in segment.keys])
    if following.generation % _SWEEP_EVERY == 0:
        await _sweep(store)
    return current


async def _sweep(store: Store) -> None:
    """Remove manifests of long ago, and segments that were never committed.

    Nothing goes whose rows are nowhere else: then its manifest was lost, not never made.
    """
    before = datetime.now(UTC) - _ORPHAN_AFTER
    # Listed before the manifest is read: what is younger than that is too young anyway.
    old: dict[str, list[str]] = {}
    async for page in store.pages(segments.SEGMENTS):
        for listed in page:
            if listed.written_at < before:
                name = listed.key.rpartition("/")[2].partition(".")[0]
                old.setdefault(name, []).append(listed.key)
    current = await manifest.in_force(store)
    named = {*current.segments, *(retired.segment for retired in current.retired)}
    for name in old.keys() - {segment.name for segment in named}:
        if await integrity.homeless(store, current, [name]):
            _log.error("Kept segment %s: it has rows that are nowhere else; run check.", name)
        else:
            await store.delete(old[name])
    obsolete = (await GENERATIONS.numbers(store))[:-_KEPT_GENERATIONS]
    await store.delete([GENERATIONS.key(generation) for generation in obsolete])
