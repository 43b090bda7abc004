"""Step 1: which level is clean paper, and which side of it is ink."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Grey

MIN_CONTRAST = 12  # grey levels between paper and ink below which a picture is empty
_SAMPLED = 128  # pixels a side, at least, that are looked at to find the levels of paper and ink
_HOT = 0.02  # share of all ink that may be above "the strongest": a few hot pixels
_HEADROOM = 1.25  # hot pixels count no more than this many times the strongest

_FLAT = 8  # grey levels around the median within which paper is evenly lit
_FLAT_SHARE = 0.85  # share of the border that is flat, or ink that touches it, in even light
_INK_AT_BORDER = 0.5  # share of the strongest ink from which on the border it is ink
_FILLED = 0.75  # share of a picture above which "ink" is the paper within a frame
_FLUSH_FRAME = 0.04  # share of the sides that a frame on the border is wide, at most
_NOISE_FLOOR = 4.0  # standard deviations of the paper below which nothing is ink
_ROUGH = 0.75  # standard deviation of the paper, in grey levels, from which it is not clean
_MOSTLY_PALE = 0.6  # share of pale ink above which it is lines of the paper, shadows, grey areas
_OPPOSED = 0.01  # share of ink on the paper's other side above which it is a window's frame
SMALL = 64  # pixels a side; smaller pictures show nothing but a digit

_LEVELS = np.arange(256)


class Levels(NamedTuple):
    """What the border and a sample of the pixels tell of a picture's grey levels.

    Attributes:
        paper: the level of the paper, 0 to 255.
        dark: whether the ink is darker than the paper.
        strongest: grey levels between the paper and the strongest ink but a few hot pixels.
        noise: standard deviation of the paper, in grey levels.
        even: whether the border is paper of this one level, or ink that touches it.
        pale: what is paler than half of the strongest ink, as a share of the rest of the ink.
        opposed: what is on the other side of the paper than the ink, as a share of the ink.
        filled: whether so much of the picture is ink that the border is a frame around it.
    """

    paper: int
    dark: bool
    strongest: int
    noise: float
    even: bool
    pale: float
    opposed: float
    filled: bool

    @classmethod
    def of_border(cls, grey: Grey) -> "Levels":
        """The levels of uint8[height, width]."""
        border = np.bincount(
            np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]]), minlength=256
        )
        n = int(border.sum())
        paper = int(np.searchsorted(border.cumsum(), n / 2))
        step = max(min(grey.shape) // _SAMPLED, 1)
        counts = np.array(Image.fromarray(grey[::step, ::step]).histogram())
        difference = _LEVELS - paper
        beyond = np.where(np.abs(difference) > _FLAT, difference, 0) * counts
        dark = int(beyond.sum()) < 0
        # From here on an index is a distance from the paper, on the side of the ink.
        towards_ink = slice(paper, None, -1) if dark else slice(paper, None)
        up_to = np.abs(beyond[towards_ink]).cumsum()
        strongest = int(np.searchsorted(up_to, (1 - _HOT) * up_to[-1]))
        inked = max(int(_INK_AT_BORDER * strongest), _FLAT) + 1
        half, on_side = max(strongest // 2, MIN_CONTRAST), counts[towards_ink]
        other_side = counts[paper:] if dark else counts[paper::-1]
        on_border = border[towards_ink]
        # Noise is told on the other side: on that of the ink its soft edge is no noise.
        beside = (border[paper:] if dark else border[paper::-1])[: _FLAT + 1]
        flat = beside.sum() + on_border[1 : _FLAT + 1].sum()
        noise = float(np.sqrt(beside @ np.square(_LEVELS[: beside.size]) / beside.sum()))
        is_even = flat + on_border[inked:].sum() >= _FLAT_SHARE * n
        return cls(
            paper=paper,
            dark=dark,
            strongest=strongest,
            noise=noise,
            # Of a tightly cropped drawing half of the border may be ink with its soft edges.
            even=bool(is_even or (noise == 0 and flat >= n / 2)),
            pale=float(on_side[MIN_CONTRAST:half].sum() / max(on_side[half:].sum(), 1)),
            opposed=float(other_side[MIN_CONTRAST:].sum() / max(on_side[MIN_CONTRAST:].sum(), 1)),
            filled=bool(counts[towards_ink][inked:].sum() > _FILLED * counts.sum()),
        )


class Drawn(NamedTuple):
    """Ink on even paper.

    Attributes:
        ink: how much each pixel differs from the paper: uint8[height, width], 0 = paper; without
            the frame, where the border was one.
        clean: whether hardly anything is neither paper nor ink.
    """

    ink: Grey
    clean: bool


def ink_on_even_paper(grey: Grey) -> Drawn | None:
    """Tell ink from paper, where the border tells at once what is paper.

    Args:
        grey: uint8[height, width].

    Returns:
        None where the light is uneven or the paper rough.

    Raises:
        InvalidRequest: there is no ink.
    """
    levels = Levels.of_border(grey)
    frame = int(np.ceil(_FLUSH_FRAME * min(grey.shape)))
    if levels.even and levels.filled and min(grey.shape) > 2 * frame:
        grey = grey[frame:-frame, frame:-frame]
        levels = Levels.of_border(grey)
    is_small = max(grey.shape) < SMALL
    if not is_small and (not levels.even or levels.noise > _ROUGH):
        return None
    ink = _ink_above(levels, grey)
    if ink.max() < MIN_CONTRAST:
        raise empty()
    is_clean = levels.pale <= _MOSTLY_PALE and levels.opposed <= _OPPOSED
    return Drawn(ink, is_small or is_clean)


def empty() -> InvalidRequest:
    """What a picture without ink gets."""
    return InvalidRequest("The picture is empty: draw a digit first.")


def _ink_above(levels: Levels, grey: Grey) -> Grey:
    """The ink on paper of one level."""
    highest = int(_HEADROOM * levels.strongest)
    blank = levels.paper == (255 if levels.dark else 0)
    if levels.noise == 0 and blank and highest >= 255:
        return 255 - grey if levels.dark else grey
    ink = levels.paper - _LEVELS if levels.dark else _LEVELS - levels.paper
    ink[ink < _NOISE_FLOOR * levels.noise] = 0
    return np.clip(ink, 0, highest).astype(np.uint8).take(grey)
