"""Numbers that are written by code, and what the networks learn from them that read numbers."""

from itertools import pairwise

import numpy as np
import pytest

from digit_recognizer.recognition.digit_centres import CENTRES_COLUMNS, CENTRES_ROWS, FAINT
from digit_recognizer.recognition.digit_judge import JUDGE_COLUMNS, JUDGE_ROWS, NO_DIGIT
from digit_recognizer.recognition.scaled_line import LINE
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit
from training.drawings.centre_examples import CentreExamples, centre_examples
from training.drawings.judge_examples import JudgeExamples, judge_examples
from training.drawings.no_numbers import NO_NUMBERS, judging_no_number, training_no_number
from training.drawings.numbers import HEIGHT, Spacing, WrittenNumber, written_number

ZERO = [(15 + 14 * np.cos(a), 25 + 24 * np.sin(a)) for a in np.linspace(-1.6, 4.8, 40)]
DIGITS = [
    PenDigit(0, 7, (np.array(ZERO, np.float32),)),
    PenDigit(1, 7, (np.array([(5, 10), (12, 1), (12, 49)], np.float32),)),
    PenDigit(7, 7, (np.array([(1, 2), (30, 2), (12, 50)], np.float32),)),
]


def number(length: int, spacing: Spacing, seed: int = 1) -> WrittenNumber:
    return written_number(DIGITS, length, spacing, np.random.default_rng(seed))


@pytest.mark.parametrize("gap", [0.3, 0.05, -0.05])
@pytest.mark.parametrize("seed", range(4))
def test_boxes_are_as_far_apart_as_asked(gap: float, seed: int) -> None:
    written = number(4, Spacing(gap), seed)
    spans = []
    for k in range(4):
        columns = np.flatnonzero(written.drawn_alone(k).max(axis=0) > 127)
        spans.append((columns[0], columns[-1] + 1))
    for (_, right), (left, _) in pairwise(spans):
        assert left - right == pytest.approx(gap * HEIGHT, abs=2.5)


def test_what_touches_mostly_has_common_ink_and_what_is_nested_hardly_ever() -> None:
    def overlaps(gap: float, seed: int) -> bool:
        written = number(2, Spacing(gap, nested=True), seed)
        one, other = (written.drawn_alone(k) > 64 for k in range(2))
        return bool((one & other).any())

    # Not always: narrow ones stay a step apart, and it is measured along rows only.
    assert sum(overlaps(-0.04, seed) for seed in range(12)) >= 9
    assert sum(overlaps(0.08, seed) for seed in range(12)) <= 2


def test_the_digits_together_are_the_number() -> None:
    written = number(3, Spacing(0.1))
    together = np.max([written.drawn_alone(k) for k in range(3)], axis=0)
    assert np.abs(together.astype(int) - written.drawn()).mean() < 0.1
    assert len(written.text) == 3
    smaller = written.resized(0.5)
    assert smaller.drawn().shape == tuple(int(np.ceil(side / 2)) for side in written.size)
    assert abs(smaller.drawn().mean() - written.drawn().mean()) < 3


@pytest.mark.parametrize("kind", [*NO_NUMBERS, "training"])
def test_what_is_no_number_has_ink_and_is_the_same_for_the_same_seed(kind: str) -> None:
    def drawn(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        if kind == "training":
            canvas = training_no_number(DIGITS, rng)
        else:
            canvas = judging_no_number(kind, DIGITS, rng)
        assert canvas.max() > 200
        return canvas.tobytes()

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.fixture(scope="module")
def examples() -> JudgeExamples:
    rng = np.random.default_rng(0)
    squares = np.zeros((4, 28, 28), np.uint8)
    squares[:, 6:22, 10 : 10 + 5] = rng.integers(150, 255, (4, 16, 5))
    return judge_examples(DIGITS, Images(squares, np.ones(4, np.uint8)), 50, 3)


def test_the_judge_sees_runs_and_which_digit_they_are(examples: JudgeExamples) -> None:
    assert examples.x.shape[1:] == (JUDGE_ROWS, JUDGE_COLUMNS, 2)
    assert len(examples.x) == len(examples.y) > 100
    assert set(examples.y.tolist()) == {0, 1, 7, NO_DIGIT}
    assert (examples.x[..., 0].max(axis=(1, 2)) > 0).all()


def test_a_whole_one_is_shown_as_a_stem(examples: JudgeExamples) -> None:
    widths = {
        digit: np.mean(
            [np.count_nonzero(view.max(axis=0)) for view in examples.x[examples.y == digit, ..., 0]]
        )
        for digit in (0, 1)
    }
    assert widths[1] < widths[0]


@pytest.fixture(scope="module")
def centres() -> CentreExamples:
    squares = np.full((4, 28, 28), 0, np.uint8)
    squares[:, 6:22, 8:20] = 220
    return centre_examples(DIGITS, Images(squares, np.ones(4, np.uint8)), 50, 3)


def test_the_middle_of_a_digit_lies_at_one_column_for_all_of_its_ink(
    centres: CentreExamples,
) -> None:
    assert centres.x.shape[1:] == (CENTRES_ROWS, CENTRES_COLUMNS, 2)
    assert centres.y.shape == centres.x.shape
    assert len(centres.x) >= 40
    counts = centres.y[..., 1]
    assert counts.min() == 0
    assert counts.max() == 1
    assert (centres.x[..., 0][counts > 0] >= FAINT).all()
    middles = centres.y[..., 0] * LINE + np.arange(CENTRES_COLUMNS) + 0.5
    several = 0
    for middle, count in zip(middles, counts, strict=True):
        columns = np.unique(np.round(middle[count > 0.9], 2))
        several += len(columns) > 1
        assert 1 <= len(columns) <= 5
    assert several > len(middles) / 4
