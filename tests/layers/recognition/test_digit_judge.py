"""Which parts of a line are exactly one whole digit, as the committed network says."""

import cv2
import numpy as np
import pytest

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.digit_judge import (
    JUDGE_COLUMNS,
    JUDGE_FILE,
    JUDGE_ROWS,
    NO_DIGIT,
    JudgedLine,
    Plane,
    digit_judge,
)
from digit_recognizer.recognition.oversegmentation import joined, lines_of_parts
from tests.layers.recognition.test_number import written


def line_of(text: str) -> tuple[Grey, JudgedLine, list[Plane]]:
    ink = np.asarray(written(text))
    (parts,) = lines_of_parts(ink)
    line = JudgedLine(ink, parts)
    return ink, line, [line.plane(part) for part in parts]


def whole(line: JudgedLine, planes: list[Plane]) -> float:
    return 1 - float(digit_judge().opinion(line.seen(planes))[NO_DIGIT])


def test_what_is_seen_is_the_parts_and_apart_from_them_the_rest() -> None:
    _, line, planes = line_of("407")
    view = line.seen(planes[:1])
    assert view.shape == (JUDGE_ROWS, JUDGE_COLUMNS, 2)
    assert view[..., 0].max() > 200
    assert view[..., 1].max() > 200
    own = np.flatnonzero(view[..., 0].max(axis=0) > 60)
    rest = np.flatnonzero(view[..., 1].max(axis=0) > 60)
    assert own[-1] < rest[0]
    rows = np.flatnonzero(view[..., 0].max(axis=1) > 60)
    assert 20 <= rows[-1] - rows[0] + 1 <= 26


def test_a_picture_of_any_size_is_seen_alike() -> None:
    views = []
    for height in (40, 90, 200):
        ink = np.asarray(written("407", height=height))
        (parts,) = lines_of_parts(ink)
        line = JudgedLine(ink, parts)
        views.append(line.seen([line.plane(parts[1])]).astype(int))
    for view in views[1:]:
        assert np.abs(view - views[0]).mean() < 12


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
    line = JudgedLine(ink, parts)
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
    line = JudgedLine(face, [joined(parts)])
    assert whole(line, [line.plane(joined(parts))]) < 0.5


def test_the_network_is_small() -> None:
    assert JUDGE_FILE.stat().st_size < 130_000


@pytest.mark.parametrize("width", [400, 4000])
def test_a_long_dash_is_not_even_looked_at(width: int) -> None:
    ink = np.zeros((60, width + 40), np.uint8)
    ink[30:32, 20 : 20 + width] = 255
    (parts,) = lines_of_parts(ink)
    line = JudgedLine(ink, parts)
    assert line.is_too_long
    assert line.planes == []
