"""Strokes, the grid and the examples that a training learns from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digit_recognizer.preprocessing import normalise
from training import augmentation, examples
from training.augmentation import PEN_LIMITS
from training.datasets import Images, PenDigit
from training.grid import CELLS, Cell, drawing
from training.non_digits import (
    EVALUATION_KINDS,
    EVALUATION_LETTERS,
    TRAINING_LETTERS,
    evaluation_non_digit,
    training_non_digit,
)
from training.strokes import Distortion, distort, draw, scaled, transformed
from training.train import soft_targets

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


def test_distortion_is_decided_by_the_seed() -> None:
    first, second, other = (
        np.concatenate(distort(SEVEN.strokes, np.random.default_rng(seed), PEN_LIMITS))
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


def some_examples(seed: int = 1, digit: PenDigit = SEVEN) -> examples.Examples:
    return examples.pen_examples([digit] * 30, variants=2, seed=seed)


def test_examples_are_the_same_for_the_same_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "CACHE", tmp_path / "a")
    first = some_examples().x
    monkeypatch.setattr(examples, "CACHE", tmp_path / "b")
    assert np.array_equal(some_examples().x, first)
    assert not np.array_equal(some_examples(seed=2).x, first)


def test_examples_are_read_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "CACHE", tmp_path)
    some_examples()
    (file,) = tmp_path.iterdir()
    np.save(file, np.full_like(np.load(file), 9))
    assert (some_examples().x == 9).all()


def test_examples_of_other_data_or_another_augmentation_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "CACHE", tmp_path)
    first = some_examples()
    moved = replace(SEVEN, strokes=tuple(stroke * (1, 0.8) for stroke in SEVEN.strokes))
    assert some_examples(digit=moved).key != first.key
    monkeypatch.setattr(augmentation, "PEN_LIMITS", Distortion(slant=23))
    assert some_examples().key != first.key
    assert len(list(tmp_path.iterdir())) == 3


def test_an_item_without_ink_is_named_rather_than_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "CACHE", tmp_path)
    blank = Images(np.zeros((3, 28, 28), np.uint8), np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match="Item 0 has no variant with ink: The picture is empty"):
        examples.plain_mnist_examples(blank)


def test_epochs_walk_through_all_variants() -> None:
    x = np.arange(3 * 4).reshape(3, 4, 1, 1).repeat(28, axis=2).repeat(28, axis=3)
    some = examples.Examples(x.astype(np.uint8), np.array([7, 8, 9], np.uint8), "")
    seen = [some.epoch(number, repeats=2) for number in range(2)]
    assert sorted(int(picture[0, 0]) for pixels, _ in seen for picture in pixels) == list(range(12))
    assert seen[0][1].tolist() == [7, 7, 8, 8, 9, 9]


def test_targets_of_non_digits_are_uniform() -> None:
    targets = soft_targets(np.array([3, examples.NOT_A_DIGIT], np.uint8), smoothing=0.1)
    assert targets[0].argmax() == 3
    assert targets[0, 3] == pytest.approx(0.91)
    assert targets[1] == pytest.approx([0.1] * 10)


def test_mnist_examples_keep_the_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upright and level bars, more than the workers take at a time."""
    monkeypatch.setattr(examples, "CACHE", tmp_path)
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 12:16] = 255
    labels = np.random.default_rng(3).integers(0, 2, 60).astype(np.uint8)
    x = np.stack([upright.T if label else upright for label in labels])
    made = examples.mnist_examples(Images(x, labels), variants=3, seed=1)
    assert made.x.shape == (60, 3, 28, 28)
    assert made.y.tolist() == labels.tolist()
    ink = made.x > 127
    level = ink.any(axis=2).sum(axis=2) > ink.any(axis=3).sum(axis=2)
    assert np.array_equal(level, np.repeat(labels[:, None] == 1, 3, axis=1))
