"""Pen strokes as a person's hand might have written them, drawn as the page's canvas draws them.

`distort` changes the strokes themselves (slant, aspect, wobble, ends, gaps), `draw` lays them as
ink on a canvas. Both work in pixels of the page's 280×280 export.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.datasets import Stroke

CANVAS = 280
"""Side of the picture that the page exports, in pixels."""

_SUBPIXEL_BITS = 4  # fixed-point bits of the coordinates that OpenCV draws with
_FINE = 2  # drawn at this many times the size and averaged: OpenCV's own pens are whole pixels …
_HALO = 1.5  # … and its smooth lines this much wider than asked (measured; 1.2 to 1.9)


@dataclass(frozen=True)
class Distortion:
    """How far `distort` may go; lengths are shares of the digit's height."""

    rotation: float = 9.0  # degrees, uniform on both sides
    slant: float = 22.0  # degrees
    stretch: float = 0.28  # log of width over height
    warp: float = 0.05  # standard deviation of the knots of a smooth displacement field
    wobble: float = 0.015  # standard deviation of a shaky hand
    loose: float = 0.03  # standard deviation of a stroke's own shift
    overshoot: float = 0.10  # longest extension of an end
    trim: float = 0.10  # longest loss of an end
    gap: float = 0.10  # probability of a gap in a stroke


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


def distort(strokes: Sequence[Stroke], rng: Generator, limits: Distortion) -> list[Stroke]:
    """Write the digit anew, in another hand; returns strokes of height 1 around (0, 0)."""
    hand = scaled(strokes, 1.0)
    hand = [_with_other_ends(stroke, rng, limits) for stroke in hand]
    hand = [piece for stroke in hand for piece in _with_gap(stroke, rng, limits.gap)]
    knots = rng.normal(0, limits.warp, (4, 4, 2))
    hand = [stroke + _bilinear(knots, stroke) for stroke in hand]
    hand = [stroke + rng.normal(0, limits.loose * rng.random(), 2) for stroke in hand]
    hand = shaken(hand, limits.wobble * rng.random(), rng)
    return transformed(
        hand,
        slant=rng.uniform(-limits.slant, limits.slant),
        stretch=float(np.exp(rng.uniform(-limits.stretch, limits.stretch))),
        rotation=rng.uniform(-limits.rotation, limits.rotation),
    )


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


def _with_other_ends(stroke: Stroke, rng: Generator, limits: Distortion) -> Stroke:
    """Each end a little longer or shorter than it was written."""
    if len(stroke) < 4:
        return stroke
    line = resampled(stroke, 48)
    for end in (0, -1):
        chance = rng.random()
        if chance < 0.3:  # shorter
            lost = int(rng.random() * limits.trim * len(line))
            line = line[lost:] if end == 0 else line[: len(line) - lost]
        elif chance < 0.6:  # longer, straight on
            inner = 3 if end == 0 else -4
            direction = line[end] - line[inner]
            direction = direction / max(float(np.hypot(*direction)), 1e-6)
            tip = line[end] + direction * rng.random() * limits.overshoot
            line = np.concatenate([[tip], line] if end == 0 else [line, [tip]])
    return line.astype(np.float32)


def _with_gap(stroke: Stroke, rng: Generator, probability: float) -> list[Stroke]:
    """Sometimes the pen leaves the paper for a moment."""
    if len(stroke) < 16 or rng.random() > probability:
        return [stroke]
    at = int(rng.integers(6, len(stroke) - 6))
    length = int(rng.integers(1, 4))
    return [stroke[:at], stroke[at + length :]]


def _bilinear(knots: Stroke, points: Stroke) -> Stroke:
    """Values of a field given at the knots of a square grid over [-0.6, 0.6]², at points."""
    last = len(knots) - 1
    place = np.clip((points + 0.6) / 1.2, 0, 0.999) * last
    cell = place.astype(int)
    fx, fy = (place - cell).T[:, :, None]
    x, y = cell.T
    upper = knots[y, x] * (1 - fx) + knots[y, x + 1] * fx
    lower = knots[y + 1, x] * (1 - fx) + knots[y + 1, x + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)
