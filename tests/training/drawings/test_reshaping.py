"""Parts of a digit reshaped, and what stays as it was."""

import numpy as np
import pytest

from training.drawings.reshaping import (
    ENDS,
    bent,
    moved_apart,
    of_another_device,
    prolonged,
    smoothed,
    tapered,
    uneven,
    with_flourishes,
    with_parts_scaled,
)

ARC = np.linspace(0, np.pi, 30)
BOW = np.stack([np.cos(ARC) * 0.3, np.linspace(-0.5, 0.5, 30)], axis=1)
BAR = np.linspace([-0.2, 0.1], [0.2, 0.1], 10)


@pytest.mark.parametrize("amount", [0.0, 0.2, 1.0])
def test_an_uneven_map_rises_from_0_to_1(amount: float) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        values = uneven(amount, rng)
        assert (values[0], values[-1]) == (0, 1)
        assert (np.diff(values) > 0).all()
    if not amount:
        assert values == pytest.approx(np.linspace(0, 1, len(values)))


def test_parts_grow_at_the_cost_of_others_in_the_same_order() -> None:
    scaled = with_parts_scaled(BOW, 0.4, np.random.default_rng(2))
    assert scaled.min(axis=0) == pytest.approx(BOW.min(axis=0))
    assert scaled.max(axis=0) == pytest.approx(BOW.max(axis=0))
    assert (np.diff(scaled[:, 1]) > 0).all()
    assert np.abs(scaled - BOW).max() > 0.02


def test_tapering_and_bending_leave_heights_alone() -> None:
    rng = np.random.default_rng(3)
    for reshaped in (tapered(BOW, 0.3, rng), bent(BOW, 12, rng)):
        assert np.array_equal(reshaped[:, 1], BOW[:, 1])
        assert np.abs(reshaped[:, 0] - BOW[:, 0]).max() > 0.01


def test_only_several_strokes_can_move_apart() -> None:
    rng = np.random.default_rng(4)
    (alone,) = moved_apart([BOW], 0.1, 9, 0.1, rng)
    assert np.array_equal(alone, BOW)
    moved = moved_apart([BOW, BAR], 0.1, 9, 0.1, rng)
    assert all(np.abs(a - b).max() > 0.01 for a, b in zip(moved, [BOW, BAR], strict=True))


@pytest.mark.parametrize("label", range(10))
def test_no_end_grows_further_than_the_digit_bears(label: int) -> None:
    tails, hooks, serifs = ENDS[label]
    longest = max(*tails, *hooks, *(1.4 * serif for serif in serifs))
    rng = np.random.default_rng(5)
    grown = 0.0
    for _ in range(200):
        points = np.concatenate(with_flourishes([BOW], label, 1.0, 0.33, rng))
        distances = np.linalg.norm(points[:, None] - BOW[None], axis=2).min(axis=1)
        grown = max(grown, float(distances.max()))
    assert 0 < grown <= longest + 1e-6


def test_a_bar_beside_a_stem_gets_no_hooks() -> None:
    rng = np.random.default_rng(6)
    for _ in range(50):
        assert any(
            np.array_equal(stroke, BAR) for stroke in with_flourishes([BOW, BAR], 7, 1, 0.33, rng)
        )


def test_a_stroke_goes_on_from_either_end() -> None:
    tail = np.array([[2.0, 0], [3, 0]])
    stroke = np.array([[0.0, 0], [1, 0]])
    assert prolonged(stroke, -1, tail)[:, 0].tolist() == [0, 1, 2, 3]
    assert prolonged(stroke, 0, -tail)[:, 0].tolist() == [-3, -2, 0, 1]


def test_smoothing_keeps_the_ends_and_cuts_corners() -> None:
    corner = np.array([[0.0, 0], [1, 0], [1, 1]])
    smooth = smoothed(corner, 0.1)
    assert smooth[0] == pytest.approx(corner[0])
    assert smooth[-1] == pytest.approx(corner[-1])
    assert np.linalg.norm(smooth - corner[1], axis=1).min() > 0.05


def test_another_device_draws_about_the_same_line() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        (sampled,) = of_another_device([BOW], rng)
        distances = np.linalg.norm(sampled[:, None] - BOW[None], axis=2).min(axis=1)
        assert distances.max() < 0.1
        assert len(sampled) >= 3
