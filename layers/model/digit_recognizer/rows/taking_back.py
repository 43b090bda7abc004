"""Rows that were taken back: which they are, and segments without them.

Whoever knows the id of a row may take it back; nobody else is told it. From then on the row is left
out wherever it is: while it waits, once it is compacted, and if it comes only later. So are later
opinions that were sent under its id (`opinions`).
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence, Set
from dataclasses import dataclass, replace

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.ids import milliseconds_of
from digit_recognizer.rows import opinions, segments
from digit_recognizer.rows.arrivals import Row, Waiting
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.rows.segments import Segment, SegmentWriter
from digit_recognizer.store.storage import Store

_WRITTEN_AT_ONCE = 16
"""So many segments are written anew in one generation: a minute's work, at most."""


class TakenBack:
    """Ids under which rows were taken back."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = sorted(set(ids))
        self._by_time: dict[int, list[str]] = defaultdict(list)
        for id_ in self.ids:
            self._by_time[milliseconds_of(id_)].append(id_)

    def under(self, record: Feedback) -> list[str]:
        """Those of the ids that a record was sent under: one, or none."""
        return [
            id_
            for id_ in self._by_time.get(milliseconds_of(record.id), ())
            if record.id == id_ or record.id == opinions.own_id(replace(record, id=id_))
        ]

    def covers(self, record: Feedback) -> bool:
        """Whether a record was sent under one of the ids."""
        return bool(self.under(record))


@dataclass(frozen=True, slots=True)
class Present:
    """The rows that wait and were not taken back.

    Attributes:
        rows: in order of their ids.
        compacted: which of their ids are those of rows in segments.
        known: of all that wait, the ids that segments hold, of rows or of what was taken back.
    """

    rows: list[Row]
    compacted: set[str]
    known: set[str]

    @property
    def fresh(self) -> set[str]:
        """The ids of rows that no segment holds."""
        return {row.id for row in self.rows} - self.compacted


async def present(store: Store, current: Manifest, waiting: Waiting) -> Present:
    """What waits, but for what was taken back: lately, or so long ago that segments say so."""
    held = await segments.held(store, current.segments, waiting.ids)
    left_out = held.taken_back.union(row.id for row in waiting.taken_back)
    rows = [row for row in waiting.rows if row.id not in left_out]
    return Present(rows, held.rows - left_out, held.ids)


async def concerns(store: Store, current: Manifest, waiting: Waiting) -> bool:
    """Whether something that was taken back may be in segments; nothing is read if it is newer."""
    ids = sorted({row.id for row in waiting.taken_back})
    async for _ in segments.of_the_same_times(store, current.segments, ids):
        return True
    return False


async def compacted(store: Store, current: Manifest, taken: TakenBack) -> AsyncIterator[Feedback]:
    """The records in segments that were taken back."""
    async for segment, _ in segments.of_the_same_times(store, current.segments, taken.ids):
        async for record in segments.records(store, segment):
            if taken.covers(record):
                yield record


class Rewriting:
    """Segments without some rows, whose ids they hold as those of rows that were taken back.

    The other rows keep their order and, byte for byte, what is stored of them. Ids of no row are
    kept, too, for what comes under them later.

    Args:
        store: where they are.
        base: the manifest in force.
        writer: of the next generation, empty.

    Attributes:
        figures: of the rows that are left.
        listed: the segments of the next generation, in the order of the file.
        replaced: those that others were written for.
    """

    def __init__(self, store: Store, base: Manifest, writer: SegmentWriter) -> None:
        self.figures = Tally.from_json(base.figures)
        self.listed: list[Segment] = []
        self.replaced: list[Segment] = []
        self._store = store
        self._base = base
        self._writer = writer
        self._written = 0
        self._placed: set[str] = set()
        self._left: list[int] = []  # indexes in the file of the base

    async def leave_out(self, ids: Sequence[str]) -> set[str]:
        """Write what takes the place of the segments.

        Args:
            ids: in order; the segments hold none of them as that of a row that was taken back.

        Returns:
            Which of the ids have to wait for another generation: too many segments have such rows.
        """
        concerned, later = await self._concerned(ids)
        taken = TakenBack(set(ids) - later)
        index = 0
        for segment in self._base.segments:
            is_last = segment is self._base.segments[-1]
            takes_others = is_last and self._writer.has_room(segment)
            if segment in concerned or (takes_others and not self._placed.issuperset(taken.ids)):
                await self._copy(segment, taken, index)
                if not takes_others:
                    await self._close()
                self.replaced.append(segment)
            else:
                self.listed.append(segment)
            index += segment.rows
        await self._place(set(taken.ids))
        await self._close()
        places = self.figures.places
        self.figures.places = places.left(map(places.of, self._left))
        return later

    async def _concerned(self, ids: Sequence[str]) -> tuple[set[Segment], set[str]]:
        """The segments that have rows of these ids, and ids for which there would be too many.

        The first id that is in any segment is never one of these, so there is an end to it.
        """
        of_id: dict[str, list[Segment]] = defaultdict(list)
        async for segment, of_then in segments.of_the_same_times(
            self._store, self._base.segments, ids
        ):
            taken = TakenBack(of_then)
            found: set[str] = set()
            async for record in segments.records(self._store, segment):
                found.update(taken.under(record))
            for id_ in found:
                of_id[id_].append(segment)
        concerned: set[Segment] = set()
        later: set[str] = set()
        for id_, having in of_id.items():
            if concerned and len(concerned.union(having)) > _WRITTEN_AT_ONCE:
                later.add(id_)
            else:
                concerned.update(having)
        return concerned, later

    async def _copy(self, segment: Segment, taken: TakenBack, index: int) -> None:
        """Write a segment's rows but for those taken back, and the ids of all that ever were.

        Args:
            segment: one of the base.
            taken: what was taken back.
            index: of its first row in the file.
        """
        left: set[str] = set()
        async for record, stored in segments.lines(self._store, segment):
            if ids := taken.under(record):
                left.update(ids)
                self.figures.take_back(record)
                self._left.append(index)
            else:
                await self._writer.add(record, stored)
            index += 1
        for id_ in await segments.taken_back_in(self._store, segment):
            await self._writer.add_taken_back(id_)
        await self._place(left)

    async def _place(self, ids: Set[str]) -> None:
        """Write ids of what was taken back, but for those that were written."""
        for id_ in sorted(ids - self._placed):
            await self._writer.add_taken_back(id_)
        self._placed |= ids

    async def _close(self) -> None:
        """Write what is left in the writer, and list what it has written since the last time."""
        await self._writer.close()
        self.listed += self._writer.written[self._written :]
        self._written = len(self._writer.written)
