"""Figures that can be counted by hand, and how far they may be chance."""

import numpy as np
import pytest

from training.evaluation.intervals import (
    Interval,
    calibration_error,
    loss,
    mean,
    placements,
    share,
    worst,
    worst_cell,
)
from training.network.calibration import expected_calibration_error, roc_auc

WRITERS = np.repeat(np.arange(10), 20)
RNG = np.random.default_rng(1)
RIGHT = RNG.random((200, 3)) < 0.9
CONFIDENCE = RNG.uniform(0.5, 1, (200, 3)).astype(np.float32)
ALL = np.ones_like(RIGHT)


def test_a_figure_lies_within_its_interval_which_shrinks_with_more_writers() -> None:
    few, many = (
        share(RIGHT[:n], ALL[:n], np.arange(n) // (n // writers))
        for n, writers in ((50, 5), (200, 50))
    )
    for value, low, high in (few, many):
        assert low < value < high
    assert many.high - many.low < few.high - few.low


def test_drawings_of_one_writer_are_resampled_together() -> None:
    """One writer of ten is always misread: single drawings would hide how much that is chance."""
    right = (WRITERS > 0)[:, None]
    by_writer = share(right, np.ones_like(right), WRITERS)
    by_drawing = share(right, np.ones_like(right), np.arange(200))
    assert by_writer.value == by_drawing.value == pytest.approx(90)
    assert by_writer.high - by_writer.low > 3 * (by_drawing.high - by_drawing.low)


def test_the_figures_are_those_that_are_counted_over_all() -> None:
    assert share(RIGHT, ALL, WRITERS).value == pytest.approx(100 * RIGHT.mean())
    assert worst_cell(RIGHT, WRITERS).value == pytest.approx(100 * RIGHT.mean(axis=0).min())
    accuracy = [100 * RIGHT[writer == WRITERS].mean() for writer in range(10)]
    assert worst(RIGHT, WRITERS).value == pytest.approx(min(accuracy))
    error = expected_calibration_error(CONFIDENCE.ravel(), RIGHT.ravel())
    assert calibration_error(CONFIDENCE, RIGHT, WRITERS).value == pytest.approx(error, abs=1e-6)
    others = RNG.uniform(0, 0.8, 90).astype(np.float32)
    auc = mean(placements(CONFIDENCE, others), WRITERS).value
    assert auc == pytest.approx(roc_auc(CONFIDENCE.ravel(), others), abs=1e-6)


def test_ties_count_half() -> None:
    assert placements(np.array([[0.5]]), np.array([0.5, 0.4, 0.6])).item() == pytest.approx(0.5)


def test_a_loss_is_of_the_same_drawings() -> None:
    worse = RIGHT.copy()
    worse[WRITERS == 3] = False
    lost = loss(RIGHT, worse, WRITERS)
    assert lost.value == pytest.approx(100 * RIGHT[WRITERS == 3].mean() / 10)
    assert lost.low >= 0
    assert loss(RIGHT, RIGHT, WRITERS) == (0, 0, 0)


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(RIGHT, ~ALL, WRITERS) == Interval(0, 0, 0)
