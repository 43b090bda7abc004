"""Ink in parts: pieces, and lines of them."""

import cv2
import numpy as np

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.parts import (
    MOST_PARTS,
    Part,
    is_wide,
    joined,
    lines_of_parts,
    with_halves_joined,
)


def drawn(*lines: list[tuple[int, int]], pen: int = 8, size: tuple[int, int] = (200, 400)) -> Grey:
    canvas = np.zeros(size, np.uint8)
    for line in lines:
        cv2.polylines(canvas, [np.array(line, np.int32)], False, 255, pen, cv2.LINE_AA)
    return canvas


def boxes(line: list[Part]) -> list[tuple[int, int]]:
    return [(part.box.left, part.box.right) for part in line]


def test_pieces_side_by_side_come_from_left_to_right() -> None:
    ((first, second, third),) = lines_of_parts(
        drawn([(200, 40), (200, 140)], [(60, 40), (60, 140)], [(300, 45), (300, 150)])
    )
    assert first.box.right < second.box.left < second.box.right < third.box.left


def test_parts_that_are_joined_have_the_ink_of_all() -> None:
    canvas = drawn([(60, 40), (60, 140)], [(100, 60), (100, 150)])
    (line,) = lines_of_parts(canvas)
    whole = joined(line)
    assert whole.box == line[0].box.joined(line[1].box)
    assert whole.mask.sum() == sum(part.mask.sum() for part in line)


def test_a_line_that_slopes_is_one_line() -> None:
    strokes = [[(40 + 60 * k, 20 + 25 * k), (40 + 60 * k, 90 + 25 * k)] for k in range(6)]
    (line,) = lines_of_parts(drawn(*strokes, size=(300, 400)))
    assert len(line) == 6


def test_lines_are_read_from_top_to_bottom() -> None:
    lines = lines_of_parts(
        drawn(
            [(40, 220), (40, 300)],
            [(90, 225), (90, 300)],
            [(45, 40), (45, 120)],
            [(95, 40), (95, 120)],
            size=(340, 200),
        )
    )
    assert [len(line) for line in lines] == [2, 2]
    assert lines[0][0].box.bottom < lines[1][0].box.top


def test_the_lower_half_of_a_digit_is_in_its_line() -> None:
    halves = [[(60, 40), (60, 85)], [(60, 100), (60, 140)]]
    apart = lines_of_parts(drawn(*halves, [(120, 40), (120, 140)]))
    (line,) = with_halves_joined(apart)
    assert len(line) == 3
    assert line[-1].box.left > 100


def test_two_lines_stay_two() -> None:
    rows = [[(60 + 50 * k, y), (60 + 50 * k, y + 80)] for y in (30, 140) for k in range(4)]
    lines = with_halves_joined(lines_of_parts(drawn(*rows, size=(260, 300))))
    assert [len(line) for line in lines] == [4, 4]


def test_a_bar_over_a_digit_belongs_to_it() -> None:
    body, bar = [(60, 60), (60, 100), (90, 110), (60, 150)], [(62, 40), (88, 40)]
    (line,) = lines_of_parts(drawn(body, bar, [(160, 40), (160, 150)]))
    assert len(line) == 2
    assert line[0].box.top < 40


def test_dirt_is_no_part() -> None:
    canvas = drawn([(60, 40), (60, 140)])
    canvas[20:23, 300:303] = 255
    assert [len(line) for line in lines_of_parts(canvas)] == [1]


def test_of_too_many_pieces_there_are_no_lines() -> None:
    canvas = np.zeros((300, 900), np.uint8)
    canvas[10:290:20, 10:890:20] = 255
    assert (canvas > 0).sum() > MOST_PARTS
    assert lines_of_parts(canvas) == []


def test_a_stem_is_not_of_several_digits_and_a_ring_may_be() -> None:
    ((stem,),) = lines_of_parts(drawn([(60, 40), (60, 140)]))
    ((triangle,),) = lines_of_parts(drawn([(60, 40), (110, 140), (20, 140), (60, 40)]))
    assert not is_wide(stem, 108)
    assert is_wide(triangle, 108)
