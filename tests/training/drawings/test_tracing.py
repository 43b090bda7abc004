"""The line of a pen in a picture, and the same line drawn by another pen."""

import cv2
import numpy as np
import pytest

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.files import SHARED
from training.datasets.mnist import load_mnist
from training.drawings.augmentation import mnist_variant_of_any_pen
from training.drawings.tracing import inked, thinned, traced


def ring(side: int = 28, pen: int = 3) -> Grey:
    """A nought, 17 pixels across."""
    image = np.zeros((side, side), np.uint8)
    cv2.circle(image, (side // 2, side // 2), 8, 255, pen, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("pen", [1, 2, 3])
def test_a_ring_of_any_pen_is_traced_as_a_ring(pen: int) -> None:
    line = (traced(ring(pen=pen), 4) == 0).astype(np.uint8)
    pieces, _ = cv2.connectedComponents(line, connectivity=8)
    holes, _ = cv2.connectedComponents(1 - line, connectivity=4)
    assert (pieces - 1, holes - 1) == (1, 2)  # one line; what lies within and what beyond it
    radii = np.hypot(*(np.argwhere(line) - 4 * 14.5).T)
    assert radii == pytest.approx(4 * 8, abs=3)


def test_thinning_keeps_a_line_and_its_length() -> None:
    line = np.zeros((40, 60), np.uint8)
    line[20, 10:50] = 1
    assert np.array_equal(thinned(line), line)
    thick = cv2.dilate(line, np.ones((5, 5), np.uint8))
    assert thinned(thick).sum() == pytest.approx(40, abs=5)


def test_a_traced_line_is_as_wide_as_asked() -> None:
    bar = np.zeros((28, 28), np.uint8)
    bar[12:15, 4:24] = 255
    distance = traced(bar, 4)
    for width in (2.0, 6.5, 20.0):
        assert inked(distance, width)[:, 56].sum() / 255 == pytest.approx(width, abs=0.6)


def test_a_picture_without_ink_has_no_line() -> None:
    assert inked(traced(np.zeros((28, 28), np.uint8), 4), 20).max() == 0


def test_a_dot_has_variants() -> None:
    dot = np.zeros((28, 28), np.uint8)
    dot[13:15, 13:15] = 255
    rng = np.random.default_rng(3)
    assert all(mnist_variant_of_any_pen(dot, rng).max() == 255 for _ in range(40))


def test_an_mnist_digit_drawn_again_with_its_own_pen_is_nearly_itself() -> None:
    if not (SHARED / "mnist.npz").exists():
        pytest.skip("needs ../shared/data/mnist.npz")
    _, test = load_mnist()
    differences = []
    for image in test.x[:200]:
        distance = traced(image, 4)
        ink = cv2.resize(image, (112, 112)) > 110
        width = 2 * float(np.quantile(distance[ink], 0.9))
        again = normalise(inked(distance, width)).astype(float)
        differences.append(np.abs(again - normalise(image)).mean())
    assert np.median(differences) < 15  # two different digits: 39
