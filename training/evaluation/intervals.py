"""How far a figure may be chance: bootstrap intervals over whole writers.

Drawings of one hand say much the same, so whole writers are resampled rather than single drawings
(Efron, Tibshirani 1993). The same answers give the same interval.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float, Mask

Totals = NDArray[np.float64]

CONFIDENCE = 0.95

_RESAMPLES = 1000
_AT_ONCE = 50  # so that tens of thousands of pictures fit into memory
_SEED = 1


class Interval(NamedTuple):
    """A figure, and between which values it lies in 95 of 100 resamples of the writers."""

    value: float
    low: float
    high: float


def bootstrap(
    contributions: NDArray[Any], writers: NDArray[Any], statistic: Callable[[Totals], Totals]
) -> Interval:
    """A figure that is a function of sums over all drawings.

    Args:
        contributions: what each drawing adds to each sum, number[n, k].
        writers: of each drawing, int[n]; whatever else is resampled as a whole.
        statistic: float64[m, k] to float64[m]; NaN where there is nothing to divide by.
    """
    names, group = np.unique(writers, return_inverse=True)
    totals = np.zeros((len(names), contributions.shape[1]))
    np.add.at(totals, group, contributions)
    even = np.full(len(names), 1 / len(names))
    rng = np.random.default_rng(_SEED)
    resampled = [
        rng.multinomial(len(names), even, _AT_ONCE) @ totals for _ in range(_RESAMPLES // _AT_ONCE)
    ]
    value = float(statistic(totals.sum(axis=0, keepdims=True))[0])
    return _interval(value, statistic(np.concatenate(resampled)))


def share(hits: Mask, among: Mask, writers: NDArray[Any]) -> Interval:
    """How many of a hundred of some drawings are hit; 0 of none.

    Args:
        hits: bool[n, views].
        among: of which drawings, bool[n, views].
        writers: int[n].
    """
    counts = np.stack([(hits & among).sum(axis=1), among.sum(axis=1)], axis=1)
    return bootstrap(counts, writers, lambda sums: 100 * _ratio(sums[:, 0], sums[:, 1]))


def worst(right: Mask, writers: NDArray[Any]) -> Interval:
    """The accuracy of the writer with the lowest one, in percent; `right` is bool[n, views]."""
    names, group = np.unique(writers, return_inverse=True)
    accuracy = 100 * np.bincount(group, right.mean(axis=1)) / np.bincount(group)
    drawn = np.random.default_rng(_SEED).integers(len(names), size=(_RESAMPLES, len(names)))
    return _interval(float(accuracy.min()), accuracy[drawn].min(axis=1))


def worst_cell(right: Mask, writers: NDArray[Any]) -> Interval:
    """The accuracy in the cell with the lowest one, in percent; `right` is bool[n, cells]."""
    counts = np.concatenate([right, np.ones((len(right), 1))], axis=1)
    return bootstrap(counts, writers, lambda sums: 100 * (sums[:, :-1] / sums[:, -1:]).min(axis=1))


def calibration_error(
    confidence: Float, right: Mask, writers: NDArray[Any], bins: int = 15
) -> Interval:
    """The expected calibration error over bins of equal width (Guo and others 2017).

    Args:
        confidence: float32[n, views].
        right: bool[n, views].
        writers: int[n].
        bins: how many.
    """
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    at = (np.arange(len(right))[:, None] * bins + number).ravel()
    over = np.bincount(at, (confidence - right).ravel(), len(right) * bins)
    counts = np.bincount(at, minlength=len(right) * bins)
    sums = np.stack([over, counts], axis=1).reshape(len(right), -1)

    def error(totals: Totals) -> Totals:
        by_bin = totals.reshape(-1, bins, 2)
        return _ratio(np.abs(by_bin[..., 0]).sum(axis=1), by_bin[..., 1].sum(axis=1))

    return bootstrap(sums, writers, error)


def loss(before: Mask, after: Mask, writers: NDArray[Any]) -> Interval:
    """How many points of accuracy are lost from one set of answers to another; bool[n, views]."""
    counts = np.stack([before.mean(axis=1) - after.mean(axis=1), np.ones(len(before))], axis=1)
    return bootstrap(counts, writers, lambda sums: 100 * _ratio(sums[:, 0], sums[:, 1]))


def mean(values: Float, writers: NDArray[Any]) -> Interval:
    """The mean over all drawings; float[n, views]."""
    counts = np.stack([values.mean(axis=1), np.ones(len(values))], axis=1)
    return bootstrap(counts, writers, lambda sums: _ratio(sums[:, 0], sums[:, 1]))


def placements(positive: Float, negative: Float) -> Float:
    """Which share of the negatives lies below each positive (ties half); the mean is the AUC."""
    ranked = np.sort(negative)
    below = np.searchsorted(ranked, positive, "left") + np.searchsorted(ranked, positive, "right")
    return np.asarray(below / (2 * len(ranked)), np.float32)


def _ratio(part: Totals, whole: Totals) -> Totals:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _interval(value: float, resampled: Totals) -> Interval:
    known = resampled[np.isfinite(resampled)]
    if not len(known):
        return Interval(0.0, 0.0, 0.0)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(value if np.isfinite(value) else 0.0, float(low), float(high))
