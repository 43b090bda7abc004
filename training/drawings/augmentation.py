"""Variants of a training picture, each ready for `normalise` or already through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.hands import MILD, distort, written_anew
from training.drawings.reshaping import uneven
from training.drawings.strokes import CANVAS, draw, scaled
from training.drawings.styles import TRAINING_STYLES, of_digit
from training.drawings.tracing import height_of, inked, traced

Picture = TypeVar("Picture", Grey, NDArray[np.float32])

STYLED = 0.08
"""Share of a pen digit's variants that are written in one of the training styles."""

_WIDEST_OF_STYLES = 0.12  # of the height: a wider pen fills the tiny loop that makes the style
_DIGIT_FROM = 4 / SIDE  # MNIST's digits leave so much of the side free
_ENLARGED = 4  # MNIST is warped at four times its size, so that edges stay sharp
_PALE = 64  # grey level from which ink is not to be missed by a trace
_MISSED = 3.5  # ink is missed if it is further than so many pixels from the traced line
_NO_INK = 100.0  # pixels from a line where there is none


def pen_variant(digit: PenDigit, rng: Generator) -> Grey:
    """Write a pen digit anew, at times in a style, draw it at a random size and width."""
    if rng.random() < STYLED:
        styles = of_digit(digit.label, TRAINING_STYLES)
        style = styles[int(rng.integers(len(styles)))]
        hand = distort(style.write(digit, rng), rng, MILD)
        return normalise(random_drawing(hand, rng, _WIDEST_OF_STYLES))
    return normalise(random_drawing(written_anew(digit.strokes, digit.label, rng), rng))


def random_drawing(strokes: Sequence[Stroke], rng: Generator, widest: float = 1.0) -> Grey:
    """Draw strokes of any scale at a random height and pen width, at times through a bad lens.

    Where the drawing lies does not matter to `normalise`, so it is not varied. No pen is wider
    than the share `widest` of the height.
    """
    share = min(_share_of_pen(rng), widest)
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


@dataclass(frozen=True)
class Warp:
    """How far a picture may be warped."""

    rotation: float  # degrees, uniform on both sides
    shear: float  # horizontal shift per height, uniform on both sides
    stretch: float  # log of width over the middle, uniform on both sides
    fields: tuple[float, ...]  # standard deviations of a smooth displacement, in sides
    parts: float  # standard deviation of the log of how much a part grows
    taper: float  # standard deviation of the log of a half's width
    room: float  # shrinks the digit, so that no corner leaves the picture


MILD_WARP = Warp(12, 0.25, 0.15, (0.0, 0.025, 0.04), 0.0, 0.0, 1.1)
STRONG_WARP = Warp(24, 0.25, 0.20, (0.0, 0.03, 0.045), 0.18, 0.15, 1.2)

_STRONGLY = 0.15  # share of the warped pictures


def mnist_variant(image: Grey, rng: Generator) -> Grey:
    """Warp an MNIST digit, at times make its pen thicker or thinner, and normalise it."""
    if rng.random() < 0.2:
        return normalise(image)
    return normalise(_warped_digit(image, rng, 0.35, MILD_WARP))


def mnist_variant_of_any_hand(image: Grey, rng: Generator) -> Grey:
    """The same, but about every eighth one is warped strongly."""
    if rng.random() < 0.2:
        return normalise(image)
    return normalise(_warped_digit(image, rng, 0.35, _some_warp(rng)))


def mnist_variant_of_any_pen(image: Grey, rng: Generator) -> Grey:
    """The same, but about every third one is drawn again with the page's pen."""
    chance = rng.random()
    if chance < 0.15:
        return normalise(image)
    warp = _some_warp(rng)
    if chance < 0.5 and (redrawn := _redrawn(image, rng, warp)) is not None:
        return normalise(redrawn)
    return normalise(_warped_digit(image, rng, 0.3, warp))


def _some_warp(rng: Generator) -> Warp:
    return STRONG_WARP if rng.random() < _STRONGLY else MILD_WARP


def _warped_digit(image: Grey, rng: Generator, other_pens: float, warp: Warp) -> Grey:
    side = SIDE * _ENLARGED
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    if rng.random() < other_pens:
        large = _with_other_pen(large, rng.uniform(-2.5, 5.0))
    return _warped(large, rng, warp)


def _redrawn(image: Grey, rng: Generator, warp: Warp = MILD_WARP) -> Grey | None:
    """The same digit, traced, warped and drawn with the page's pen.

    None where the trace misses ink: a hairline may be too pale for it, a blot has no line.
    """
    distance = traced(image, _ENLARGED)
    nearest = distance.reshape(SIDE, _ENLARGED, SIDE, _ENLARGED).min(axis=(1, 3))
    if (nearest[image > _PALE] > _MISSED * _ENLARGED).any():
        return None
    warped = _warped(distance, rng, warp, beyond=_NO_INK)
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


def _warped(large: Picture, rng: Generator, warp: Warp, beyond: float = 0.0) -> Picture:
    """A random affine map, a smooth displacement (Simard, Steinkraus, Platt 2003), parts that grow.

    Args:
        large: uint8 or float32[n, n].
        rng: decides.
        warp: how far it may go.
        beyond: what lies outside of it.
    """
    side = large.shape[0]
    angle = np.radians(rng.uniform(-warp.rotation, warp.rotation))
    shear = rng.uniform(-warp.shear, warp.shear)
    stretch = np.exp(rng.uniform(-warp.stretch, warp.stretch))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, shear], [0, 1 / stretch]])
    matrix /= warp.room
    inverse = np.linalg.inv(matrix)
    centre = (side - 1) / 2
    y, x = np.mgrid[:side, :side].astype(np.float32)
    source = np.stack([x - centre, y - centre], axis=-1) @ inverse.T.astype(np.float32) + centre
    knots = rng.normal(0, rng.choice(warp.fields) * side, (5, 5, 2)).astype(np.float32)
    source += cv2.resize(knots, (side, side), interpolation=cv2.INTER_CUBIC)
    if warp.parts:
        source = _with_parts_scaled(source, side, rng, warp)
    return np.asarray(
        cv2.remap(large, source.astype(np.float32), None, cv2.INTER_LINEAR, borderValue=(beyond,))
    )


def _with_parts_scaled(source: Float, side: int, rng: Generator, warp: Warp) -> Float:
    """Rising maps of the y and the x that are looked up, and rows that are narrower than others."""
    low = (side - 1) * _DIGIT_FROM
    within = np.linspace(low, side - 1 - low, 33)
    x, y = source[..., 0], source[..., 1]
    for part, amount in ((x, warp.parts / 2), (y, warp.parts)):
        moved = low + uneven(amount, rng) * (side - 1 - 2 * low)
        part += np.interp(part, within, moved - within).astype(np.float32)
    centre = (side - 1) / 2
    half = centre - low
    place = np.clip((y - centre) / half, -1, 1)
    x[...] = centre + (x - centre) * np.exp(rng.normal(0, warp.taper) * place)
    return source


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
