"""From a drawing to the 28×28 picture that the recogniser was trained on.

The way MNIST itself was made (LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning
applied to document recognition"): white ink on black, its longer side scaled to 20 pixels with the
aspect kept, its centre of mass in the middle of a 28×28 field. Predict, feedback, training and
evaluation all call `normalise`, so that a saved row is exactly what a model would see.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.pictures import read_picture

PREPROCESSING_VERSION = 3
"""Raised when `normalise` gives other pixels for the same picture; saved rows carry it."""

FIELD = 28
"""Side of the normalised picture."""

INK_SIDE = 20
"""Longer side of the ink in the normalised picture."""

_CENTRE = 14.5  # where MNIST has the centre of mass: the middle of pixel 14
_UNSCALED = range(18, 22)  # ink of this many pixels is copied: its size is known to a pixel only

_MIN_CONTRAST = 12  # grey levels between paper and ink below which a picture is empty
_SAMPLED = 128  # pixels a side, at least, that are looked at to find the levels of paper and ink
_INK_EDGE = 0.3  # share of the strongest ink at which a pixel counts for the bounding box
_HOT = 0.02  # share of all ink that may be above "the strongest": a few hot pixels are not …
_HEADROOM = 1.25  # … and count no more than this many times as much

_FLAT = 8  # grey levels around the median within which paper is evenly lit …
_FLAT_SHARE = 0.85  # … if this share of the border is, or is ink that touches the border: …
_INK_AT_BORDER = 0.5  # … this share of the strongest ink, at least
_FILLED = 0.75  # share of a picture above which "ink" is the paper within a frame …
_FLUSH_FRAME = 0.04  # … that lies on the border and is at most this share of the sides wide
_NOISE = 1.0  # standard deviation of the paper, in grey levels, from which a picture is smoothed
_QUARTILE = 0.3186  # the lower quartile of the size of normal noise of standard deviation 1
_NOISE_FLOOR = 4.0  # standard deviations of the paper below which nothing is ink
_SMOOTHED_FROM = 100  # pixels a side; in smaller pictures lines are as thin as the noise is coarse
_LIGHT_GRID = 48  # cells a side of the grid on which uneven light is estimated
_INK_WEIGHT = np.float32(0.02)  # what a cell on the side of the ink counts against one of paper
_ON_PAPER = 5.0  # grey levels from the estimated paper within which a cell lies on it

_SPECK_GRID = 28  # cells a side of the grid on which loose pieces of ink are told apart
_SPECK = 0.02  # share of all ink below which a loose piece is dirt
_STRAY = 0.15  # share of all ink below which a loose piece is a tap of the hand, …
_FAR = 0.4  # … if it is so many times the digit's longer side away from it
_FRAME = 0.08  # share of the picture's sides within which a frame keeps to its edges, …
_FRAME_SPAN = 0.8  # … along at least this share of one, …
_CLEAR = 0.03  # … while all other ink keeps this share away from them

Grey = NDArray[np.uint8]
Float = NDArray[np.float32]
Position = NDArray[np.float64]

_LEVELS = np.arange(256)
# From the centre to the middle of each pixel of the field.
_FROM_CENTRE = np.arange(0.5, FIELD, dtype=np.float32) - np.float32(_CENTRE)


class _Box(NamedTuple):
    """Rows top … bottom and columns left … right, the ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def longer_side(self) -> int:
        return max(self.bottom - self.top, self.right - self.left)

    def grown(self, by: int) -> "_Box":
        """The box with `by` pixels more on each side; a slice ends at the array anyway."""
        return _Box(
            max(self.top - by, 0), self.bottom + by, max(self.left - by, 0), self.right + by
        )

    def joined(self, other: "_Box") -> "_Box":
        """The smallest box around both."""
        return _Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def distance(self, other: "_Box") -> int:
        """Rows or columns between both, whichever are more; negative if they overlap."""
        rows = max(self.top - other.bottom, other.top - self.bottom)
        columns = max(self.left - other.right, other.left - self.right)
        return max(rows, columns)


def preprocess(data_url: object) -> Grey:
    """`normalise` the picture in a data URL (see `pictures.read_picture` for its errors)."""
    return normalise(read_picture(data_url))


