"""A scene: a picture in colour, and where in it the ink of the digit lies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Grey
from training.datasets.pen_digits import Stroke
from training.drawings.strokes import draw, scaled

Colour = NDArray[np.floating[Any]]
"""Red, green and blue from 0 to 255: floating[3], or floating[height, width, 3] of a picture."""

Share = NDArray[np.floating[Any]]
"""How much of each pixel is covered, or lit: floating[height, width], from 0 to about 1."""


@dataclass(frozen=True)
class Layout:
    """Where a digit lies in a picture, and how thick its line is.

    Attributes:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
        coverage: how much of each pixel is ink of the digit, 0 to 1: float32[height, width].
        box: top, bottom, left and right of the digit's ink, in pixels.
        pen: width of the line, in pixels.
    """

    height: int
    width: int
    coverage: Share
    box: tuple[int, int, int, int]
    pen: float

    @property
    def unit(self) -> float:
        """A hundredth of the picture's shorter side, in pixels: what sizes are counted in."""
        return min(self.height, self.width) / 100


@dataclass(frozen=True)
class Scene:
    """A picture as a client would send it, before its file is written.

    Attributes:
        picture: uint8[height, width, 3], or [height, width, 4] with transparency.
        ink: how much of each pixel is ink of the digit: uint8[height, width], 0 = none.
        quality: of the JPEG that it is sent as; 0 for a PNG.
    """

    picture: Grey
    ink: Grey
    quality: int


TALL = (0.28, 0.92)
"""Of a digit, as shares of what fits: from a dot in the middle to nearly the whole picture."""


def laid_out(
    strokes: list[Stroke],
    rng: Generator,
    side: int,
    tall: tuple[float, float] = TALL,
    pens: tuple[float, float] = (0.018, 0.15),
    aspect: tuple[float, float] = (0.9, 1.7),
) -> Layout:
    """Choose a picture's form, and the place, the size and the pen of a digit in it.

    Args:
        strokes: of any scale; none for an empty sheet.
        rng: decides.
        side: the longer side of the picture, in pixels.
        tall: the digit's height, as a share of what fits.
        pens: width of the line, as a share of the digit's height.
        aspect: of the picture, longer over shorter side; tall and wide ones are as likely.
    """
    longer, shorter = side, round(side / max(1.0, rng.uniform(*aspect)))
    height, width = (longer, shorter) if rng.random() < 0.5 else (shorter, longer)
    if not strokes:
        middle = (height // 2, height // 2 + 1, width // 2, width // 2 + 1)
        return Layout(height, width, np.zeros((height, width), np.float32), middle, 1.0)
    low, high = np.log(pens[0]), np.log(pens[1])
    share = float(np.exp(rng.uniform(low, high)))
    unit = np.concatenate(scaled(strokes, 1.0))
    extent = np.ptp(unit, axis=0) + share
    fits = min(height / extent[1], width / extent[0])
    # Mostly in between: neither a dot in the middle nor cut by the edge.
    size = fits * float(tall[0] + (tall[1] - tall[0]) * rng.beta(1.6, 1.4))
    lines = scaled(strokes, size)
    pen = max(share * size, 1.0)
    reach = extent * size / 2 + 1
    room = np.maximum(np.array([width, height]) / 2 - reach, 0)
    shift = np.clip(rng.normal(0, 0.07, 2) * [width, height], -room, room)
    centre = (width / 2 + float(shift[0]), height / 2 + float(shift[1]))
    coverage = draw(lines, pen, centre, (height, width)).astype(np.float32) / 255
    rows = np.flatnonzero(coverage.max(axis=1) > 0.2)
    columns = np.flatnonzero(coverage.max(axis=0) > 0.2)
    if not rows.size:
        rows, columns = np.array([height // 2]), np.array([width // 2])
    box = (int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
    return Layout(height, width, coverage, box, pen)
