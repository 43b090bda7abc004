"""Figures of answers that can be counted by hand."""

import numpy as np

from training.evaluation.figures import GridAnswers, figures_of


def answers(*digits: tuple[int, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Probabilities float32[n, 10] of answers with their confidence."""
    made = np.zeros((len(digits), 10), np.float32)
    for row, (digit, confidence) in enumerate(digits):
        made[row] = (1 - confidence) / 9
        made[row, digit] = confidence
    return made


def test_the_calibration_writers_say_what_is_sure_and_the_others_judge() -> None:
    sure, unsure = (3, 0.9), (3, 0.5)
    grid = GridAnswers(
        labels=np.array([3, 3, 3, 8], np.uint8),
        probabilities=np.stack(
            [
                answers(sure, unsure),
                answers(sure, sure),
                answers((3, 0.8), (3, 0.6)),
                answers((8, 0.8), (3, 0.6)),
            ]
        ),
        calibration=np.array([True, True, False, False]),
    )
    mnist = np.array([True] * 199 + [False])
    non_digits = np.array([0.1, 0.7], np.float32)
    styles = np.array([True] * 9 + [False])
    figures = figures_of(1.5, mnist, grid, non_digits, styles)

    assert figures.temperature == 1.5
    assert figures.mnist_accuracy == 99.5
    assert grid.cell_accuracies == [100.0, 50.0]
    assert figures.writers_accuracy == 75.0
    assert figures.writers_worst_cell_accuracy == 50.0
    assert figures.styles_accuracy == 90.0
    # Of four answers by calibration writers the lowest is 0.5, the next one 0.9.
    assert 0.5 <= figures.uncertain_below < 0.52
    # Both of 0.8 are right, one of the two of 0.6: 0.2 and 0.1 from their confidence.
    assert figures.calibration_error == 0.15
    # Of eight pairs of a digit and another drawing two are the wrong way round.
    assert figures.non_digit_auc == 0.75
    assert "temperature" not in figures.on_card()
