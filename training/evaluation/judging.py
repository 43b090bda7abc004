"""Pictures that no training has seen, through the code that serves, and what a model says of them.

`normalise` (MNIST and the renditions as pictures, so `preprocess`), then the LiteRT interpreter.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.preprocessing import normalise, preprocess
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit, calibration_writers
from training.drawings.grid import CELLS, Cell, centre_of, drawing
from training.drawings.non_digits import EVALUATION_KINDS, evaluation_non_digit
from training.drawings.strokes import CANVAS, draw, scaled
from training.drawings.tracing import height_of, inked, traced
from training.evaluation import renditions

REDRAWN_PENS = (0.02, 0.05, 0.1, 0.15, 0.2)
"""Widths of the pens that MNIST's digits are drawn with again, as shares of their height."""

REDRAWN_ENLARGED = 8
"""How many times as large."""


@dataclass
class Results:
    """Every picture that was judged: its label, its answer, and the picture itself."""

    pixels: list[Grey] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    probabilities: list[Float] = field(default_factory=list)

    def add(self, label: int, pixels: Grey, probabilities: Float) -> None:
        """One more picture."""
        self.labels.append(label)
        self.pixels.append(pixels)
        self.probabilities.append(probabilities)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which answers are right."""
        return np.asarray(np.stack(self.probabilities).argmax(axis=1) == np.array(self.labels))

    @property
    def confidence(self) -> Float:
        """The probability of the digit that was answered."""
        return np.asarray(np.stack(self.probabilities).max(axis=1))

    @property
    def accuracy(self) -> float:
        """In percent."""
        return round(100 * float(self.correct.mean()), 3)


@dataclass(frozen=True)
class Judgement:
    """Everything that was judged.

    Attributes:
        mnist: MNIST's test pictures.
        redrawn: the same digits, drawn again with other pens.
        grid: held-out writers' digits in each cell of the grid, in the order of `CELLS`.
        calibration: which of these digits are of the calibration writers: bool[n].
        renditions: a drawing of those who judge in several forms, by name; "plain" is the page's.
        non_digits: the confidence with which drawings that are no digit were named, by kind.
    """

    mnist: Results
    redrawn: Results
    grid: dict[Cell, Results]
    calibration: NDArray[np.bool_]
    renditions: dict[str, Results]
    non_digits: dict[str, Float]

    @property
    def non_digit_confidence(self) -> Float:
        """That of all kinds together."""
        return np.concatenate(list(self.non_digits.values()))


def judge(
    classifier: Classifier,
    test: Images,
    digits: Sequence[PenDigit],
    held_out: Sequence[int],
    seed: int,
) -> Judgement:
    """Judge a model on all that its training never touched.

    Args:
        classifier: the model.
        test: MNIST's test pictures.
        digits: those of the writers that its training held out.
        held_out: these writers, as the card names them.
        seed: of places, hands and other drawings.
    """
    calibrating = calibration_writers(held_out)
    judging = [digit for digit in digits if digit.writer not in calibrating]
    return Judgement(
        mnist=evaluate_mnist(classifier, test),
        redrawn=evaluate_redrawn(classifier, test),
        grid=evaluate_grid(classifier, digits, seed),
        calibration=np.array([digit.writer in calibrating for digit in digits]),
        renditions=evaluate_renditions(classifier, judging, seed),
        non_digits=confidence_of_non_digits(classifier, digits, seed),
    )


def evaluate_mnist(classifier: Classifier, test: Images) -> Results:
    """MNIST's 10,000 test pictures, sent as PNGs."""
    results = Results()
    for image, label in zip(tqdm(test.x, "MNIST"), test.y, strict=True):
        pixels = preprocess(renditions.data_url(Image.fromarray(image)))
        results.add(int(label), pixels, classifier.probabilities(pixels))
    return results


def evaluate_redrawn(classifier: Classifier, test: Images) -> Results:
    """MNIST's test digits, traced and drawn with pens as thin and as thick as the page's."""
    results = Results()
    for image, label in zip(tqdm(test.x, "redrawn"), test.y, strict=True):
        distance = traced(np.pad(image, 4), REDRAWN_ENLARGED)  # with room for the thickest pen
        height = height_of(distance)
        for share in REDRAWN_PENS:
            # A blot has no line: it stays as it is.
            drawn = inked(distance, share * height) if height else image
            pixels = normalise(drawn)
            results.add(int(label), pixels, classifier.probabilities(pixels))
    return results


def evaluate_grid(
    classifier: Classifier, digits: Sequence[PenDigit], seed: int
) -> dict[Cell, Results]:
    """Each digit in every cell of the grid."""
    rng = np.random.default_rng(seed)
    grid: dict[Cell, Results] = {}
    for cell in tqdm(CELLS, "grid"):
        grid[cell] = Results()
        for digit in digits:
            pixels = normalise(drawing(digit.strokes, cell, rng))
            grid[cell].add(digit.label, pixels, classifier.probabilities(pixels))
    return grid


def evaluate_renditions(
    classifier: Classifier, digits: Sequence[PenDigit], seed: int, rounds: int = 2
) -> dict[str, Results]:
    """Each digit in random cells, as "plain" and in every other rendition of the same drawing."""
    rng = np.random.default_rng(seed)
    judged: dict[str, Results] = defaultdict(Results)

    def judge(name: str, label: int, url: str) -> None:
        try:
            pixels = preprocess(url)
        except InvalidRequest:  # a refused digit is a mistake
            wrong = np.eye(10, dtype=np.float32)[(label + 1) % 10]
            judged[name].add(label, np.zeros((SIDE, SIDE), np.uint8), wrong)
        else:
            judged[name].add(label, pixels, classifier.probabilities(pixels))

    for digit in tqdm(list(digits) * rounds, "renditions"):
        cell = CELLS[int(rng.integers(len(CELLS)))]
        lines = scaled(digit.strokes, cell.height)
        centre = centre_of(lines, cell, rng)
        canvas = draw(lines, cell.width, centre)
        judge("plain", digit.label, renditions.plain(canvas, rng))
        for name, picture in renditions.PICTURES.items():
            judge(name, digit.label, picture(canvas, rng))
        for name, side in renditions.SIDES.items():
            zoom = side / CANVAS
            zoomed = [line * zoom for line in lines]
            place = centre[0] * zoom, centre[1] * zoom
            large = draw(zoomed, cell.width * zoom, place, (side, side))
            judge(name, digit.label, renditions.plain(large, rng))
        for name, hand in renditions.HANDS.items():
            other = drawing(hand(digit.strokes, rng), cell, rng)
            judge(name, digit.label, renditions.plain(other, rng))
    return dict(judged)


def confidence_of_non_digits(
    classifier: Classifier, digits: Sequence[PenDigit], seed: int, n: int = 500
) -> dict[str, Float]:
    """The confidence with which `n` drawings of each kind that are no digit are taken for one."""
    rng = np.random.default_rng(seed)
    return {
        kind: np.array(
            [
                classifier.probabilities(evaluation_non_digit(kind, digits, rng)).max()
                for _ in range(n)
            ],
            np.float32,
        )
        for kind in tqdm(EVALUATION_KINDS, "not a digit")
    }
