"""Parts of a digit reshaped: grown and shrunk, moved against each other, prolonged, hooked.

A person still reads the digit: what an end may become depends on the digit, since a nought with a
tail is a six, and a one with a wide hook a seven. All lengths are shares of the digit's height.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.datasets.pen_digits import Stroke
from training.drawings.strokes import resampled


class Ends(NamedTuple):
    """What the ends of a digit may become: for those in its upper half, and in its lower half.

    Attributes:
        tails: how far they may be prolonged.
        hooks: how long a hook at them may be.
        serifs: half the length of a bar across them; 0 for none.
    """

    tails: tuple[float, float]
    hooks: tuple[float, float]
    serifs: tuple[float, float]


ENDS = {
    0: Ends((0.10, 0.05), (0.05, 0.04), (0, 0)),
    1: Ends((0.25, 0.25), (0.10, 0.12), (0.07, 0.22)),
    2: Ends((0.15, 0.35), (0.16, 0.12), (0, 0.10)),
    3: Ends((0.20, 0.15), (0.16, 0.08), (0.12, 0)),
    4: Ends((0.10, 0.25), (0.06, 0.10), (0.06, 0.12)),
    5: Ends((0.25, 0.12), (0.10, 0.08), (0.08, 0)),
    6: Ends((0.30, 0.06), (0.12, 0.05), (0, 0)),
    7: Ends((0.20, 0.25), (0.18, 0.05), (0.14, 0.06)),
    8: Ends((0.08, 0.05), (0.05, 0.04), (0, 0)),
    9: Ends((0.06, 0.35), (0.05, 0.16), (0, 0.10)),
}
"""By digit."""

PARTS = {0: 1.0, 1: 0.5, 2: 0.8, 3: 0.7, 4: 0.55, 5: 0.75, 6: 1.0, 7: 0.6, 8: 1.0, 9: 0.75}
"""How much a digit bears that its parts grow, shrink, slant and move, by digit.

A one with a wide flag is a seven, a seven with a bar at its foot a two, a four that closes a nine.
"""

_INNER = 0.22  # an end so close to the middle, such as that of a flag, stays as it is
_STEEP = 0.7  # sine of a heading; at its foot only a stem gets a serif, not a base line
_STEPS = 33
_EVEN = np.linspace(0, 1, _STEPS)
# Slow waves along a side: which part of it is dense.
_WAVES = np.stack([np.cos(np.pi * k * _EVEN) / k**0.5 for k in (1, 2, 3)])


def uneven(amount: float, rng: Generator) -> NDArray[np.float64]:
    """A random rising map of [0, 1] onto itself, as its values at even steps.

    Args:
        amount: standard deviation of the log of how much a part grows.
        rng: decides.
    """
    growth = np.exp(amount * _bounded(rng, 3) @ _WAVES)
    along = np.concatenate([[0.0], np.cumsum(growth[1:] + growth[:-1])])
    return np.asarray(along / along[-1])


def _bounded(rng: Generator, n: int) -> NDArray[np.float64]:
    """Normal numbers, none beyond 1.6: what lies there a person could not read."""
    return np.clip(rng.standard_normal(n), -1.6, 1.6)


def with_parts_scaled(points: Stroke, amount: float, rng: Generator) -> Stroke:
    """Loops and stems grow and shrink: a rising map of x and one of y, each onto its own range."""
    low = points.min(axis=0)
    spread = np.maximum(np.ptp(points, axis=0), 1e-6)
    place = (points - low) / spread
    maps = [uneven(amount, rng), uneven(amount / 2, rng)]
    y = np.interp(place[:, 1], _EVEN, maps[0])
    x = np.interp(place[:, 0], _EVEN, maps[1])
    return np.asarray(np.stack([x, y], axis=1) * spread + low)


def tapered(points: Stroke, amount: float, rng: Generator) -> Stroke:
    """The upper part wider and the lower one narrower, or the other way round.

    `amount` is the standard deviation of the log of a half's width over the middle's.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    centre = (low + high) / 2
    place = (points[:, 1] - centre[1]) / max(float(high[1] - low[1]), 1e-6) * 2
    upright, middle = amount * _bounded(rng, 2)
    wider = np.exp(upright * place + middle / 2 * (place**2 - 0.5))
    x = centre[0] + (points[:, 0] - centre[0]) * wider
    return np.stack([x, points[:, 1]], axis=1)


def bent(points: Stroke, degrees: float, rng: Generator) -> Stroke:
    """One part slanted, above or below a random height; `degrees` is the standard deviation."""
    height = points[:, 1]
    fold = rng.uniform(-0.25, 0.25)
    part = np.maximum(height - fold, 0) if rng.random() < 0.5 else np.minimum(height - fold, 0)
    shift = np.tan(np.radians(degrees * _bounded(rng, 1))) * part
    return np.stack([points[:, 0] + shift, height], axis=1)


def moved_apart(
    strokes: Sequence[Stroke], shift: float, degrees: float, growth: float, rng: Generator
) -> list[Stroke]:
    """Each stroke shifted, turned and scaled on its own, about its own centre.

    Args:
        strokes: of a digit; a single one stays as it is.
        shift: standard deviation of the shift.
        degrees: that of the turn.
        growth: that of the log of the scale.
        rng: decides.
    """
    if len(strokes) == 1:
        return list(strokes)
    moved = []
    for stroke in strokes:
        centre = (stroke.min(axis=0) + stroke.max(axis=0)) / 2
        by_angle, by_scale, *by = _bounded(rng, 4)
        angle, scale = np.radians(degrees * by_angle), np.exp(growth * by_scale)
        cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
        turned = (stroke - centre) @ np.array([[cos, sin], [-sin, cos]])
        moved.append(turned + centre + shift * np.array(by))
    return moved


