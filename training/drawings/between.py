"""Drawings between two digits: a person could read either, so the recogniser is not to be sure.

Their lines are the mean of the lines of two digits, more or less.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.augmentation import random_drawing
from training.drawings.hands import MILD, distort
from training.drawings.strokes import resampled, scaled

CONFUSED = (
    (0, 6),
    (0, 9),
    (2, 3),
    (2, 7),
    (3, 5),
    (3, 8),
    (3, 9),
    (4, 9),
    (5, 6),
    (5, 8),
    (5, 9),
    (6, 8),
    (7, 9),
    (8, 9),
)
"""Pairs of digits between which there are drawings that look like both."""

_POINTS = 72


def drawing_between(pair: tuple[int, int], digits: Sequence[PenDigit], rng: Generator) -> Grey:
    """A normalised drawing between two digits; `digits` has both."""
    one, other = (
        own[int(rng.integers(len(own)))]
        for own in ([digit for digit in digits if digit.label == label] for label in pair)
    )
    strokes = morphed(one.strokes, other.strokes, rng.uniform(0.4, 0.6))
    return normalise(random_drawing(distort(strokes, rng, MILD), rng))


def morphed(one: Sequence[Stroke], other: Sequence[Stroke], share: float) -> list[Stroke]:
    """Strokes that are so much of another digit's, and otherwise of one's own.

    The pen is lifted where it is lifted in the digit that has the larger share.
    """
    (a, lifted_a), (b, lifted_b) = _path(one), _path(other)
    if np.square(a - b[::-1]).sum() < np.square(a - b).sum():
        b, lifted_b = b[::-1], [len(b) - at for at in reversed(lifted_b)]
    return np.split((1 - share) * a + share * b, lifted_b if share > 0.5 else lifted_a)


def _path(strokes: Sequence[Stroke]) -> tuple[Stroke, list[int]]:
    """All strokes at height 1, one after the other, and before which points the pen is lifted."""
    hand = scaled(strokes, 1.0)
    lengths = np.array([np.hypot(*np.diff(stroke, axis=0).T).sum() + 1e-3 for stroke in hand])
    ends = np.rint(np.cumsum(lengths) / lengths.sum() * _POINTS).astype(int)
    counts = np.diff(np.concatenate([[0], ends]))
    kept = [(stroke, n) for stroke, n in zip(hand, counts, strict=True) if n]
    lifted = np.cumsum([n for _, n in kept])[:-1]
    return np.concatenate([resampled(stroke, n) for stroke, n in kept]), lifted.tolist()
