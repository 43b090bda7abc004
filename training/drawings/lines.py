"""Lines of digits whose ink is known digit by digit, for the networks that read numbers.

Digits are those of one pen writer, or MNIST's.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey, Mask
from digit_recognizer.recognition.parts import Part, lines_of_parts
from digit_recognizer.recognition.scaled_line import ScaledLine
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit
from training.drawings.augmentation import mnist_variant_of_any_hand
from training.drawings.hands import MILD, STRONG
from training.drawings.no_numbers import training_sign
from training.drawings.numbers import HEIGHT, Spacing, written_number
from training.drawings.strokes import draw, scaled

_STRONGLY = 0.35  # share of the lines in a strong hand
_SCALES = (0.28, 0.9)  # of the picture
_INK = 76


class DrawnLine(NamedTuple):
    """A line of digits.

    Attributes:
        digits: each alone on the same field, uint8[height, width].
        labels: of the digits.
        other: ink that is no digit, on the same field; None where there is none.
    """

    digits: list[Grey]
    labels: list[int]
    other: Grey | None = None

    @property
    def ink(self) -> Grey:
        """All of it: uint8[height, width]."""
        layers = [*self.digits, *([] if self.other is None else [self.other])]
        return np.asarray(np.max(layers, axis=0), np.uint8)

    def scaled(self) -> Iterator[tuple[list[Part], ScaledLine]]:
        """The lines of parts that serving finds in it, each at its own scale."""
        ink = self.ink
        if not ink.any():
            return
        for parts in lines_of_parts(ink):
            line = ScaledLine(ink, parts)
            if not line.is_too_long:
                yield parts, line


def inked(alone: Grey) -> Mask:
    """Where there is ink, as `parts` says: bool[height, width]."""
    return np.asarray(alone > _INK)


def any_scale(rng: Generator) -> float:
    """How large a line is drawn."""
    return float(np.exp(rng.uniform(*np.log(_SCALES))))


def pen_line(
    digits: Sequence[PenDigit], length: int, spacing: Spacing, rng: Generator, *, sign: bool = False
) -> DrawnLine:
    """So many digits of one writer; with a sign, something that is no digit instead of one."""
    scale = any_scale(rng)
    hand = STRONG if rng.random() < _STRONGLY else MILD
    number = written_number(digits, length, spacing, rng, hand)
    labels = [int(digit) for digit in number.text]
    number = number.resized(scale)
    alone = [number.drawn_alone(k) for k in range(length)]
    if not sign:
        return DrawnLine(alone, labels)
    at = int(rng.integers(length))
    box = np.concatenate(number.digits[at])
    middle = (box.min(axis=0) + box.max(axis=0)) / 2
    strokes = scaled(training_sign(rng), HEIGHT * scale * rng.uniform(0.3, 1.0))
    drawn = draw(strokes, number.pen, (float(middle[0]), float(middle[1])), number.size)
    del alone[at], labels[at]
    return DrawnLine(alone, labels, drawn)


def mnist_line(mnist: Images, length: int, gaps: tuple[float, float], rng: Generator) -> DrawnLine:
    """A line of MNIST's digits, each warped in its own way, with a gap within these bounds.

    Gaps are shares of a digit's height.
    """
    scale = any_scale(rng)
    chosen = rng.integers(len(mnist.y), size=length)
    large = []
    for k in chosen:
        height = int(HEIGHT * scale * rng.uniform(1.2, 1.6))
        picture = mnist_variant_of_any_hand(mnist.x[k], rng)
        large.append(cv2.resize(picture, (height, height), interpolation=cv2.INTER_CUBIC))
    gap = rng.uniform(*gaps) * HEIGHT * scale
    x, places = 0.0, []
    for picture in large:
        columns = np.flatnonzero(picture.max(axis=0) > _INK)
        places.append(int(x - columns[0]))
        x += columns[-1] - columns[0] + gap
    left = min(places)
    size = max(len(picture) for picture in large) + 20
    placed = [(place - left, picture) for place, picture in zip(places, large, strict=True)]
    width = max(at + picture.shape[1] for at, picture in placed)
    alone = []
    for at, picture in placed:
        field = np.zeros((size, width), np.uint8)
        top = int(np.clip((size - len(picture)) / 2 + rng.normal(0, 3), 0, size - len(picture)))
        field[top : top + len(picture), at : at + picture.shape[1]] = picture
        alone.append(field)
    return DrawnLine(alone, [int(mnist.y[k]) for k in chosen])
