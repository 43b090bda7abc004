"""Which examples there are: many variants of every digit, and drawings that are none.

Rendering costs more than a training step, so each digit gets a fixed number of variants, made once
(see `rendering`); an epoch then draws from them. The same seed gives the same examples in the same
order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.mnist import NOT_A_DIGIT, Images, between
from training.datasets.pen_digits import PenDigit, by_writer
from training.drawings.augmentation import (
    mnist_variant_of_any_hand,
    mnist_variant_of_any_pen,
    pen_variant,
)
from training.drawings.between import CONFUSED, drawing_between
from training.drawings.grid import CELLS, STYLE_CELLS, drawing
from training.drawings.non_digits import EVALUATION_KINDS, evaluation_non_digit, training_non_digit
from training.drawings.rendering import Part, rendered
from training.drawings.styles import Style, written


@dataclass(frozen=True)
class Examples:
    """Variants of digits.

    Attributes:
        x: uint8[items, variants, 28, 28].
        y: the labels, uint8[items].
        key: changes when the data, the augmentation or `normalise` do.
    """

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]
    key: str

    def epoch(self, number: int, repeats: int) -> tuple[Grey, NDArray[np.uint8]]:
        """`repeats` variants of every item, other ones each epoch until all were seen."""
        items, variants = self.x.shape[:2]
        # Each item walks through its variants from a place of its own.
        places = np.arange(items)[:, None] + number * repeats + np.arange(repeats)
        x = self.x[np.arange(items)[:, None], places % variants]
        return x.reshape(-1, SIDE, SIDE), np.repeat(self.y, repeats)


def mnist_examples(mnist: Images, variants: int, seed: int) -> Examples:
    """Warped variants of MNIST's training pictures."""
    return warped_examples("mnist", mnist, variants, seed, mnist_variant_of_any_hand)


def redrawn_mnist_examples(mnist: Images, variants: int, seed: int) -> Examples:
    """Variants of MNIST's training pictures, some drawn again with the page's pens."""
    return warped_examples("mnist-redrawn", mnist, variants, seed, mnist_variant_of_any_pen)


def plain_mnist_examples(mnist: Images) -> Examples:
    """MNIST's training pictures as they are."""

    def variant(item: int, rng: Generator) -> Grey:
        return normalise(mnist.x[item])

    return _together([rendered("mnist-plain", len(mnist.y), 1, 0, variant)], mnist.y)


def pen_examples(digits: Sequence[PenDigit], variants: int, seed: int) -> Examples:
    """Pen digits written and drawn anew, writer by writer: holding out others reuses the rest."""
    parts, labels = [], []
    for writer, own in by_writer(digits).items():

        def variant(item: int, rng: Generator, own: Sequence[PenDigit] = own) -> Grey:
            return pen_variant(own[item], rng)

        parts.append(rendered(f"writer-{writer}", len(own), variants, seed, variant))
        labels += [digit.label for digit in own]
    return _together(parts, np.array(labels, np.uint8))


def non_digit_examples(
    digits: Sequence[PenDigit], a_writer: int, variants: int, seed: int
) -> Examples:
    """Drawings that are no digit; each writer lends the digits that stand side by side."""
    parts = []
    for writer, own in by_writer(digits).items():

        def variant(item: int, rng: Generator, own: Sequence[PenDigit] = own) -> Grey:
            return training_non_digit(own, rng)

        parts.append(rendered(f"non-digits-{writer}", a_writer, variants, seed, variant))
    labels = np.full(a_writer * len(parts), NOT_A_DIGIT, np.uint8)
    return _together(parts, labels)


def examples_between(
    digits: Sequence[PenDigit], a_writer: int, variants: int, seed: int
) -> Examples:
    """Drawings between two digits that are easily confused, both of the same writer.

    Raises:
        ValueError: no writer wrote both digits of any such pair.
    """
    parts, labels = [], []
    for writer, own in by_writer(digits).items():
        known = {digit.label for digit in own}
        pairs = [pair for pair in CONFUSED if known.issuperset(pair)]
        if not pairs:
            continue

        def variant(
            item: int,
            rng: Generator,
            own: Sequence[PenDigit] = own,
            pairs: Sequence[tuple[int, int]] = pairs,
        ) -> Grey:
            return drawing_between(pairs[item % len(pairs)], own, rng)

        parts.append(rendered(f"between-{writer}", a_writer, variants, seed, variant))
        labels += [between(*pairs[item % len(pairs)]) for item in range(a_writer)]
    if not parts:
        raise ValueError("No writer wrote both digits of a pair that is easily confused.")
    return _together(parts, np.array(labels, np.uint8))


def grid_examples(digits: Sequence[PenDigit], seed: int) -> Examples:
    """Every digit in every cell of the grid, as variants in the order of `CELLS`."""
    n = len(CELLS)

    def variant(item: int, rng: Generator) -> Grey:
        return normalise(drawing(digits[item // n].strokes, CELLS[item % n], rng))

    part = rendered("grid", n * len(digits), 1, seed, variant)
    labels = np.array([digit.label for digit in digits], np.uint8)
    return Examples(part.x.reshape(len(digits), n, SIDE, SIDE), labels, part.key)


def style_examples(
    digits: Sequence[PenDigit], styles: Sequence[Style], a_style: int, seed: int
) -> Examples:
    """Drawings in each style, by turns of all writers of `digits`, with pens that keep it."""
    rng = np.random.default_rng(seed)
    made = [
        (style.digit, strokes)
        for style in styles
        for _, strokes in written(style, digits, a_style, rng)
    ]

    def variant(item: int, rng: Generator) -> Grey:
        cell = STYLE_CELLS[int(rng.integers(len(STYLE_CELLS)))]
        return normalise(drawing(made[item][1], cell, rng))

    part = rendered("styles", len(made), 1, seed, variant)
    return _together([part], np.array([digit for digit, _ in made], np.uint8))


def unseen_non_digits(digits: Sequence[PenDigit], n: int, seed: int) -> Examples:
    """Drawings that are no digit as evaluation makes them, its kinds by turns."""

    def variant(item: int, rng: Generator) -> Grey:
        return evaluation_non_digit(EVALUATION_KINDS[item % len(EVALUATION_KINDS)], digits, rng)

    part = rendered("non-digits-unseen", n, 1, seed, variant)
    return _together([part], np.full(n, NOT_A_DIGIT, np.uint8))


def warped_examples(
    name: str,
    images: Images,
    variants: int,
    seed: int,
    warp: Callable[[Grey, Generator], Grey],
) -> Examples:
    """Variants of pictures in MNIST's form."""

    def variant(item: int, rng: Generator) -> Grey:
        return warp(images.x[item], rng)

    return _together([rendered(name, len(images.y), variants, seed, variant)], images.y)


def _together(parts: Sequence[Part], y: NDArray[np.uint8]) -> Examples:
    x = parts[0].x if len(parts) == 1 else np.concatenate([part.x for part in parts])
    return Examples(x, y, "".join(part.key for part in parts))
