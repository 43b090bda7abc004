"""Which ink of a picture makes which digit, where there may be several.

Over-segmentation and the best path through a lattice (LeCun, Bottou, Bengio, Haffner 1998,
"Gradient-based learning applied to document recognition", section VI): ink falls into pieces, and
wide pieces are cut where their ink is thin; each run of neighbouring pieces may be a digit; the
recogniser says how likely each is one, and of all ways to read the line the likeliest is taken.
It is unsure of halves and of neighbours taken together, because it has learned both as no digits.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PIL import Image

from digit_recognizer.errors import TooLarge
from digit_recognizer.recognition.arrays import Float, Grey, Mask
from digit_recognizer.recognition.digit_box import Box
from digit_recognizer.recognition.pieces import pieces_of
from digit_recognizer.recognition.placing import place

MOST_DIGITS = 32
"""A picture with more is not read as a number."""

_CELLS = 200  # along the longer side of the ink: the grid on which pieces are told apart
_MOST_PIECES = 3 * MOST_DIGITS  # with more it is a page of text, or dirt
_EDGE = 0.3  # share of the strongest ink at which a pixel counts
_SPECK = 0.02  # of the largest piece's ink, below which a piece is dirt
_LOW = 0.2  # of the tallest piece's height: what is lower and alone is no digit
_SAME_LINE = 0.4  # share of the lower one's height that two pieces of a line have in common
_SAME_DIGIT = 0.6  # share of the narrower one's width from which one lies over the other
_JOINED = 4  # pieces and parts of pieces that a digit is in, at most
_WIDE = 0.75  # of its height from which a piece may be of two digits
_CUTS = 3  # in a piece, at most
_THIN = 0.45  # of the ink of a usual column that a column has where a piece is cut
_PER_DIGIT = 0.05  # what a digit more costs: of two readings alike the shorter one is taken
_LEAST = 0.5  # how likely each digit has to be for a reading to be one …
_MEAN = 0.8  # … and all of them on average
_UNLIKELY = 1e-6


class Segment(NamedTuple):
    """A digit of several, as it was found.

    Attributes:
        box: around its ink, in pixels of the ink's picture.
        pixels: uint8[28, 28], as the recogniser takes it.
        probabilities: float32[10].
    """

    box: Box
    pixels: Grey
    probabilities: Float


class _Piece(NamedTuple):
    box: Box
    mask: Mask  # of the box


def segments(
    ink: Grey, probabilities: Callable[[Grey], Float], *, several: bool = False
) -> list[list[Segment]]:
    """Read a picture as lines of digits.

    Args:
        ink: uint8[height, width], 0 = paper, with some ink.
        probabilities: float32[10] of uint8[28, 28]; called a few times for each piece.
        several: whether it is known that there are, so that all of it is not looked at as one.

    Returns:
        The digits of each line from left to right, lines from top to bottom; empty where the ink is
        no number: one digit, letters, a scribble.

    Raises:
        TooLarge: it is a number of more than `MOST_DIGITS`.
    """
    pieces = _pieces(ink)
    if len(pieces) > _MOST_PIECES:
        return []
    found = _lines(pieces)
    whole = not several or len(found) > 1
    if not whole and len(found[0]) == 1:
        return []
    lines = [_best_path(ink, line, probabilities, whole=whole) for line in found]
    digits = [segment for line in lines for segment in line]
    sure = [float(segment.probabilities.max()) for segment in digits]
    if len(digits) < 2 or min(sure) < _LEAST or np.mean(sure) < _MEAN:
        return []
    if len(digits) > MOST_DIGITS:
        raise TooLarge(
            f"There are {len(digits)} digits in the picture: send at most {MOST_DIGITS} at once."
        )
    return lines


def _pieces(ink: Grey) -> list[_Piece]:
    """The connected pieces of ink without dirt, those that are wide cut where they are thin.

    More than `_MOST_PIECES` if there are too many; then they are not all.
    """
    mask = ink > int(_EDGE * int(ink.max()))
    cell = max(-(-max(mask.shape) // _CELLS), 1)
    counts = np.asarray(Image.fromarray(-mask.view(np.uint8)).reduce(cell))
    numbers = pieces_of(counts > 0)
    if numbers is None:
        numbers = (counts > 0).astype(np.int32)
    areas = np.bincount(numbers.ravel(), counts.ravel())[1:]
    kept = np.flatnonzero(areas >= _SPECK * areas.max()) + 1
    pieces = [_piece(mask, numbers == k, cell) for k in kept[: _MOST_PIECES + 1]]
    tallest = max(piece.box.bottom - piece.box.top for piece in pieces)
    return [
        part for piece in pieces if piece.box.longer_side >= _LOW * tallest for part in _cut(piece)
    ]


def _piece(mask: Mask, cells: Mask, cell: int) -> _Piece:
    """The ink of some cells of a grid."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    own = cells[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top, left = int(rows[0]) * cell, int(columns[0]) * cell
    part = mask[top : top + own.shape[0] * cell, left : left + own.shape[1] * cell]
    wide = np.repeat(np.repeat(own, cell, 0), cell, 1)[: part.shape[0], : part.shape[1]]
    return _tight(part & wide, top, left)


