"""What rows that a model did not learn from say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from training.evaluation.figures import percent

_RESAMPLES = 4000
_ENOUGH_CONTRIBUTORS = 5  # to resample them rather than single rows
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Gain:
    """What rows that a model did not learn from say of it, against the model before.

    Attributes:
        rows: how many.
        before: how many of them the model before names as labelled, in percent.
        after: how many the new one does.
        low, high: the confidence interval of the difference (95 %), in points.
    """

    rows: int
    before: float
    after: float
    low: float
    high: float


def gain(before: Mask, after: Mask, contributors: NDArray[np.int64], seed: int) -> Gain:
    """Compare two models on the same rows.

    The interval is a bootstrap of the pairs: over whole contributors where there are several,
    since rows of one hand say much the same, else over rows.

    Args:
        before: bool[n], which rows the model before names as labelled.
        after: the same of the new one.
        contributors: int[n].
        seed: of the resampling.
    """
    difference = after.astype(float) - before.astype(float)
    names, groups = np.unique(contributors, return_inverse=True)
    if len(names) < _ENOUGH_CONTRIBUTORS:
        groups = np.arange(len(difference))
    sums, counts = np.bincount(groups, difference), np.bincount(groups)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(sums), size=(_RESAMPLES, len(sums)))
    means = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    tail = (1 - _CONFIDENCE) / 2
    low, high = 100 * np.quantile(means, [tail, 1 - tail])
    return Gain(len(difference), percent(before), percent(after), round(low, 2), round(high, 2))
