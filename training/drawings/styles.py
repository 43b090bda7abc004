"""Ways of writing a digit, made from writers' own strokes: families that a person reads at once.

A training shows TRAINING_STYLES and never HELD_OUT_STYLES: these are asked for when a model is
judged, and some of them are what a retraining is tried on (STYLES): corrections of some writers,
then drawings of others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.hands import MILD, distort
from training.drawings.reshaping import (
    arc,
    direction_of,
    prolonged,
    resampled_between,
    smoothed,
)
from training.drawings.strokes import resampled, scaled

Write = Callable[[PenDigit, Generator], list[Stroke]]


@dataclass(frozen=True)
class Style:
    """A way of writing a digit.

    Attributes:
        name: of the family.
        digit: that it is.
        seen: what a person sees.
        write: makes it of a digit's own strokes; height 1 around (0, 0), about.
    """

    name: str
    digit: int
    seen: str
    write: Write


def of_digit(digit: int, styles: Sequence[Style]) -> list[Style]:
    """The styles of a digit."""
    return [style for style in styles if style.digit == digit]


# 0


def struck_through(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A nought and a line from corner to corner."""
    return [*_hand(digit), _line((0.42, -0.6), (-0.42, 0.6))]


def curled_in(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """The end of the ring goes on within it."""
    *others, ring = _by_length(digit)
    ring = resampled(ring, 48)
    end = -1
    heading = direction_of(ring, end)
    inwards = np.sign(_turning(ring))
    bow = arc(ring[end], heading + 0.5 * inwards, rng.uniform(0.2, 0.4), 1.5 * inwards)
    return [*others, prolonged(ring, end, bow)]


def not_closed(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """The ring's ends do not meet."""
    *others, ring = _by_length(digit)
    ring = resampled(ring, 48)
    lost = int(rng.integers(1, 3))
    return [*others, ring[lost:-lost]]


# 1


def on_a_base_line(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A one over a long line."""
    return [*_hand(digit), _line((-0.55, 0.62), (0.55, 0.6))]


def on_a_foot(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A foot across its lower end, and mostly a flag at the upper one."""
    top, bottom = _stem_of_one(digit)
    reach = rng.uniform(0.1, 0.24)
    foot = bottom + np.array([rng.uniform(-0.05, 0.05), 0])
    marks = [_line((foot[0] - reach, foot[1]), (foot[0] + reach, foot[1] - 0.02))]
    if rng.random() < 0.7:
        length, steep = rng.uniform(0.1, 0.28), np.radians(rng.uniform(35, 70))
        flag = top + np.array([-np.cos(steep), np.sin(steep)]) * length
        return [_line(tuple(flag), tuple(top), tuple(bottom)), *marks]
    return [_line(tuple(top), tuple(bottom)), *marks]


def with_a_long_flag(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A flag that comes down steeply from its top."""
    top, bottom = _stem_of_one(digit)
    length, steep = rng.uniform(0.35, 0.6), np.radians(rng.uniform(50, 65))
    flag = top + np.array([-np.cos(steep), np.sin(steep)]) * length
    return [_line(tuple(flag), tuple(top), tuple(bottom))]


# 2


def barred_z(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Three straight lines, and a bar through the middle one."""
    left, right = _sides(digit)
    foot = [(left, -0.5), (right, -0.5), (left, 0.5), (right, 0.5)]
    bar = 0.35 * (right - left)
    return [_line(*foot), _line((-bar, 0.02), (bar, -0.02))]


def looped_at_the_foot(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A small loop where the stem meets the base."""
    *others, line = _by_length(digit)
    line = resampled(line, 48)
    at = int((line[:, 1] - 0.7 * line[:, 0]).argmax())
    radius = rng.uniform(0.07, 0.12)
    round_ = np.linspace(0.75 * np.pi, -1.25 * np.pi, 14)
    loop = np.stack([np.cos(round_) * 1.3, np.sin(round_) * 0.8], axis=1) * radius
    loop += line[at] - loop[0]
    return [*others, np.concatenate([line[:at], loop, line[at + 1 :]])]


def on_a_long_base(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Its base runs on to the right, waved or straight."""
    *others, line = _by_length(digit)
    line = resampled(line, 48)
    length = rng.uniform(0.25, 0.55)
    t = np.linspace(0.1, 1, 10)
    wave = rng.uniform(-0.06, 0.06) * np.sin(np.pi * t) + rng.uniform(-0.08, 0.08) * t
    base = line[-1] + np.stack([length * t, wave], axis=1)
    return [*others, np.concatenate([line, base])]


# 3


def flat_topped(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A level line and a slanting one above its own lower bow."""
    line = _one_line(digit)
    notch = _notch(line)
    at = line[notch]
    left = (at[0] - rng.uniform(0.1, 0.25), -0.5 + rng.uniform(-0.04, 0.04))
    right = (max(float(line[:notch, 0].max()), at[0] + 0.3), -0.5)
    return [np.concatenate([_line(left, right, tuple(at)), line[notch + 1 :]])]


def small_above(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A tiny upper bow over a wide lower one."""
    line = _one_line(digit)
    notch = _notch(line)
    height = float(line[notch, 1])
    line = _parted(line, height, rng.uniform(0.22, 0.32))
    return [_narrowed_above(line, float(line[notch, 1]), rng.uniform(0.4, 0.65))]


def small_below(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A tiny lower bow under a wide upper one."""
    line = _one_line(digit) * (1, -1)
    height = float(line[_notch(line), 1])
    line = _parted(line, height, rng.uniform(0.22, 0.32))
    return [_narrowed_above(line, height, rng.uniform(0.4, 0.65)) * (1, -1)]


def bows_apart(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Two bows, one above the other, that do not touch."""
    line = _one_line(digit)
    notch = _notch(line)
    gap = np.array([rng.uniform(-0.06, 0.06), rng.uniform(0.06, 0.14)])
    return [line[: notch + 1], line[notch:] + gap]


# 4


def lightning(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """In one go, as a bolt of lightning: down to the left, to the right, down."""
    points = np.concatenate(_hand(digit))
    top = points[points[:, 1].argmin()]
    bottom = points[points[:, 1].argmax()]
    left = points[points[:, 0].argmin()]
    left = np.array([min(left[0], top[0] - 0.25), 0.1])
    right = np.array([max(points[:, 0].max(), left[0] + 0.5), -0.05])
    corners = [top, left, right, np.array([min(bottom[0], right[0] - 0.15), 0.5])]
    return [_line(*(tuple(corner) for corner in corners))]


def stem_apart(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """An angle, and a stem that stands off it, higher or lower."""
    angle, stem = _angle_and_stem(digit, rng)
    reach = angle[-1, 0] - angle[:, 0].min()
    to = angle[-1, 0] - rng.uniform(-0.04, 0.35) * reach
    shift = np.array([to - stem[:, 0].mean(), rng.uniform(-0.12, 0.15)])
    return [angle, stem + shift]


def long_barred(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A bar that runs far beyond a short stem."""
    angle, stem = _angle_and_stem(digit, rng)
    beyond = max(angle[-1, 0], float(stem[:, 0].max())) + rng.uniform(0.2, 0.42)
    bar = (beyond, angle[-1, 1] + rng.uniform(-0.06, 0.04))
    bar_line = _line(tuple(angle[-1]), bar)[1:]
    foot, head = stem[:, 1].max(), stem[:, 1].min()
    short = rng.uniform(0.7, 1.0)
    shorter = np.stack(
        [stem[:, 0], foot - (foot - head) * short + (stem[:, 1] - head) * short], axis=1
    )
    shorter[:, 1] -= rng.uniform(0, 0.1)
    return [np.concatenate([angle, bar_line]), shorter]


# 5


def crossed_by_its_top(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Its top is a second stroke, which crosses the stem."""
    top, body = _top_and_body(digit)
    across = rng.uniform(0.08, 0.2)
    height = float(body[:, 1].min()) + rng.uniform(0.05, 0.13)
    right = max(float(top[:, 0].max()), body[0, 0] + 0.25)
    tilt = rng.uniform(-0.05, 0.05)
    return [body, _line((body[0, 0] - across, height + tilt), (right, height - tilt))]


def top_apart(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Its top is a second stroke, which floats above the rest."""
    top, body = _top_and_body(digit)
    shift = np.array([rng.uniform(0.0, 0.18), rng.uniform(-0.15, -0.05)])
    return [body, top + shift]


def small_bowled(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A tall stem over a tiny bowl."""
    top, body = _top_and_body(digit)
    bulge = int(body[:, 0].argmax())
    start = float(body[: bulge + 1, 1].min() + 0.6 * np.ptp(body[: bulge + 1, 1]))
    stem_share = rng.uniform(0.6, 0.72)
    small = rng.uniform(0.4, 0.6)
    x = body[0, 0]

    def shrunk(line: Stroke) -> Stroke:
        line = _parted(line, min(start, 0.1), stem_share) * (1, -1)
        below = np.clip((line[:, 1] - 0.5 + stem_share) / -0.1, 0, 1)
        return np.stack([x + (line[:, 0] - x) * (1 - below * (1 - small)), -line[:, 1]], axis=1)

    return [shrunk(top), shrunk(body)]


def like_an_s(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """In one go, without corners."""
    top, body = _top_and_body(digit)
    if np.hypot(*(top[0] - body[0])) < np.hypot(*(top[-1] - body[0])):
        top = top[::-1]
    return [smoothed(np.concatenate([top, body]), rng.uniform(0.1, 0.14))]


# 6


def long_stemmed(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A long stem with a tiny loop."""
    line = _one_line(digit)
    loop = int(0.5 * len(line)) + int(line[int(0.5 * len(line)) :, 1].argmin())
    height = float(np.clip(line[loop, 1], -0.15, 0.2))
    stem = int(np.abs(line[: len(line) // 2, 1] - height).argmin())
    line = _parted(line, height, rng.uniform(0.64, 0.77))
    height = float(line[stem, 1])
    small = rng.uniform(0.42, 0.65)
    below = np.clip((line[:, 1] - height) / 0.1 + 1, 0, 1)
    x = line[stem, 0] + (line[:, 0] - line[stem, 0]) * (1 - below * (1 - small))
    return [np.stack([x, line[:, 1]], axis=1)]


def like_a_b(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A straight stem and a loop at its right."""
    line = _one_line(digit)
    lowest = int(line[:, 1].argmax())
    left = int(line[: lowest + 1, 0].argmin())
    foot = line[left]
    top = (foot[0] + rng.uniform(-0.02, 0.12), -0.5)
    return [np.concatenate([_line(top, (foot[0], max(foot[1], 0.1))), line[left + 1 :]])]


# 7


def two_bars(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Crossed twice."""
    hand = _hand(digit)
    stem = np.concatenate(hand)
    bars = []
    for height in (0.02, 0.24):
        x = float(stem[np.abs(stem[:, 1] - height).argmin(), 0])
        bars.append(_line((x - 0.3, height + 0.02), (x + 0.3, height - 0.02)))
    return [*hand, *bars]


def like_a_v(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """As Arabic writes it: two lines that meet at the foot."""
    points = np.concatenate(_hand(digit))
    foot = points[points[:, 1].argmax()]
    left, right = points[:, 0].min(), points[:, 0].max()
    foot_x = float(np.clip(foot[0], left + 0.25 * (right - left), right - 0.25 * (right - left)))
    return [_line((left - 0.1, -0.5), (foot_x, 0.5), (right + 0.1, -0.5))]


def hooked_at_the_left(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A hook hangs down from the left end of its top."""
    seven, bars = _seven_and_bars(digit)
    hook = seven[0] + np.array(
        [[rng.uniform(-0.06, 0.05), rng.uniform(0.14, 0.3)], [rng.uniform(-0.03, 0.03), 0.08]]
    )
    hooked = np.concatenate([resampled_between(np.stack([*hook, seven[0]]), 4), seven[1:]])
    if rng.random() < 0.4:
        bars = [_bar_at(seven, rng.uniform(0.1, 0.3), rng.uniform(0.14, 0.28), 0.0)]
    return [hooked, *bars]


def low_barred(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Crossed far below the middle."""
    seven, _ = _seven_and_bars(digit)
    height = rng.uniform(0.15, 0.3)
    return [seven, _bar_at(seven, height, rng.uniform(0.14, 0.28), rng.uniform(-0.05, 0.05))]


def curl_barred(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Crossed by a curl."""
    seven, _ = _seven_and_bars(digit)
    bar = _bar_at(seven, rng.uniform(0.0, 0.28), rng.uniform(0.2, 0.3), 0.0)
    wave = np.sin(np.linspace(0, 2 * np.pi, len(bar))) * rng.uniform(0.05, 0.09)
    return [seven, bar + np.stack([np.zeros(len(bar)), -wave], axis=1)]


# 8


def one_loop_narrow(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """One loop narrow and mostly small, the other one full."""
    share = rng.uniform(0.3, 0.5)
    slim = rng.uniform(0.36, 0.6)
    upside = 1 if rng.random() < 0.7 else -1  # the lower one, seldom
    turned = [stroke * (1, upside) for stroke in _hand(digit)]
    narrow = [_narrowed_above(_parted(stroke, 0.0, share), share - 0.5, slim) for stroke in turned]
    return [stroke * (1, upside) for stroke in narrow]


def open_above(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """The ends do not meet."""
    *others, line = _by_length(digit)
    line = resampled(line, 64)
    lost = int(rng.integers(1, 5))
    return [*others, line[lost // 2 : -lost]]


def two_rings(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Two rings, one above the other."""
    points = np.concatenate(_hand(digit))
    rings = []
    for side in (-1, 1):
        half = points[side * points[:, 1] > 0]
        wide = max(float(np.ptp(half[:, 0])) / 2, 0.12)
        start = rng.uniform(0, 2 * np.pi)
        angle = start + np.linspace(0, 2 * np.pi + rng.uniform(-0.2, 0.4), 30)
        ring = np.stack([np.cos(angle) * wide, np.sin(angle) * 0.24], axis=1)
        middle = (half[:, 0].min() + half[:, 0].max()) / 2
        rings.append(ring + np.array([middle, side * rng.uniform(0.23, 0.28)]))
    return rings


# 9


def tail_to_the_left(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Its tail runs far to the left."""
    *others, line = _by_length(digit)
    line = resampled(line, 48)
    end = -1 if line[-1, 1] > line[0, 1] else 0
    bow = _bezier(
        line[end],
        line[end] + np.array([rng.uniform(-0.12, 0.0), rng.uniform(0.1, 0.2)]),
        line[end] + np.array([-rng.uniform(0.45, 0.85), rng.uniform(-0.02, 0.18)]),
    )
    return [*others, prolonged(line, end, bow)]


def small_looped(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """A tiny loop on a long stem."""
    line = np.concatenate(_hand(digit))  # a loop and a stem, if there are two strokes
    line = resampled(line if line[-1, 1] > line[0, 1] else line[::-1], 64)
    loop = line[: len(line) // 2]
    height = float(np.clip(loop[:, 1].max(), -0.2, 0.15))
    stem = len(loop) + int(np.abs(line[len(loop) :, 1] - height).argmin())
    line = _parted(line, height, rng.uniform(0.22, 0.34))
    height, x = float(line[stem, 1]), line[stem, 0]
    small = rng.uniform(0.35, 0.6)
    above = np.clip((height - line[:, 1]) / 0.1 + 1, 0, 1)
    return [np.stack([x + (line[:, 0] - x) * (1 - above * (1 - small)), line[:, 1]], axis=1)]


def like_a_g(digit: PenDigit, rng: Generator) -> list[Stroke]:
    """Its tail curls up at the left."""
    *others, line = _by_length(digit)
    line = resampled(line, 48)
    end = -1 if line[-1, 1] > line[0, 1] else 0
    wide, deep = rng.uniform(0.25, 0.45), rng.uniform(0.15, 0.25)
    angle = np.linspace(0, np.pi * rng.uniform(0.85, 1.15), 12)[1:]
    curl = np.stack([(np.cos(angle) - 1) * wide / 2, np.sin(angle) * deep], axis=1)
    return [*others, prolonged(line, end, line[end] + curl)]


TRAINING_STYLES: tuple[Style, ...] = (
    Style("noughts curled in", 0, "the end of the ring goes on within it", curled_in),
    Style("noughts not closed", 0, "the ring's ends do not meet", not_closed),
    Style("ones on a foot", 1, "a serif at the foot, mostly a flag at the top", on_a_foot),
    Style("ones with a long flag", 1, "a steep flag, half as long as the stem", with_a_long_flag),
    Style("twos looped at the foot", 2, "a loop where stem and base meet", looped_at_the_foot),
    Style("twos on a long base", 2, "the base runs on to the right", on_a_long_base),
    Style("flat-topped threes", 3, "a level line above a lower bow", flat_topped),
    Style("threes small above", 3, "a tiny upper bow", small_above),
    Style("fours with the stem apart", 4, "the stem stands off the angle", stem_apart),
    Style("long-barred fours", 4, "the bar runs far beyond the stem", long_barred),
    Style("fives crossed by their top", 5, "the top is a stroke across", crossed_by_its_top),
    Style("fives with the top apart", 5, "the top floats above the rest", top_apart),
    Style("long-stemmed sixes", 6, "a long stem with a tiny loop", long_stemmed),
    Style("sevens hooked at the left", 7, "a hook hangs from the top's end", hooked_at_the_left),
    Style("low-barred sevens", 7, "a bar far below the middle", low_barred),
    Style("eights with a narrow loop", 8, "one loop is hardly more than a line", one_loop_narrow),
    Style("eights open above", 8, "the ends do not meet", open_above),
    Style("nines with a tail to the left", 9, "the tail runs far left", tail_to_the_left),
)
"""What a training shows, in some of a pen digit's variants."""

_TO_LEARN: tuple[Style, ...] = (
    Style("sevens with two bars", 7, "crossed twice", two_bars),
    Style("fours like lightning", 4, "a bolt in one go", lightning),
    Style("ones over a base line", 1, "a long line below", on_a_base_line),
    Style("slashed noughts", 0, "struck through from corner to corner", struck_through),
    Style("sevens like a V", 7, "as Arabic writes it", like_a_v),
    Style("twos like a barred Z", 2, "straight lines, a bar through the middle", barred_z),
)

HELD_OUT_STYLES: tuple[Style, ...] = (
    Style("threes of two bows", 3, "two bows that do not touch", bows_apart),
    Style("threes small below", 3, "a tiny lower bow", small_below),
    Style("fives with a tiny bowl", 5, "a tall stem, a tiny bowl", small_bowled),
    Style("fives like an S", 5, "in one go, without corners", like_an_s),
    Style("sixes like a b", 6, "a straight stem, a loop at its right", like_a_b),
    Style("curl-barred sevens", 7, "a curl across the stem", curl_barred),
    Style("eights of two rings", 8, "a ring above a ring", two_rings),
    Style("nines with a tiny loop", 9, "a tiny loop on a long stem", small_looped),
    Style("nines like a g", 9, "the tail curls up at the left", like_a_g),
    *_TO_LEARN,
)
"""What no training shows: a model is judged on them."""

STYLES: dict[str, Style] = {style.name: style for style in _TO_LEARN}
"""The held-out styles that a retraining is to learn, by name: hardly any model knows them."""


def written(
    style: Style, digits: Sequence[PenDigit], n: int, rng: Generator
) -> list[tuple[int, list[Stroke]]]:
    """`n` digits in a style, each with its writer, by turns from all writers of `digits`."""
    own: dict[int, list[PenDigit]] = {}
    for digit in digits:
        if digit.label == style.digit:
            own.setdefault(digit.writer, []).append(digit)
    writers = sorted(own)
    made = []
    for k in range(n):
        writer = writers[k % len(writers)]
        digit = own[writer][int(rng.integers(len(own[writer])))]
        made.append((writer, distort(style.write(digit, rng), rng, MILD)))
    return made


def _hand(digit: PenDigit) -> list[Stroke]:
    return scaled(digit.strokes, 1.0)


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def _by_length(digit: PenDigit) -> list[Stroke]:
    """The strokes at height 1, the longest one last."""
    return sorted(_hand(digit), key=_length)


def _one_line(digit: PenDigit) -> Stroke:
    """The longest stroke at height 1, of 64 points, begun at its upper end."""
    line = resampled(_by_length(digit)[-1], 64)
    line = line[::-1] if line[0, 1] > line[-1, 1] + 0.3 else line
    return scaled([line], 1.0)[0]


def _stem_of_one(digit: PenDigit) -> tuple[Stroke, Stroke]:
    """The top and the bottom of a one's stem: floating[2] each."""
    points = np.concatenate(_hand(digit))
    # A one may lie: then it is less tall than wide.
    low = points[points[:, 1] > min(0.4, float(points[:, 1].max()) - 0.05)]
    return points[points[:, 1].argmin()], np.array([np.median(low[:, 0]), 0.5])


def _turning(line: Stroke) -> float:
    """By how many radians a line turns from its start to its end, clockwise."""
    steps = np.diff(line, axis=0)
    angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return float(angles[-1] - angles[0])


def _notch(line: Stroke) -> int:
    """Where a three's bows meet: its leftmost point about the middle."""
    middle = np.flatnonzero(np.abs(line[:, 1] + 0.05) < 0.2)
    middle = middle[(middle > 8) & (middle < len(line) - 8)]
    if not len(middle):
        return len(line) // 2
    return int(middle[line[middle, 0].argmin()])


def _parted(line: Stroke, at: float, above: float) -> Stroke:
    """What is above a height takes a share of all, what is below the rest."""
    y = np.interp(line[:, 1], [-0.5, at, 0.5], [-0.5, above - 0.5, 0.5])
    return np.stack([line[:, 0], y], axis=1)


def _narrowed_above(line: Stroke, at: float, factor: float) -> Stroke:
    """The part above a height narrower by a factor, about the middle of the whole."""
    share = np.clip((at - line[:, 1]) / 0.12 + 0.5, 0, 1)
    middle = (line[:, 0].min() + line[:, 0].max()) / 2
    x = middle + (line[:, 0] - middle) * (1 - share * (1 - factor))
    return np.stack([x, line[:, 1]], axis=1)


def _top_and_body(digit: PenDigit) -> tuple[Stroke, Stroke]:
    """A five's top and its body, each a stroke; the body begins where the two meet."""
    hand = _by_length(digit)
    if len(hand) > 1:
        body, top = resampled(hand[-1], 48), resampled(hand[-2], 12)
        if body[0, 1] > body[-1, 1]:
            body = body[::-1]
        return top, body
    line = resampled(hand[0], 64)
    corner = 4 + int((line[4:28, 0] + line[4:28, 1]).argmin())
    return line[: corner + 1], line[corner:]


def _angle_and_stem(digit: PenDigit, rng: Generator) -> tuple[Stroke, Stroke]:
    """A four's angle, which ends at the right, and its stem; two strokes at height 1."""
    left, right = _sides(digit)
    hand = _hand(digit)
    if len(hand) == 2:
        upright = [float(np.ptp(stroke[:, 1]) - np.ptp(stroke[:, 0])) for stroke in hand]
        stem, angle = hand[int(np.argmax(upright))], hand[int(np.argmin(upright))]
        if angle[0, 1] > angle[-1, 1]:
            angle = angle[::-1]
        if np.ptp(stem[:, 1]) > 0.35 and np.ptp(angle, axis=0).min() > 0.15:
            return resampled(angle, 40), resampled(stem, 20)
    middle = rng.uniform(0.05, 0.15)
    angle = _line((left * 0.3, -0.45), (left, middle), (right, middle - 0.03))
    return angle, _line((right * 0.6, -0.2), (right * 0.5, 0.5))


def _seven_and_bars(digit: PenDigit) -> tuple[Stroke, list[Stroke]]:
    """A seven begun at its upper left, and its bars."""
    *others, seven = _by_length(digit)
    seven = resampled(seven, 48)
    if seven[0, 1] > seven[-1, 1]:
        seven = seven[::-1]
    bars = [other for other in others if abs(other[:, 1].mean()) < 0.3]
    return seven, bars


def _bar_at(stem: Stroke, height: float, reach: float, tilt: float) -> Stroke:
    """A bar across a stem, so far to both sides."""
    lower = stem[len(stem) // 2 :]
    x = float(lower[np.abs(lower[:, 1] - height).argmin(), 0])
    return _line((x - reach, height + tilt), (x + reach, height - tilt))


def _bezier(start: Stroke, control: Stroke, end: Stroke) -> Stroke:
    """A quadratic Bézier curve without its first point."""
    t = np.linspace(0, 1, 13)[1:, None]
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end)


def _sides(digit: PenDigit) -> tuple[float, float]:
    """How far a digit of height 1 goes to the left and to the right; a third at least."""
    points = np.concatenate(_hand(digit))
    return min(float(points[:, 0].min()), -0.17), max(float(points[:, 0].max()), 0.17)


def _line(*corners: tuple[float, ...]) -> Stroke:
    """Straight lines from corner to corner, of so many points that smoothing keeps them."""
    return resampled_between(np.array(corners, np.float32), 12).astype(np.float32)
