"""Whether a whole store can be read, what is broken in it, and how its manifest is made anew.

Everything that was acknowledged is in a segment or in a row object. So where a manifest is gone or
damaged, another one is made from the segments: each row once, those that a readable manifest names
first. Nothing is removed by it; what is no longer named is swept later, as after any compaction.
"""

from collections.abc import AsyncIterator, Collection

from digit_recognizer.errors import DamagedStore, StoreUnavailable, UnfitModel
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.models import promotion_log, retraining_log, versions
from digit_recognizer.rows import (
    arrivals,
    compaction,
    integrity,
    manifest,
    published,
    segments,
    snapshot,
    taking_back,
)
from digit_recognizer.rows.manifest import GENERATIONS, Manifest
from digit_recognizer.rows.taking_back import TakenBack
from digit_recognizer.store.storage import Store


async def check(store: Store) -> str:
    """Read all that lies on a store, and change nothing.

    Returns:
        What there is, in a sentence.

    Raises:
        DamagedStore: something is broken; a sentence a line.
        StoreUnavailable: the store failed.
    """
    broken = [sentence async for sentence in _findings(store)]
    if broken:
        raise DamagedStore("\n".join(broken))
    current = await manifest.in_force(store)
    arrived = await arrivals.waiting(store, compaction.AT_ONCE)
    waiting = len((await taking_back.present(store, current, arrived)).fresh)
    taken_back = sum(segment.taken_back for segment in current.segments)
    also = "".join(
        f", {count} {what}"
        for count, what in (
            (taken_back, "taken back"),
            (len(arrived.taken_back), "whose taking back waits"),
        )
        if count
    )
    return (
        f"All is well: {current.rows} rows in {len(current.segments)} segments, {waiting} that"
        f" wait{also}, {len(await versions.names(store))} versions of the model."
    )


async def repair(store: Store) -> str:
    """Make a new manifest from all segments that can be read, if the one in force is not whole.

    It can be stopped and called again at any time.

    Returns:
        What was done, in a sentence.

    Raises:
        StoreUnavailable: the store failed, or others are compacting it.
    """
    try:
        current = await integrity.in_force(store)
        if not [each async for each in _broken_segments(store, current)]:
            await published.publish(store)
            return "The manifest is whole; nothing was changed."
    except DamagedStore:
        pass
    known, last = await _newest_readable(store)
    left = {id_ for name in await _names(store) for id_ in await segments.without_rows(store, name)}
    figures = Tally()
    figures.places = Tally.from_json(known.figures).places
    empty = Manifest(generation=last, figures=figures.to_json())
    made = await compaction.rebuild(store, empty, _all_records(store, known, left), sorted(left))
    if made is None:
        raise StoreUnavailable("Others are compacting the rows right now; try again in a moment.")
    await published.publish(store)
    return f"Manifest {made.generation} has all {made.rows} rows that could be read."


async def _findings(store: Store) -> AsyncIterator[str]:
    try:
        current = await integrity.in_force(store)
        async for sentence in _broken_segments(store, current):
            yield sentence
    except DamagedStore as error:
        yield str(error)
    else:
        seen = await retraining_log.newest(store)
        if seen is not None and seen.rows > (rows := (await snapshot.counted(store)).places):
            yield f"A retraining has looked at {seen.rows} rows, and there are {rows} now."
    async for page in store.pages(arrivals.ROWS):
        for listed in page:
            if not arrivals.holds_row(listed.key, await store.get(listed.key)):
                yield f"{listed.key} holds no row; the next compaction sets it aside."
    for sentence in (await promotion_log.in_force(store)).broken:
        yield sentence
    for version in await versions.names(store):
        try:
            await versions.load(store, version)
        except UnfitModel as error:
            yield str(error)


async def _broken_segments(store: Store, current: Manifest) -> AsyncIterator[str]:
    for segment in current.segments:
        try:
            ids = await store.get(segment.ids_key) or b""
            records = [record.id async for record in segments.records(store, segment)]
            taken_back = await segments.taken_back_in(store, segment)
            if b"".join(map(segments.packed, (*records, *taken_back))) != ids:
                raise segments.cut_short(segment)
            if await store.size(segment.csv_key) != segment.csv_bytes:
                raise segments.cut_short(segment)
        except DamagedStore as error:
            yield str(error)
        except StoreUnavailable:
            yield f"Segment {segment.name} is in force, and its {segment.rows} rows are gone."


async def _newest_readable(store: Store) -> tuple[Manifest, int]:
    """The newest manifest that can be read, and the last generation that there was any sign of."""
    numbers = await GENERATIONS.numbers(store)
    names = await _names(store)
    last = max([0, *numbers, *(int(name[:8]) for name in names if name[:8].isdecimal())])
    for number in reversed(numbers):
        try:
            return Manifest.from_json(await store.get(GENERATIONS.key(number)) or b""), last
        except ValueError:
            continue
    return Manifest(), last


async def _all_records(
    store: Store, known: Manifest, taken_back: Collection[str]
) -> compaction.Records:
    """The records of all segments, each once; those of a manifest first, in its order."""
    left_out = TakenBack(taken_back)
    named = [segment.name for segment in known.segments]
    others = [name for name in await _names(store) if name not in known.names()]
    taken: set[bytes] = set()
    for name in (*named, *others):
        async for record, line in segments.readable(store, name):
            packed = segments.packed(record.id)
            if packed not in taken and not left_out.covers(record):
                taken.add(packed)
                yield record, line


async def _names(store: Store) -> list[str]:
    """The names of all segments, in order, whoever names them."""
    keys = [listed.key async for page in store.pages(segments.SEGMENTS) for listed in page]
    return sorted({key.rpartition("/")[2].partition(".")[0] for key in keys})
