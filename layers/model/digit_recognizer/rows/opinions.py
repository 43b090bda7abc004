"""Rows that wait and are not in segments yet; what is said anew of a row that is, is a row too.

A client may send an id again after its row was compacted. Mostly it is the same row, sent twice.
But where it says something else, that is a later opinion: it was acknowledged, so it is kept, under
an id of its own that comes from what it says, and so is the same one whenever it is met.
"""

from collections.abc import AsyncGenerator, Sequence, Set
from contextlib import aclosing
from dataclasses import replace

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.ids import hashed_id, milliseconds_of
from digit_recognizer.rows import arrivals, segments
from digit_recognizer.rows.arrivals import Row
from digit_recognizer.rows.segments import Segment
from digit_recognizer.store.storage import Store

_COMPARED_AT_ONCE = 256


async def unread(
    store: Store, compacted: Sequence[Segment], rows: Sequence[Row], known: Set[str]
) -> AsyncGenerator[tuple[Row, bytes | None, Feedback | None]]:
    """`arrivals.unread`, and then the later opinions of rows that the segments hold.

    Args:
        store: where they are.
        compacted: the segments in force.
        rows: that wait, in order of their ids.
        known: which of their ids the segments hold.

    Yields:
        As `arrivals.unread` does; a later opinion under its own id, with its content as it would
        be stored.
    """
    async with aclosing(arrivals.unread(store, rows, known)) as new:
        async for each in new:
            yield each
    again = [row for row in rows if row.id in known]
    for start in range(0, len(again), _COMPARED_AT_ONCE):
        batch = again[start : start + _COMPARED_AT_ONCE]
        said: dict[str, tuple[Row, Feedback]] = {}
        async with aclosing(arrivals.unread(store, batch, frozenset())) as resent:
            async for row, content, record in resent:
                if record is None:
                    yield row, content, None
                else:
                    said[row.id] = row, record
        async for row, opinion in _later(store, compacted, said):
            yield row, opinion.to_json(), opinion


async def _later(
    store: Store, compacted: Sequence[Segment], said: dict[str, tuple[Row, Feedback]]
) -> AsyncGenerator[tuple[Row, Feedback]]:
    """Of rows that segments hold, by their ids, those that say something else than there."""
    opinions = dict(said)
    async for record in segments.records_of(store, compacted, sorted(said)):
        if record.says_the_same(said[record.id][1]):
            del opinions[record.id]
    own = {own_id(record): (row, record) for row, record in opinions.values()}
    held = await segments.holding(store, compacted, sorted(own))
    for id_, (row, record) in own.items():
        if id_ not in held:
            yield row, replace(record, id=id_)


def own_id(record: Feedback) -> str:
    """The id of a later opinion, of the same time as the id that it was sent under."""
    said = f"{record.id}:{record.label}:{record.image}".encode()
    return hashed_id(said, milliseconds_of(record.id))
