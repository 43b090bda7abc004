"""Ink in parts of which each lies in one digit only, as far as pieces go: lines of them.

Neighbours that touch are one piece; `digit_centres` tells them apart.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from digit_recognizer.recognition.arrays import Grey, Mask
from digit_recognizer.recognition.digit_box import Box
from digit_recognizer.recognition.pieces import pieces_of

MOST_PARTS = 96
"""A picture with more pieces is a page of text, or dirt."""

_CELLS = 25_000  # of the grid on which pieces are told apart, over the box of all ink
_EDGE = 0.3  # share of the strongest ink at which a pixel counts
_SPECK = 0.02  # of the largest piece's ink, below which a piece is dirt
_LOW = 0.2  # of the tallest piece's height: what is lower and alone is no digit
_SAME_LINE = 0.4  # share of the lower one's height that two pieces of a line have in common
_SMALL = 0.5  # of the tallest piece's height, below which a piece is part of a digit near it
_ABOVE = 0.35  # of a piece's height that a small part may be above or below it
_SAME_DIGIT = 0.8  # share of its width from which a small part belongs to what it lies over
_NARROW = 0.3  # of a line's height: what is narrower is not of two digits


class Part(NamedTuple):
    """Ink of one digit, or of a part of one.

    Attributes:
        box: around it, in pixels of the ink's picture.
        mask: of the box.
    """

    box: Box
    mask: Mask


def lines_of_parts(ink: Grey) -> list[list[Part]]:
    """The connected pieces of ink without dirt: lines from top to bottom, each left to right.

    Args:
        ink: uint8[height, width], 0 = paper, with some ink.

    Returns:
        No line where there are more than `MOST_PARTS`.
    """
    parts = _pieces(ink)
    if len(parts) > MOST_PARTS:
        return []
    return [_with_small_joined(line) for line in _lines(parts)]


def with_halves_joined(lines: Sequence[Sequence[Part]]) -> list[list[Part]]:
    """Lines of which some are only the lower half of a digit, in a line that is there already.

    Such a half has no rows in common with its upper one, but with that one's neighbours.
    """
    whole: list[list[Part]] = []
    for line in sorted(lines, key=height_of, reverse=True):
        near = height_of(line)
        for other in whole:
            shares = [
                _in_common(part, beside, 0.0)
                for part in line
                for beside in other
                if _apart(part, beside) <= max(near, _rows(beside))
            ]
            if shares and max(shares) >= _SAME_LINE:
                other += line
                break
        else:
            whole.append(list(line))
    whole.sort(key=lambda line: line[0].box.top + line[0].box.bottom)
    return [sorted(line, key=_middle) for line in whole]


def blocks(ink: Grey) -> list[Part]:
    """A line parted where columns are empty: what is quickly done, and mostly enough.

    Args:
        ink: uint8[height, width], 0 = paper, with some ink.

    Returns:
        None where it is not a line alone, or one of more than `MOST_PARTS`.
    """
    mask = _inked(ink)
    rows = np.flatnonzero(mask.any(axis=1))
    edges = np.flatnonzero(np.diff(mask.any(axis=0), prepend=False, append=False)).tolist()
    if rows[-1] - rows[0] >= rows.size or len(edges) > 2 * MOST_PARTS:
        return []
    return [
        tight(mask[:, left:right], 0, left)
        for left, right in zip(edges[::2], edges[1::2], strict=True)
    ]


def _inked(ink: Grey) -> Mask:
    return np.asarray(ink > int(_EDGE * int(ink.max())))


def height_of(line: Sequence[Part]) -> int:
    """Rows of the tallest part."""
    return max(_rows(part) for part in line)


def _pieces(ink: Grey) -> list[Part]:
    """More than `MOST_PARTS` if there are too many; then they are not all."""
    mask = _inked(ink)
    left, top, right, bottom = Image.fromarray(-mask.view(np.uint8)).getbbox() or (0, 0, 1, 1)
    mask = mask[top:bottom, left:right]
    cell = int(np.ceil(np.sqrt(mask.size / _CELLS)))
    counts = np.asarray(Image.fromarray(-mask.view(np.uint8)).reduce(cell))
    numbers = pieces_of(counts > 0)
    if numbers is None:
        return [tight(mask, top, left)]
    areas = np.bincount(numbers.ravel(), counts.ravel())[1:]
    kept = np.flatnonzero(areas >= _SPECK * areas.max()) + 1
    parts = [_of_cells(mask, numbers == k, cell, (top, left)) for k in kept[: MOST_PARTS + 1]]
    tallest = height_of(parts)
    return [part for part in parts if part.box.longer_side >= _LOW * tallest]


def _of_cells(mask: Mask, cells: Mask, cell: int, origin: tuple[int, int]) -> Part:
    """The ink of some cells of a grid."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    own = cells[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top, left = int(rows[0]) * cell, int(columns[0]) * cell
    part = mask[top : top + own.shape[0] * cell, left : left + own.shape[1] * cell]
    wide = np.repeat(np.repeat(own, cell, 0), cell, 1)[: part.shape[0], : part.shape[1]]
    return tight(part & wide, top + origin[0], left + origin[1])


