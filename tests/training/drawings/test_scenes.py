"""Scenes: the same for the same seed, with ink where they say, and read right."""

import numpy as np
import pytest
from numpy.random import Generator

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.preprocessing import preprocess
from training.datasets.pen_digits import Stroke
from training.drawings.scenes import ink_examples
from training.drawings.scenes.kinds import HELD_OUT_KINDS, KINDS, TRAINING_KINDS
from training.evaluation.scenes import url_of

THREE = [np.array([[0, 0], [6, -2], [9, 3], [3, 8], [10, 12], [7, 18], [0, 17]], np.float32)]


def scene(name: str, seed: int, strokes: list[Stroke] = THREE):  # type: ignore[no-untyped-def]
    return KINDS[name](strokes, np.random.default_rng(seed), 280)


@pytest.mark.parametrize("name", KINDS)
def test_the_same_seed_gives_the_same_scene(name: str) -> None:
    one, again, other = scene(name, 1), scene(name, 1), scene(name, 2)
    assert np.array_equal(one.picture, again.picture)
    assert not np.array_equal(one.picture, other.picture)
    assert one.picture.dtype == one.ink.dtype == np.uint8
    assert one.picture.shape[:2] == one.ink.shape
    assert one.ink.max() > 128


@pytest.mark.parametrize("name", KINDS)
def test_an_empty_scene_has_no_ink(name: str) -> None:
    assert scene(name, 3, []).ink.max() == 0


@pytest.mark.parametrize("name", KINDS)
def test_some_scenes_of_each_kind_are_read(name: str) -> None:
    classifier = Classifier(built_in())
    right = sum(
        classifier.predict(preprocess(url_of(scene(name, seed)))).digit == 3 for seed in range(5)
    )
    assert right >= 3


def test_training_shows_no_kind_that_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not TRAINING_KINDS.keys() & HELD_OUT_KINDS.keys()
    assert len(KINDS) >= 16

    def seen_in_training(strokes: list[Stroke], rng: Generator, side: int) -> None:
        raise AssertionError("A kind that is held out was shown.")

    for name in HELD_OUT_KINDS:
        monkeypatch.setitem(HELD_OUT_KINDS, name, seen_in_training)
        monkeypatch.setitem(KINDS, name, seen_in_training)
    from training.datasets.pen_digits import PenDigit

    digits = [PenDigit(3, 1, tuple(THREE))]
    examples = ink_examples.ink_examples(digits, 40, seed=1)
    assert examples.x.shape == (40, 96, 96, 3)
    assert examples.y.shape == (40, 96, 96)
    assert (examples.y.max(axis=(1, 2)) > 128).mean() > 0.8