def normalise(grey: Grey) -> Grey:
    """Bring a drawing into the form of an MNIST picture.

    Paper is told from ink by the border of the picture, so light on dark and dark on light come
    out the same; uneven light, noise, specks and taps beside the digit are removed. A picture that
    already has this form comes through (nearly) unchanged.

    Args:
        grey: uint8[height, width] of any size, 0 = black.

    Returns:
        uint8[28, 28], 0 = paper, 255 = the strongest ink.

    Raises:
        InvalidRequest: there is no ink.
    """
    ink = _ink(grey)
    strongest = int(ink.max())
    if strongest < _MIN_CONTRAST:
        raise InvalidRequest("The picture is empty: draw a digit first.")
    box = _box_of_digit(ink > int(_INK_EDGE * strongest))
    # One pixel more on each side: the soft edge of the ink belongs to it.
    return _place(ink[box.grown(1).slices].astype(np.float32), box.longer_side)


def _ink(grey: Grey, may_be_framed: bool = True) -> Grey:
    """How much each pixel differs from the paper, towards the side on which the ink lies."""
    border = np.bincount(
        np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]]), minlength=256
    )
    n = int(border.sum())
    paper = int(np.searchsorted(border.cumsum(), n / 2))
    step = max(min(grey.shape) // _SAMPLED, 1)
    sample = Image.fromarray(grey[::step, ::step])
    counts = np.array(sample.histogram())
    difference = _LEVELS - paper
    beyond = np.where(np.abs(difference) > _FLAT, difference, 0) * counts
    dark = int(beyond.sum()) < 0
    # From here on an index is a distance from the paper, on the side of the ink.
    levels = slice(paper, None, -1) if dark else slice(paper, None)
    up_to = np.abs(beyond[levels]).cumsum()
    strongest = int(np.searchsorted(up_to, (1 - _HOT) * up_to[-1]))
    inked = max(int(_INK_AT_BORDER * strongest), _FLAT) + 1
    beside = border[paper:] if dark else border[paper::-1]
    flat = beside[: _FLAT + 1].sum() + border[levels][1 : _FLAT + 1].sum()
    if flat + border[levels][inked:].sum() < _FLAT_SHARE * n:
        return _ink_in_uneven_light(grey)
    frame = int(np.ceil(_FLUSH_FRAME * min(grey.shape)))
    filled = counts[levels][inked:].sum() > _FILLED * counts.sum()
    if may_be_framed and filled and min(grey.shape) > 2 * frame:
        return _ink(grey[frame:-frame, frame:-frame], may_be_framed=False)
    # Only on the side without ink: on the other one the ink's soft edge is no noise.
    beside = beside[: _FLAT + 1]
    noise = float(np.sqrt(beside @ np.square(_LEVELS[: beside.size]) / beside.sum()))
    highest = int(_HEADROOM * strongest)
    if noise == 0 and paper == (255 if dark else 0) and highest >= 255:
        return 255 - grey if dark else grey
    if noise > _NOISE:
        grey = _smoothed(grey)
    ink = -difference if dark else difference
    ink[ink < _NOISE_FLOOR * noise] = 0
    return np.clip(ink, 0, highest).astype(np.uint8).take(grey)


def _ink_in_uneven_light(grey: Grey) -> Grey:
    """`_ink` for paper whose brightness changes smoothly over the picture.

    The paper is a quadratic surface, fitted by least squares to the cells of a coarse grid; cells
    on the side of the ink hardly count, so that the surface comes to lie on the paper even where
    ink covers the border. That is done for dark ink and for light ink; the
    surface with more cells on it is the paper.
    """
    grey = _smoothed(grey)
    height, width = grey.shape
    grid = (min(width, _LIGHT_GRID), min(height, _LIGHT_GRID))
    cells = np.asarray(Image.fromarray(grey).resize(grid, Image.Resampling.BOX), np.float32)
    rows, columns = _powers(grid[1]), _powers(grid[0])
    # y^i·x^j with i + j ≤ 2, a column a term
    terms = [(i, j) for i in range(3) for j in range(3 - i)]
    design = np.stack([np.outer(rows[:, i], columns[:, j]).ravel() for i, j in terms], axis=1)
    fits = [_paper_beside(design, cells.ravel(), ink) for ink in (-1, 1)]
    coefficients = np.zeros((3, 3), np.float32)
    coefficients[tuple(zip(*terms, strict=True))] = max(fits, key=lambda fit: fit[1])[0]
    difference = grey - _powers(height) @ coefficients @ _powers(width).T
    # A quarter of all pixels are paper, however much ink there is: their quartile is the noise's.
    noise = max(float(np.quantile(np.abs(difference), 0.25)) / _QUARTILE, 1.0)
    difference[np.abs(difference) < _NOISE_FLOOR * noise] = 0
    ink = difference if difference.sum() > 0 else -difference
    return np.clip(ink, 0, 255).astype(np.uint8)


def _paper_beside(design: Float, brightness: Float, ink: int) -> tuple[Float, int]:
    """Fit the paper when ink is darker (-1) or lighter (1) than it.

    Asymmetric least squares (Eilers, Boelens 2005): cells on the side of the ink hardly count.

    Returns:
        The coefficients, float32[terms], and how many cells lie on the surface.
    """
    weights = np.ones(brightness.size, np.float32)
    for _ in range(8):
        fit = _least_squares(design, brightness, weights)
        weights = np.where(ink * (brightness - design @ fit) > 0, _INK_WEIGHT, np.float32(1))
    on_paper = np.abs(brightness - design @ fit) <= _ON_PAPER
    if np.count_nonzero(on_paper) > 2 * design.shape[1]:
        fit = _least_squares(design, brightness, on_paper.astype(np.float32))
    return fit, int(np.count_nonzero(np.abs(brightness - design @ fit) <= _ON_PAPER))


def _least_squares(design: Float, brightness: Float, weights: Float) -> Float:
    weighted = (design * weights[:, None]).T
    # A picture of one row or column leaves terms undetermined; the ridge makes them 0.
    ridge = np.float32(1e-3) * np.eye(design.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(weighted @ design + ridge, weighted @ brightness))


def _powers(n: int) -> Float:
    """float32[n, 3]: 1, x and x² at n even steps of x from -1 to 1."""
    return np.vander(np.linspace(-1, 1, n, dtype=np.float32), 3, increasing=True)


def _smoothed(grey: Grey) -> Grey:
    """Average out noise, over a width that a thin line survives."""
    if max(grey.shape) < _SMOOTHED_FROM:
        return grey
    radius = max(1, round(max(grey.shape) / 300))
    return np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(radius)))


