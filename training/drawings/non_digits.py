"""Drawings that are no digit, made by code: the recogniser learns to be unsure of them.

Outlier exposure (Hendrycks, Mazeika, Dietterich 2019): in training their target is the uniform
distribution. Letters come in two disjoint sets and in other fonts, and some kinds are drawn for
evaluation only, so that it asks for what the training never saw.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.augmentation import random_drawing
from training.drawings.hands import Distortion, distort
from training.drawings.strokes import scaled

# Letters that a person would not take for a digit (no B, D, G, I, J, O, Q, S, T, Y, Z, …).
TRAINING_LETTERS = "ACEHKMNRWXaekmnrwx"
EVALUATION_LETTERS = "FPVLdfhptuv"
TRAINING_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)
EVALUATION_FONTS = (cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)

_SYMBOLS = "#%&?@$*!+="

# Two digits that make no third one where one is written over the other.
_CROSSED = ((2, 4), (2, 5), (2, 6), (2, 8), (3, 4), (3, 6), (4, 0), (4, 5), (4, 8), (5, 7), (5, 9))

_TOUCHING = -0.08  # of the height: the least gap of training; neighbours may be joined
_LOOSE = Distortion(rotation=12, warp=0.04)


def training_non_digit(digits: Sequence[PenDigit], rng: Generator) -> Grey:
    """A normalised drawing that is no digit; `digits` are the training writers' own."""
    kind = rng.integers(10)
    if kind < 4:
        return normalise(_letter(TRAINING_LETTERS, TRAINING_FONTS, rng))
    if kind < 6:
        return normalise(random_drawing(_side_by_side(digits, rng, _TOUCHING), rng))
    if kind == 6 and (crossed := _one_over_the_other(digits, rng)):
        return normalise(random_drawing(crossed, rng))
    strokes = _BY_STROKES[int(rng.integers(len(_BY_STROKES)))](rng)
    return normalise(random_drawing(distort(strokes, rng, _LOOSE), rng))


EVALUATION_KINDS = (
    "letters",
    "several digits",
    "scribbles",
    "dashes",
    "smileys",
    "shapes",
    "symbols",
    "spirals",
    "houses",
)
"""What evaluation asks for: letters and the last three kinds are none that training shows."""


def evaluation_non_digit(kind: str, digits: Sequence[PenDigit], rng: Generator) -> Grey:
    """A normalised drawing of one of EVALUATION_KINDS; `digits` are held-out writers'."""
    if kind == "letters":
        return normalise(_letter(EVALUATION_LETTERS, EVALUATION_FONTS, rng))
    if kind == "symbols":
        return normalise(_letter(_SYMBOLS, EVALUATION_FONTS[:1], rng))
    if kind == "several digits":
        return normalise(random_drawing(_side_by_side(digits, rng), rng))
    makers = {
        "scribbles": _scribble,
        "dashes": _dash,
        "smileys": _smiley,
        "shapes": _shape,
        "spirals": _spiral,
        "houses": _house,
    }
    return normalise(random_drawing(distort(makers[kind](rng), rng, _LOOSE), rng))


