"""Confidence that means something."""

import numpy as np

from training.network.calibration import (
    expected_calibration_error,
    fit_temperature,
    roc_auc,
    softmax,
    temperature_that_flags,
)


def test_the_fitted_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 2, (4000, 10))
    chances = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    y = np.array([rng.choice(10, p=row) for row in chances], np.uint8)
    assert abs(fit_temperature((truth * 2).astype(np.float32), y) - 2) < 0.15


def test_calibration_error_is_the_distance_of_confidence_and_accuracy() -> None:
    confidence = np.array([0.9] * 10 + [0.55] * 10, np.float32)
    correct = np.array([True] * 9 + [False] + [True] * 5 + [False] * 5)
    assert abs(expected_calibration_error(confidence, correct) - 0.025) < 1e-6


def test_roc_auc_counts_pairs_in_the_right_order() -> None:
    high, low = np.array([0.9, 0.8, 0.8], np.float32), np.array([0.1, 0.8], np.float32)
    assert abs(roc_auc(high, low) - 5 / 6) < 1e-9


def test_at_the_temperature_that_flags_a_share_of_answers_so_many_are_flagged() -> None:
    rng = np.random.default_rng(5)
    logits = (rng.normal(0, 1, (4000, 10)) + 12 * np.eye(10)[rng.integers(10, size=4000)]).astype(
        np.float32
    )

    for share, below in ((0.01, 0.95), (0.2, 0.99)):
        temperature = temperature_that_flags(logits, share, below)
        flagged = np.mean(softmax(logits / temperature).max(axis=1) < below)
        assert abs(flagged - share) < 0.002
        twice = temperature_that_flags(2 * logits, share, below)
        assert abs(twice - 2 * temperature) < 0.002
