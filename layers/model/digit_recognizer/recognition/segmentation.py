"""Which ink of a picture makes which digit, where there may be several.

Over-segmentation and the best path through a lattice (LeCun, Bottou, Bengio, Haffner 1998,
"Gradient-based learning applied to document recognition", section VI): ink falls into parts, each
run of neighbouring parts may be a digit, and of all ways to read the line the likeliest is taken.
A network judges which runs are exactly one whole digit; the recogniser says which digit each is.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from digit_recognizer.errors import TooLarge
from digit_recognizer.recognition.arrays import Float, Grey, Mask
from digit_recognizer.recognition.digit_box import Box
from digit_recognizer.recognition.digit_centres import digit_centres
from digit_recognizer.recognition.digit_judge import NO_DIGIT, WIDEST, digit_judge
from digit_recognizer.recognition.parts import (
    MOST_PARTS,
    Part,
    blocks,
    height_of,
    is_wide,
    joined,
    lines_of_parts,
    with_halves_joined,
)
from digit_recognizer.recognition.placing import place
from digit_recognizer.recognition.scaled_line import Plane, ScaledLine

MOST_DIGITS = 32
"""A picture with more is not read as a number."""

JOINED = 4
"""Parts that a digit is in, at most."""

_SURELY = 0.98  # so likely a whole digit, a part is neither cut nor joined to another such
_HARDLY = 0.005  # so unlikely one, the recogniser is not asked
_RECOGNISED = 4.0  # what the recogniser's logarithm counts against the judge's
_SURE = 0.9  # how likely a whole digit, not to be in doubt
_DOT = 0.25  # of the height: what is apart and so small under a run is a dot
_MIDDLE = 0.2  # of the height over and under it: what is apart there …
_FLAT = 0.45  # … and no higher than this …
_DASH = 0.25  # … but at least as wide as this, is a sign of arithmetic
_KNOWN = 0.5  # how sure the recogniser has to be of each digit
_FAR = 16.0  # a longer lead counts no more
_OWN_SAY, _SAY = 0.8, 0.5  # what the recogniser's and the judge's logarithms count for a digit
_UNLIKELY, _ROUNDED = 1e-6, 1e-3  # so near 0 and 1 probabilities are not told from them


class Evidence(NamedTuple):
    """What speaks for it that some digits are a number.

    Attributes:
        whole: the logarithm of the odds that the least whole one is exactly one whole digit.
        known: minus that of how likely another digit is than the recogniser's answer, where it is
            likeliest.
        lead: by how much the number is likelier than one digit, in logarithms of odds; 0 where …
        too_wide: … it can't be one (1, otherwise 0).
    """

    whole: float
    known: float
    lead: float
    too_wide: float


# As `make fit-number-evidence` finds them; what is too wide for one digit counts half a point more
# and enough is a point less, since a number in doubt says so, and nothing helps nobody.
_WEIGHTS = Evidence(whole=0.47, known=0.88, lead=0.57, too_wide=10.2)
_ENOUGH = 11.0


class Segment(NamedTuple):
    """A digit of several, as it was found.

    Attributes:
        box: around its ink, in pixels of the ink's picture.
        pixels: uint8[28, 28], as the recogniser takes it.
        probabilities: float32[10].
        whole: how likely this is exactly one whole digit, from 0 to 1.
    """

    box: Box
    pixels: Grey
    probabilities: Float
    whole: float

    @property
    def in_doubt(self) -> bool:
        """Whether it is not sure enough that this is exactly one whole digit."""
        return self.whole < _SURE


def segments(
    ink: Grey, probabilities: Callable[[Grey], Float], one_digit: float | None
) -> list[list[Segment]]:
    """Read a picture as lines of digits.

    Args:
        ink: uint8[height, width], 0 = paper, with some ink.
        probabilities: float32[10] of uint8[28, 28]; called about once for each digit.
        one_digit: how sure the recogniser is of the picture as a single digit; None where it is
            known that there are several, so that all of a line is not looked at as one.

    Returns:
        The digits of each line from left to right, lines from top to bottom; empty where the ink is
        no number: one digit, letters, a scribble.

    Raises:
        TooLarge: it is a number of more than `MOST_DIGITS`.
    """
    lines, evidence = candidate(ink, probabilities, one_digit)
    if evidence is None or sum(w * e for w, e in zip(_WEIGHTS, evidence, strict=True)) < _ENOUGH:
        return []
    digits = [digit for line in lines for digit in line]
    if min(digit.probabilities.max() for digit in digits) < _KNOWN:
        return []
    if len(digits) > MOST_DIGITS:
        raise TooLarge(
            f"There are {len(digits)} digits in the picture: send at most {MOST_DIGITS} at once."
        )
    return lines


def candidate(
    ink: Grey, probabilities: Callable[[Grey], Float], one_digit: float | None
) -> tuple[list[list[Segment]], Evidence | None]:
    """The likeliest lines of digits, and what speaks for them; None where there is no number.

    Args and errors are those of `segments`.
    """
    lattices = _lattices(ink, probabilities)
    may_be_one = one_digit is not None or len(lattices) > 1
    paths = [lattice.best_path(may_be_one=may_be_one) for lattice in lattices]
    lines = [line for _, line in paths]
    digits = [digit for line in lines for digit in line]
    if not all(lines) or len(digits) < 2:
        return lines, None
    one, lead = 0.0, 0.0
    if one_digit is not None:
        one = _as_one(ink, joined([part for lattice in lattices for part in lattice.uncut]))
        if one:
            lead = sum(score for score, _ in paths) - _score(one, one_digit)
    unknown = 1 - min(float(digit.probabilities.max()) for digit in digits)
    return lines, Evidence(
        whole=_log_odds(min(digit.whole for digit in digits)),
        known=-float(np.log(max(unknown, _ROUNDED))),
        lead=min(max(lead, -_FAR), _FAR),
        too_wide=float(not one),
    )


def _lattices(ink: Grey, probabilities: Callable[[Grey], Float]) -> list["_Lattice"]:
    """Of each line from top to bottom; none where there are too many parts."""
    parted = blocks(ink)
    if len(parted) > 1:
        lattice = _Lattice(ink, parted, probabilities)
        if lattice.is_clear:
            return [lattice]
    lattices = [
        _Lattice(ink, line, probabilities) for line in with_halves_joined(lines_of_parts(ink))
    ]
    parts = 0
    for lattice in lattices:
        lattice.cut()
        parts += lattice.size
        if parts > MOST_PARTS:
            return []
    return lattices


def _is_over_a_dot(mask: Mask) -> bool:
    """Whether there is a dot under it, as in "!" and "?"."""
    empty = np.flatnonzero(~mask.any(axis=1))
    if not empty.size:
        return False
    dot = mask[empty[-1] + 1 :]
    columns = np.flatnonzero(dot.any(axis=0))
    return bool(max(len(dot), columns[-1] + 1 - columns[0]) <= _DOT * len(mask))


def _is_beside_a_dash(mask: Mask) -> bool:
    """Whether apart from the rest there is a minus, or an equals sign."""
    rows = len(mask)
    edges = np.flatnonzero(np.diff(mask.any(axis=0), prepend=False, append=False)).tolist()
    if len(edges) == 2:
        return False  # it is all there is
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        inked = np.flatnonzero(mask[:, left:right].any(axis=1))
        above, below = inked[0], rows - 1 - inked[-1]
        tall, wide = inked[-1] + 1 - inked[0], right - left
        is_flat = tall <= min(_FLAT * rows, wide) and wide >= _DASH * rows
        if is_flat and min(above, below) >= _MIDDLE * rows:
            return True
    return False


def _as_one(ink: Grey, part: Part) -> float:
    """How likely all ink is exactly one whole digit; 0 where it is too wide for one."""
    if (0, 1) not in runs([part]):
        return 0.0
    line = ScaledLine(ink, [part])
    return _whole(digit_judge().opinion(line, line.planes))


def runs(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Which runs of neighbouring parts may be a digit: first, and the one after the last."""
    widest = WIDEST * height_of(parts) if parts else 0.0
    return [
        (start, end)
        for end in range(1, len(parts) + 1)
        for start in range(max(0, end - JOINED), end)
        if _width(parts[start:end]) <= widest
    ]