def _letter(letters: str, fonts: Sequence[int], rng: Generator) -> Grey:
    letter = letters[int(rng.integers(len(letters)))]
    font = fonts[int(rng.integers(len(fonts)))]
    side = 280
    canvas = np.zeros((side, side), np.uint8)
    scale = 6.0 if font != cv2.FONT_HERSHEY_PLAIN else 11.0
    (width, height), _ = cv2.getTextSize(letter, font, scale, 1)
    pen = int(rng.integers(4, 30))
    origin = ((side - width) // 2, (side + height) // 2)
    cv2.putText(canvas, letter, origin, font, scale, 255, pen, cv2.LINE_AA)
    shear = np.tan(np.radians(rng.uniform(-20, 20)))
    stretch = np.exp(rng.uniform(-0.25, 0.25))
    matrix = np.array([[stretch, shear, 0], [0, 1, 0]])
    matrix[:, 2] = side / 2 - matrix[:, :2] @ [side / 2, side / 2]
    return np.asarray(cv2.warpAffine(canvas, matrix, (side, side)))


def _side_by_side(digits: Sequence[PenDigit], rng: Generator, least: float = 0.08) -> list[Stroke]:
    """Two digits (seldom three) in a row, with a gap from `least` to a third of their height."""
    strokes: list[Stroke] = []
    right = 0.0
    for _ in range(2 if rng.random() < 0.8 else 3):
        digit = digits[int(rng.integers(len(digits)))]
        hand = scaled(distort(digit.strokes, rng, Distortion()), 1.0)
        left = min(float(stroke[:, 0].min()) for stroke in hand)
        offset = np.array([right - left + rng.uniform(least, 0.35), rng.normal(0, 0.05)])
        hand = [(stroke + offset).astype(np.float32) for stroke in hand]
        right = max(float(stroke[:, 0].max()) for stroke in hand)
        strokes += hand
    return strokes


def _one_over_the_other(digits: Sequence[PenDigit], rng: Generator) -> list[Stroke]:
    """The strokes of two digits that make no digit together; none if one of the two is missing."""
    pair = _CROSSED[int(rng.integers(len(_CROSSED)))]
    strokes: list[Stroke] = []
    for label in pair:
        own = [digit for digit in digits if digit.label == label]
        if not own:
            return []
        digit = own[int(rng.integers(len(own)))]
        shift = rng.uniform(-0.2, 0.2, 2)
        strokes += [stroke + shift for stroke in distort(digit.strokes, rng, Distortion())]
    return strokes


def _scribble(rng: Generator) -> list[Stroke]:
    """A wandering line with many turns."""
    turns = int(rng.integers(8, 22))
    points = rng.uniform(-0.5, 0.5, (turns, 2))
    if rng.random() < 0.5:  # zigzag from left to right
        points[:, 0] = np.linspace(-0.5, 0.5, turns) + rng.normal(0, 0.03, turns)
        points[:, 1] = np.where(np.arange(turns) % 2 == 0, -0.5, 0.5) * rng.uniform(0.4, 1, turns)
    return [points.astype(np.float32)]


def _dash(rng: Generator) -> list[Stroke]:
    """A level line, or a dot."""
    if rng.random() < 0.2:
        return [np.array([[0, 0], [0.02, 0.02]], np.float32)]
    tilt = rng.uniform(-0.12, 0.12)
    return [np.array([[-0.5, -tilt], [0, 0], [0.5, tilt]], np.float32)]


def _smiley(rng: Generator) -> list[Stroke]:
    angle = np.linspace(0, 2 * np.pi, 40)
    face = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 0.5
    mouth_angle = np.linspace(0.15 * np.pi, 0.85 * np.pi, 12)
    mouth = np.stack([np.cos(mouth_angle), np.sin(mouth_angle)], axis=1) * rng.uniform(0.22, 0.33)
    eyes = [np.array([[side * 0.17, -0.18], [side * 0.17, -0.1]]) for side in (-1, 1)]
    return [stroke.astype(np.float32) for stroke in (face, mouth, *eyes)]


def _shape(rng: Generator) -> list[Stroke]:
    """A square, triangle, cross, plus, star, arrow, heart, tick, wave or grid."""
    third, half = 0.17, 0.5
    star = [(np.sin(k * 0.8 * np.pi) * half, -np.cos(k * 0.8 * np.pi) * half) for k in range(6)]
    t = np.linspace(0, 2 * np.pi, 40)
    heart = np.stack(
        [16 * np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t))], axis=1
    )
    wave = np.stack([np.linspace(-half, half, 40), 0.18 * np.sin(2 * t)], axis=1)
    shapes: list[list[object]] = [
        [[(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]],
        [[(0, -half), (half, half), (-half, half), (0, -half)]],
        [[(-half, -half), (half, half)], [(half, -half), (-half, half)]],
        [[(0, -half), (0, half)], [(-half, 0), (half, 0)]],
        [star],
        [[(-half, 0), (half, 0)], [(0.2, -0.25), (half, 0), (0.2, 0.25)]],
        [heart / 34],
        [[(-half, 0), (-0.15, 0.4), (half, -half)]],
        [wave],
        [
            [(-third, -half), (-third, half)],
            [(third, -half), (third, half)],
            [(-half, -third), (half, -third)],
            [(-half, third), (half, third)],
        ],
    ]
    chosen = shapes[int(rng.integers(len(shapes)))]
    return [_straight(np.asarray(line, np.float32)) for line in chosen]


def _spiral(rng: Generator) -> list[Stroke]:
    turns = rng.uniform(2, 3.5)
    t = np.linspace(0.05, 1, 80)
    angle = 2 * np.pi * turns * t * rng.choice([-1, 1])
    return [(np.stack([np.cos(angle), np.sin(angle)], axis=1) * t[:, None] / 2).astype(np.float32)]


def _house(rng: Generator) -> list[Stroke]:
    """Walls and a roof, mostly with a door."""
    eaves = float(rng.uniform(-0.2, 0))
    walls = [(-0.4, eaves), (-0.4, 0.5), (0.4, 0.5), (0.4, eaves), (-0.4, eaves)]
    lines = [walls, [(-0.5, eaves), (0, -0.5), (0.5, eaves)]]
    if rng.random() < 0.7:
        lines.append([(-0.1, 0.5), (-0.1, 0.15), (0.1, 0.15), (0.1, 0.5)])
    return [_straight(np.array(line, np.float32)) for line in lines]


def _straight(corners: Stroke) -> Stroke:
    """More points on each side, so that smoothing keeps the corners."""
    if len(corners) > 10:
        return corners
    sides = [np.linspace(start, end, 8, endpoint=False) for start, end in pairwise(corners)]
    return np.concatenate([*sides, corners[-1:]]).astype(np.float32)


_BY_STROKES: tuple[Callable[[Generator], list[Stroke]], ...] = (
    _scribble,
    _scribble,
    _dash,
    _smiley,
    _shape,
)


def random_strokes(digits: Sequence[PenDigit], rng: Generator) -> list[Stroke]:
    """Strokes that are no single digit: several digits of `digits`, or one of the drawings."""
    if rng.random() < 0.5:
        return _side_by_side(digits, rng)
    return distort(scribbled(rng), rng, _LOOSE)


def scribbled(rng: Generator) -> list[Stroke]:
    """A scribble, a dash, a smiley, a square, a plus and its like: size 1 around (0, 0)."""
    return _BY_STROKES[int(rng.integers(len(_BY_STROKES)))](rng)
