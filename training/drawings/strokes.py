"""Pen strokes: their scale, slant and shake, and the ink that the page's canvas makes of them.

All works in pixels of the page's 280×280 export, or in any other unit of length.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.datasets.pen_digits import Stroke

CANVAS = 280
"""Side of the picture that the page exports, in pixels."""

_SUBPIXEL_BITS = 4  # fixed-point bits of the coordinates that OpenCV draws with
# OpenCV's own pens are whole pixels wide: it draws at so many times the size, which is averaged.
_FINE = 2
_HALO = 1.5  # its smooth lines are so much wider than asked (measured; 1.2 to 1.9)


def scaled(strokes: Sequence[Stroke], height: float) -> list[Stroke]:
    """Bring strokes to a height in pixels (their longer side, if wider), centred on (0, 0)."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = height / max(float((high - low).max()), 1e-3)
    return [(stroke - (low + high) / 2) * scale for stroke in strokes]


def transformed(
    strokes: Sequence[Stroke], slant: float = 0.0, stretch: float = 1.0, rotation: float = 0.0
) -> list[Stroke]:
    """Slant and rotate by degrees and widen by a factor, about (0, 0)."""
    shear, angle = np.tan(np.radians(slant)), np.radians(rotation)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, -shear], [0, 1]])
    return [(stroke @ matrix.T).astype(np.float32) for stroke in strokes]


def shaken(strokes: Sequence[Stroke], amount: float, rng: Generator) -> list[Stroke]:
    """A shaky hand: noise along each stroke, correlated over about a tenth of it.

    `amount` is its standard deviation in pixels.
    """
    shaky = []
    for stroke in strokes:
        line = resampled(stroke, 40)
        knots = rng.normal(0, amount, (12, 2))
        at = np.linspace(0, 11, len(line))
        noise = np.stack([np.interp(at, np.arange(12), knots[:, axis]) for axis in (0, 1)], axis=1)
        shaky.append((line + noise).astype(np.float32))
    return shaky


def draw(
    strokes: Sequence[Stroke],
    width: float,
    centre: tuple[float, float] = (CANVAS / 2, CANVAS / 2),
    size: tuple[int, int] = (CANVAS, CANVAS),
) -> NDArray[np.uint8]:
    """Draw strokes as the page does: a smooth line with round caps and joins.

    Args:
        strokes: pixels around (0, 0).
        width: of the pen, in pixels.
        centre: where (0, 0) comes to lie.
        size: height and width of the canvas.

    Returns:
        uint8[height, width], white ink (255) on black.
    """
    fine = np.zeros((size[0] * _FINE, size[1] * _FINE), np.uint8)
    thickness = max(1, round(width * _FINE - _HALO))
    for stroke in strokes:
        # Pixel (0, 0) lies around (0, 0) in OpenCV, to the right of and below it in a browser.
        line = (smooth(stroke) + np.array(centre)) * _FINE - 0.5
        points = np.rint(line * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        if len(points) == 1:
            points = np.repeat(points, 2, axis=0)
        cv2.polylines(fine, [points], False, 255, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    return np.asarray(cv2.resize(fine, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def smooth(stroke: Stroke) -> Stroke:
    """The page's curve: quadratic Béziers between the midpoints, with the points as controls."""
    if len(stroke) < 3:
        return stroke
    steps = 2 if len(stroke) > 24 else 4  # so close that two chords are a curve
    middles = (stroke[:-1] + stroke[1:]) / 2
    starts, controls, ends = middles[:-1, None], stroke[1:-1, None], middles[1:, None]
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[None, :, None]
    curve = (1 - t) ** 2 * starts + 2 * t * (1 - t) * controls + t**2 * ends
    return np.concatenate([stroke[:1], curve.reshape(-1, 2), middles[-1:], stroke[-1:]])


def resampled(stroke: Stroke, n: int) -> Stroke:
    """`n` points at even steps along the stroke."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    at = np.linspace(0, along[-1], n)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1).astype(
        np.float32
    )
