"""Style families: what each is, and the wall between those trained on and those held out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import numpy as np
import pytest

from training.datasets.files import SHARED
from training.datasets.pen_digits import PenDigit, load_pen_digits
from training.drawings import augmentation
from training.drawings.augmentation import pen_variant
from training.drawings.between import CONFUSED, drawing_between
from training.drawings.non_digits import training_non_digit
from training.drawings.styles import (
    HELD_OUT_STYLES,
    STYLES,
    TRAINING_STYLES,
    Style,
    of_digit,
    written,
)

ALL = (*TRAINING_STYLES, *HELD_OUT_STYLES)


@pytest.fixture(scope="module")
def digits() -> list[PenDigit]:
    """Some writers' digits; ten of each label."""
    if not (SHARED / "pendigits-train.unp").exists():
        pytest.skip("needs ../shared/data")
    own = load_pen_digits()
    return [each for label in range(10) for each in [d for d in own if d.label == label][::70]]


def code_of(style: Style) -> CodeType:
    code: CodeType = style.write.__code__
    return code


@contextmanager
def what_runs() -> Iterator[set[CodeType]]:
    """All functions of Python that are entered meanwhile."""
    entered: set[CodeType] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            entered.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield entered
    finally:
        sys.setprofile(None)


def test_the_drawings_of_a_training_show_every_training_style_and_none_held_out(
    digits: list[PenDigit], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    with what_runs() as entered:
        for share in (augmentation.STYLED, 0.8):
            monkeypatch.setattr(augmentation, "STYLED", share)
            for k in range(2 * len(digits)):
                pen_variant(digits[k % len(digits)], rng)
        for k in range(60):
            training_non_digit(digits, rng)
            drawing_between(CONFUSED[k % len(CONFUSED)], digits, rng)
    assert {style.name for style in TRAINING_STYLES if code_of(style) not in entered} == set()
    assert {style.name for style in HELD_OUT_STYLES if code_of(style) in entered} == set()


def test_no_style_is_on_both_sides_of_the_wall() -> None:
    for key in (lambda style: style.name, code_of):
        assert not {key(style) for style in TRAINING_STYLES} & {
            key(style) for style in HELD_OUT_STYLES
        }
    assert len({style.name for style in ALL}) == len(ALL)
    assert len({code_of(style) for style in ALL}) == len(ALL)
    assert set(STYLES.values()) < set(HELD_OUT_STYLES)


def test_each_digit_has_a_style_to_train_on_and_at_least_four_more_families_are_held_out() -> None:
    assert all(of_digit(digit, TRAINING_STYLES) for digit in range(10))
    assert len(set(HELD_OUT_STYLES) - set(STYLES.values())) >= 4


@pytest.mark.parametrize("style", ALL, ids=lambda style: style.name)
def test_a_style_changes_what_any_writer_wrote_and_stays_a_drawing(
    style: Style, digits: list[PenDigit]
) -> None:
    rng = np.random.default_rng(2)
    for digit in (each for each in digits if each.label == style.digit):
        points = np.concatenate(style.write(digit, rng))
        assert np.isfinite(points).all()
        assert 0.3 < np.ptp(points, axis=0).max() < 2.2
        plain = np.concatenate(digit.strokes)
        assert points.shape != plain.shape or not np.allclose(points, plain)
    made = written(style, digits, 12, rng)
    assert len({writer for writer, _ in made}) > 1
