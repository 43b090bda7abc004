"""Ways of writing a digit that no training shows, made from writers' own strokes.

A retraining is tried on them: corrections of some writers, then drawings of others.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from training.augmentation import PEN_LIMITS
from training.datasets import PenDigit, Stroke
from training.strokes import distort, scaled

Style = Callable[[PenDigit], list[Stroke]]


def two_bars(digit: PenDigit) -> list[Stroke]:
    """A seven crossed twice."""
    hand = scaled(digit.strokes, 1.0)
    stem = np.concatenate(hand)
    bars = []
    for height in (0.02, 0.24):
        x = float(stem[np.abs(stem[:, 1] - height).argmin(), 0])
        bars.append(_line((x - 0.3, height + 0.02), (x + 0.3, height - 0.02)))
    return [*hand, *bars]


def lightning(digit: PenDigit) -> list[Stroke]:
    """A four in one go, as a bolt of lightning: down to the left, to the right, down."""
    points = np.concatenate(scaled(digit.strokes, 1.0))
    top = points[points[:, 1].argmin()]
    bottom = points[points[:, 1].argmax()]
    left = points[points[:, 0].argmin()]
    left = np.array([min(left[0], top[0] - 0.25), 0.1])
    right = np.array([max(points[:, 0].max(), left[0] + 0.5), -0.05])
    corners = [top, left, right, np.array([min(bottom[0], right[0] - 0.15), 0.5])]
    return [_line(*(tuple(corner) for corner in corners))]


def on_a_base_line(digit: PenDigit) -> list[Stroke]:
    """A one over a long line."""
    hand = scaled(digit.strokes, 1.0)
    return [*hand, _line((-0.55, 0.62), (0.55, 0.6))]


def slashed(digit: PenDigit) -> list[Stroke]:
    """A nought struck through from corner to corner."""
    return [*scaled(digit.strokes, 1.0), _line((0.42, -0.6), (-0.42, 0.6))]


def like_a_v(digit: PenDigit) -> list[Stroke]:
    """A seven as Arabic writes it: two lines that meet at the foot."""
    points = np.concatenate(scaled(digit.strokes, 1.0))
    foot = points[points[:, 1].argmax()]
    left, right = points[:, 0].min(), points[:, 0].max()
    foot_x = float(np.clip(foot[0], left + 0.25 * (right - left), right - 0.25 * (right - left)))
    return [_line((left - 0.1, -0.5), (foot_x, 0.5), (right + 0.1, -0.5))]


def like_a_barred_z(digit: PenDigit) -> list[Stroke]:
    """A two of three straight lines, with a bar through the middle one."""
    left, right = _sides(digit)
    foot = [(left, -0.5), (right, -0.5), (left, 0.5), (right, 0.5)]
    bar = 0.35 * (right - left)
    return [_line(*foot), _line((-bar, 0.02), (bar, -0.02))]


STYLES: dict[str, tuple[int, Style]] = {
    "sevens with two bars": (7, two_bars),
    "fours like lightning": (4, lightning),
    "ones over a base line": (1, on_a_base_line),
    "slashed noughts": (0, slashed),
    "sevens like a V": (7, like_a_v),
    "twos like a barred Z": (2, like_a_barred_z),
}
"""By name: the digit and how it is written."""


def written(
    name: str, digits: Sequence[PenDigit], n: int, rng: Generator
) -> list[tuple[int, list[Stroke]]]:
    """`n` digits in a style, each with its writer, by turns from all writers of `digits`."""
    label, style = STYLES[name]
    own: dict[int, list[PenDigit]] = {}
    for digit in digits:
        if digit.label == label:
            own.setdefault(digit.writer, []).append(digit)
    writers = sorted(own)
    made = []
    for k in range(n):
        writer = writers[k % len(writers)]
        digit = own[writer][int(rng.integers(len(own[writer])))]
        styled = PenDigit(label, writer, tuple(style(digit)))
        made.append((writer, distort(styled.strokes, rng, PEN_LIMITS)))
    return made


def _sides(digit: PenDigit) -> tuple[float, float]:
    """How far a digit of height 1 goes to the left and to the right; a third at least."""
    points = np.concatenate(scaled(digit.strokes, 1.0))
    return min(float(points[:, 0].min()), -0.17), max(float(points[:, 0].max()), 0.17)


def _line(*corners: tuple[float, ...]) -> Stroke:
    """Straight lines from corner to corner, of so many points that smoothing keeps them."""
    points = np.array(corners, np.float32)
    at = np.linspace(0, len(points) - 1, 12 * (len(points) - 1) + 1)
    return np.stack(
        [np.interp(at, np.arange(len(points)), points[:, axis]) for axis in (0, 1)], axis=1
    ).astype(np.float32)
