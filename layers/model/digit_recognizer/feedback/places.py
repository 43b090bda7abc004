"""The places that rows had in the file before some were taken back.

A retraining says how many rows it has looked at, from the first one on. Once some of these are
taken back, the others move up; so that it stays known which rows it has not looked at, places are
counted as if no row had ever left.
"""

from collections.abc import Iterable, Sequence

_MOST = 2_000


class Places:
    """The places that have become empty, as ranges: first place, and the one after the last.

    There are 2,000 ranges at most: of more, two with few rows between them become one, as if these
    rows had come earlier.
    """

    def __init__(self, ranges: Iterable[Sequence[int]] = ()) -> None:
        self.ranges = [(first, end) for first, end in ranges]

    @property
    def empty(self) -> int:
        """How many are empty."""
        return sum(end - first for first, end in self.ranges)

    def before(self, place: int) -> int:
        """How many are empty before one."""
        return sum(min(end, place) - first for first, end in self.ranges if first < place)

    def not_among_the_first(self, rows: int, looked_at: int) -> int:
        """Of so many rows that are there, how many are not in the first places."""
        return max(0, rows - looked_at + self.before(looked_at))

    def of(self, index: int) -> int:
        """The place of the row that is now at an index, counted from 0."""
        for first, end in self.ranges:
            if index < first:
                break
            index += end - first
        return index

    def left(self, places: Iterable[int]) -> "Places":
        """These, and some that became empty now."""
        ranges: list[tuple[int, int]] = []
        for first, end in sorted([*self.ranges, *((place, place + 1) for place in places)]):
            if ranges and first <= ranges[-1][1]:
                ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
            else:
                ranges.append((first, end))
        while len(ranges) > _MOST:
            at = min(range(1, len(ranges)), key=lambda n: ranges[n][0] - ranges[n - 1][1])
            first, end = ranges.pop(at - 1)
            ranges[at - 1] = ranges[at - 1][0] - (end - first), ranges[at - 1][1]
        return Places(ranges)
