"""Hands that write a digit anew: today's writers', other people's, and strange ones.

`distort` changes the strokes themselves: slant, aspect, wobble, ends, gaps, and in stronger hands
the parts of the digit against each other (see `reshaping`). What a person could not read is of no
use, so the hands' ranges were set by looking at sheets of their drawings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from training.datasets.pen_digits import Stroke
from training.drawings.reshaping import (
    PARTS,
    bent,
    moved_apart,
    of_another_device,
    tapered,
    with_flourishes,
    with_parts_scaled,
)
from training.drawings.strokes import resampled, scaled, shaken, transformed


@dataclass(frozen=True)
class Distortion:
    """How far `distort` may go; lengths are shares of the digit's height."""

    rotation: float = 9.0  # degrees, uniform on both sides
    slant: float = 22.0  # degrees; less of a digit that is turned by more than 9
    stretch: float = 0.28  # log of width over height
    warp: float = 0.05  # standard deviation of the knots of a smooth displacement field
    wobble: float = 0.015  # standard deviation of a shaky hand
    loose: float = 0.03  # standard deviation of a stroke's own shift
    overshoot: float = 0.10  # longest extension of an end
    trim: float = 0.10  # longest loss of an end
    gap: float = 0.10  # probability of a gap in a stroke
    parts: float = 0.0  # standard deviation of the log of how much a part grows
    taper: float = 0.0  # standard deviation of the log of a half's width
    bend: float = 0.0  # standard deviation of the slant of one part, degrees
    apart: float = 0.0  # standard deviation of a stroke's own shift, where there are several
    turned: float = 0.0  # standard deviation of a stroke's own turn, degrees
    grown: float = 0.0  # standard deviation of the log of a stroke's own scale
    flourish: float = 0.0  # probability of a tail, of a hook and of a serif at an end
    tail: float = 0.0  # how long they are at most, as a share of what the digit bears
    device: float = 0.0  # probability of another device's sampling


MILD = Distortion()
STRONG = Distortion(
    rotation=24,
    stretch=0.40,
    warp=0.06,
    parts=0.22,
    taper=0.18,
    bend=8,
    apart=0.035,
    turned=5,
    grown=0.08,
    flourish=0.12,
    tail=0.8,
    device=0.2,
)
STRANGE = Distortion(
    rotation=28,
    stretch=0.46,
    warp=0.065,
    wobble=0.018,
    trim=0.12,
    parts=0.36,
    taper=0.30,
    bend=11,
    apart=0.045,
    turned=7,
    grown=0.12,
    flourish=0.2,
    tail=1.1,
    device=0.35,
)

HANDS: tuple[tuple[float, Distortion], ...] = ((0.6, MILD), (0.3, STRONG), (0.1, STRANGE))
"""How often a digit is written by which hand: what serves strangers best (docs/model/ideas.md)."""

_WIDER: dict[int | None, float] = {
    1: 0.28,
    7: 0.33,
}  # log of width over height: wider, a one is a seven, a seven a two
_SLANTED_TOO = 9.0  # degrees of rotation from which the slant is limited


def written_anew(strokes: Sequence[Stroke], label: int, rng: Generator) -> list[Stroke]:
    """Write a digit in one of `HANDS`; returns strokes of about height 1 around (0, 0)."""
    number = int(rng.choice(len(HANDS), p=[share for share, _ in HANDS]))
    return distort(strokes, rng, HANDS[number][1], label)


def distort(
    strokes: Sequence[Stroke], rng: Generator, limits: Distortion, label: int | None = None
) -> list[Stroke]:
    """Write a drawing anew, in another hand; returns strokes of about height 1 around (0, 0).

    Args:
        strokes: of any scale.
        rng: decides.
        limits: how far it may go.
        label: which digit it is; None for other drawings, whose ends get no tails and hooks.
    """
    hand: list[Stroke] = scaled(strokes, 1.0)
    hand = [_with_other_ends(stroke, rng, limits) for stroke in hand]
    bears = 1.0 if label is None else PARTS[label]
    if limits.apart:
        apart = (limits.apart * bears, limits.turned * bears, limits.grown * bears)
        hand = moved_apart(hand, *apart, rng)
    if limits.flourish and label is not None:
        hand = with_flourishes(hand, label, limits.tail, limits.flourish, rng)
    hand = [piece for stroke in hand for piece in _with_gap(stroke, rng, limits.gap)]
    points = np.concatenate(hand)
    if limits.parts:
        points = with_parts_scaled(points, limits.parts * bears, rng)
        points = bent(tapered(points, limits.taper * bears, rng), limits.bend * bears, rng)
    points = points + _bilinear(rng.normal(0, limits.warp, (4, 4, 2)), points)
    hand = np.split(points, np.cumsum([len(stroke) for stroke in hand])[:-1])
    hand = [stroke + rng.normal(0, limits.loose * rng.random(), 2) for stroke in hand]
    hand = shaken(hand, limits.wobble * rng.random(), rng)
    slant = rng.uniform(-limits.slant, limits.slant)
    wider = min(limits.stretch, _WIDER.get(label, limits.stretch))
    stretch = float(np.exp(rng.uniform(-limits.stretch, wider)))
    rotation = rng.uniform(-limits.rotation, limits.rotation)
    slant *= _SLANTED_TOO / max(_SLANTED_TOO, abs(rotation))
    hand = transformed(hand, slant, stretch, rotation)
    if limits.device and rng.random() < limits.device:
        hand = of_another_device(hand, rng)
    return hand


def _with_other_ends(stroke: Stroke, rng: Generator, limits: Distortion) -> Stroke:
    """Each end a little longer or shorter than it was written."""
    if len(stroke) < 4:
        return stroke
    line = resampled(stroke, 48)
    for end in (0, -1):
        chance = rng.random()
        if chance < 0.3:  # shorter
            lost = int(rng.random() * limits.trim * len(line))
            line = line[lost:] if end == 0 else line[: len(line) - lost]
        elif chance < 0.6:  # longer, straight on
            inner = 3 if end == 0 else -4
            direction = line[end] - line[inner]
            direction = direction / max(float(np.hypot(*direction)), 1e-6)
            tip = line[end] + direction * rng.random() * limits.overshoot
            line = np.concatenate([[tip], line] if end == 0 else [line, [tip]])
    return line.astype(np.float32)


def _with_gap(stroke: Stroke, rng: Generator, probability: float) -> list[Stroke]:
    """Sometimes the pen leaves the paper for a moment."""
    if len(stroke) < 16 or rng.random() > probability:
        return [stroke]
    at = int(rng.integers(6, len(stroke) - 6))
    length = int(rng.integers(1, 4))
    return [stroke[:at], stroke[at + length :]]


def _bilinear(knots: Stroke, points: Stroke) -> Stroke:
    """Values of a field given at the knots of a square grid over [-0.6, 0.6]², at points."""
    last = len(knots) - 1
    place = np.clip((points + 0.6) / 1.2, 0, 0.999) * last
    cell = place.astype(int)
    fx, fy = (place - cell).T[:, :, None]
    x, y = cell.T
    upper = knots[y, x] * (1 - fx) + knots[y, x + 1] * fx
    lower = knots[y + 1, x] * (1 - fx) + knots[y + 1, x + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)
