"""What in a picture speaks for the answer, and what for the digit that comes next.

By occlusion (Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, 2014): a patch
of ink is taken away, the recogniser looks again, and how far the answer falls against the runner-up
is what that ink was worth.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Grey

_PATCH = 5  # pixels: about the width of a stroke and what is beside it
_STEP = 3  # finer ones say the same, and each look costs as much as an answer
_UNLIKELY = 1e-6  # less than that is as good as nothing, and has no logarithm


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each pixel of a picture says."""

    runner_up: int
    """The second most probable digit, 0 … 9."""

    weights: list[int]
    """784, row by row, -100 … 100: above 0 for the answer, below for the runner-up; 0 on paper."""


def evidence(probabilities: Callable[[Grey], Float], pixels: Grey) -> Evidence:
    """Weigh the ink of a picture.

    Args:
        probabilities: float32[10] of uint8[28, 28]; called some forty times.
        pixels: uint8[28, 28] as `preprocessing.normalise` gives it.
    """
    whole = probabilities(pixels)
    runner_up, answer = (int(digit) for digit in np.argsort(whole)[-2:])

    def lead(of: Float) -> float:
        likely = np.maximum(of, _UNLIKELY)
        return float(np.log(likely[answer]) - np.log(likely[runner_up]))

    full = lead(whole)
    worth, looks = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for top in range(0, SIDE - _PATCH + 1, _STEP):
        for left in range(0, SIDE - _PATCH + 1, _STEP):
            patch = (slice(top, top + _PATCH), slice(left, left + _PATCH))
            if not pixels[patch].any():
                continue
            without = pixels.copy()
            without[patch] = 0
            worth[patch] += full - lead(probabilities(without))
            looks[patch] += 1
    worth = np.divide(worth, looks, out=np.zeros_like(worth), where=looks > 0)
    worth[pixels == 0] = 0
    most = float(np.abs(worth).max())
    shares = worth / most if most > 0 else worth
    return Evidence(runner_up, [round(100 * share) for share in shares.ravel().tolist()])
