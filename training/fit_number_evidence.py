"""Fit what makes some digits a number: `make fit-number-evidence`.

A logistic regression (Cox 1958) of `segmentation.Evidence`, on drawings by the calibration writers:
rows of digits, and what is no number (single digits, words, sums, signatures, scribbles). It prints
the weights that `segmentation` has, and how many of each kind are taken for a number from which
threshold on. Words and their letters are those that training shows.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Float, Grey, Mask
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.number import ink_of, may_be_several
from digit_recognizer.recognition.pictures import read_picture
from digit_recognizer.recognition.preprocessing import normalised
from digit_recognizer.recognition.segmentation import candidate
from training.datasets.mnist import load_mnist
from training.datasets.pen_digits import (
    PenDigit,
    by_writer,
    calibration_writers,
    load_pen_digits,
    split_writers,
)
from training.drawings.grid import CELLS, drawing
from training.drawings.no_numbers import judging_no_number, training_no_number
from training.drawings.numbers import SPACINGS, written_number
from training.drawings.strokes import draw, scaled
from training.drawings.styles import STYLES, TRAINING_STYLES, written
from training.evaluation.renditions import plain

_LENGTHS = (2, 3, 5)
_NO_NUMBER_COUNTS = 3.0  # times what a number does
_STEPS = 40  # of Newton's method
_SEED = 78


class Drawing(NamedTuple):
    """A picture, and what it says; nothing where it is no number."""

    kind: str
    text: str
    canvas: Grey


class Seen(NamedTuple):
    """What is found in a drawing that may be a number: is it one, rightly read, and why."""

    kind: str
    right: bool
    evidence: Float


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser("fit_number_evidence", description=__doc__)
    parser.add_argument("--each", type=int, default=300, help="numbers of each length and spacing")
    each = parser.parse_args().each
    classifier = Classifier(built_in())
    held_out = built_in().card["configuration"]["held_out"]
    _, own = split_writers(load_pen_digits(), calibration_writers(held_out))
    rng = np.random.default_rng(_SEED)
    drawings = [numbers(own, each, rng), single_digits(own, 40 * each, rng), none(own, each, rng)]
    found = [
        seen
        for some in drawings
        for drawn in tqdm(some, "looking")
        if (seen := looked_at(classifier, drawn, rng)) is not None
    ]
    evidence = np.array([[*seen.evidence, 1.0] for seen in found])
    right = np.array([seen.right for seen in found])
    weights = fitted(evidence, right, np.array([seen.kind == "number" for seen in found]))
    print("weights", *np.round(weights[:-1], 2), "enough", round(-float(weights[-1]), 2))
    kinds = [seen.kind for seen in found]
    for threshold in np.arange(-1.5, 1.01, 0.25):
        taken = evidence @ weights >= threshold
        print(f"enough {threshold - weights[-1]:.2f}:", *_taken(kinds, right, taken), sep="  ")


def numbers(own: Sequence[PenDigit], each: int, rng: Generator) -> Iterator[Drawing]:
    """Rows of digits of one writer."""
    writers = by_writer(own)
    hands = [writers[name] for name in sorted(writers)]
    for length, spacing in product(_LENGTHS, SPACINGS.values()):
        for k in range(each):
            number = written_number(hands[k % len(hands)], length, spacing, rng)
            yield Drawing("number", number.text, number.drawn())


def single_digits(own: Sequence[PenDigit], n: int, rng: Generator) -> Iterator[Drawing]:
    """`n` over the grid, as many of MNIST's training digits, a fortieth of these in each style."""
    for k in range(n):
        strokes = own[int(rng.integers(len(own)))].strokes
        yield Drawing("grid", "", drawing(strokes, CELLS[k % len(CELLS)], rng))
    mnist, _ = load_mnist()
    for chosen in rng.permutation(len(mnist.x))[:n]:
        yield Drawing("MNIST", "", mnist.x[chosen])
    for style in (*STYLES.values(), *TRAINING_STYLES):
        for _, styled in written(style, own, n // 40, rng):
            yield Drawing("styles", "", draw(scaled(styled, 170), rng.uniform(8, 20)))


def none(own: Sequence[PenDigit], each: int, rng: Generator) -> Iterator[Drawing]:
    """What is no number and no digit."""
    ways: dict[str, Callable[[], Grey]] = {
        "sums": lambda: judging_no_number("sums", own, rng),
        "words, scribbles": lambda: training_no_number(own, rng),
    }
    for kind, draw_one in ways.items():
        for _ in range(each):
            yield Drawing(kind, "", draw_one())


def looked_at(classifier: Classifier, drawn: Drawing, rng: Generator) -> Seen | None:
    """None where a drawing is answered as one digit, whatever the weights are."""
    picture = read_picture(plain(drawn.canvas, rng))
    try:
        pixels, on_paper = normalised(picture.grey, picture.coloured)
    except InvalidRequest:
        return None
    answer = classifier.predict(pixels)
    if not may_be_several(answer, pixels):
        return None
    ink, _ = ink_of(picture, on_paper)
    if not ink.any():
        return None
    lines, evidence = candidate(ink, classifier.probabilities, answer.confidence)
    if evidence is None:
        return None
    text = " ".join("".join(str(each.probabilities.argmax()) for each in line) for line in lines)
    return Seen(drawn.kind, text == drawn.text, np.array(evidence, np.float32))


def fitted(evidence: Float, right: Mask, is_number: Mask) -> Float:
    """The weights of a logistic regression, by Newton's method.

    Args:
        evidence: float[n, features], the last of them 1.
        right: whether it is a number that is rightly read: bool[n].
        is_number: whether it is one at all; what is none counts more: bool[n].
    """
    counts = np.where(is_number, 1.0, _NO_NUMBER_COUNTS)
    weights: Float = np.zeros(evidence.shape[1], np.float32)
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(evidence @ weights, -30, 30)))
        curvature = (evidence * (counts * likely * (1 - likely))[:, None]).T @ evidence
        slope = evidence.T @ (counts * (likely - right))
        step = np.linalg.solve(curvature + 1e-3 * np.eye(len(weights)), slope)
        weights = (weights - step).astype(np.float32)
    return weights


def _taken(kinds: Sequence[str], right: Mask, taken: Mask) -> Iterator[str]:
    of = np.array(kinds)
    yield f"right {int((taken & right).sum()):,} of {int(right.sum()):,}"
    yield f"wrong {int((taken & ~right & (of == 'number')).sum())}"
    for kind in dict.fromkeys(kinds):
        if kind != "number":
            yield f"{kind} {int((taken & (of == kind)).sum())}"


if __name__ == "__main__":
    main()
