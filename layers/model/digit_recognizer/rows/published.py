"""Which segments are in force, for readers that know no manifest: Athena, Spark, Trino, DuckDB.

Beside those in force lie replaced segments, whose rows would count twice. So each compaction
writes two lists, an address a line, as Hive's SymlinkTextInputFormat wants them:

- `feedback/table/csv/segments.txt`: of the CSV's lines, without a header;
- `feedback/table/records/segments.txt`: of the records, JSON, a line each.

They follow the manifest and commit nothing. Whoever reads the list may count on what it names:

1. A list is only ever replaced by a newer one. Who publishes reads the list first, then the
   manifest in force, and puts the new list in the place of just the one that was read. A slow
   publisher of an older generation finds another list there, and begins anew.
2. What a list names is there. A replaced segment is removed by a process that has published,
   after its own commit, a manifest that does not name it (`compaction`); by 1 no list does from
   then on. Who read the list before has the hour for which replaced segments are kept.

Between a commit and its publication, or after a crash there, the list is that of the generation
before: whole, and a few rows behind. The next compaction publishes, also if it finds nothing new.
"""

import logging
from collections.abc import Callable

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.rows import manifest
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.rows.segments import Segment
from digit_recognizer.store.storage import Store

CSV = "feedback/table/csv/segments.txt"
RECORDS = "feedback/table/records/segments.txt"

_ATTEMPTS = 8

_LISTS: tuple[tuple[str, Callable[[Segment], str]], ...] = (
    (CSV, lambda segment: segment.csv_key),
    (RECORDS, lambda segment: segment.records_key),
)

_log = logging.getLogger(__name__)


async def publish(store: Store) -> bool:
    """Bring the lists up to the manifest in force: each list and the manifest are read once.

    Returns:
        Whether they are. They are not where the store failed, which is logged: rows are as safe
        without, so a compaction goes on, but it removes no segment that a list may still name.
    """
    try:
        for _ in range(_ATTEMPTS):
            if await _brought_up(store):
                return True
        raise StoreUnavailable("It keeps changing; try again in a moment.")
    except StoreUnavailable as error:
        _log.error("The list of segments for other readers is behind: %s", error)
        return False


async def _brought_up(store: Store) -> bool:
    """Replace the lists that are behind; False if another publisher came between."""
    listed = await store.get_many([key for key, _ in _LISTS])
    current = await manifest.in_force(store)
    for (key, of_segment), seen in zip(_LISTS, listed, strict=True):
        wanted = _lines(store, current, of_segment)
        if wanted != (seen or b"") and not await store.swap(key, seen, wanted):
            return False
    return True


def _lines(store: Store, current: Manifest, of_segment: Callable[[Segment], str]) -> bytes:
    addresses = (store.address(of_segment(segment)) for segment in current.segments)
    return "".join(f"{address}\n" for address in addresses).encode()
