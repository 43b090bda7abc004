"""What in a picture speaks for the answer."""

import numpy as np

from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.evidence import evidence
from digit_recognizer.recognition.model import built_in


def upper_or_lower(pixels: Grey) -> Float:
    """Says 3 for ink above the middle, 5 for ink below it, by how much there is of either."""
    ink = pixels.reshape(2, -1).sum(axis=1) / 255 + 1
    probabilities = np.full(10, 1e-9, np.float32)
    probabilities[3], probabilities[5] = ink / ink.sum()
    return probabilities


def test_ink_speaks_for_the_answer_or_for_the_runner_up() -> None:
    pixels = np.zeros((28, 28), np.uint8)
    pixels[5:11, 8:20] = 255
    pixels[20:23, 8:20] = 255
    said = evidence(upper_or_lower, pixels)
    weights = np.reshape(said.weights, (28, 28))
    assert said.runner_up == 5
    assert (weights[5:11, 8:20] > 0).all()
    assert (weights[20:23, 8:20] < 0).all()
    assert not weights[pixels == 0].any()
    assert np.abs(weights).max() == 100


def test_it_takes_few_looks() -> None:
    """Each costs as much as an answer: even of a picture full of ink there are not too many."""
    looks = []

    def counted(pixels: Grey) -> Float:
        looks.append(pixels)
        return upper_or_lower(pixels)

    evidence(counted, np.full((28, 28), 255, np.uint8))
    assert len(looks) <= 65


def test_a_blank_picture_has_nothing_to_say() -> None:
    said = evidence(upper_or_lower, np.zeros((28, 28), np.uint8))
    assert said.weights == [0] * 784


def test_the_crossbar_tells_a_seven_from_what_comes_next() -> None:
    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:7, 8:20] = 255
    for row in range(7, 24):
        pixels[row, 20 - (row - 4) // 2 : 23 - (row - 4) // 2] = 255
    classifier = Classifier(built_in())
    assert classifier.predict(pixels).digit == 7
    weights = np.reshape(evidence(classifier.probabilities, pixels).weights, (28, 28))
    assert weights[4:7, 12:18].mean() > 20
