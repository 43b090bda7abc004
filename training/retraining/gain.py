"""What rows that a model did not learn from say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from training.evaluation.figures import percent

CHANCE = 0.01
"""A gain is one if it came by chance so seldom at most."""

_RESAMPLES = 4000
_FLIPS = 20_000
_AT_ONCE = 1000  # of either: however many contributors there are, memory is bounded
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Gain:
    """What rows that a model did not learn from say of it, against the model before.

    Attributes:
        rows: how many.
        before: how many of them the model before names as labelled, in percent.
        after: how many the new one does.
        low, high: the confidence interval of the difference (95 %), in points.
        chance: how often a model that is exactly as good would show as much.
    """

    rows: int
    before: float
    after: float
    low: float
    high: float
    chance: float

    @property
    def is_sure(self) -> bool:
        """Whether it is more than chance."""
        return self.after > self.before and self.chance <= CHANCE


def gain(before: Mask, after: Mask, contributors: NDArray[np.int64], seed: int) -> Gain:
    """Compare two models on the same rows, by whole contributors: rows of one hand say the same.

    The interval is a bootstrap of contributors. Whether it is chance says a sign-flip test (Fisher
    1935): were both models as good, each contributor's difference might as well have the other
    sign. That holds also for few contributors, for whom the bootstrap's interval is too narrow.

    Args:
        before: bool[n], which rows the model before names as labelled.
        after: the same of the new one.
        contributors: int[n].
        seed: of the resampling.
    """
    if not len(before):
        return Gain(0, 0.0, 0.0, 0.0, 0.0, 1.0)
    difference = after.astype(float) - before.astype(float)
    _, groups = np.unique(contributors, return_inverse=True)
    sums, counts = np.bincount(groups, difference), np.bincount(groups)
    rng = np.random.default_rng(seed)
    means = []
    for _ in range(0, _RESAMPLES, _AT_ONCE):
        chosen = rng.integers(len(sums), size=(_AT_ONCE, len(sums)))
        means.append(sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1))
    tail = (1 - _CONFIDENCE) / 2
    low, high = 100 * np.quantile(np.concatenate(means), [tail, 1 - tail])
    differing = sums[sums != 0]
    as_much = 0
    for _ in range(0, _FLIPS, _AT_ONCE):
        flips = rng.choice((-1.0, 1.0), size=(_AT_ONCE, len(differing)))
        as_much += int((flips @ differing >= differing.sum() - 1e-9).sum())
    return Gain(
        len(difference),
        percent(before),
        percent(after),
        round(low, 2),
        round(high, 2),
        (as_much + 1) / (_FLIPS + 1),
    )
