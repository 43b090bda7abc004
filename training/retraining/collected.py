"""The rows of a store as a retraining learns from them: few enough, and not too many of anyone.

Feedback is anonymous and open to all, so nothing is believed for being frequent: exact doubles
count once, and of one contributor only so many rows an hour, and in all, are learned from. All
rows stay in the store. However many there are, a few thousand are in memory (`sample`).
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.pixels import SIDE
from digit_recognizer.rows.reprocessing import pixels_of_today
from training.datasets.mnist import NOT_A_DIGIT
from training.retraining.sample import Row, Sample, TooManyAnHour

MAX_ROWS = 5_000
"""So many rows a retraining learns from."""

MAX_AN_HOUR = 200
"""So many rows of one contributor an hour; those who give no name count as one."""

MAX_OF_ONE = 500
"""So many rows of one contributor in all."""


@dataclass(frozen=True)
class Lot:
    """What decides which rows are taken of too many, and what else is asked about all rows.

    Attributes:
        key: of the hashes that rows are taken by; a secret until the retraining has ended, so that
            nobody can make rows that are taken.
        looked_at: rows that arrived after this moment (ISO 8601, UTC) are new.
        known: ids of rows of which is counted how many are still there.
    """

    key: bytes = b""
    looked_at: str = ""
    known: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class Collected:
    """What a retraining learns from.

    Attributes:
        pixels: uint8[n, 28, 28], of today's `normalise`.
        labels: uint8[n], 0 … 9 or NOT_A_DIGIT.
        contributors: int[n], a number for each contributor.
        days: int[n], when each row arrived, in days since 1970.
        ids: of the rows, in the same order, sorted.
        rows: how many there are in the store.
        newest_id: the largest id among them; "" without rows.
        newest_at: when the last of them arrived, ISO 8601, UTC; "" without rows.
        left_out: how many were left out, by reason.
        taken_back: how many more rows there had been in the store.
        still_there: how many of the lot's known ids are rows of the store.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    contributors: NDArray[np.int64]
    days: NDArray[np.int64]
    ids: tuple[str, ...]
    rows: int
    newest_id: str
    newest_at: str
    left_out: dict[str, int]
    taken_back: int = 0
    still_there: int = 0

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


@dataclass
class _Counts:
    """What was seen of a store's rows."""

    rows: int = 0
    newest_id: str = ""
    newest_at: str = ""
    doubles: int = 0
    beyond: int = 0
    unreadable: int = 0
    still_there: int = 0


async def collect(
    records: AsyncIterator[Feedback], taken_back: int = 0, lot: Lot | None = None
) -> Collected:
    """Take the rows of a store that are worth learning from.

    Args:
        records: all rows, each once (`snapshot.rows`).
        taken_back: how many more there had been (`snapshot.counted`).
        lot: what decides, where there are too many.

    Raises:
        StoreUnavailable: the store failed.
    """
    lot = lot or Lot()
    sample = Sample(MAX_ROWS, MAX_OF_ONE)
    hours = TooManyAnHour(MAX_AN_HOUR, lot.key)
    counts = _Counts()
    async for record in records:
        counts.rows += 1
        counts.newest_id = max(counts.newest_id, record.id)
        counts.newest_at = max(counts.newest_at, record.received_at)
        counts.still_there += record.id in lot.known
        contributor = record.contributor or ""
        if hours.more(contributor, record.received_at[:13]):
            counts.beyond += 1
            continue
        pixels = pixels_of_today(record)
        if pixels is None:
            counts.unreadable += 1
            continue
        label = NOT_A_DIGIT if record.label == "NaN" else int(record.label)
        key = hashlib.blake2b(bytes([label]) + pixels, digest_size=8, key=lot.key).digest()
        learned = record.id in lot.known
        row = Row(key, record.id, contributor, label, record.received_at[:10], pixels, learned)
        is_new = record.received_at > lot.looked_at and not learned
        counts.doubles += not sample.add(row, is_new)
    return _together(sample.drawn(), counts, taken_back)


def _together(kept: list[Row], counts: _Counts, taken_back: int) -> Collected:
    """The rows that were taken, as arrays, in the order of their ids."""
    kept = sorted(kept, key=lambda row: row.id)
    number = {name: k for k, name in enumerate(sorted({row.contributor for row in kept}))}
    left = counts.rows - len(kept) - counts.doubles - counts.beyond - counts.unreadable
    return Collected(
        pixels=np.frombuffer(b"".join(row.pixels for row in kept), np.uint8).reshape(
            -1, SIDE, SIDE
        ),
        labels=np.array([row.label for row in kept], np.uint8),
        contributors=np.array([number[row.contributor] for row in kept], np.int64),
        days=np.array([_day(row.day) for row in kept], np.int64),
        ids=tuple(row.id for row in kept),
        rows=counts.rows,
        newest_id=counts.newest_id,
        newest_at=counts.newest_at,
        left_out={
            "exact doubles": counts.doubles,
            f"more than {MAX_AN_HOUR} of one contributor in an hour": counts.beyond,
            "pictures that can't be read any more": counts.unreadable,
            f"more than {MAX_OF_ONE} of one contributor, or {MAX_ROWS} in all": left,
        },
        taken_back=taken_back,
        still_there=counts.still_there,
    )


def _day(day: str) -> int:
    """Days since 1970 of yyyy-mm-dd."""
    return date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal()
