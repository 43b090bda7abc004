"""Feedback records as they arrive: one immutable object each, until compaction has taken them.

Keys are `feedback/rows/<prefix>/<yyyy-mm-dd>/<id>.json`. The prefix comes from the id's random
part and spreads the writes: S3 takes 3,500 PUTs a second of each prefix. The day is that of the
id's own time. So the same id has the same key whenever it is sent. Listing is flat, so that few
rows take one request however many prefixes there are.
"""

import asyncio
import heapq
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digit_recognizer.feedback import Feedback
from digit_recognizer.ids import is_canonical, time_of
from digit_recognizer.settings import settings
from digit_recognizer.storage import Store

ROWS = "feedback/rows"
QUARANTINE = "feedback/quarantine"
# So many rows are fetched at once: enough to hide S3's latency, few enough for flat memory.
_FETCHED_AT_ONCE = 128
_BYTES_AT_ONCE = 16 << 20


class Row(NamedTuple):
    """A row object in a listing; rows sort by their ids."""

    id: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The row objects that were found.

    Attributes:
        rows: in order of their ids. An id may be there twice, if `ROW_PREFIXES` was changed.
        strays: keys of objects whose names are no row's.
        more: whether there are more rows than were asked for.
    """

    rows: list[Row]
    strays: list[str]
    more: bool

    @property
    def ids(self) -> list[str]:
        """The rows' ids, each once, in order."""
        return list(dict.fromkeys(row.id for row in self.rows))


def key_of(record_id: str) -> str:
    """Where the record of an id is kept."""
    prefix = int(record_id[-8:], 16) % settings().row_prefixes
    return f"{ROWS}/{prefix:02x}/{time_of(record_id):%Y-%m-%d}/{record_id}.json"


async def save(store: Store, record: Feedback) -> None:
    """Keep a record: one PUT. It is saved when this returns.

    An id that is there already is the same row, sent again, and stays as it is.

    Raises:
        StoreUnavailable: the record may not have been saved; sending it again is safe.
    """
    await store.create(key_of(record.id), record.to_json())


async def waiting(store: Store, at_most: int) -> Waiting:
    """The oldest row objects, those that compaction has taken but not yet removed among them."""
    rows: list[Row] = []
    strays: list[str] = []
    more = False
    async for page in store.pages(ROWS):
        for entry in page:
            name = entry.key.rpartition("/")[2]
            if name.endswith(".json") and is_canonical(name[:-5]):
                rows.append(Row(name[:-5], entry.key, entry.size))
            else:
                strays.append(entry.key)
        if len(rows) > 2 * at_most:
            rows = heapq.nsmallest(at_most, rows)
            more = True
    rows.sort()
    return Waiting(rows[:at_most], strays, more or len(rows) > at_most)


async def contents(store: Store, rows: Sequence[Row]) -> AsyncGenerator[tuple[Row, bytes | None]]:
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
                yield row, content
            batch = following
    finally:
        fetching.cancel()


def parsed(row: Row, content: bytes) -> Feedback | None:
    """The record in a row object, or None if there is none, or that of another id."""
    try:
        record = Feedback.from_json(content)
    except ValueError:
        return None
    return record if record.id == row.id else None


async def set_aside(store: Store, key: str) -> None:
    """Move an object that holds no record to the quarantine, where it blocks nothing."""
    content = await store.get(key)
    if content is not None:
        await store.create(QUARANTINE + key.removeprefix(ROWS), content)
        await store.delete([key])


async def quarantined(store: Store) -> int:
    """How many objects are in the quarantine."""
    return sum([len(page) async for page in store.pages(QUARANTINE)])


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
