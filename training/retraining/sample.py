"""A sample of however many rows, in bounded memory: fair to contributors, and not to be foreseen.

Rows are taken by a keyed hash of label and pixels (BLAKE2 with a key, RFC 7693, made anew for each
run), so nobody can make rows that will be taken. Of each contributor the row with the smallest
hash comes first, then the second ones of all, and so on: who sends more gains nothing before
everybody else has been heard. Half of the places are for rows that are new since the last
retraining; the others, the memory, are shared evenly by the labels, so that a flood of one
label can't push the others out, and begin with what the version in service has learned from, so
that no flood makes the next one forget it. Places that one half does not need are the other's.

What is over is dropped in bulk, once twice the room is full: n rows take O(n log k) time.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_SLOTS = 1 << 21


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is sampled.

    Attributes:
        key: the keyed hash of label and pixels; rows are taken in its order.
        id: of the row.
        contributor: who gave it.
        label: uint8 as in `Collected`.
        day: when it arrived, yyyy-mm-dd.
        pixels: 784 bytes.
        learned: whether the version in service has learned from it.
    """

    key: bytes
    id: str
    contributor: str
    label: int
    day: str
    pixels: bytes
    learned: bool = False


class Sample:
    """Rows of which at most so many are drawn in the end.

    Args:
        room: how many are drawn.
        of_one: how many of one contributor.
    """

    def __init__(self, room: int, of_one: int) -> None:
        self._room, self._of_one = room, of_one
        self._new = _Fair(room, of_one)
        self._memory: dict[int, _Fair] = {}

    def add(self, row: Row, is_new: bool) -> bool:
        """Take a row, or not; False if the same label and pixels are there already."""
        memory = self._memory.get(row.label)
        if row.key in self._new.rows or (memory is not None and row.key in memory.rows):
            return False
        if is_new:
            self._new.add(row)
        else:
            if memory is None:
                memory = self._memory[row.label] = _Fair(self._room, self._of_one)
            memory.add(row)
        return True

    def drawn(self) -> list[Row]:
        """The rows that are drawn of those that were added."""
        new = self._new.fairest(self._room)
        memory = _shared_evenly([part.fairest(self._room) for part in self._memory.values()])
        places = max(self._room - self._room // 2, self._room - len(memory))
        new = new[:places]
        return _capped([*new, *memory[: self._room - len(new)]], self._of_one)


class _Fair:
    """Rows, of which those that are never drawn are dropped from time to time."""

    def __init__(self, room: int, of_one: int) -> None:
        self._room, self._of_one = room, of_one
        self.rows: dict[bytes, Row] = {}
        self._too_large: bytes | None = None  # a key from which on nothing is drawn

    def add(self, row: Row) -> None:
        if self._too_large is not None and row.key >= self._too_large and not row.learned:
            return
        self.rows[row.key] = row
        if len(self.rows) > 2 * self._room:
            kept = self.fairest(self._room)
            if len({each.contributor for each in kept}) == len(kept):
                # One of each already: only a smaller key is drawn from now on.
                self._too_large = kept[-1].key
            self.rows = {each.key: each for each in kept}

    def fairest(self, n: int) -> list[Row]:
        """The first n rows: learned ones, then by how many of their contributor are before them."""
        of: Counter[str] = Counter()
        ranked = []
        for key in sorted(self.rows):
            row = self.rows[key]
            if of[row.contributor] < self._of_one:
                ranked.append((not row.learned, of[row.contributor], key, row))
            of[row.contributor] += 1
        return [row for *_, row in sorted(ranked, key=lambda each: each[:3])[:n]]


class TooManyAnHour:
    """Counts the rows of each contributor and hour in fixed memory, never too few.

    A count-min sketch (Cormode, Muthukrishnan 2005) with two keyed hashes: where millions of
    contributors share the slots, a count may come out a little too high.

    Args:
        at_most: rows of one contributor in an hour.
        key: of the hashes.
    """

    def __init__(self, at_most: int, key: bytes) -> None:
        self._at_most, self._key = at_most, key
        self._counts = array("H", bytes(2 * 2 * _SLOTS))

    def more(self, contributor: str, hour: str) -> bool:
        """Count a row; whether it is one too many."""
        name = f"{hour} {contributor}".encode()
        digest = hashlib.blake2b(name, digest_size=8, key=self._key).digest()
        one = int.from_bytes(digest[:4]) % _SLOTS
        other = _SLOTS + int.from_bytes(digest[4:]) % _SLOTS
        counts = self._counts
        count = min(counts[one], counts[other])
        if count >= self._at_most:
            return True
        # Only what is smaller grows (Estan, Varghese 2002): so fewer come out too high.
        counts[one] = max(counts[one], count + 1)
        counts[other] = max(counts[other], count + 1)
        return False


def _shared_evenly(parts: Iterable[list[Row]]) -> list[Row]:
    """The first rows of all parts, then the second ones of all, and so on."""
    placed = [(place, row.key, row) for part in parts for place, row in enumerate(part)]
    return [row for _, _, row in sorted(placed, key=lambda each: each[:2])]


def _capped(rows: Iterable[Row], of_one: int) -> list[Row]:
    """The rows without those that are too many of one contributor."""
    of: Counter[str] = Counter()
    kept = []
    for row in rows:
        of[row.contributor] += 1
        if of[row.contributor] <= of_one:
            kept.append(row)
    return kept
