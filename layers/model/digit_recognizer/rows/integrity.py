"""Whether what lies on the store fits together; where it does not, serving on would hide rows.

A manifest that is gone is seen by the segments that only it can have named. They may also be those
of a compaction under way, or of one that was killed: then each of their rows is in a segment in
force, or still waits as an object of its own (see `compaction`, 1).
"""

from collections.abc import AsyncIterator, Sequence

from digit_recognizer.errors import DamagedStore
from digit_recognizer.rows import arrivals, manifest, opinions, segments
from digit_recognizer.rows.arrivals import Row
from digit_recognizer.rows.manifest import GENERATIONS, Manifest
from digit_recognizer.rows.taking_back import TakenBack
from digit_recognizer.store.storage import Store

EXPORTS = "exports"

_TIME = 6  # so many bytes of a packed id say when it was made

_MEND = "An operator can mend it: python -m digit_recognizer check --repair."


async def in_force(store: Store) -> Manifest:
    """The manifest in force, and no sign of a later one that is gone: one listing more.

    Raises:
        DamagedStore: the manifest is damaged, or a later one is gone.
        StoreUnavailable: the store failed.
    """
    current = await manifest.in_force(store)
    later = [name async for name in _named_later(store, current)]
    if later and await homeless(store, current, later):
        if (await manifest.in_force(store)).generation != current.generation:
            return await in_force(store)  # it was a compaction, which has committed meanwhile
        raise DamagedStore(
            f"{GENERATIONS.key(current.generation) if current.generation else 'No manifest'} is in"
            f" force, but {segments.SEGMENTS}/{later[-1]} has rows that are nowhere else: a later"
            f" manifest is gone. {_MEND}"
        )
    if current.generation == 0:
        async for page in store.pages(EXPORTS, page_size=1):
            if page:
                raise DamagedStore(f"{page[0].key} is there, and no manifest. {_MEND}")
    return current


async def homeless(store: Store, current: Manifest, names: Sequence[str]) -> set[bytes]:
    """The ids in some segments, packed, that are in no segment in force and have no row object.

    Also those that only they say were taken back.

    Args:
        store: where they are.
        current: the manifest in force.
        names: of segments that it does not name. One without a list of its ids has none.
    """
    ids: set[bytes] = set()
    left: set[bytes] = set()
    for name in names:
        ids.update(segments.unpacked(await store.get(f"{segments.SEGMENTS}/{name}.ids") or b""))
        left.update(map(segments.packed, await segments.without_rows(store, name)))
    if ids:
        spelled = sorted(map(segments.spelled, ids))
        held = await segments.held(store, current.segments, spelled)
        ids -= set(map(segments.packed, held.ids))
        left -= set(map(segments.packed, held.taken_back))
    if left:
        async for row in arrivals.every(store):
            if arrivals.says_taken_back(row):
                left.discard(segments.packed(row.id))
    return left | await _without_object(store, current, names, ids - left)


async def _without_object(
    store: Store, current: Manifest, names: Sequence[str], ids: set[bytes]
) -> set[bytes]:
    """Those of the ids in some segments, in none in force, that have no object of their own."""
    if ids:
        times = {id_[:_TIME] for id_ in ids}
        of_then: list[Row] = []
        async for row in arrivals.every(store):
            packed = segments.packed(row.id)
            ids.discard(packed)
            if packed[:_TIME] in times and not arrivals.says_taken_back(row):
                of_then.append(row)
        # What was said anew of a compacted row waits under another id of the same time.
        if ids:
            async for _, _, record in arrivals.unread(store, sorted(of_then), frozenset()):
                if record is not None:
                    ids.discard(segments.packed(opinions.own_id(record)))
    return ids and await _not_taken_back(store, current, names, ids)


async def _not_taken_back(
    store: Store, current: Manifest, names: Sequence[str], ids: set[bytes]
) -> set[bytes]:
    """Those of the ids that no later opinions have which were sent under an id taken back since."""
    spelled = sorted(map(segments.spelled, ids))
    at = segments.taken_back_at(store, current.segments, spelled)
    waiting = [row.id async for row in arrivals.every(store) if arrivals.says_taken_back(row)]
    taken = TakenBack([*waiting, *[id_ async for id_ in at]])
    for name in names:
        async for record, _ in segments.readable(store, name):
            if taken.covers(record):
                ids.discard(segments.packed(record.id))
    return ids


async def _named_later(store: Store, current: Manifest) -> AsyncIterator[str]:
    """The names of segments of generations after the one in force."""
    after = f"{segments.SEGMENTS}/{current.generation + 1:08}"
    last = ""
    async for page in store.pages(segments.SEGMENTS, after=after):
        for listed in page:
            name = listed.key.rpartition("/")[2].partition(".")[0]
            if name != last:
                yield name
            last = name
