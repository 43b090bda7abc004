"""Judge the artefact on what its training never touched: `python -m training.evaluate`.

Everything goes through the code that serves: `normalise` (MNIST and the renditions as pictures, so
through `preprocess`) and the LiteRT interpreter. Prints the figures and adds them to the card; of
the model in the package it draws the report in `docs/model/`.
"""

import argparse
import json
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from digit_recognizer.classifier import Classifier
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.preprocessing import normalise, preprocess
from digit_recognizer.registry import ARTEFACTS, CARD_FILE, LITERT_FILE, Model, sha256_of
from training import renditions
from training.artefact import install, read_card, smoke_test, write_card
from training.calibration import expected_calibration_error, roc_auc
from training.datasets import (
    PROJECT,
    PenDigit,
    calibration_writers,
    load_mnist,
    load_pen_digits,
    split_writers,
)
from training.grid import CELLS, Cell, centre_of, drawing
from training.non_digits import EVALUATION_KINDS, evaluation_non_digit
from training.report import write_report
from training.strokes import CANVAS, draw, scaled
from training.tracing import height_of, inked, traced

Grey = NDArray[np.uint8]

REPORT = PROJECT / "docs" / "model"

REDRAWN_PENS = (0.02, 0.05, 0.1, 0.15, 0.2)
"""Widths of the pens that MNIST's digits are drawn with again, as shares of their height."""

REDRAWN_ENLARGED = 8
"""How many times as large."""

FLAGGED_DIGITS = 0.01
"""Share of the calibration writers' digits that "not sure" may be said of."""


@dataclass
class Results:
    """Every picture that was judged: its label, its answer, and the picture itself."""

    pixels: list[Grey] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    probabilities: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, label: int, pixels: Grey, probabilities: NDArray[np.float32]) -> None:
        """One more picture."""
        self.labels.append(label)
        self.pixels.append(pixels)
        self.probabilities.append(probabilities)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which answers are right."""
        return np.asarray(np.stack(self.probabilities).argmax(axis=1) == np.array(self.labels))

    @property
    def confidence(self) -> NDArray[np.float32]:
        """The probability of the digit that was answered."""
        return np.asarray(np.stack(self.probabilities).max(axis=1))

    @property
    def accuracy(self) -> float:
        """In percent."""
        return round(100 * float(self.correct.mean()), 3)


def evaluate_mnist(classifier: Classifier, mnist_file: Path | None) -> Results:
    """MNIST's 10,000 test pictures, sent as PNGs."""
    results = Results()
    _, test = load_mnist(mnist_file)
    for image, label in zip(tqdm(test.x, "MNIST"), test.y, strict=True):
        pixels = preprocess(renditions.data_url(Image.fromarray(image)))
        results.add(int(label), pixels, classifier.probabilities(pixels))
    return results


def evaluate_redrawn(classifier: Classifier, mnist_file: Path | None) -> Results:
    """MNIST's test digits, traced and drawn with pens as thin and as thick as the page's."""
    results = Results()
    _, test = load_mnist(mnist_file)
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
    found: dict[str, Results] = defaultdict(Results)

    def judge(name: str, label: int, url: str) -> None:
        try:
            pixels = preprocess(url)
        except InvalidRequest:  # a refused digit is a mistake
            wrong = np.eye(10, dtype=np.float32)[(label + 1) % 10]
            found[name].add(label, np.zeros((28, 28), np.uint8), wrong)
        else:
            found[name].add(label, pixels, classifier.probabilities(pixels))

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
    return dict(found)


def confidence_of_non_digits(
    classifier: Classifier, digits: Sequence[PenDigit], seed: int, n: int = 500
) -> dict[str, NDArray[np.float32]]:
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


def measure_speed(classifier: Classifier, digits: Sequence[PenDigit]) -> dict[str, float]:
    """Median milliseconds of inference alone, and from a 280×280 PNG to the answer."""
    rng = np.random.default_rng(0)
    urls = [
        renditions.plain(drawing(digit.strokes, CELLS[k % len(CELLS)], rng), rng)
        for k, digit in enumerate(digits[:300])
    ]
    pixels = [preprocess(url) for url in urls]
    return {
        "inference_ms": _median_ms(classifier.predict, pixels),
        "decode_normalise_infer_ms": _median_ms(lambda u: classifier.predict(preprocess(u)), urls),
    }


def litert_milliseconds(litert: bytes, pixels: Grey) -> float:
    """Median milliseconds of one inference on one thread, over uint8[n, 28, 28]."""
    interpreter = Interpreter(model_content=litert, num_threads=1)
    interpreter.allocate_tensors()
    at = interpreter.get_input_details()[0]["index"]

    def infer(picture: Grey) -> None:
        interpreter.set_tensor(at, picture[np.newaxis])
        interpreter.invoke()

    return _median_ms(infer, list(pixels))


def _median_ms(function: Callable[[Any], object], arguments: Sequence[Any]) -> float:
    durations = []
    for argument in arguments:
        began = time.perf_counter()
        function(argument)
        durations.append(time.perf_counter() - began)
    return round(1000 * float(np.median(durations)), 3)


