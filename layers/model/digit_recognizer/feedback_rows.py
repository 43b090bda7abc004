"""Feedback records on the store: one immutable object each, written once.

Keys are `feedback/rows/<yyyy-mm-dd>/<id>.json`. The day is that of the id's own time, so that the
same id has the same key whenever it is sent.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

from digit_recognizer.feedback import Feedback
from digit_recognizer.ids import time_of
from digit_recognizer.storage import Store

ROWS = "feedback/rows"
# So many rows are fetched at once: enough to hide S3's latency, few enough to stay flat in memory.
_FETCHED_AT_ONCE = 64

_log = logging.getLogger(__name__)


def key_of(record_id: str) -> str:
    """Where the record of an id is kept."""
    return f"{ROWS}/{time_of(record_id):%Y-%m-%d}/{record_id}.json"


async def save(store: Store, record: Feedback) -> None:
    """Keep a record: one PUT. It is saved when this returns.

    An id that is there already is the same row, sent again, and stays as it is.

    Raises:
        StoreUnavailable: the record may not have been saved; sending it again is safe.
    """
    await store.create(key_of(record.id), record.to_json())


async def any_saved(store: Store) -> bool:
    """Whether there is at least one row."""
    return bool(await store.folders(ROWS))


async def saved(store: Store) -> AsyncIterator[Feedback]:
    """All records in the order of their ids, which is the order of arrival.

    Raises:
        StoreUnavailable: the store failed on the way.
    """
    for day in await store.folders(ROWS):
        keys = sorted([key async for page in store.pages(day) for key in page])
        for start in range(0, len(keys), _FETCHED_AT_ONCE):
            batch = keys[start : start + _FETCHED_AT_ONCE]
            contents = await asyncio.gather(*map(store.get, batch))
            for key, content in zip(batch, contents, strict=True):
                if content is not None and (record := _parsed(key, content)):
                    yield record


def _parsed(key: str, content: bytes) -> Feedback | None:
    """The record, or None for an object that is none: it must not block the others."""
    try:
        return Feedback.from_json(content)
    except ValueError:
        _log.warning("Left out %s: it is not a feedback record.", key)
        return None
