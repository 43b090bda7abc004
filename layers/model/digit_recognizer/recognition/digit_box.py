"""Step 2: the box of the digit, without specks, taps of the hand beside it, and frames."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digit_recognizer.recognition.arrays import Grey, Mask
from digit_recognizer.recognition.pieces import Pieces, pieces_of

_INK_EDGE = 0.3  # share of the strongest ink at which a pixel counts for the box
_SPECK_GRID = 28  # cells a side of the grid on which loose pieces of ink are told apart
_SPECK = 0.02  # share of all ink below which a loose piece is dirt
_STRAY = 0.15  # share of all ink below which a loose piece far from the digit is a tap of the hand
_FAR = 0.4  # of the digit's longer side: a small piece so far away from it is a tap
_FRAME = 0.08  # share of the picture's sides within which a frame keeps to its edges
_FRAME_SPAN = 0.8  # share of a side along which a frame runs, at least
_CLEAR = 0.03  # share of the sides that all other ink keeps away from the edges, if one is a frame

Position = NDArray[np.float64]


class Box(NamedTuple):
    """Rows top … bottom and columns left … right, the ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Of an array, rows first."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def longer_side(self) -> int:
        """In pixels."""
        return max(self.bottom - self.top, self.right - self.left)

    def grown(self, by: int) -> "Box":
        """The box with `by` pixels more on each side; a slice ends at the array anyway."""
        return Box(max(self.top - by, 0), self.bottom + by, max(self.left - by, 0), self.right + by)

    def joined(self, other: "Box") -> "Box":
        """The smallest box around both."""
        return Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def distance(self, other: "Box") -> int:
        """Rows or columns between both, whichever are more; negative if they overlap."""
        rows = max(self.top - other.bottom, other.top - self.bottom)
        columns = max(self.left - other.right, other.left - self.right)
        return max(rows, columns)


def _bounding_box(mask: Mask) -> Box:
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    return Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


class Located(NamedTuple):
    """Where the digit lies in a picture.

    Attributes:
        box: around its ink.
        pieces: how many pieces the ink is in, specks and a frame not counted, taps counted.
    """

    box: Box
    pieces: int


def located(ink: Grey) -> Located:
    """Find the box around all pieces of ink but specks, a frame and taps beside the digit.

    Args:
        ink: uint8[height, width], 0 = paper, with some ink.
    """
    mask = ink > int(_INK_EDGE * int(ink.max()))
    picture = Image.fromarray(-mask.view(np.uint8))  # 255 where there is ink
    left, top, right, bottom = picture.getbbox() or (0, 0, 0, 0)
    box = Box(top, bottom, left, right)
    cell = -(-box.longer_side // _SPECK_GRID)
    if cell == 1:
        return Located(box, 1)  # so small a drawing has no pixel to lose
    cells = np.asarray(picture.reduce(cell, (left, top, right, bottom)))
    pieces = pieces_of(cells > 0)
    if pieces is None:
        return Located(box, 1)
    areas = np.bincount(pieces.ravel(), cells.ravel())
    # Of nothing but specks the largest stay: a drawing of dots is a drawing.
    kept = areas >= min(_SPECK * areas.sum(), areas.max())
    kept[0] = False
    # Where the middle of each row and column of cells lies in the picture, from 0 to 1.
    y = (box.top + (np.arange(cells.shape[0]) + 0.5) * cell) / mask.shape[0]
    x = (box.left + (np.arange(cells.shape[1]) + 0.5) * cell) / mask.shape[1]
    kept &= ~_frame(pieces, kept, y, x)
    n = int(np.count_nonzero(kept))
    kept &= ~_strayed(pieces, kept, areas)
    within = _bounding_box(kept[pieces])
    top, left = box.top + within.top * cell, box.left + within.left * cell
    bottom = min(box.top + within.bottom * cell, box.bottom)
    right = min(box.left + within.right * cell, box.right)
    tight = _bounding_box(mask[top:bottom, left:right])
    box = Box(top + tight.top, top + tight.bottom, left + tight.left, left + tight.right)
    return Located(box, n)


def _strayed(pieces: Pieces, kept: Mask, areas: NDArray[Any]) -> Mask:
    """Which small pieces lie far from the digit: a tap beside it would shrink it to a corner.

    The digit grows from its large pieces by those that are near, so broken strokes stay whole.
    """
    strayed = np.zeros_like(kept)
    small = kept & (areas < _STRAY * areas[kept].sum())
    digit = kept & ~small
    if not small.any() or not digit.any():
        return strayed
    box = _bounding_box(digit[pieces])
    loose = {piece: _bounding_box(pieces == piece) for piece in np.flatnonzero(small).tolist()}
    while near := [
        piece for piece, around in loose.items() if box.distance(around) <= _FAR * box.longer_side
    ]:
        for piece in near:
            box = box.joined(loose.pop(piece))
    strayed[list(loose)] = True
    return strayed


def _frame(pieces: Pieces, kept: Mask, y: Position, x: Position) -> Mask:
    """Which pieces are a frame, or a line along an edge, rather than part of the digit.

    A part of a digit may touch the picture's edge as well, where it was cropped tightly; but then
    other ink comes near the edges too.
    """
    nothing = np.zeros_like(kept)
    in_band_y, in_band_x = (np.abs(at - 0.5) > 0.5 - _FRAME for at in (y, x))
    in_middle = np.bincount(pieces[~in_band_y][:, ~in_band_x].ravel(), minlength=kept.size)
    hugging: Mask = kept & (in_middle == 0)
    others = kept & ~hugging
    if not hugging.any() or not others.any():
        return nothing
    rest = _bounding_box(others[pieces])
    nearest = max(
        np.abs(y[[rest.top, rest.bottom - 1]] - 0.5).max(),
        np.abs(x[[rest.left, rest.right - 1]] - 0.5).max(),
    )
    if nearest > 0.5 - _CLEAR:
        return nothing
    for piece in np.flatnonzero(hugging):
        around = _bounding_box(pieces == piece)
        height, width = np.ptp(y[slice(*around[:2])]), np.ptp(x[slice(*around[2:])])
        if max(height, width) >= _FRAME_SPAN:
            return hugging
    return nothing
