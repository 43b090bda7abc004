"""Numbers: rows of digits by one writer, with that writer's gaps, sizes and slopes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.hands import MILD, distort
from training.drawings.strokes import draw, scaled

HEIGHT = 100
"""Of a digit, in pixels, before its own size."""

_MARGIN = 40  # pixels around the number
_PENS = (5.0, 14.0)  # pixels
_SIZES = (0.85, 1.15)  # of a digit, against its writer's others
_SLOPE = 4.0  # degrees, standard deviation of the line's


class WrittenNumber(NamedTuple):
    """A picture of a number.

    Attributes:
        canvas: uint8[height, width], white ink on black.
        text: what it says.
    """

    canvas: Grey
    text: str


def written_number(
    digits: Sequence[PenDigit], length: int, gap: float, rng: Generator
) -> WrittenNumber:
    """Write a number with digits of one writer.

    Args:
        digits: that writer's.
        length: how many digits.
        gap: between the ink of neighbours, as a share of `HEIGHT`; below 0 their boxes overlap.
        rng: decides.
    """
    chosen = [digits[int(k)] for k in rng.integers(len(digits), size=length)]
    pen, slope = rng.uniform(*_PENS), np.tan(np.radians(rng.normal(0, _SLOPE)))
    lines: list[Stroke] = []
    x = _MARGIN + pen / 2
    for digit in chosen:
        strokes = scaled(distort(digit.strokes, rng, MILD), HEIGHT * rng.uniform(*_SIZES))
        points = np.concatenate(strokes)
        left, right = float(points[:, 0].min()), float(points[:, 0].max())
        lines += [stroke + np.array([x - left, x * slope]) for stroke in strokes]
        x += right - left + pen + gap * HEIGHT
    points = np.concatenate(lines)
    top = float(points[:, 1].min())
    height = int(np.ptp(points[:, 1]) + pen) + 2 * _MARGIN
    width = int(points[:, 0].max() + pen / 2) + _MARGIN
    moved = [stroke - np.array([0, top - _MARGIN - pen / 2]) for stroke in lines]
    canvas = draw(moved, pen, (0, 0), (height, width))
    return WrittenNumber(canvas, "".join(str(digit.label) for digit in chosen))
