"""Strokes, the grid, variants of digits and drawings that are none."""

import numpy as np
import pytest

from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit
from training.drawings import augmentation
from training.drawings.grid import CELLS, Cell, drawing
from training.drawings.hands import MILD, STRANGE, STRONG, Distortion, distort
from training.drawings.non_digits import (
    EVALUATION_KINDS,
    EVALUATION_LETTERS,
    TRAINING_LETTERS,
    evaluation_non_digit,
    training_non_digit,
)
from training.drawings.strokes import draw, scaled, transformed

SEVEN = PenDigit(
    7,
    1,
    (
        np.array([[0, 0], [20, 1], [40, 0], [30, 25], [20, 50], [12, 80]], np.float32),
        np.array([[5, 40], [35, 38]], np.float32),
    ),
)


def test_scaled_strokes_have_the_height_and_lie_around_the_origin() -> None:
    points = np.concatenate(scaled(SEVEN.strokes, 200))
    assert np.ptp(points, axis=0).max() == pytest.approx(200)
    assert points.min(axis=0) + points.max(axis=0) == pytest.approx([0, 0], abs=1e-3)


def test_a_positive_slant_leans_to_the_right_as_handwriting_does() -> None:
    upright = [np.array([[0, -50], [0, 50]], np.float32)]
    top, bottom = transformed(upright, slant=20)[0]
    assert top[0] - bottom[0] == pytest.approx(100 * np.tan(np.radians(20)), rel=1e-4)


def test_the_pen_is_as_wide_as_asked() -> None:
    line = [np.array([[-80, 0], [0, 0], [80, 0]], np.float32)]
    for width in (4, 8, 14, 28):
        assert draw(line, width)[:, 140].sum() / 255 == pytest.approx(width, abs=0.4)


def test_cells_with_a_pen_wider_than_a_quarter_of_the_height_are_left_out() -> None:
    assert len(CELLS) == 44
    assert Cell(60, 14, "centre") in CELLS
    assert Cell(60, 20, "centre") not in CELLS


@pytest.mark.parametrize("cell", CELLS[::5])
def test_no_drawing_leaves_the_canvas(cell: Cell) -> None:
    canvas = drawing(SEVEN.strokes, cell, np.random.default_rng(1))
    rows = np.flatnonzero(canvas.max(axis=1) > 127)
    assert np.ptp(rows) == pytest.approx(cell.height + cell.width, abs=4)
    if cell.height < 250:
        border = [canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]]
        assert max(int(edge.max()) for edge in border) == 0


@pytest.mark.parametrize("limits", [MILD, STRONG, STRANGE])
def test_distortion_is_decided_by_the_seed(limits: Distortion) -> None:
    first, second, other = (
        np.concatenate(distort(SEVEN.strokes, np.random.default_rng(seed), limits, 7))
        for seed in (5, 5, 6)
    )
    assert np.array_equal(first, second)
    assert first.shape != other.shape or not np.allclose(first, other)


def test_evaluation_asks_for_letters_that_training_never_shows() -> None:
    assert not set(TRAINING_LETTERS) & set(EVALUATION_LETTERS)
    rng = np.random.default_rng(2)
    for _ in range(40):
        assert training_non_digit([SEVEN], rng).shape == (28, 28)
    for kind in EVALUATION_KINDS:
        assert evaluation_non_digit(kind, [SEVEN], rng).shape == (28, 28)


def test_a_hairline_that_a_trace_would_lose_is_not_drawn_again() -> None:
    """Feedback of a thin pen, normalised, is pale: an eight must not become a dot."""
    angle = np.linspace(0, 2 * np.pi, 60)
    eight = [np.stack([40 * np.sin(2 * angle), -80 * np.cos(angle)], axis=1).astype(np.float32)]
    rng = np.random.default_rng(4)
    pale, dark = (normalise(draw(scaled(eight, 250), width)) for width in (3, 20))
    assert augmentation._redrawn(pale, rng) is None
    redrawn = augmentation._redrawn(dark, rng)
    assert redrawn is not None
    assert np.ptp(np.flatnonzero(redrawn.any(axis=1))) > 50
