"""Variants of a training picture, each ready for `normalise` or already through it."""

from typing import TypeVar

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digit_recognizer.preprocessing import normalise
from training.datasets import PenDigit
from training.strokes import CANVAS, Distortion, distort, draw, scaled
from training.tracing import height_of, inked, traced

Grey = NDArray[np.uint8]
Picture = TypeVar("Picture", Grey, NDArray[np.float32])

PEN_LIMITS = Distortion()

_ENLARGED = 4  # MNIST is warped at four times its size, so that edges stay sharp
_PALE = 64  # grey level from which ink is not to be missed by a trace, …
_MISSED = 3.5  # … that is, to be further than so many pixels from its line
_NO_INK = 100.0  # pixels from a line where there is none


def pen_variant(digit: PenDigit, rng: Generator) -> Grey:
    """Write a pen digit anew, draw it at a random size and width, and normalise it."""
    return normalise(random_drawing(distort(digit.strokes, rng, PEN_LIMITS), rng))


def random_drawing(strokes: list[NDArray[np.float32]], rng: Generator) -> Grey:
    """Draw strokes of any scale at a random height and pen width, at times through a bad lens.

    Where the drawing lies does not matter to `normalise`, so it is not varied.
    """
    share = _share_of_pen(rng)
    # Only the share of the pen in the height reaches the model; small canvases are drawn faster.
    height = float(rng.uniform(40, 110) if share > 0.05 else rng.uniform(110, 220))
    width = height * share
    lines = scaled(strokes, height)
    points = np.concatenate(lines)
    margin = width + 12
    spread = np.ptp(points, axis=0)
    columns, rows = (int(np.ceil(side + 2 * margin)) for side in spread)
    centre = (columns / 2 + rng.random(), rows / 2 + rng.random())
    return _degraded(draw(lines, width, centre, (rows, columns)), rng)


def _share_of_pen(rng: Generator) -> float:
    """How wide the pen is: 1.2 % to 28 % of the digit's height.

    From a hairline on a full canvas to a marker on a small one.
    """
    return float(rng.uniform(0.012, 0.1) if rng.random() < 0.5 else rng.uniform(0.05, 0.28))


def mnist_variant(image: Grey, rng: Generator) -> Grey:
    """Warp an MNIST digit, at times make its pen thicker or thinner, and normalise it."""
    if rng.random() < 0.2:
        return normalise(image)
    return normalise(_warped_digit(image, rng, other_pens=0.35))


def mnist_variant_of_any_pen(image: Grey, rng: Generator) -> Grey:
    """The same, but about every third one is drawn again with the page's pen."""
    chance = rng.random()
    if chance < 0.15:
        return normalise(image)
    if chance < 0.5 and (redrawn := _redrawn(image, rng)) is not None:
        return normalise(redrawn)
    return normalise(_warped_digit(image, rng, other_pens=0.3))


def _warped_digit(image: Grey, rng: Generator, other_pens: float) -> Grey:
    side = 28 * _ENLARGED
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    if rng.random() < other_pens:
        large = _with_other_pen(large, rng.uniform(-2.5, 5.0))
    return _warped(large, rng)


def _redrawn(image: Grey, rng: Generator) -> Grey | None:
    """The same digit, traced, warped and drawn with the page's pen.

    None where the trace misses ink: a hairline may be too pale for it, a blot has no line.
    """
    distance = traced(image, _ENLARGED)
    nearest = distance.reshape(28, _ENLARGED, 28, _ENLARGED).min(axis=(1, 3))
    if (nearest[image > _PALE] > _MISSED * _ENLARGED).any():
        return None
    warped = _warped(distance, rng, beyond=_NO_INK)
    # The pen is measured before the warp, which may shrink the digit by a fifth.
    return inked(warped, max(height_of(distance), 1.0) * _share_of_pen(rng))


def _with_other_pen(large: Grey, growth: float) -> Grey:
    """Move the contour outwards by `growth` pixels (inwards if negative), by distance transform."""
    inside = cv2.distanceTransform((large > 127).astype(np.uint8), cv2.DIST_L2, 3)
    outside = cv2.distanceTransform((large <= 127).astype(np.uint8), cv2.DIST_L2, 3)
    if growth < 0:  # never thinner than leaves the middle of the stroke
        growth = max(growth, 1.5 - float(inside.max()))
    level = (inside - outside + growth) / 3 + 0.5
    return np.asarray(np.clip(level, 0, 1) * 255, np.uint8)


def _warped(large: Picture, rng: Generator, beyond: float = 0.0) -> Picture:
    """A random affine map and a smooth displacement (Simard, Steinkraus, Platt 2003), at once.

    Args:
        large: uint8 or float32[n, n].
        rng: decides.
        beyond: what lies outside of it.
    """
    side = large.shape[0]
    angle = np.radians(rng.uniform(-12, 12))
    shear = rng.uniform(-0.25, 0.25)
    stretch = np.exp(rng.uniform(-0.15, 0.15))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, shear], [0, 1 / stretch]])
    matrix /= 1.1  # a little smaller, so that no corner leaves the picture
    inverse = np.linalg.inv(matrix)
    centre = (side - 1) / 2
    y, x = np.mgrid[:side, :side].astype(np.float32)
    source = np.stack([x - centre, y - centre], axis=-1) @ inverse.T.astype(np.float32) + centre
    knots = rng.normal(0, rng.choice([0.0, 0.025, 0.04]) * side, (5, 5, 2)).astype(np.float32)
    source += cv2.resize(knots, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(
        cv2.remap(large, source.astype(np.float32), None, cv2.INTER_LINEAR, borderValue=(beyond,))
    )


def _degraded(canvas: Grey, rng: Generator) -> Grey:
    """As other clients send it: at lower resolution, as JPEG, or slightly out of focus."""
    chance = rng.random()
    if chance < 0.12:
        shrink = rng.uniform(64, 160) / CANVAS
        rows, columns = (max(8, round(side * shrink)) for side in canvas.shape)
        return np.asarray(cv2.resize(canvas, (columns, rows), interpolation=cv2.INTER_AREA))
    if chance < 0.17:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 90))]
        data = cv2.imencode(".jpg", canvas, quality)[1]
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
    if chance < 0.22:
        return np.asarray(cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.8, 2.5)))
    return canvas