def _width(parts: Sequence[Part]) -> int:
    return max(part.box.right for part in parts) - min(part.box.left for part in parts)


def _score(whole: float, confidence: float) -> float:
    """How much speaks for a digit: the logarithm of the odds that it is a whole one, and known."""
    return float(_log_odds(whole) + _RECOGNISED * np.log(max(confidence, _UNLIKELY)))


def _log_odds(probability: float) -> float:
    likely = min(max(probability, _UNLIKELY), 1 - _ROUNDED)
    return float(np.log(likely / (1 - likely)))


class _Lattice:
    """The ways to read a line of parts.

    Args:
        ink: uint8[height, width] of the whole picture.
        parts: of the line, from left to right.
        probabilities: float32[10] of uint8[28, 28].

    Attributes:
        uncut: the parts of the line.
    """

    def __init__(
        self, ink: Grey, parts: Sequence[Part], probabilities: Callable[[Grey], Float]
    ) -> None:
        self._ink = ink
        self._probabilities = probabilities
        self._judge = digit_judge()
        self._line = ScaledLine(ink, parts)
        self.uncut = parts
        self._parts = [] if self._line.is_too_long else list(parts)
        self._runs = set(runs(self._parts))
        self._planes = self._line.planes
        self._opinions = [self._opinion([plane]) for plane in self._planes]

    @property
    def is_clear(self) -> bool:
        """Whether each part is one whole digit, out of doubt."""
        return bool(self._opinions) and min(map(_whole, self._opinions)) > _SURE

    @property
    def size(self) -> int:
        """How many parts there are."""
        return len(self._parts)

    def cut(self) -> None:
        """Cut those of the parts that may be of several digits."""
        height = height_of(self.uncut)
        parts: list[Part] = []
        planes: list[Plane] = []
        opinions: list[Float] = []
        ends = [0]
        for part, plane, opinion in zip(self._parts, self._planes, self._opinions, strict=True):
            own, own_planes, own_opinions = [part], [plane], [opinion]
            if _whole(opinion) <= _SURELY and is_wide(part, height):
                own = digit_centres().parted(part, plane, self._line)
            if len(own) > 1:
                own_planes = [self._line.plane(piece) for piece in own]
                own_opinions = [self._opinion([small]) for small in own_planes]
            parts += own
            planes += own_planes
            opinions += own_opinions
            ends.append(len(parts))
        # Uncut they are candidates, too, in however many parts they are now.
        self._runs = {*runs(parts), *((ends[start], ends[end]) for start, end in self._runs)}
        self._parts, self._planes, self._opinions = parts, planes, opinions

    def _opinion(self, planes: Sequence[Plane]) -> Float:
        return self._judge.opinion(self._line, planes)

    def best_path(self, *, may_be_one: bool) -> tuple[float, list[Segment]]:
        """The score of the likeliest way, and its digits; none where there is no way.

        Args:
            may_be_one: whether all of the line may be one digit.
        """
        n = len(self._parts)
        scores = np.full(n + 1, -np.inf)
        scores[0] = 0
        ways: list[tuple[int, Segment] | None] = [None] * (n + 1)
        for start, end in sorted(self._runs, key=lambda run: run[1]):
            if end - start == n and not may_be_one:
                continue
            if scores[start] == -np.inf or (digit := self._digit(start, end)) is None:
                continue
            score = scores[start] + _score(digit.whole, float(digit.probabilities.max()))
            if score > scores[end]:
                scores[end], ways[end] = score, (start, digit)
        path: list[Segment] = []
        at = n
        while at and (way := ways[at]):
            at = way[0]
            path.append(way[1])
        return float(scores[n]), path[::-1] if at == 0 else []

    def _digit(self, start: int, end: int) -> Segment | None:
        """Some parts as a digit; None where they are hardly one."""
        alone = self._opinions[start:end]
        if end - start == 1:
            opinion = alone[0]
        elif sum(_whole(each) > _SURELY for each in alone) > 1:
            return None
        else:
            opinion = self._opinion(self._planes[start:end])
        whole = _whole(opinion)
        if whole < _HARDLY:
            return None
        part = joined(self._parts[start:end])
        if _is_over_a_dot(part.mask) or _is_beside_a_dash(part.mask):
            return None
        pixels = _placed(self._ink, part)
        probabilities = _of_both(self._probabilities(pixels), opinion)
        return Segment(part.box, pixels, probabilities, whole)