def evaluate(
    artefact: Path,
    mnist_file: Path | None = None,
    pen_file: Path | None = None,
    seed: int = 7,
    second_fold: Path | None = None,
) -> dict[str, Any]:
    """All figures of an artefact, which are also added to its card, and the report's pictures.

    Returns:
        What `write_report` needs: the card and the results by name.
    """
    card_file = artefact / CARD_FILE
    classifier = Classifier(Model.from_files(artefact / LITERT_FILE, card_file))
    card = read_card(artefact)
    other = read_card(second_fold) if second_fold else None
    if other:
        check_recipe(card, other)
    held_out = card["configuration"]["held_out"]
    _, unseen = split_writers(load_pen_digits(pen_file), held_out)
    calibration = np.array([digit.writer in calibration_writers(held_out) for digit in unseen])

    mnist = evaluate_mnist(classifier, mnist_file)
    redrawn = evaluate_redrawn(classifier, mnist_file)
    grid = evaluate_grid(classifier, unseen, seed)
    others = evaluate_renditions(classifier, unseen, seed)
    strange = confidence_of_non_digits(classifier, unseen, seed)
    non_digits = np.concatenate(list(strange.values()))

    accuracy = {cell: results.accuracy for cell, results in grid.items()}
    worst = min(accuracy, key=lambda cell: accuracy[cell])
    confidence = np.stack([results.confidence for results in grid.values()])
    correct = np.stack([results.correct for results in grid.values()])
    threshold = float(np.quantile(confidence[:, calibration], FLAGGED_DIGITS))
    judged_confidence = confidence[:, ~calibration].ravel()
    judged_correct = correct[:, ~calibration].ravel()
    plain = others.pop("plain")
    card["uncertain_below"] = round(threshold, 4)
    card["sha256"] = sha256_of((artefact / LITERT_FILE).read_bytes())
    card["smoke_test"] = smoke_test(
        np.stack(mnist.pixels), np.array(mnist.labels), np.stack(mnist.probabilities)
    )
    card["figures"] = {
        "mnist_accuracy": mnist.accuracy,
        "mnist_redrawn_accuracy": redrawn.accuracy,
        "writers_accuracy": round(float(np.mean(list(accuracy.values()))), 3),
        "writers_worst_cell_accuracy": accuracy[worst],
        "writers_worst_cell": f"height {worst.height}, width {worst.width}, {worst.place}",
        "writers_digits": len(unseen),
        "calibration_error": round(
            expected_calibration_error(judged_confidence, judged_correct), 4
        ),
        "loss_points": {
            name: round(plain.accuracy - results.accuracy, 3) for name, results in others.items()
        },
        "non_digit_auc": round(roc_auc(judged_confidence, non_digits), 4),
        "non_digit_auc_by_kind": {
            kind: round(roc_auc(judged_confidence, confidences), 4)
            for kind, confidences in strange.items()
        },
        "unsure_of_digits": round(float((judged_confidence < threshold).mean()), 4),
        "unsure_of_mistakes": round(_share(judged_confidence[~judged_correct] < threshold), 4),
        "unsure_of_non_digits": round(float((non_digits < threshold).mean()), 4),
        "bytes": (artefact / LITERT_FILE).stat().st_size,
        **measure_speed(classifier, unseen),
        "machine": f"{platform.machine()}, one thread",
        "training_minutes": round(sum(row["seconds"] for row in card["epochs"]) / 60),
    }
    if other:
        told = ("configuration", "figures", "cores", "examples_minutes")
        card["second_fold"] = {name: other[name] for name in told}
    write_card(artefact, card)
    return {
        "card": card,
        "mnist": mnist,
        "grid": grid,
        "judged": (judged_confidence, judged_correct),
        "non_digits": non_digits,
    }


def _share(which: NDArray[np.bool_]) -> float:
    """The share that is true; 0 of none."""
    return float(which.mean()) if which.size else 0.0


def check_recipe(card: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Raise ValueError unless the trainings of two cards differ in held-out writers only."""
    version = "preprocessing_version"
    one, two = ({**each["configuration"], version: each[version]} for each in (card, other))
    if set(one["held_out"]) & set(two["held_out"]):
        raise ValueError("The second fold holds out writers that the first one holds out as well.")
    if "figures" not in other:
        raise ValueError("The second fold was not evaluated: make evaluate ARGS=--artefact …")
    names = (one.keys() | two.keys()) - {"held_out"}
    if different := sorted(name for name in names if one.get(name) != two.get(name)):
        raise ValueError(f"The second fold was trained otherwise: {', '.join(different)} differ.")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--artefact", type=Path, default=ARTEFACTS, help="folder to judge")
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--second-fold",
        type=Path,
        help="evaluated artefact of the same recipe with other writers held out, for the card",
    )
    parser.add_argument(
        "--report",
        type=Path,
        help="folder of the report; docs/model for the model in the package",
    )
    parser.add_argument("--install", action="store_true", help="put it into the package afterwards")
    arguments = parser.parse_args()
    try:
        found = evaluate(
            arguments.artefact,
            arguments.mnist,
            arguments.pen,
            arguments.seed,
            arguments.second_fold,
        )
    except (FileNotFoundError, ValueError) as error:
        parser.exit(2, f"{error}\n")
    print(json.dumps(found["card"]["figures"], indent=2, ensure_ascii=False))
    if arguments.install:
        install(arguments.artefact, ARTEFACTS)
    installed = arguments.install or arguments.artefact == ARTEFACTS
    report = arguments.report or (REPORT if installed else None)
    if report:
        write_report(report, **found)


if __name__ == "__main__":
    main()
