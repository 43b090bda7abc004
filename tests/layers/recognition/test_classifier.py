"""The committed artefact, through the interpreter that serves it."""

import numpy as np
import pytest

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.files import SHARED
from training.datasets.mnist import load_mnist
from training.datasets.pen_digits import load_pen_digits, split_writers
from training.drawings.grid import drawn_on_grid

needs_data = pytest.mark.skipif(
    not (SHARED / "mnist.npz").exists(), reason="needs the data sets in ../shared/data"
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(built_in())


def test_probabilities_are_those_of_ten_digits(classifier: Classifier) -> None:
    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:24, 13:16] = 255
    answer = classifier.predict(pixels)
    assert answer.digit == 1
    assert len(answer.probabilities) == 10
    assert sum(answer.probabilities) == pytest.approx(1, abs=1e-5)
    assert answer.confidence == max(answer.probabilities) == answer.probabilities[answer.digit]


def test_an_unclear_drawing_is_uncertain(classifier: Classifier) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (28, 28)).astype(np.uint8)
    assert classifier.predict(noise).uncertain


def test_the_answer_carries_the_version_on_the_card(classifier: Classifier) -> None:
    assert classifier.version == built_in().card["version"]


@needs_data
def test_reaches_its_cards_figure_on_mnist(classifier: Classifier) -> None:
    _, test = load_mnist()
    right = [
        classifier.predict(normalise(image)).digit == label
        for image, label in zip(test.x, test.y, strict=True)
    ]
    # of 10,000 one or two may be so near to a tie that another processor decides otherwise
    assert 100 * np.mean(right) >= built_in().card["figures"]["mnist_accuracy"] - 0.02


@needs_data
def test_reaches_its_cards_figure_on_writers_it_never_saw(classifier: Classifier) -> None:
    card = built_in().card
    _, unseen = split_writers(load_pen_digits(), card["configuration"]["held_out"])
    pixels = drawn_on_grid(unseen, np.random.default_rng(11))
    right = [
        classifier.predict(drawn).digit == digit.label
        for drawn, digit in zip(pixels, unseen, strict=True)
    ]
    assert 100 * np.mean(right) >= card["figures"]["writers_accuracy"] - 0.3
