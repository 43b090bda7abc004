"""Numbers: rows of digits by one writer, with that writer's gaps, sizes and slopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.hands import MILD, Distortion, distort
from training.drawings.strokes import draw, resampled, scaled

HEIGHT = 100
"""Of a digit, in pixels, before its own size."""

_MARGIN = 40  # pixels around the number
_PENS = (5.0, 14.0)  # pixels
_SIZES = (0.85, 1.15)  # of a digit, against its writer's others
_SLOPE = 4.0  # degrees, standard deviation of the line's
_STEP = 0.2  # of the height: how far the middles of neighbours are apart, at least
_BAND = 3  # pixels: height of the bands in which the ink of neighbours is compared


class Spacing(NamedTuple):
    """How far neighbours are apart.

    Attributes:
        gap: as a share of `HEIGHT`.
        nested: whether it lies between the ink at the same height, so that boxes may overlap (a 7
            whose bar reaches over the next digit) and ink touches below 0; otherwise it lies
            between the boxes.
    """

    gap: float
    nested: bool = False


SPACINGS = {
    "30 % between boxes": Spacing(0.3),
    "5 %": Spacing(0.05),
    "0 %": Spacing(0.0),
    "boxes overlap by 5 %": Spacing(-0.05),
    "touching": Spacing(-0.03, nested=True),
}
"""How neighbours lie in the numbers that judge, and that thresholds are chosen on."""


@dataclass(frozen=True)
class WrittenNumber:
    """A number as the pen wrote it.

    Attributes:
        text: what it says.
        digits: the strokes of each digit, in pixels of the canvas.
        pen: its width in pixels.
        size: height and width of the canvas.
    """

    text: str
    digits: list[list[Stroke]]
    pen: float
    size: tuple[int, int]

    @property
    def strokes(self) -> list[Stroke]:
        """Of all digits."""
        return [stroke for digit in self.digits for stroke in digit]

    def resized(self, scale: float) -> "WrittenNumber":
        """The same number, so many times as large."""
        digits = [[stroke * scale for stroke in strokes] for strokes in self.digits]
        height, width = (int(np.ceil(side * scale)) for side in self.size)
        return WrittenNumber(self.text, digits, self.pen * scale, (height, width))

    def drawn(self) -> Grey:
        """White ink on black: uint8[height, width]."""
        return draw(self.strokes, self.pen, (0, 0), self.size)

    def drawn_alone(self, number: int) -> Grey:
        """The same canvas with one digit only."""
        return draw(self.digits[number], self.pen, (0, 0), self.size)


def written_number(
    digits: Sequence[PenDigit],
    length: int,
    spacing: Spacing,
    rng: Generator,
    hand: Distortion = MILD,
) -> WrittenNumber:
    """Write a number with digits of one writer.

    Args:
        digits: that writer's.
        length: how many digits.
        spacing: between neighbours.
        rng: decides.
        hand: how far the writer's strokes are changed.
    """
    chosen = [digits[int(k)] for k in rng.integers(len(digits), size=length)]
    pen, slope = rng.uniform(*_PENS), np.tan(np.radians(rng.normal(0, _SLOPE)))
    placed: list[list[Stroke]] = []
    for digit in chosen:
        strokes = scaled(distort(digit.strokes, rng, hand), HEIGHT * rng.uniform(*_SIZES))
        x = _beside(placed, strokes, pen, spacing)
        placed.append([stroke + np.array([x, x * slope]) for stroke in strokes])
    points = np.concatenate([stroke for strokes in placed for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    origin = low - _MARGIN - pen / 2
    width, height = (int(side + pen) + 2 * _MARGIN for side in high - low)
    moved = [[(stroke - origin).astype(np.float32) for stroke in strokes] for strokes in placed]
    return WrittenNumber(
        "".join(str(digit.label) for digit in chosen), moved, float(pen), (height, width)
    )


def _beside(
    placed: Sequence[Sequence[Stroke]], strokes: Sequence[Stroke], pen: float, spacing: Spacing
) -> float:
    """How far to the right a digit has to go, to stand right of those that stand already."""
    if not placed:
        return 0.0
    apart = pen + spacing.gap * HEIGHT
    before = np.concatenate(placed[-1])
    low, high = before.min(axis=0), before.max(axis=0)
    if spacing.nested:
        # Each at its own height: the line may slope.
        level = [stroke - np.array([0, (low[1] + high[1]) / 2]) for stroke in placed[-1]]
        right, left = _edges(level, 1), _edges(strokes, -1)
        both = np.isfinite(right) & np.isfinite(left)
        nearest = float((right[both] + left[both]).max()) if both.any() else -np.inf
        return max(nearest + apart, float(low[0] + high[0]) / 2 + _STEP * HEIGHT)
    return float(high[0] - np.concatenate(strokes)[:, 0].min()) + apart


def _edges(strokes: Sequence[Stroke], side: int) -> Stroke:
    """How far the line reaches to a side (1: right, -1: left) in each band: float[bands]."""
    bands = np.full(2 * HEIGHT // _BAND, -np.inf)
    for stroke in strokes:
        line = resampled(stroke, 120) if len(stroke) > 1 else stroke
        at = np.clip((line[:, 1] + HEIGHT) // _BAND, 0, len(bands) - 1).astype(int)
        np.maximum.at(bands, at, side * line[:, 0])
    return bands
