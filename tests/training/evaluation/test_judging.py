"""What is judged."""

import numpy as np

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from training.datasets.mnist import Images
from training.evaluation.judging import REDRAWN_PENS, evaluate_redrawn


def test_mnist_is_judged_with_each_pen() -> None:
    """A one, and a blot that has no line."""
    x = np.zeros((2, 28, 28), np.uint8)
    x[0, 4:24, 13:16] = 255
    x[1, 13:15, 13:15] = 255
    y = np.array([1, 0], np.uint8)
    results = evaluate_redrawn(Classifier(built_in()), Images(x, y))
    pens = len(REDRAWN_PENS)
    assert results.labels == [1] * pens + [0] * pens
    assert results.correct[:pens].all()
    widths = [int((pixels[14] > 127).sum()) for pixels in results.pixels[:pens]]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
