"""How many numbers are read right, and how many single digits are taken for several.

Rows of digits by writers whom no training has seen, white on black, with given gaps.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from benchmarks.sections import table
from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.number import ONE_DIGIT, read_number
from digit_recognizer.recognition.pictures import Decoded
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.mnist import load_mnist
from training.datasets.pen_digits import (
    PenDigit,
    judging_writers,
    load_pen_digits,
    split_writers,
)
from training.drawings.grid import CELLS, drawing
from training.drawings.numbers import written_number
from training.drawings.strokes import draw, scaled
from training.drawings.styles import STYLES, written

LENGTHS = (2, 3, 5)
GAPS = (0.3, 0.15, 0.05, 0.0, -0.05)
EACH = 100
SINGLE = 6_000
_SEED = 23


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    classifier = Classifier(built_in())
    held_out = built_in().card["configuration"]["held_out"]
    _, unseen = split_writers(load_pen_digits(), held_out)
    judging = [digit for digit in unseen if digit.writer in judging_writers(held_out)]
    rows = [
        [f"{length} digits, {100 * gap:.0f} %", *_of_numbers(classifier, judging, length, gap)]
        for length in LENGTHS
        for gap in tqdm(GAPS, f"{length} digits")
    ]
    head = ["gap", "right, %", "no number, unsure, %", "wrong, %", "wrong and sure, %", "ms"]
    return (
        f"{EACH} numbers a row, each by one writer; gaps between the ink of neighbours, of a"
        " digit's height; sure is where no digit is flagged; ms: normalise, recognise, read.\n\n"
        + table(head, rows)
        + "\n\n"
        + table(["one digit", "taken for several", "of"], _of_single_digits(classifier, judging))
    )


def _of_numbers(
    classifier: Classifier, digits: Sequence[PenDigit], length: int, gap: float
) -> list[str]:
    by_writer: dict[int, list[PenDigit]] = defaultdict(list)
    for digit in digits:
        by_writer[digit.writer].append(digit)
    writers = sorted(by_writer)
    rng = np.random.default_rng([_SEED, length, GAPS.index(gap)])
    counts: Counter[str] = Counter()
    milliseconds = []
    for k in range(EACH):
        canvas, text = written_number(by_writer[writers[k % len(writers)]], length, gap, rng)
        began = time.perf_counter()
        said, sure = _said(classifier, canvas)
        milliseconds.append(1000 * (time.perf_counter() - began))
        counts["right"] += said == text
        counts["none"] += said != text and not sure and len(said) < 2
        counts["sure"] += said != text and sure
    wrong = EACH - counts["right"] - counts["none"]
    shares = [counts["right"], counts["none"], wrong, counts["sure"]]
    return [*(f"{100 * n / EACH:.1f}" for n in shares), f"{np.median(milliseconds):.2f}"]


def _said(classifier: Classifier, canvas: Grey) -> tuple[str, bool]:
    """What is read, empty where the answer is one unsure digit; and whether it is not unsure."""
    answer = classifier.predict(normalise(canvas))
    if not answer.uncertain or answer.confidence >= ONE_DIGIT:
        return str(answer.digit), not answer.uncertain
    found = read_number(Decoded(canvas, None), classifier.probabilities)
    if found is None:
        return "", False
    sure = not any(classifier.answer(digit.probabilities).uncertain for digit in found.digits)
    return found.text, sure


def _of_single_digits(classifier: Classifier, digits: Sequence[PenDigit]) -> list[list[str]]:
    rng = np.random.default_rng([_SEED, 1])

    def several(canvases: Sequence[Grey]) -> list[str]:
        n = sum(len(_said(classifier, canvas)[0]) > 1 for canvas in canvases)
        return [f"{n}", f"{len(canvases):,}"]

    grid = [
        drawing(digits[int(rng.integers(len(digits)))].strokes, CELLS[k % len(CELLS)], rng)
        for k in tqdm(range(SINGLE), "single digits")
    ]
    styled = [
        draw(scaled(strokes, 170), rng.uniform(8, 20))
        for style in STYLES.values()
        for _, strokes in written(style, digits, 100, rng)
    ]
    return [
        ["over the grid", *several(grid)],
        [f"{len(STYLES)} strange styles", *several(styled)],
        ["MNIST's test pictures", *several(list(load_mnist()[1].x))],
    ]
