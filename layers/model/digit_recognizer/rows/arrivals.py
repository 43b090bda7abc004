"""Feedback records as they arrive: one immutable object each, until compaction has taken them.

Keys are `feedback/rows/<prefix>/<yyyy-mm-dd>/<id>.json`. The prefix comes from the id's random
part and spreads the writes: S3 takes 3,500 PUTs a second of each prefix. The day is that of the
id's own time. So the same id has the same key whenever it is sent. Listing is flat, so that few
rows take one request however many prefixes there are.

That a row was taken back is an arrival, too: an object beside the row's own, whose name says all.
"""

import asyncio
import heapq
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence, Set
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from digit_recognizer.errors import Conflict, StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.ids import day_of, is_canonical
from digit_recognizer.settings import settings
from digit_recognizer.store.storage import Store

ROWS = "feedback/rows"
QUARANTINE = "feedback/quarantine"
# So many rows are fetched at once: enough to hide S3's latency, few enough for flat memory.
_FETCHED_AT_ONCE = 128
_BYTES_AT_ONCE = 16 << 20
# Between two looks a row may be compacted, or set aside; not so often in a row.
_SAVES = 4
_ROW = ".json"
_TAKEN_BACK = ".taken-back"


class Row(NamedTuple):
    """An object of a row, or of one that was taken back, in a listing; sorts by the row's id."""

    id: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The row objects that were found.

    Attributes:
        rows: in order of their ids. An id may be there twice, if `ROW_PREFIXES` was changed.
        taken_back: what says that a row was taken back, in order of the rows' ids.
        strays: keys of objects whose names are no row's.
        more: whether there are more of them than were asked for.
    """

    rows: list[Row]
    taken_back: list[Row]
    strays: list[str]
    more: bool

    @property
    def ids(self) -> list[str]:
        """The rows' ids, each once, in order."""
        return list(dict.fromkeys(row.id for row in self.rows))


def key_of(record_id: str) -> str:
    """Where the record of an id is kept."""
    prefix = int(record_id[-8:], 16) % settings().row_prefixes
    return f"{ROWS}/{prefix:02x}/{day_of(record_id)}/{record_id}{_ROW}"


async def save(store: Store, record: Feedback) -> None:
    """Keep a record: one PUT. It is saved when this returns.

    The same row sent again is that row, and stays as it is.

    Raises:
        Conflict: another row waits under this id; nothing was saved.
        StoreUnavailable: the record may not have been saved; sending it again is safe.
    """
    key = key_of(record.id)
    for _ in range(_SAVES):
        if await store.create(key, record.to_json()):
            return
        content = await store.get(key)
        if content is None:
            continue  # compaction has taken it meanwhile
        existing = _parsed(record.id, content)
        if existing is None:  # something broken, until a compaction sets it aside
            folder, _, name = key.rpartition("/")
            key = f"{folder}/again/{name}"
        elif existing.says_the_same(record):
            return
        else:
            raise Conflict(
                f"There is feedback with this id already, and it says {existing.label}; send yours"
                " without an id if it is another opinion."
            )
    raise StoreUnavailable("The row keeps changing on the store; try again in a moment.")


async def take_back(store: Store, record_id: str) -> None:
    """Leave a row out from now on, wherever it is and whenever it comes: one PUT.

    Nobody is asked whether there is such a row: it may still be on its way. Saying it twice is
    saying it once.

    Raises:
        StoreUnavailable: it may not have been taken back; saying it again is safe.
    """
    key = key_of(record_id).removesuffix(_ROW) + _TAKEN_BACK
    await store.create(key, json.dumps({"id": record_id, "taken_back": True}).encode("ascii"))


async def waiting(store: Store, at_most: int) -> Waiting:
    """The oldest row objects, those that compaction has taken but not yet removed among them."""
    rows: list[Row] = []
    taken_back: list[Row] = []
    strays: list[str] = []
    more = False
    async for page in store.pages(ROWS):
        for entry in page:
            id_, kind = _named(entry.key)
            if kind:
                of_kind = rows if kind == _ROW else taken_back
                of_kind.append(Row(id_, entry.key, entry.size))
            else:
                strays.append(entry.key)
        for found in (rows, taken_back):
            if len(found) > 2 * at_most:
                found[:] = heapq.nsmallest(at_most, found)
                more = True
    rows.sort()
    taken_back.sort()
    more = more or max(len(rows), len(taken_back)) > at_most
    return Waiting(rows[:at_most], taken_back[:at_most], strays, more)


