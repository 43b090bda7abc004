"""Whether some parts of a line are exactly one whole digit: a small network that has seen many.

It is shown the parts in question and, apart from them, what else is near them on the line, at the
line's own scale. So it tells a one from the stem of a four, and a low bar from a flat digit. It
learned that from rows of digits cut by `oversegmentation` (see training/train_digit_judge.py).
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.digit_box import Box
from digit_recognizer.recognition.model import ARTEFACTS
from digit_recognizer.recognition.network import Network
from digit_recognizer.recognition.oversegmentation import Part, height_of

JUDGE_ROWS, JUDGE_COLUMNS = 32, 40
"""Of what the network sees, in pixels."""

NO_DIGIT = 10
"""What it calls that which is not exactly one whole digit."""

JUDGE_FILE = ARTEFACTS / "digit_judge.tflite"

WIDEST = 1.5
"""Of a line's height: what is wider is no digit."""

_LINE = 24  # pixels of the tallest part of a line in what the network sees
_BROADEST = 6.0  # heights that a part is wide, at most: a dash is no digit
_LONGEST = 100  # heights that a line is long, at most


class Plane(NamedTuple):
    """A part at the judge's scale.

    Attributes:
        ink: float32[rows, columns], 255 = all ink.
        top: its first row, in pixels of this scale.
        left: its first column.
    """

    ink: Float
    top: int
    left: int

    @property
    def box(self) -> Box:
        """In pixels of this scale."""
        rows, columns = self.ink.shape
        return Box(self.top, self.top + rows, self.left, self.left + columns)


class JudgedLine:
    """A line of parts at the scale at which the judge sees it.

    Args:
        ink: uint8[height, width] of the whole picture.
        parts: of the line.

    Attributes:
        scale: how much smaller it is than the picture.
        planes: of the parts.
        is_too_long: then it is no line of digits, and not looked at.
    """

    def __init__(self, ink: Grey, parts: Sequence[Part]) -> None:
        height = height_of(parts)
        self.scale = _LINE / height
        around = parts[0].box
        for part in parts[1:]:
            around = around.joined(part.box)
        widest = max(part.box.right - part.box.left for part in parts)
        self.is_too_long = (
            widest > _BROADEST * height or around.right - around.left > _LONGEST * height
        )
        self._ink = ink
        self.planes: list[Plane] = []
        if not self.is_too_long:
            self._see(parts, around)

    def _see(self, parts: Sequence[Part], around: Box) -> None:
        self._full = 255 / float(max(self._ink[part.box.slices][part.mask].max() for part in parts))
        self.planes = [self.plane(part) for part in parts]
        self._top = int(around.top * self.scale) - JUDGE_ROWS
        self._left = int(around.left * self.scale) - JUDGE_COLUMNS
        rows = int(np.ceil(around.bottom * self.scale)) - self._top + JUDGE_ROWS
        columns = int(np.ceil(around.right * self.scale)) - self._left + JUDGE_COLUMNS
        self._all = np.zeros((rows, columns), np.float32)
        for plane in self.planes:
            self._add(self._all, plane, self._top, self._left)

    def plane(self, part: Part) -> Plane:
        """A part at this scale."""
        box = part.box
        top, bottom = int(box.top * self.scale), int(np.ceil(box.bottom * self.scale))
        left, right = int(box.left * self.scale), int(np.ceil(box.right * self.scale))
        rows = _averaging(top, bottom, box.top, box.bottom, self.scale)
        columns = _averaging(left, right, box.left, box.right, self.scale)
        ink = np.where(part.mask, self._ink[box.slices], 0).astype(np.float32)
        small = np.asarray(self._full * (rows @ ink @ columns.T), np.float32)
        return Plane(small, top, left)

    def seen(self, planes: Sequence[Plane]) -> Grey:
        """What the judge sees of some planes: uint8[32, 40, 2], they and the rest near them."""
        box = planes[0].box
        for plane in planes[1:]:
            box = box.joined(plane.box)
        top = (box.top + box.bottom - JUDGE_ROWS) // 2
        left = (box.left + box.right - JUDGE_COLUMNS) // 2
        own = np.zeros((JUDGE_ROWS, JUDGE_COLUMNS), np.float32)
        for plane in planes:
            self._add(own, plane, top, left)
        at = (top - self._top, left - self._left)
        near = self._all[at[0] : at[0] + JUDGE_ROWS, at[1] : at[1] + JUDGE_COLUMNS]
        view = np.stack([own, near - own], axis=-1)
        return np.rint(view).clip(0, 255).astype(np.uint8)

    @staticmethod
    def _add(field: Float, plane: Plane, top: int, left: int) -> None:
        """Lay a plane on a field whose first pixel lies there, as far as it reaches."""
        y, x = plane.top - top, plane.left - left
        rows = slice(max(-y, 0), max(field.shape[0] - y, 0))
        columns = slice(max(-x, 0), max(field.shape[1] - x, 0))
        ink = plane.ink[rows, columns]
        y, x = max(y, 0), max(x, 0)
        field[y : y + ink.shape[0], x : x + ink.shape[1]] += ink


def _averaging(first: int, end: int, low: int, high: int, scale: float) -> Float:
    """float32[end - first, high - low]: what each large pixel gives to each small one."""
    edges = np.arange(low, high + 1, dtype=np.float32) * np.float32(scale)
    small = np.arange(first, end, dtype=np.float32)[:, None]
    weights: Float = np.minimum(edges[1:], small + 1) - np.maximum(edges[:-1], small)
    return np.maximum(weights, 0, out=weights)


class DigitJudge:
    """The network ready to answer; several threads may ask it, one after the other."""

    def __init__(self, file: Path = JUDGE_FILE) -> None:
        self._network = Network(file)

    def opinion(self, view: Grey) -> Float:
        """Of what `JudgedLine.seen` shows, float32[11]: which whole digit it is, or none."""
        return self._network(view)


@lru_cache(maxsize=1)
def digit_judge() -> DigitJudge:
    """The one of this process."""
    return DigitJudge()