def tight(mask: Mask, top: int, left: int) -> Part:
    """The ink of a mask whose first pixel lies there; there is some."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
    at = Box(box.top + top, box.bottom + top, box.left + left, box.right + left)
    return Part(at, mask[box.slices])


def joined(parts: Sequence[Part]) -> Part:
    """Some parts as one."""
    if len(parts) == 1:
        return parts[0]
    box = parts[0].box
    for part in parts[1:]:
        box = box.joined(part.box)
    mask = np.zeros((box.bottom - box.top, box.right - box.left), bool)
    for part in parts:
        at = part.box
        rows = slice(at.top - box.top, at.bottom - box.top)
        mask[rows, at.left - box.left : at.right - box.left] |= part.mask
    return Part(box, mask)


def _lines(parts: Sequence[Part]) -> list[list[Part]]:
    """What lies side by side, also where the line slopes: each part is compared to its nearest."""
    tallest = height_of(parts)
    lines: list[list[Part]] = []
    for part in sorted(parts, key=_rows, reverse=True):
        reach = _ABOVE if _rows(part) < _SMALL * tallest else 0.0
        shares = [_in_common(part, _nearest(line, part), reach) for line in lines]
        if shares and max(shares) >= _SAME_LINE:
            lines[int(np.argmax(shares))].append(part)
        else:
            lines.append([part])
    lines.sort(key=lambda line: line[0].box.top + line[0].box.bottom)
    return [sorted(line, key=_middle) for line in lines]


def _nearest(line: Sequence[Part], to: Part) -> Part:
    return min(line, key=lambda part: max(_apart(part, to), 0))


def _apart(one: Part, other: Part) -> int:
    """Columns between both; negative if they overlap."""
    return max(one.box.left - other.box.right, other.box.left - one.box.right)


def _in_common(lower: Part, other: Part, reach: float) -> float:
    """The share of the lower one's rows that the other has, too, grown by a share of its height."""
    more = reach * _rows(other)
    common = min(lower.box.bottom, other.box.bottom + more) - max(
        lower.box.top, other.box.top - more
    )
    return float(common / _rows(lower))


def _with_small_joined(line: Sequence[Part]) -> list[Part]:
    """A line in which the dots and bars over or under a part belong to it."""
    tallest = height_of(line)
    own: list[list[Part]] = [[part] for part in line if _rows(part) >= _SMALL * tallest]
    for part in line:
        if _rows(part) < _SMALL * tallest:
            over = [-_apart(group[0], part) for group in own]
            width = part.box.right - part.box.left
            if max(over) >= _SAME_DIGIT * width and sum(o > 0 for o in over) == 1:
                own[int(np.argmax(over))].append(part)
            else:
                own.append([part])
    return sorted((joined(group) for group in own), key=_middle)


def _middle(part: Part) -> int:
    return part.box.left + part.box.right


def _rows(part: Part) -> int:
    return part.box.bottom - part.box.top


def is_wide(part: Part, height: int) -> bool:
    """Whether a part may be of several digits, for its width."""
    return part.box.right - part.box.left > _NARROW * height
