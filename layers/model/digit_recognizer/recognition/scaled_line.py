"""A line of digits at its own scale, as the networks see it that read numbers: 24 pixels high.

So what is seen does not depend on how large the picture is, and a low bar beside tall digits stays
low.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.digit_box import Box
from digit_recognizer.recognition.parts import Part, height_of

LINE = 24
"""Rows of the tallest part of a line."""

_MARGIN = 40  # pixels around the line
_BROADEST = 6.0  # heights that a part is wide, at most: a dash is no digit
_LONGEST = 100  # heights that a line is long, at most


class Plane(NamedTuple):
    """A part at a line's own scale.

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


class View(NamedTuple):
    """What a network sees of some parts.

    Attributes:
        pixels: uint8[rows, columns, 2]: the parts, and the rest near them.
        top: the first row, in pixels of the line's scale.
        left: the first column.
    """

    pixels: Grey
    top: int
    left: int


class ScaledLine:
    """A line of parts at the scale at which networks see it.

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
        self.scale = LINE / height
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
        self._top = int(around.top * self.scale) - _MARGIN
        self._left = int(around.left * self.scale) - _MARGIN
        rows = int(np.ceil(around.bottom * self.scale)) - self._top + _MARGIN
        columns = int(np.ceil(around.right * self.scale)) - self._left + _MARGIN
        self._all = np.zeros((rows, columns), np.float32)
        for plane in self.planes:
            self._add(self._all, plane, self._top, self._left)

    def plane(self, part: Part) -> Plane:
        """A part at this scale."""
        return self._scaled(part, self._ink)

    def field(self, part: Part, ink: Grey, view: View) -> Float:
        """What some ink gives to a part, in the field of a view of it: float32[rows, columns].

        Args:
            part: of the line.
            ink: uint8[height, width] of the whole picture, some of the ink there is.
            view: whose field it is.
        """
        field = np.zeros(view.pixels.shape[:2], np.float32)
        self._add(field, self._scaled(part, ink), view.top, view.left)
        return field

    def _scaled(self, part: Part, ink: Grey) -> Plane:
        box = part.box
        top, bottom = int(box.top * self.scale), int(np.ceil(box.bottom * self.scale))
        left, right = int(box.left * self.scale), int(np.ceil(box.right * self.scale))
        rows = _averaging(top, bottom, box.top, box.bottom, self.scale)
        columns = _averaging(left, right, box.left, box.right, self.scale)
        own = np.where(part.mask, ink[box.slices], 0).astype(np.float32)
        return Plane(np.asarray(self._full * (rows @ own @ columns.T), np.float32), top, left)

    def seen(self, planes: Sequence[Plane], rows: int, columns: int) -> View:
        """Some planes in the middle of a field, and apart from them the rest near them.

        Args:
            planes: of some parts.
            rows: of the field, at most 80 more than the planes have.
            columns: of it, at most 80 more.
        """
        box = planes[0].box
        for plane in planes[1:]:
            box = box.joined(plane.box)
        top = (box.top + box.bottom - rows) // 2
        left = (box.left + box.right - columns) // 2
        own = np.zeros((rows, columns), np.float32)
        for plane in planes:
            self._add(own, plane, top, left)
        at = (top - self._top, left - self._left)
        near = self._all[at[0] : at[0] + rows, at[1] : at[1] + columns]
        pixels = np.stack([own, near - own], axis=-1)
        return View(np.rint(pixels).clip(0, 255).astype(np.uint8), top, left)

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
