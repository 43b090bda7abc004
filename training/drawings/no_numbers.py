"""Pictures that are no number: words, sums, signatures, scribbles and smileys."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.hands import MILD, Distortion, distort
from training.drawings.non_digits import (
    EVALUATION_FONTS,
    EVALUATION_LETTERS,
    TRAINING_FONTS,
    TRAINING_LETTERS,
    scribbled,
)
from training.drawings.strokes import draw, scaled

NO_NUMBERS = ("words", "sums", "signatures", "scribbles")
"""What judging asks for; the letters of its words are none that training shows."""

_HEIGHT = 100  # pixels
_LOOSE = Distortion(rotation=8, slant=20, stretch=0.2, warp=0.04)


def training_no_number(digits: Sequence[PenDigit], rng: Generator) -> Grey:
    """A drawing without any digit: uint8[height, width], white on black."""
    chance = rng.random()
    if chance < 0.55:
        return _word(TRAINING_LETTERS, TRAINING_FONTS, rng)
    return _strokes_drawn(scribbled(rng) if chance < 0.9 else _signature(rng), rng)


def training_sign(rng: Generator) -> list[Stroke]:
    """What stands among digits and is none: a sign of arithmetic in a free hand, or a scribble."""
    if rng.random() < 0.5:
        return scribbled(rng)
    half, apart = rng.uniform(0.2, 0.5), rng.uniform(0.1, 0.3)
    flat, steep = [(-half, 0.0), (half, 0.0)], [(0.0, -half), (0.0, half)]
    signs = [
        [flat],
        [flat, steep],
        [[(x, -apart / 2) for x, _ in flat], [(x, apart / 2) for x, _ in flat]],
        [[(-half, -half), (half, half)], [(-half, half), (half, -half)]],
        [[(-half / 2, half), (half / 2, -half)]],
    ]
    chosen = signs[int(rng.integers(len(signs)))]
    return distort([np.array(line, np.float32) for line in chosen], rng, _LOOSE)


def judging_no_number(kind: str, digits: Sequence[PenDigit], rng: Generator) -> Grey:
    """A drawing of one of `NO_NUMBERS`; `digits` are held-out writers'."""
    if kind == "words":
        return _word(EVALUATION_LETTERS, EVALUATION_FONTS, rng)
    if kind == "sums":
        return _strokes_drawn(_sum(digits, rng), rng, distorted=False)
    return _strokes_drawn(_signature(rng) if kind == "signatures" else scribbled(rng), rng)


def _word(letters: str, fonts: Sequence[int], rng: Generator) -> Grey:
    length = int(rng.integers(2, 7))
    text = "".join(letters[int(k)] for k in rng.integers(len(letters), size=length))
    font = fonts[int(rng.integers(len(fonts)))]
    (width, height), below = cv2.getTextSize(text, font, 1, 1)
    scale = _HEIGHT / height
    size = (2 * _HEIGHT + int(below * scale), int(width * scale) + _HEIGHT)
    canvas = np.zeros(size, np.uint8)
    origin = (_HEIGHT // 2, _HEIGHT + _HEIGHT // 2)
    cv2.putText(canvas, text, origin, font, scale, 255, int(rng.integers(4, 14)), cv2.LINE_AA)
    shear = np.tan(np.radians(rng.uniform(-15, 15)))
    matrix = np.array([[1, shear, -shear * size[0] / 2], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(canvas, matrix, size[::-1]))


def _sum(digits: Sequence[PenDigit], rng: Generator) -> list[Stroke]:
    """Two digits and a plus, a minus or an equals sign between them."""
    one, other = (digits[int(k)] for k in rng.integers(len(digits), size=2))
    signs: list[list[list[tuple[float, float]]]] = [
        [[(-0.25, 0), (0.25, 0)], [(0, -0.25), (0, 0.25)]],
        [[(-0.25, 0), (0.25, 0)]],
        [[(-0.25, -0.1), (0.25, -0.1)], [(-0.25, 0.1), (0.25, 0.1)]],
    ]
    sign = [np.array(line, np.float32) for line in signs[int(rng.integers(len(signs)))]]
    strokes: list[Stroke] = []
    right = 0.0
    for part in (
        scaled(distort(one.strokes, rng, MILD), 1.0),
        sign,
        scaled(distort(other.strokes, rng, MILD), 1.0),
    ):
        points = np.concatenate(part)
        moved = right - float(points[:, 0].min())
        strokes += [(stroke + np.array([moved, 0])).astype(np.float32) for stroke in part]
        right += float(np.ptp(points[:, 0])) + rng.uniform(0.15, 0.4)
    return strokes


def _signature(rng: Generator) -> list[Stroke]:
    """Loops and waves in one go, smaller to the right."""
    t = np.linspace(0, 1, 160)
    turns = rng.uniform(4, 9)
    size = np.interp(t, np.linspace(0, 1, 8), rng.uniform(0.15, 0.5, 8) * np.linspace(1.2, 0.5, 8))
    angle = 2 * np.pi * turns * t + rng.uniform(0, 6)
    x = rng.uniform(1.2, 2.8) * t + 0.5 * size * np.cos(angle)
    return [np.stack([x, size * np.sin(angle)], axis=1).astype(np.float32)]


def _strokes_drawn(strokes: Sequence[Stroke], rng: Generator, distorted: bool = True) -> Grey:
    hand = distort(strokes, rng, _LOOSE) if distorted else list(strokes)
    points = np.concatenate(hand)
    low, high = points.min(axis=0), points.max(axis=0)
    unit = _HEIGHT / max(float(high[1] - low[1]), 0.3 * float(high[0] - low[0]), 1e-3)
    pen = rng.uniform(4, 14)
    moved = [((stroke - low) * unit + _HEIGHT / 2).astype(np.float32) for stroke in hand]
    width, height = ((high - low) * unit + _HEIGHT).astype(int)
    return draw(moved, pen, (0, 0), (int(height), int(width)))
