"""Digits that touch, told apart: each pixel of ink says where the middle of its digit is.

A small network sees a piece of ink, and apart from it the rest of its line, and gives for each
pixel how far left or right the middle of the digit lies to which it belongs; pixels whose middles
are near each other are one digit (Neven, De Brabandere, Proesmans, Van Gool 2019, "Instance
segmentation by jointly optimizing spatial embeddings and clustering bandwidth"; the votes are
those of Ballard's Hough transform, 1981). No path has to part the digits, so their boxes may
overlap. It learned that from rows of digits that touch (see training/train_digit_centres.py).
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.model import ARTEFACTS
from digit_recognizer.recognition.network import Network
from digit_recognizer.recognition.parts import Part, tight
from digit_recognizer.recognition.scaled_line import LINE, Plane, ScaledLine, View

CENTRES_ROWS, CENTRES_COLUMNS = 32, 64
"""Of what the network sees at once, in pixels of the line's scale."""

CENTRES_FILE = ARTEFACTS / "digit_centres.tflite"

FAINT = 20
"""Of 255: below it a pixel does not say where its middle is."""

_STEP = CENTRES_COLUMNS // 2
_BINS = 4  # a pixel, in which middles are counted
_BLUR = 1.2  # pixels: standard deviation
_TAPS = np.arange(-round(3 * _BLUR * _BINS), round(3 * _BLUR * _BINS) + 1) / _BINS  # pixels
_BELL = np.exp(-0.5 * (_TAPS / _BLUR) ** 2)
_VALLEY = 0.6  # of the lower one of two peaks: what is less deep does not part them
_FEWEST = 0.12  # of what the digits of a part have on average, at least


class DigitCentres:
    """The network ready to answer; several threads may ask it, one after the other."""

    def __init__(self, file: Path = CENTRES_FILE) -> None:
        self._network = Network(file)

    def middles(self, pixels: Grey) -> Float:
        """The column in which the middle of each pixel's digit lies.

        Args:
            pixels: uint8[32, columns, 2] of a view, as wide as `view_of` makes it.

        Returns:
            float32[32, columns]; of use where there is ink of the parts.
        """
        columns = pixels.shape[1]
        away = np.zeros(pixels.shape[:2], np.float32)
        for start in window_starts(columns):
            seen = np.ascontiguousarray(pixels[:, start : start + CENTRES_COLUMNS])
            # Its middle half is taken of each window, of the first and the last one all.
            first = 0 if start == 0 else _STEP // 2
            away[:, start + first : start + CENTRES_COLUMNS] = self._network(seen)[:, first:]
        away *= LINE
        away += np.arange(0.5, columns, dtype=np.float32)
        return away

    def parted(self, part: Part, plane: Plane, line: ScaledLine) -> list[Part]:
        """A part in one part for each digit, from left to right; alone if it is of one digit."""
        view = view_of(plane, line)
        middles = self.middles(view.pixels)
        own = view.pixels[..., 0]
        edges = _edges(middles[own >= FAINT], own[own >= FAINT], view.pixels.shape[1])
        return _along(edges, part, middles, view, line.scale) if edges else [part]


def view_of(plane: Plane, line: ScaledLine) -> View:
    """A part as the network sees it: one window of 64 columns, or some that overlap by half."""
    beyond = max(plane.ink.shape[1] - CENTRES_COLUMNS, 0)
    columns = CENTRES_COLUMNS + -(-beyond // _STEP) * _STEP
    return line.seen([plane], CENTRES_ROWS, columns)


def window_starts(columns: int) -> range:
    """Where the windows begin in a view that is so wide."""
    return range(0, columns - CENTRES_COLUMNS + 1, _STEP)


def _edges(middles: Float, ink: Grey, columns: int) -> list[float]:
    """Between which columns the middles of one digit lie: the edges between digits."""
    at = (middles * _BINS).astype(int).clip(0, columns * _BINS - 1)
    counts = np.convolve(np.bincount(at, ink, columns * _BINS), _BELL, "same")
    rising = np.diff(counts, prepend=0, append=0) > 0
    peaks = np.flatnonzero(rising[:-1] & ~rising[1:]).tolist()
    while len(peaks) > 1:
        valleys = [one + int(counts[one:other].argmin()) for one, other in pairwise(peaks)]
        depths = [
            counts[valley] / min(counts[one], counts[other])
            for valley, (one, other) in zip(valleys, pairwise(peaks), strict=True)
        ]
        flattest = int(np.argmax(depths))
        sums = [counts[one:other].sum() for one, other in pairwise([0, *valleys, len(counts)])]
        if depths[flattest] > _VALLEY:
            del peaks[flattest + int(counts[peaks[flattest]] >= counts[peaks[flattest + 1]])]
        elif min(sums) < _FEWEST * np.mean(sums):
            del peaks[int(np.argmin(sums))]
        else:
            return [valley / _BINS for valley in valleys]
    return []


def _along(
    edges: Sequence[float], part: Part, middles: Float, view: View, scale: float
) -> list[Part]:
    """The part's own pixels by the digit to which their middles belong."""
    rows, columns = (
        ((first + np.arange(side) + 0.5) * scale - origin).astype(int).clip(0, end - 1)
        for first, side, origin, end in zip(
            (part.box.top, part.box.left),
            part.mask.shape,
            (view.top, view.left),
            middles.shape,
            strict=True,
        )
    )
    digit = np.searchsorted(edges, middles).astype(np.uint8)[rows][:, columns]
    masks = [part.mask & (digit == k) for k in range(len(edges) + 1)]
    return [tight(mask, part.box.top, part.box.left) for mask in masks if mask.any()]


@lru_cache(maxsize=1)
def digit_centres() -> DigitCentres:
    """The one of this process."""
    return DigitCentres()