async def unread(
    store: Store, rows: Sequence[Row], known: Set[str]
) -> AsyncGenerator[tuple[Row, bytes | None, Feedback | None]]:
    """Read rows that wait, each id once, a batch ahead of the reader.

    Args:
        store: where they are.
        rows: in order of their ids.
        known: ids that are passed over, such as those that segments hold.

    Yields:
        The row, what its object holds (None if it has gone meanwhile), and the record in it (None
        if it holds none, or that of another id).
    """
    read: set[str] = set()
    async with aclosing(_contents(store, [row for row in rows if row.id not in known])) as contents:
        async for row, content in contents:
            if row.id in read:
                continue
            record = None if content is None else _parsed(row.id, content)
            if record is not None:
                read.add(row.id)
            yield row, content, record


async def set_aside(store: Store, key: str) -> bool:
    """Move an object that holds no record to the quarantine, where it blocks nothing.

    It is read anew, and stays where it is if it holds a record after all: what was read before may
    not have been the store's word. It is removed once its copy is there.

    Returns:
        Whether it was moved.
    """
    content = await store.get(key)
    if content is None or holds_row(key, content):
        return False
    copy = QUARANTINE + key.removeprefix(ROWS)
    digest = blake2b(content, digest_size=8).hexdigest()
    if not (await store.create(copy, content) or await store.create(f"{copy}.{digest}", content)):
        return False
    if await store.get(key) != content:  # somebody else has moved it, and a row may be there now
        return False
    await store.delete([key])
    return True


def holds_row(key: str, content: bytes | None) -> bool:
    """Whether what lies under a key is what its name says; what has gone does no harm."""
    id_, kind = _named(key)
    if content is None or kind == _TAKEN_BACK:
        return True
    return kind == _ROW and _parsed(id_, content) is not None


def says_taken_back(row: Row) -> bool:
    """Whether an object is none of a row, but says that it was taken back."""
    return row.key.endswith(_TAKEN_BACK)


async def every(store: Store) -> AsyncIterator[Row]:
    """All objects of rows and of what was taken back, in any order."""
    async for page in store.pages(ROWS):
        for listed in page:
            id_, kind = _named(listed.key)
            if kind:
                yield Row(id_, listed.key, listed.size)


async def quarantined(store: Store) -> int:
    """How many objects are in the quarantine."""
    return sum([len(page) async for page in store.pages(QUARANTINE)])


async def _contents(store: Store, rows: Sequence[Row]) -> AsyncGenerator[tuple[Row, bytes | None]]:
    """Each row with what its object holds, None if it has gone; a batch ahead of the reader."""
    batches = _batches(rows)
    batch = next(batches, [])
    fetching = asyncio.ensure_future(store.get_many([row.key for row in batch]))
    try:
        while batch:
            fetched = await fetching
            following = next(batches, [])
            fetching = asyncio.ensure_future(store.get_many([row.key for row in following]))
            for row, content in zip(batch, fetched, strict=True):
                if content is not None and len(content) != row.size:
                    raise StoreUnavailable(
                        f"{row.key} has {row.size} bytes, and {len(content)} came: what answers"
                        " is not the store, or only half of it. Try again in a moment."
                    )
                yield row, content
            batch = following
    finally:
        fetching.cancel()


def _named(key: str) -> tuple[str, str]:
    """The id in an object's name, and what kind of object it is; "" for a stray."""
    stem, dot, ending = key.rpartition("/")[2].rpartition(".")
    kind = dot + ending
    return (stem, kind) if kind in (_ROW, _TAKEN_BACK) and is_canonical(stem) else ("", "")


def _parsed(record_id: str, content: bytes) -> Feedback | None:
    """The record in a row object, or None if there is none, or that of another id."""
    try:
        record = Feedback.from_json(content)
    except ValueError:
        return None
    return record if record.id == record_id else None


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows in batches of bounded number and size."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        if batch and (len(batch) == _FETCHED_AT_ONCE or size + row.size > _BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row.size
    if batch:
        yield batch
