"""Where in a photo the ink of a hand lies: a small network that tells it from all else.

Lines of the paper, shadows, a lamp's spot, the table and buttons around a drawing are no ink; it
learned that from scenes made by code (see training/drawings/scenes). It sees the picture at 96
pixels; where the ink is small in it, it looks at that part once more.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.model import ARTEFACTS
from digit_recognizer.recognition.network import Network

FINDER_SIDE = 96
"""Side of what the network sees and gives, in pixels."""

FINDER_FILE = ARTEFACTS / "ink_finder.tflite"

_SMALL = 0.55  # share of the field below which ink is looked at once more, in its own part
_AROUND = 0.22  # of the ink's longer side that is looked at around it
_INK = 128  # of 255, from which a pixel is ink when its part of the picture is chosen
_WIDE = 1.5  # of its height: ink that is wider may be a line, to be looked at part by part …
_FEWEST, _MOST = 3, 24  # … of so many halves of a part
_LONG = 3  # of its height: a picture that is wider is looked at square by square
_NOT_INK = 40  # of 255, below which what the network gives is doubt


class Seen(NamedTuple):
    """What the network sees of a picture.

    Attributes:
        pixels: uint8[96, 96, 3]; beyond the picture's own rows and columns its edge goes on.
        height: rows of the picture itself.
        width: columns of it.
    """

    pixels: Grey
    height: int
    width: int


def seen(picture: Image.Image, part: tuple[float, float, float, float] | None = None) -> Seen:
    """Bring a picture, or a part of it, to the size at which the network sees it.

    Args:
        picture: in RGB.
        part: left, top, right and bottom in pixels; None for all of it.
    """
    left, top, right, bottom = part or (0, 0, *picture.size)
    scale = FINDER_SIDE / max(right - left, bottom - top)
    width = min(max(round((right - left) * scale), 1), FINDER_SIDE)
    height = min(max(round((bottom - top) * scale), 1), FINDER_SIDE)
    small = picture.resize(
        (width, height), Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR, part
    )
    pixels = np.asarray(small)
    if (height, width) != (FINDER_SIDE, FINDER_SIDE):
        beyond = ((0, FINDER_SIDE - height), (0, FINDER_SIDE - width), (0, 0))
        pixels = np.pad(pixels, beyond, mode="edge")
    return Seen(pixels, height, width)


class Found(NamedTuple):
    """What the network finds.

    Attributes:
        ink: how sure it is of each pixel: uint8[height, width], at most 96 a side, 255 = ink; 0
            where it is in doubt.
        part: left, top, right and bottom of it in the picture, in pixels: all of the picture, or
            that part of it in which all of its ink lies.
    """

    ink: Grey
    part: tuple[float, float, float, float]


class InkFinder:
    """The network ready to answer; several threads may ask it, one after the other."""

    def __init__(self, file: Path = FINDER_FILE) -> None:
        self._network = Network(file)

    def find(self, picture: Image.Image) -> Found:
        """Find the ink in a picture in RGB."""
        whole = Found(self._of(seen(picture)), (0, 0, *picture.size))
        part = _closer(whole, picture)
        if part is None:
            return whole
        closer = self._of(seen(picture, part))
        return Found(closer, part) if (closer > _INK).any() else whole

    def find_along(self, picture: Image.Image) -> Found:
        """Find the ink of a line in a picture in RGB: part by part, each as large as can be seen.

        Where the ink is no wide line, as `find` does.
        """
        whole = self.find_in_squares(picture) if is_long(picture) else self.find(picture)
        line = _line(whole, picture)
        if line is None:
            return whole
        along = self._along(picture, line)
        return along if along.ink.any() else whole

    def find_in_squares(self, picture: Image.Image) -> Found:
        """Find the ink in a long picture in RGB (see `is_long`), in squares as high as it is."""
        n = int(2 * picture.width / picture.height)
        left = (picture.width - n * picture.height / 2) / 2
        return self._along(picture, (left, 0, picture.width - left, picture.height))

    def _along(self, picture: Image.Image, line: tuple[float, float, float, float]) -> Found:
        """What lies in squares along a line, each of which overlaps half of the next one.

        Args:
            picture: in RGB.
            line: its left, top, right and bottom; its width is a multiple of half its height.
        """
        left, top, right, bottom = line
        side = bottom - top
        n = round(2 * (right - left) / side)
        ink = np.zeros((FINDER_SIDE, (n * FINDER_SIDE) // 2), np.uint8)
        for k in range(n - 1):
            # Its middle half is taken of each square, of the first and the last one all.
            at = left + k * side / 2
            seen_there = self._of(seen(picture, (at, top, at + side, bottom)))
            first = 0 if k == 0 else FINDER_SIDE // 4
            beyond = FINDER_SIDE if k == n - 2 else 3 * FINDER_SIDE // 4
            start = k * FINDER_SIDE // 2
            taken = seen_there[:, first:beyond]
            ink[: len(taken), start + first : start + first + taken.shape[1]] = taken
        return Found(ink, (left, top, left + n * side / 2, bottom))

    def _of(self, at: Seen) -> Grey:
        found = self._network(at.pixels)
        ink = np.asarray(np.rint(255 * found[: at.height, : at.width]), np.uint8)
        ink[ink < _NOT_INK] = 0
        return ink


def is_long(picture: Image.Image) -> bool:
    """Whether a picture is so wide that at 96 pixels its ink is too small to be found."""
    return _LONG * picture.height <= picture.width <= _MOST * picture.height / 2


def _closer(whole: Found, picture: Image.Image) -> tuple[float, float, float, float] | None:
    """The part to look at once more; None where the ink is large enough, or there is none."""
    mask = whole.ink > _INK
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    scale = max(picture.size) / FINDER_SIDE
    top, bottom = rows[0] * scale, (rows[-1] + 1) * scale
    left, right = columns[0] * scale, (columns[-1] + 1) * scale
    longer = max(bottom - top, right - left)
    if longer > _SMALL * max(picture.size):
        return None
    half = longer / 2 + max(longer * _AROUND, 2 * scale)
    y, x = (top + bottom) / 2, (left + right) / 2
    return (
        max(x - half, 0),
        max(y - half, 0),
        min(x + half, picture.width),
        min(y + half, picture.height),
    )


def _line(whole: Found, picture: Image.Image) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom around the ink of a line; None where it is none, or too long."""
    mask = whole.ink > _INK
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size or columns[-1] - columns[0] < _WIDE * (rows[-1] - rows[0]):
        return None
    across = (whole.part[2] - whole.part[0]) / whole.ink.shape[1]
    down = (whole.part[3] - whole.part[1]) / whole.ink.shape[0]
    top, bottom = whole.part[1] + rows[0] * down, whole.part[1] + (rows[-1] + 1) * down
    left, right = whole.part[0] + columns[0] * across, whole.part[0] + (columns[-1] + 1) * across
    margin = _AROUND * (bottom - top)
    top, bottom = max(top - margin, 0), min(bottom + margin, picture.height)
    side = bottom - top
    left, right = max(left - margin, 0), min(right + margin, picture.width)
    parts = min(int(np.ceil(2 * (right - left) / side)), int(2 * picture.width / side))
    if not _FEWEST <= parts <= _MOST:
        return None
    left = min(max((left + right - parts * side / 2) / 2, 0), picture.width - parts * side / 2)
    return left, top, left + parts * side / 2, bottom


@lru_cache(maxsize=1)
def ink_finder() -> InkFinder:
    """The one of this process."""
    return InkFinder()