def _tight(mask: Mask, top: int = 0, left: int = 0) -> _Piece:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
    at = Box(box.top + top, box.bottom + top, box.left + left, box.right + left)
    return _Piece(at, mask[box.slices])


def _cut(piece: _Piece) -> Iterator[_Piece]:
    """A piece, or its parts from left to right, cut where few pixels hold it together."""
    height, width = piece.mask.shape
    if width < _WIDE * height:
        yield piece
        return
    columns = piece.mask.sum(axis=0)
    usual = float(np.median(columns))
    apart = max(int(0.2 * height), 1)
    cuts: list[int] = []
    for column in np.argsort(columns, kind="stable").tolist():
        if columns[column] > _THIN * max(usual, 1) + 1 or len(cuts) == _CUTS:
            break
        if all(abs(column - other) >= apart for other in (0, width, *cuts)):
            cuts.append(column)
    edges = [0, *sorted(cuts), width]
    for left, right in pairwise(edges):
        part = piece.mask[:, left:right]
        if part.any():
            yield _tight(part, piece.box.top, piece.box.left + left)


def _lines(pieces: Sequence[_Piece]) -> list[list[list[_Piece]]]:
    """Lines from top to bottom, in each what lies side by side; what lies over another is one."""
    lines: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.box.bottom - each.box.top, reverse=True):
        for line in lines:
            if _shared(piece.box[:2], _span(line)) >= _SAME_LINE:
                line.append(piece)
                break
        else:
            lines.append([piece])
    lines.sort(key=lambda line: line[0].box.top + line[0].box.bottom)
    return [_side_by_side(line) for line in lines]


def _span(line: Sequence[_Piece]) -> tuple[int, int]:
    """Rows of a line, as its tallest piece has them."""
    return line[0].box.top, line[0].box.bottom


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    """What two spans have in common, as a share of the shorter one."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common / min(one[1] - one[0], other[1] - other[0])


def _side_by_side(line: Sequence[_Piece]) -> list[list[_Piece]]:
    columns: list[list[_Piece]] = []
    for piece in sorted(line, key=lambda each: each.box.left + each.box.right):
        if columns and any(
            _shared(piece.box[2:], other.box[2:]) >= _SAME_DIGIT for other in columns[-1]
        ):
            columns[-1].append(piece)
        else:
            columns.append([piece])
    return columns


def _best_path(
    ink: Grey,
    columns: Sequence[Sequence[_Piece]],
    probabilities: Callable[[Grey], Float],
    *,
    whole: bool,
) -> list[Segment]:
    """The likeliest digits that the columns of a line make, each of one to `_JOINED` of them.

    All of them may be one digit where `whole`.
    """

    @cache
    def digit(start: int, end: int) -> Segment:
        pieces = [piece for column in columns[start:end] for piece in column]
        box, pixels = _placed(ink, pieces)
        return Segment(box, pixels, probabilities(pixels))

    costs, before = [0.0], [0]
    for end in range(1, len(columns) + 1):
        ways = [
            (costs[start] + _cost(digit(start, end).probabilities), start)
            for start in range(max(0, end - _JOINED), end)
            if whole or end - start < len(columns)
        ]
        cost, start = min(ways)
        costs.append(cost)
        before.append(start)
    path: list[Segment] = []
    end = len(columns)
    while end:
        path.append(digit(before[end], end))
        end = before[end]
    return path[::-1]


def _cost(probabilities: Float) -> float:
    return _PER_DIGIT - float(np.log(max(float(probabilities.max()), _UNLIKELY)))


def _placed(ink: Grey, pieces: Sequence[_Piece]) -> tuple[Box, Grey]:
    """A digit's box, and its pieces alone, with their soft edges, as the recogniser takes them."""
    box = pieces[0].box
    for piece in pieces[1:]:
        box = box.joined(piece.box)
    around = Box(
        max(box.top - 1, 0),
        min(box.bottom + 1, ink.shape[0]),
        max(box.left - 1, 0),
        min(box.right + 1, ink.shape[1]),
    )
    own = np.zeros((around.bottom - around.top, around.right - around.left), bool)
    for piece in pieces:
        top, left = piece.box.top - around.top, piece.box.left - around.left
        own[top : top + piece.mask.shape[0], left : left + piece.mask.shape[1]] |= piece.mask
    near = own.copy()
    near[1:] |= own[:-1]
    near[:-1] |= own[1:]
    near[:, 1:] |= near[:, :-1].copy()
    near[:, :-1] |= near[:, 1:].copy()
    return box, place(np.where(near, ink[around.slices], 0).astype(np.uint8), box.longer_side)