def arc(start: Stroke, direction: float, length: float, turn: float, n: int = 8) -> Stroke:
    """A bow that begins at a point, which is not part of it.

    Args:
        start: floating[2].
        direction: in which it begins, in radians; 0 is to the right and grows clockwise.
        length: along it.
        turn: how far its direction changes until its end, in radians.
        n: how many points.
    """
    at = direction + turn * (np.arange(n) + 0.5) / n
    steps = np.stack([np.cos(at), np.sin(at)], axis=1) * (length / n)
    return np.asarray(start + np.cumsum(steps, axis=0))


def direction_of(stroke: Stroke, end: int) -> float:
    """Where a stroke heads at its end (-1) or, walked backwards, at its start (0): in radians."""
    inner = min(4, len(stroke) - 1)
    away = stroke[0] - stroke[inner] if end == 0 else stroke[-1] - stroke[-1 - inner]
    return float(np.arctan2(away[1], away[0]))


def prolonged(stroke: Stroke, end: int, tail: Stroke) -> Stroke:
    """A stroke that goes on, from its end (-1) or backwards from its start (0)."""
    return np.concatenate([tail[::-1], stroke] if end == 0 else [stroke, tail])


def with_flourishes(
    strokes: Sequence[Stroke], label: int, tail: float, chance: float, rng: Generator
) -> list[Stroke]:
    """Ends prolonged in a bow, hooked, or with a bar across, as far as the digit bears it.

    Args:
        strokes: of a digit of height 1 around (0, 0).
        label: which digit it is.
        tail: how much of the longest tail, hook and bar in `ENDS` is used at most.
        chance: of each of these at an end.
        rng: decides.
    """
    ends = ENDS[label]
    sizes = [float(np.ptp(stroke, axis=0).max()) for stroke in strokes]
    written: list[Stroke] = []
    for stroke, size in zip(strokes, sizes, strict=True):
        if len(stroke) < 8 or size < 0.6 * max(sizes):  # a bar, a dot
            written.append(stroke)
            continue
        line = stroke
        for end in (0, -1):
            if abs(stroke[end, 1]) < _INNER:
                continue
            half = int(stroke[end, 1] > 0)
            what = rng.random() / chance
            heading = direction_of(stroke, end)
            if what < 1:
                length = ends.tails[half] * tail * rng.random()
                bow = arc(stroke[end], heading, length, float(np.radians(rng.normal(0, 50))))
                line = prolonged(line, end, bow)
            elif what < 2:
                length = ends.hooks[half] * tail * rng.uniform(0.3, 1)
                turn = np.radians(rng.uniform(60, 140)) * rng.choice([-1, 1])
                hook = arc(stroke[end], heading + turn / 2, length, turn / 2, n=5)
                line = prolonged(line, end, hook)
            elif what < 3 and ends.serifs[half] and (half == 0 or abs(np.sin(heading)) > _STEEP):
                reach = ends.serifs[half] * tail * rng.uniform(0.4, 1)
                written.append(_bar(stroke[end], heading, reach, rng))
        written.append(line)
    return written


def _bar(end: Stroke, heading: float, reach: float, rng: Generator) -> Stroke:
    """Across an end, or level."""
    level = abs(np.sin(heading)) > _STEEP and rng.random() < 0.6
    angle = (0.0 if level else heading + np.pi / 2) + rng.normal(0, 0.12)
    across = np.array([np.cos(angle), np.sin(angle)]) * reach
    shift = across * rng.uniform(-0.4, 0.4)
    return np.linspace(end + shift - across, end + shift + across, 6)


def of_another_device(strokes: Sequence[Stroke], rng: Generator) -> list[Stroke]:
    """As a slow, a coarse, or a smoothing tablet would have sampled it."""
    kind = int(rng.integers(4))
    step = rng.uniform(0.06, 0.16)
    grid = 1 / rng.uniform(16, 40)
    sampled = []
    for stroke in strokes:
        length = float(np.hypot(*np.diff(stroke, axis=0).T).sum())
        n = max(3, round(length / step))
        if len(stroke) < 4 or length < 0.1:
            sampled.append(stroke)
        elif kind == 0:  # few points, through which the page draws its curve
            sampled.append(resampled(stroke, n))
        elif kind == 1:  # few points, joined by straight lines
            sampled.append(resampled_between(resampled(stroke, n), 4))
        elif kind == 2:  # whole pixels of a small field
            sampled.append(np.round(resampled(stroke, 2 * n) / grid) * grid)
        else:
            sampled.append(smoothed(stroke, step / 2 / length))
    return sampled


def resampled_between(corners: Stroke, n: int) -> Stroke:
    """Straight lines of `n` steps from corner to corner, so that smoothing keeps the corners."""
    at = np.linspace(0, len(corners) - 1, n * (len(corners) - 1) + 1)
    return np.stack(
        [np.interp(at, np.arange(len(corners)), corners[:, axis]) for axis in (0, 1)], axis=1
    )


def smoothed(stroke: Stroke, share: float) -> Stroke:
    """The mean over a share of the stroke on both sides of each point; its ends stay."""
    n = 40
    line = resampled(stroke, n)
    reach = max(1, round(share * n))
    padded = np.concatenate(
        [2 * line[0] - line[reach:0:-1], line, 2 * line[-1] - line[-2 : -2 - reach : -1]]
    )
    total = np.cumsum(np.concatenate([np.zeros((1, 2)), padded]), axis=0)
    window = 2 * reach + 1
    return np.asarray((total[window:] - total[:-window]) / window)
