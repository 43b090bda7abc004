"""Digits that touch, told apart by the committed network."""

import cv2
import numpy as np
import pytest

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.digit_centres import (
    CENTRES_COLUMNS,
    CENTRES_FILE,
    digit_centres,
    view_of,
)
from digit_recognizer.recognition.parts import Part, joined, lines_of_parts
from digit_recognizer.recognition.scaled_line import ScaledLine
from tests.layers.recognition.test_parts import drawn

SEVEN = [(60, 40), (110, 40), (80, 140)]
ZERO = [(int(134 + 28 * np.cos(a)), int(92 + 48 * np.sin(a))) for a in np.linspace(0, 6.3, 40)]


def part_of(canvas: Grey) -> tuple[Part, ScaledLine]:
    ((part,),) = lines_of_parts(canvas)
    return part, ScaledLine(canvas, [part])


def parted(canvas: Grey) -> list[Part]:
    part, line = part_of(canvas)
    return digit_centres().parted(part, line.planes[0], line)


def share_of(stroke: list[tuple[int, int]], part: Part) -> float:
    """How much of a stroke lies in a part."""
    ink = drawn(stroke, pen=4, size=(200, 600)) > 0
    return float((ink[part.box.slices] & part.mask).sum() / ink.sum())


def test_two_that_touch_and_reach_over_each_other_are_two() -> None:
    canvas = drawn(SEVEN, ZERO)
    left, right = parted(canvas)
    assert left.box.right > right.box.left
    assert share_of(SEVEN, left) > 0.8
    assert share_of(ZERO, right) > 0.8


@pytest.mark.parametrize("n", [3, 5])
def test_of_many_that_touch_each_is_one(n: int) -> None:
    rings = [[(x + 64 * k, y) for x, y in ZERO] for k in range(n)]
    parts = parted(drawn(*rings, size=(200, 560)))
    assert len(parts) == n
    assert [share_of(ring, part) > 0.8 for ring, part in zip(rings, parts, strict=True)] == [
        True
    ] * n


@pytest.mark.parametrize(
    "stroke", [SEVEN, ZERO, [(130, 40), (70, 100), (150, 100), (140, 60), (135, 150)]]
)
def test_one_digit_is_one_part(stroke: list[tuple[int, int]]) -> None:
    canvas = drawn(stroke)
    (part,) = parted(canvas)
    assert part.box == part_of(canvas)[0].box


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_have_all_ink_and_none_twice(seed: int) -> None:
    points = np.random.default_rng(seed).integers(30, 170, (12, 2)) * [2, 1]
    canvas = drawn([(int(x), int(y)) for x, y in points], SEVEN, ZERO)
    part, _ = part_of(canvas)
    parts = parted(canvas)
    assert len(parts) > 1
    assert sum(int(each.mask.sum()) for each in parts) == int(part.mask.sum())
    assert np.array_equal(joined(parts).mask, part.mask)


def test_what_is_wide_is_seen_in_windows_that_overlap_by_half() -> None:
    rings = [[(x + 64 * k, y) for x, y in ZERO] for k in range(5)]
    part, line = part_of(drawn(*rings, size=(200, 560)))
    view = view_of(line.planes[0], line)
    beyond = view.pixels.shape[1] - CENTRES_COLUMNS
    assert beyond > 0
    assert beyond % (CENTRES_COLUMNS // 2) == 0
    assert view.pixels.shape[1] >= line.planes[0].ink.shape[1]
    assert part.box.right - part.box.left > 200


def test_the_size_of_the_picture_does_not_matter() -> None:
    canvas = drawn(SEVEN, ZERO)
    large = np.asarray(cv2.resize(canvas, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR))
    shares = [[part.mask.sum() for part in parted(each)] for each in (canvas, large)]
    assert len(shares[0]) == len(shares[1]) == 2
    assert shares[1][0] / shares[0][0] == pytest.approx(16, rel=0.15)


def test_the_network_is_small() -> None:
    assert CENTRES_FILE.stat().st_size < 500_000