def _whole(opinion: Float) -> float:
    """How likely the judge thinks a run is exactly one whole digit."""
    return 1 - float(opinion[NO_DIGIT])


def _of_both(recognised: Float, opinion: Float) -> Float:
    """The judge, who sees the neighbours' size, has a say: both logarithms are added."""
    both = np.maximum(recognised, _UNLIKELY) ** np.float32(_OWN_SAY)
    both *= np.maximum(opinion[:NO_DIGIT], _UNLIKELY) ** np.float32(_SAY)
    return np.asarray(both / both.sum(), np.float32)


def _placed(ink: Grey, part: Part) -> Grey:
    """A digit's parts alone, with their soft edges, as the recogniser takes them."""
    box = part.box
    around = Box(
        max(box.top - 1, 0),
        min(box.bottom + 1, ink.shape[0]),
        max(box.left - 1, 0),
        min(box.right + 1, ink.shape[1]),
    )
    own = np.zeros((around.bottom - around.top, around.right - around.left), bool)
    top, left = box.top - around.top, box.left - around.left
    own[top : top + part.mask.shape[0], left : left + part.mask.shape[1]] = part.mask
    near = own.copy()
    near[1:] |= own[:-1]
    near[:-1] |= own[1:]
    near[:, 1:] |= near[:, :-1].copy()
    near[:, :-1] |= near[:, 1:].copy()
    return place(np.where(near, ink[around.slices], 0).astype(np.uint8), box.longer_side)
