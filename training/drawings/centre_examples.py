"""What the network of digits' middles learns from: parts of lines, and how far off each middle is.

Lines of digits that nearly touch, touch and overlap are drawn; of each part that may be of several
digits it is known which ink is whose.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.digit_centres import (
    CENTRES_COLUMNS,
    CENTRES_ROWS,
    FAINT,
    view_of,
    window_starts,
)
from digit_recognizer.recognition.parts import (
    Part,
    height_of,
    is_wide,
)
from digit_recognizer.recognition.scaled_line import LINE, ScaledLine, View
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit, by_writer
from training.drawings.cores import on_all_cores
from training.drawings.lines import DrawnLine, inked, mnist_line, pen_line
from training.drawings.numbers import Spacing

_OF_MNIST = 0.2  # share of the lines whose digits are MNIST's
_MNIST_GAPS = (-0.12, 0.1)  # of a digit's height
_LENGTHS = (0.14, 0.46, 0.22, 0.10, 0.08)  # how often a line has one digit, two, …
_NESTED = 0.6  # share of the lines whose digits reach over each other
_FEWEST = 10  # pixels of ink in a window
_CHUNK = 50


class CentreExamples(NamedTuple):
    """Windows of parts.

    Attributes:
        x: uint8[n, 32, 64, 2], as `digit_centres` sees them.
        y: float32[n, 32, 64, 2]: how far right of each pixel the middle of its digit is, in heights
            of the line; and how much that counts, from 0 (no ink, or of two digits alike) to 1.
    """

    x: Grey
    y: Float


def centre_examples(
    digits: Sequence[PenDigit], mnist: Images, lines: int, seed: int
) -> CentreExamples:
    """The windows of so many lines by the writers of `digits`, drawn on all cores."""
    starts = range(0, lines, _CHUNK)
    chunk = partial(_chunk, list(by_writer(digits).values()), mnist, seed)
    made = list(tqdm(on_all_cores(chunk, starts), "lines", len(starts)))
    return CentreExamples(
        np.concatenate([each.x for each in made]), np.concatenate([each.y for each in made])
    )


def _chunk(
    writers: Sequence[Sequence[PenDigit]], mnist: Images, seed: int, start: int
) -> CentreExamples:
    cv2.setNumThreads(0)
    rng = np.random.default_rng([seed, start])
    x = [np.zeros((0, CENTRES_ROWS, CENTRES_COLUMNS, 2), np.uint8)]
    y = [np.zeros((0, CENTRES_ROWS, CENTRES_COLUMNS, 2), np.float32)]
    for _ in range(_CHUNK):
        drawn = _drawn(writers[int(rng.integers(len(writers)))], mnist, rng)
        for seen, known in _windows(drawn):
            x.append(seen[None])
            y.append(known[None])
    return CentreExamples(np.concatenate(x), np.concatenate(y))


def _drawn(digits: Sequence[PenDigit], mnist: Images, rng: Generator) -> DrawnLine:
    length = 1 + int(rng.choice(len(_LENGTHS), p=_LENGTHS))
    if rng.random() < _OF_MNIST:
        return mnist_line(mnist, length, _MNIST_GAPS, rng)
    nested = rng.random() < _NESTED
    spacing = Spacing(rng.uniform(-0.10, 0.06) if nested else rng.uniform(-0.14, 0.08), nested)
    return pen_line(digits, length, spacing, rng)


def _windows(drawn: DrawnLine) -> Iterator[tuple[Grey, Float]]:
    for parts, line in drawn.scaled():
        for part, plane in zip(parts, line.planes, strict=True):
            if not is_wide(part, height_of(parts)):
                continue
            view = view_of(plane, line)
            known = _known(drawn, part, line, view)
            for start in window_starts(view.pixels.shape[1]):
                window = slice(start, start + CENTRES_COLUMNS)
                if np.count_nonzero(known[:, window, 1]) >= _FEWEST:
                    yield view.pixels[:, window], known[:, window]


def _known(drawn: DrawnLine, part: Part, line: ScaledLine, view: View) -> Float:
    """How far off the middle of each pixel's digit is, and how surely it is of that one digit."""
    rows, columns = view.pixels.shape[:2]
    of_digit = np.zeros((len(drawn.digits), rows, columns), np.float32)
    middles = np.zeros(len(drawn.digits), np.float32)
    for k, alone in enumerate(drawn.digits):
        inked_columns = np.flatnonzero(inked(alone).any(axis=0))
        if inked_columns.size:
            middle = (inked_columns[0] + inked_columns[-1] + 1) / 2
            middles[k] = middle * line.scale - view.left
            of_digit[k] = line.field(part, alone, view)
    whose, all_ink = of_digit.argmax(axis=0), of_digit.sum(axis=0)
    away = (middles[whose] - (np.arange(columns) + 0.5)) / LINE
    clearly = (2 * of_digit.max(axis=0) - all_ink) / np.maximum(all_ink, 1)
    counts = np.where((all_ink >= FAINT) & (view.pixels[..., 0] >= FAINT), clearly, 0).clip(0, 1)
    return np.stack([away, counts], axis=-1).astype(np.float32)
