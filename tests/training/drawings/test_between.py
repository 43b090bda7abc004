"""Drawings between two digits."""

from pathlib import Path

import numpy as np
import pytest

from training.datasets.mnist import between
from training.datasets.pen_digits import PenDigit
from training.drawings import rendering
from training.drawings.between import morphed
from training.drawings.examples import examples_between

LINE = np.linspace([0.0, 0], [0, 80], 20, dtype=np.float32)
ANGLE = np.concatenate(
    [np.linspace([0.0, 0], [40, 0], 10), np.linspace([40.0, 0], [10, 80], 20)]
).astype(np.float32)
BAR = np.linspace([0.0, 40], [35, 40], 6, dtype=np.float32)


def test_a_share_of_nothing_or_of_all_is_one_of_the_two() -> None:
    for share, own in ((0.0, [LINE]), (1.0, [ANGLE, BAR])):
        strokes = morphed([LINE], [ANGLE, BAR], share)
        assert len(strokes) == len(own)
        spread = np.ptp(np.concatenate(own), axis=0) / 80
        assert np.ptp(np.concatenate(strokes), axis=0) == pytest.approx(spread, abs=0.02)


def test_what_is_half_way_lies_between() -> None:
    (strokes,) = morphed([LINE], [ANGLE], 0.5)
    assert np.ptp(strokes[:, 0]) == pytest.approx(0.25, abs=0.05)


def test_the_examples_are_of_one_writers_digits_and_say_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "CACHE", tmp_path)
    digits = [PenDigit(label, 1, (LINE, ANGLE)) for label in (2, 7, 3)]
    some = examples_between([*digits, PenDigit(5, 2, (LINE,))], 4, 2, 1)
    assert some.x.shape == (4, 2, 28, 28)
    assert some.y.tolist() == [between(2, 3), between(2, 7)] * 2
    with pytest.raises(ValueError, match="No writer wrote both digits"):
        examples_between(digits[:1], 4, 2, 1)
