"""The rows of a store as a retraining learns from them: few enough, and not too many of anyone.

Feedback is anonymous and open to all, so nothing is believed for being frequent: exact doubles
count once, and of one contributor only so many rows an hour, and in all, are learned from. All
rows stay in the store. However many there are, at most MAX_ROWS are in memory: of too many, those
with the smallest hash are taken, which is a sample that does not depend on their order.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.pixels import SIDE
from digit_recognizer.rows.reprocessing import pixels_of_today
from training.datasets.mnist import NOT_A_DIGIT

MAX_ROWS = 5_000
"""So many rows a retraining learns from."""

MAX_AN_HOUR = 200
"""So many rows of one contributor an hour; those who give no name count as one."""

MAX_OF_ONE = 500
"""So many rows of one contributor in all."""


@dataclass(frozen=True)
class Collected:
    """What a retraining learns from.

    Attributes:
        pixels: uint8[n, 28, 28], of today's `normalise`.
        labels: uint8[n], 0 … 9 or NOT_A_DIGIT.
        contributors: int[n], a number for each contributor.
        ids: of the rows, in the same order, sorted.
        rows: how many there are in the store.
        newest_id: the largest id among them; "" without rows.
        left_out: how many were left out, by reason.
        taken_back: how many more rows there had been in the store.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    contributors: NDArray[np.int64]
    ids: tuple[str, ...]
    rows: int
    newest_id: str
    left_out: dict[str, int]
    taken_back: int = 0

    @property
    def places(self) -> int:
        """How many rows have been looked at by now, as the log of retrainings counts."""
        return self.rows + self.taken_back

    @property
    def is_digit(self) -> NDArray[np.bool_]:
        """Which rows are labelled as a digit: bool[n]."""
        return np.asarray(self.labels != NOT_A_DIGIT)

    def summary(self) -> str:
        """How many there are and why the others are not, for people."""
        left_out = "".join(f"\n  left out: {n} {why}" for why, n in self.left_out.items() if n)
        contributors = len(set(self.contributors.tolist()))
        return (
            f"{self.rows} rows; {len(self.labels)} of them, by {contributors} contributors,"
            f" are looked at{left_out}"
        )


@dataclass(slots=True)
class _Row:
    id: str
    label: int
    pixels: bytes


class _Sample:
    """At most MAX_ROWS rows, by contributor and hash."""

    def __init__(self) -> None:
        self.of: defaultdict[str, dict[int, _Row]] = defaultdict(dict)
        self._hashes: set[int] = set()
        self._cap = MAX_OF_ONE

    def __contains__(self, key: int) -> bool:
        return key in self._hashes

    def add(self, contributor: str, key: int, row: _Row) -> None:
        """Take a row; others may have to leave."""
        own = self.of[contributor]
        own[key] = row
        self._hashes.add(key)
        if len(own) > self._cap:
            self._drop(own, max(own))
        if len(self._hashes) > MAX_ROWS:
            self._shorten()

    def _drop(self, own: dict[int, _Row], key: int) -> None:
        del own[key]
        self._hashes.remove(key)

    def _shorten(self) -> None:
        """Lower the cap of all contributors until a tenth of the room is free again."""
        while self._cap > 1 and len(self._hashes) > 0.9 * MAX_ROWS:
            self._cap = self._cap * 4 // 5
            for own in self.of.values():
                for key in sorted(own)[self._cap :]:
                    self._drop(own, key)
        every = sorted((key, name) for name, own in self.of.items() for key in own)
        for key, name in every[MAX_ROWS:]:
            self._drop(self.of[name], key)


async def collect(records: AsyncIterator[Feedback], taken_back: int = 0) -> Collected:
    """Take the rows of a store that are worth learning from.

    Args:
        records: all rows, each once (`snapshot.rows`).
        taken_back: how many more there had been (`snapshot.empty_places`).

    Raises:
        StoreUnavailable: the store failed.
    """
    sample = _Sample()
    hours: Counter[tuple[str, str]] = Counter()
    rows, newest_id = 0, ""
    doubles = beyond = unreadable = 0
    async for record in records:
        rows += 1
        newest_id = max(newest_id, record.id)
        contributor = record.contributor or ""
        hour = contributor, record.received_at[:13]
        hours[hour] += 1
        if hours[hour] > MAX_AN_HOUR:
            beyond += 1
            continue
        pixels = pixels_of_today(record)
        if pixels is None:
            unreadable += 1
            continue
        label = NOT_A_DIGIT if record.label == "NaN" else int(record.label)
        key = _hash(label, pixels)
        if key in sample:
            doubles += 1
            continue
        sample.add(contributor, key, _Row(record.id, label, pixels))
    kept = sorted(
        (row.id, number, row)
        for number, own in enumerate(sample.of.values())
        for row in own.values()
    )
    return Collected(
        pixels=np.frombuffer(b"".join(row.pixels for _, _, row in kept), np.uint8).reshape(
            -1, SIDE, SIDE
        ),
        labels=np.array([row.label for _, _, row in kept], np.uint8),
        contributors=np.array([number for _, number, _ in kept], np.int64),
        ids=tuple(row_id for row_id, _, _ in kept),
        rows=rows,
        newest_id=newest_id,
        left_out={
            "exact doubles": doubles,
            f"more than {MAX_AN_HOUR} of one contributor in an hour": beyond,
            "pictures that can't be read any more": unreadable,
            f"more than {MAX_OF_ONE} of one contributor, or {MAX_ROWS} in all": rows
            - len(kept)
            - doubles
            - beyond
            - unreadable,
        },
        taken_back=taken_back,
    )


def _hash(label: int, pixels: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(bytes([label]) + pixels, digest_size=8).digest(), "big")
