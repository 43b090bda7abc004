"""Which parts of a line are exactly one whole digit, as the committed network says."""

import cv2
import numpy as np
import pytest

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.digit_judge import (
    JUDGE_FILE,
    NO_DIGIT,
    digit_judge,
)
from digit_recognizer.recognition.parts import joined, lines_of_parts
from digit_recognizer.recognition.scaled_line import Plane, ScaledLine
from tests.layers.recognition.test_number import written


def line_of(text: str) -> tuple[Grey, ScaledLine, list[Plane]]:
    ink = np.asarray(written(text))
    (parts,) = lines_of_parts(ink)
    line = ScaledLine(ink, parts)
    return ink, line, [line.plane(part) for part in parts]


def whole(line: ScaledLine, planes: list[Plane]) -> float:
    return 1 - float(digit_judge().opinion(line, planes)[NO_DIGIT])


@pytest.mark.parametrize("text", ["407", "147"])
def test_each_digit_is_whole_and_neighbours_together_are_not(text: str) -> None:
    _, line, planes = line_of(text)
    assert [whole(line, [plane]) > 0.8 for plane in planes] == [True] * 3
    assert whole(line, planes[:2]) < 0.2
    assert whole(line, planes[1:]) < 0.2


def test_half_a_digit_is_none() -> None:
    ink = np.asarray(written("000")).copy()
    (parts,) = lines_of_parts(ink)
    middle = (parts[1].box.left + parts[1].box.right) // 2
    ink[:, middle - 2 : middle + 2] = 0
    (parts,) = lines_of_parts(ink)
    assert len(parts) == 4
    line = ScaledLine(ink, parts)
    left, right = line.plane(parts[1]), line.plane(parts[2])
    assert whole(line, [left, right]) > 0.5
    assert min(whole(line, [left]), whole(line, [right])) < 0.5
    assert line.plane(joined(parts[1:3])).ink.sum() == pytest.approx(
        left.ink.sum() + right.ink.sum(), rel=0.02
    )


def test_a_smiley_is_no_digit() -> None:
    face = np.zeros((200, 400), np.uint8)
    cv2.circle(face, (100, 100), 60, 255, 6)
    cv2.circle(face, (80, 85), 5, 255, -1)
    cv2.circle(face, (120, 85), 5, 255, -1)
    cv2.ellipse(face, (100, 105), (30, 25), 0, 20, 160, 255, 5)
    (parts,) = lines_of_parts(face)
    line = ScaledLine(face, [joined(parts)])
    assert whole(line, [line.plane(joined(parts))]) < 0.5


def test_the_network_is_small() -> None:
    assert JUDGE_FILE.stat().st_size < 130_000