def _bounding_box(mask: NDArray[np.bool_]) -> _Box:
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    return _Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _box_of_digit(mask: NDArray[np.bool_]) -> _Box:
    """The bounding box of all pieces of ink but specks, a frame and taps beside the digit."""
    picture = Image.fromarray(-mask.view(np.uint8))  # 255 where there is ink
    left, top, right, bottom = picture.getbbox() or (0, 0, 0, 0)
    box = _Box(top, bottom, left, right)
    cell = -(-box.longer_side // _SPECK_GRID)
    if cell == 1:
        return box  # so small a drawing has no pixel to lose
    cells = np.asarray(picture.reduce(cell, (left, top, right, bottom)))
    pieces = _pieces(cells > 0)
    if pieces is None:
        return box
    areas = np.bincount(pieces.ravel(), cells.ravel())
    # Of nothing but specks the largest stay: a drawing of dots is a drawing.
    kept = areas >= min(_SPECK * areas.sum(), areas.max())
    kept[0] = False
    # Where the middle of each row and column of cells lies in the picture, from 0 to 1.
    y = (box.top + (np.arange(cells.shape[0]) + 0.5) * cell) / mask.shape[0]
    x = (box.left + (np.arange(cells.shape[1]) + 0.5) * cell) / mask.shape[1]
    kept &= ~_frame(pieces, kept, y, x)
    kept &= ~_strayed(pieces, kept, areas)
    within = _bounding_box(kept[pieces])
    top, left = box.top + within.top * cell, box.left + within.left * cell
    bottom = min(box.top + within.bottom * cell, box.bottom)
    right = min(box.left + within.right * cell, box.right)
    tight = _bounding_box(mask[top:bottom, left:right])
    return _Box(top + tight.top, top + tight.bottom, left + tight.left, left + tight.right)


def _strayed(
    pieces: NDArray[np.int32], kept: NDArray[np.bool_], areas: NDArray[Any]
) -> NDArray[np.bool_]:
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


def _frame(
    pieces: NDArray[np.int32], kept: NDArray[np.bool_], y: Position, x: Position
) -> NDArray[np.bool_]:
    """Which pieces are a frame, or a line along an edge, rather than part of the digit.

    A part of a digit may touch the picture's edge as well, where it was cropped tightly; but then
    other ink comes near the edges too.
    """
    nothing = np.zeros_like(kept)
    in_band_y, in_band_x = (np.abs(at - 0.5) > 0.5 - _FRAME for at in (y, x))
    in_middle = np.bincount(pieces[~in_band_y][:, ~in_band_x].ravel(), minlength=kept.size)
    hugging: NDArray[np.bool_] = kept & (in_middle == 0)
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


def _pieces(cells: NDArray[np.bool_]) -> NDArray[np.int32] | None:
    """Number the 8-connected pieces of a grid from 1; 0 where there is none. None if all is one.

    Runs of set cells are joined row by row with union-find: a drawing has about fifty.
    """
    height, width = cells.shape
    stride = width + 1  # one empty cell ends each row
    padded = np.zeros(height * stride + 1, np.int8)
    padded[1:].reshape(height, stride)[:, :width] = cells
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    starts, ends = edges[::2], edges[1::2]
    parent: list[int] = []

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above = 0
    loose = 0  # pieces, as far as is known
    for run, (start, end) in enumerate(zip(starts, ends, strict=True)):
        while ends[above] < start - stride:
            above += 1
        if starts[above] > end - stride:  # nothing touches it from above
            parent.append(run)
            loose += 1
            continue
        parent.append(parent[above])
        other = above + 1
        while starts[other] <= end - stride:
            if parent[other] != parent[run] and (a := root(other)) != (b := root(run)):
                parent[b] = a
                loose -= 1
            other += 1
    if loose == 1:
        return None
    numbers: dict[int, int] = {}
    pieces = np.zeros(height * stride, np.int32)
    for run, (start, end) in enumerate(zip(starts, ends, strict=True)):
        pieces[start:end] = numbers.setdefault(root(run), len(numbers) + 1)
    return pieces.reshape(height, stride)[:, :width]


def _place(ink: Float, side: int) -> Grey:
    """Scale ink whose longer side is `side` to `INK_SIDE` and centre its mass in the field.

    Area averaging when shrinking, linear interpolation when growing; both in one step with the
    shift, so that the centre of mass is right below the pixel.
    """
    height, width = ink.shape
    # Sums of whole numbers below 2^24 are exact; a product with ones is twice as fast as `sum`.
    centre_y = _centre_of_mass(ink @ np.ones(width, np.float32))
    centre_x = _centre_of_mass(np.ones(height, np.float32) @ ink)
    scale = side / INK_SIDE
    if side in _UNSCALED:
        scale = 1.0
        centre_y, centre_x = np.floor(centre_y) + 0.5, np.floor(centre_x) + 0.5
    rows = _resampling(height, centre_y, scale)
    columns = _resampling(width, centre_x, scale)
    placed = rows @ ink @ columns.T
    stretched: Grey = np.rint(placed * (255 / placed.max())).astype(np.uint8)
    return stretched


def _centre_of_mass(profile: Float) -> float:
    """In pixels from the edge of the first one."""
    return float(profile @ np.arange(0.5, profile.size, dtype=np.float32) / profile.sum())


def _resampling(size: int, centre: float, scale: float) -> Float:
    """float32[28, size]: what each of `size` pixels gives to each pixel of the field.

    `centre` comes to lie at the field's own, unless ink would leave the field.
    """
    # The field's edges may not cut the ink: [first, last] are the centres that keep it inside.
    first, last = size - (FIELD - _CENTRE) * scale, _CENTRE * scale
    if first <= last:
        centre = min(max(centre, first), last)
    middle = centre + _FROM_CENTRE * scale
    half = max(scale, 1.0) / 2
    pixel = np.arange(size + 1, dtype=np.float32)
    weights: Float = np.minimum(pixel[1:], (middle + half)[:, None])
    weights -= np.maximum(pixel[:-1], (middle - half)[:, None])
    np.maximum(weights, 0, out=weights)
    weights /= np.float32(2 * half)
    return weights
