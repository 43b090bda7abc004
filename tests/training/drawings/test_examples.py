"""The examples that a training learns from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit
from training.drawings import examples, hands, rendering
from training.drawings.hands import Distortion

SEVEN = PenDigit(
    7,
    1,
    (
        np.array([[0, 0], [20, 1], [40, 0], [30, 25], [20, 50], [12, 80]], np.float32),
        np.array([[5, 40], [35, 38]], np.float32),
    ),
)


def some_examples(seed: int = 1, digit: PenDigit = SEVEN) -> examples.Examples:
    return examples.pen_examples([digit] * 30, variants=2, seed=seed)


def test_examples_are_the_same_for_the_same_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "CACHE", tmp_path / "a")
    first = some_examples().x
    monkeypatch.setattr(rendering, "CACHE", tmp_path / "b")
    assert np.array_equal(some_examples().x, first)
    assert not np.array_equal(some_examples(seed=2).x, first)


def test_examples_are_read_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "CACHE", tmp_path)
    some_examples()
    (file,) = tmp_path.iterdir()
    np.save(file, np.full_like(np.load(file), 9))
    assert (some_examples().x == 9).all()


def test_examples_of_other_data_or_another_augmentation_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "CACHE", tmp_path)
    first = some_examples()
    moved = replace(SEVEN, strokes=tuple(stroke * (1, 0.8) for stroke in SEVEN.strokes))
    assert some_examples(digit=moved).key != first.key
    monkeypatch.setattr(hands, "HANDS", ((1.0, Distortion(slant=23)),))
    assert some_examples().key != first.key
    assert len(list(tmp_path.iterdir())) == 3


def test_an_item_without_ink_is_named_rather_than_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "CACHE", tmp_path)
    blank = Images(np.zeros((3, 28, 28), np.uint8), np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match="Item 0 has no variant with ink: The picture is empty"):
        examples.plain_mnist_examples(blank)


def test_epochs_walk_through_all_variants() -> None:
    x = np.arange(3 * 4).reshape(3, 4, 1, 1).repeat(28, axis=2).repeat(28, axis=3)
    some = examples.Examples(x.astype(np.uint8), np.array([7, 8, 9], np.uint8), "")
    seen = [some.epoch(number, repeats=2) for number in range(2)]
    assert sorted(int(picture[0, 0]) for pixels, _ in seen for picture in pixels) == list(range(12))
    assert seen[0][1].tolist() == [7, 7, 8, 8, 9, 9]


def test_mnist_examples_keep_the_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upright and level bars, more than the workers take at a time."""
    monkeypatch.setattr(rendering, "CACHE", tmp_path)
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
