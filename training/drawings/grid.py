"""The grid of drawings that the recogniser is judged on: heights, pen widths and places."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.strokes import CANVAS, draw, scaled

HEIGHTS = (60, 90, 140, 200, 250)
WIDTHS = (4, 8, 14, 20, 28)
PLACES = ("centre", "random")


class Cell(NamedTuple):
    """How tall a digit is drawn, how wide the pen is (pixels of the canvas), and where."""

    height: int
    width: int
    place: str


CELLS = tuple(
    Cell(height, width, place)
    for height in HEIGHTS
    for width in WIDTHS
    for place in PLACES
    if width <= height / 4
)

STYLE_CELLS = tuple(cell for cell in CELLS if cell.width <= 0.1 * cell.height)
"""Where strange styles are drawn: a wider pen fills the tiny loop that makes a style."""


def drawing(strokes: Sequence[Stroke], cell: Cell, rng: Generator) -> NDArray[np.uint8]:
    """Draw strokes as a cell says: uint8[280, 280], white ink on black."""
    lines = scaled(strokes, cell.height)
    return draw(lines, cell.width, centre_of(lines, cell, rng))


def centre_of(lines: Sequence[Stroke], cell: Cell, rng: Generator) -> tuple[float, float]:
    """Where on the canvas (0, 0) of scaled strokes comes to lie, so that no ink leaves it."""
    if cell.place == "centre":
        return CANVAS / 2, CANVAS / 2
    reach = np.abs(np.concatenate(lines)).max(axis=0) + cell.width / 2 + 1
    room = np.maximum(CANVAS / 2 - reach, 0)
    x, y = CANVAS / 2 + rng.uniform(-room, room)
    return float(x), float(y)


def drawn_on_grid(digits: Sequence[PenDigit], rng: Generator) -> NDArray[np.uint8]:
    """Each digit once, in a random cell, normalised: uint8[n, 28, 28]."""

    def drawn() -> Iterator[NDArray[np.uint8]]:
        for digit in digits:
            cell = CELLS[int(rng.integers(len(CELLS)))]
            yield normalise(drawing(digit.strokes, cell, rng))

    return np.stack(list(drawn()))
