"""Reading pen strokes and holding writers out."""

import numpy as np
import pytest

from training.datasets.files import SHARED
from training.datasets.pen_digits import (
    WRITER_FOLDS,
    calibration_writers,
    load_pen_digits,
    parse_unipen,
    split_writers,
)

UNIPEN = """
.LEXICON "0" "1"
.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 267  333
 266  342
.PEN_UP
.DT 100
.PEN_DOWN
 10  20
.PEN_UP
.SEGMENT DIGIT    1 ? "3"
.COMMENT 3 7  225
.PEN_DOWN
.PEN_UP
.SEGMENT DIGIT    2 ? "1"
.COMMENT 1 7  226
.PEN_DOWN
 5  6
.PEN_UP
"""


def test_unipen_gives_label_writer_and_strokes_with_y_down() -> None:
    eight, one = parse_unipen(UNIPEN)
    assert (eight.label, eight.writer, len(eight.strokes)) == (8, 12, 2)
    assert np.array_equal(eight.strokes[0], [[267, -333], [266, -342]])
    assert (one.label, one.writer) == (1, 7)


def test_no_writer_is_on_both_sides_of_a_split() -> None:
    digits = parse_unipen(UNIPEN)
    kept, held_out = split_writers(digits, [7])
    assert {digit.writer for digit in kept} == {12}
    assert {digit.writer for digit in held_out} == {7}


def test_every_writer_judges_in_one_of_five_folds_and_calibrates_where_another_one_judges() -> None:
    judging = []
    for held_out in WRITER_FOLDS:
        calibrating = calibration_writers(held_out)
        assert len(set(held_out)) == len(calibrating) + 6 == 9
        judging += [writer for writer in held_out if writer not in calibrating]
    assert sorted(judging) == list(range(1, 31))


@pytest.mark.skipif(not SHARED.exists(), reason="needs the data sets in ../shared/data")
def test_the_pen_set_is_whole() -> None:
    digits = load_pen_digits()
    assert len(digits) == 7494
    assert {digit.writer for digit in digits} == set(range(1, 31))
