"""Drawings of writers whom no training has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.model import built_in
from training.datasets.pen_digits import PenDigit, load_pen_digits, split_writers
from training.drawings.grid import CELLS, drawing


@dataclass(frozen=True)
class Drawn:
    """A drawing with its label, who gave it, and how many days after the first ones."""

    canvas: Grey
    label: int | Literal["NaN"]
    contributor: str
    day: int = 0


@lru_cache(maxsize=1)
def held_out_digits() -> tuple[list[PenDigit], list[PenDigit]]:
    """Digits of the writers who give feedback, and of those who judge: no training has seen either.

    Of both halves (calibration and judging writers) every second one gives.
    """
    held_out = built_in().card["configuration"]["held_out"]
    _, unseen = split_writers(load_pen_digits(), held_out)
    giving = [digit for digit in unseen if digit.writer in held_out[::2]]
    return giving, [digit for digit in unseen if digit.writer in held_out[1::2]]


def plain(digits: Sequence[PenDigit], n: int, rng: Generator) -> list[Drawn]:
    """`n` drawings as these writers draw, in any cell of the grid."""
    chosen = [digits[int(k)] for k in rng.integers(len(digits), size=n)]
    return [
        Drawn(
            drawing(digit.strokes, CELLS[int(rng.integers(len(CELLS)))], rng),
            digit.label,
            contributor_of(digit.writer, k),
        )
        for k, digit in enumerate(chosen)
    ]


def contributor_of(writer: int, drawing: int) -> str:
    """A name as the page gives one: each of the few writers draws in eight browsers by turns."""
    return f"writer-{writer:08}-{drawing // 4 % 8:07}"
