"""How many numbers are read right, how many single digits are taken for several, and how long.

Rows of digits by writers whom no training has seen, white on black and in scenes.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from benchmarks.sections import table
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.number import may_be_several, read_number
from digit_recognizer.recognition.pictures import read_picture
from digit_recognizer.recognition.preprocessing import normalised
from training.datasets.mnist import load_mnist
from training.datasets.pen_digits import (
    COMMITTED_HELD_OUT,
    PenDigit,
    by_writer,
    judging_writers,
    load_pen_digits,
    split_writers,
)
from training.drawings.grid import CELLS, drawing
from training.drawings.hands import Distortion, distort
from training.drawings.no_numbers import NO_NUMBERS, judging_no_number
from training.drawings.numbers import SPACINGS, Spacing, written_number
from training.drawings.scenes.kinds import KINDS, Kind
from training.drawings.strokes import draw, scaled
from training.drawings.styles import STYLES, written
from training.evaluation.intervals import share
from training.evaluation.renditions import plain
from training.evaluation.scenes import url_of

LENGTHS = (2, 5)
EACH = 300
SINGLE = 6_000
A_KIND = 20  # single digits in scenes of each kind
NUMBERS_A_KIND = 4
TIMED = 150
_SEED = 23
_MILD = Distortion(rotation=4, slant=8, stretch=0.12, warp=0.02, wobble=0.006, loose=0.01)


@dataclass(frozen=True)
class Said:
    """What is answered: the digits, none for an unsure single one; and whether all are sure."""

    text: str
    sure: bool


Row = tuple[int, str, Said]
"""The writer, what is written, and what is said."""


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    classifier = Classifier(built_in())
    held_out = built_in().card["configuration"]["held_out"]
    _, unseen = split_writers(load_pen_digits(), held_out)
    by = [writer for writer in judging_writers(held_out) if writer in COMMITTED_HELD_OUT]
    judging = [digit for digit in unseen if digit.writer in by]
    head = ["numbers", "right, %", "no number, unsure, %", "wrong, unsure, %", "wrong and sure, %"]
    drawn = [_shares(name, rows) for name, rows in numbers_read(classifier, judging)]
    none = _no_numbers(classifier, judging)
    single = _single_digits(classifier, judging)
    return (
        f"{EACH} numbers a row, each by one writer of {len(by)} whom no"
        " training has seen, white on black; gaps of a digit's height; in brackets 95 of 100"
        " resamples of the writers. Sure is where no digit is flagged.\n\n"
        + "\n\n".join(
            [
                table(head, drawn),
                table(["one digit", "taken for several", "of"], single),
                table(["no number", "read as one", "of them sure", "of"], none),
                table(["one core, median", "ms", "of one digit's"], _times(classifier, judging)),
            ]
        )
    )


def numbers_read(
    classifier: Classifier, digits: Sequence[PenDigit], each: int = EACH
) -> Iterator[tuple[str, list[Row]]]:
    """Rows of each length and spacing, pages of two lines, and rows in scenes."""
    writers = by_writer(digits)

    def read(seed: Sequence[int], n: int, write: Callable[..., tuple[str, str]]) -> list[Row]:
        rng = np.random.default_rng([_SEED, *seed])
        rows = []
        for k in range(n):
            writer = sorted(writers)[k % len(writers)]
            url, text = write(writers[writer], rng, k)
            rows.append((writer, text, said(classifier, url)))
        return rows

    for length in LENGTHS:
        for at, (name, spacing) in enumerate(tqdm(SPACINGS.items(), f"{length} digits")):
            yield (
                f"{length} digits, {name}",
                read((length, at), each, lambda own, rng, _k: _row(own, length, spacing, rng)),  # noqa: B023
            )
    yield "2 lines of 3 digits", read((2, 99), each, lambda own, rng, _k: _two_lines(own, rng))
    kinds = list(KINDS.values())
    for length in (2, 3):
        yield (
            f"{length} digits in scenes, 15 %",
            read(
                (length, 98),
                min(NUMBERS_A_KIND * len(kinds), 2 * each),
                lambda own, rng, k: _in_scene(own, length, kinds[k % len(kinds)], rng),  # noqa: B023
            ),
        )


def _row(own: Sequence[PenDigit], length: int, spacing: Spacing, rng: Generator) -> tuple[str, str]:
    number = written_number(own, length, spacing, rng)
    return plain(number.drawn(), rng), number.text


def _two_lines(own: Sequence[PenDigit], rng: Generator) -> tuple[str, str]:
    lines = [written_number(own, 3, Spacing(rng.uniform(0.05, 0.3)), rng) for _ in range(2)]
    canvases = [line.drawn() for line in lines]
    width = max(canvas.shape[1] for canvas in canvases)
    page = [np.pad(canvas, ((0, 0), (0, width - canvas.shape[1]))) for canvas in canvases]
    return plain(np.vstack(page), rng), " ".join(line.text for line in lines)


def _in_scene(own: Sequence[PenDigit], length: int, kind: Kind, rng: Generator) -> tuple[str, str]:
    number = written_number(own, length, Spacing(0.15), rng, _MILD)
    return url_of(kind(number.strokes, rng, 480)), number.text


def said(classifier: Classifier, url: str) -> Said:
    """What `POST /predict` says of a picture."""
    picture = read_picture(url)
    try:
        pixels, drawn = normalised(picture.grey, picture.coloured)
    except InvalidRequest:
        return Said("", False)
    answer = classifier.predict(pixels)
    if may_be_several(answer, pixels):
        found = read_number(picture, drawn, classifier.probabilities, answer.confidence)
        if found is not None:
            sure = not any(
                digit.in_doubt or classifier.answer(digit.probabilities).uncertain
                for digit in found.digits
            )
            return Said(found.text, sure)
    return Said("" if answer.uncertain else str(answer.digit), not answer.uncertain)


def _shares(name: str, rows: Sequence[Row]) -> list[str]:
    writers = np.array([writer for writer, _, _ in rows])
    every = np.ones((len(rows), 1), bool)
    right = [said.text == text for _, text, said in rows]
    none = [said.text == "" for _, _, said in rows]
    sure = [said.text != text and said.sure for _, text, said in rows]
    unsure = ~(np.array(right) | none | sure)

    def percent(hits: Sequence[bool]) -> str:
        found = share(np.array(hits)[:, None], every, writers)
        return f"{found.value:.1f} ({found.low:.1f} … {found.high:.1f})"

    few = [f"{100 * np.mean(hits):.1f}" for hits in (none, unsure)]
    return [name, percent(right), *few, percent(sure)]


def _single_digits(classifier: Classifier, digits: Sequence[PenDigit]) -> list[list[str]]:
    rng = np.random.default_rng([_SEED, 1])

    def several(urls: Iterator[str], n: int, name: str) -> list[str]:
        taken = sum(len(said(classifier, url).text) > 1 for url in tqdm(urls, name, n))
        return [name, f"{taken}", f"{n:,}"]

    def some_digit() -> PenDigit:
        return digits[int(rng.integers(len(digits)))]

    grid = (
        plain(drawing(some_digit().strokes, CELLS[k % len(CELLS)], rng), rng) for k in range(SINGLE)
    )
    styled = (
        plain(draw(scaled(strokes, 170), rng.uniform(8, 20)), rng)
        for style in STYLES.values()
        for _, strokes in written(style, digits, 100, rng)
    )
    scenes = (
        url_of(kind(distort(some_digit().strokes, rng, _MILD), rng, 360))
        for kind in KINDS.values()
        for _ in range(A_KIND)
    )
    mnist = load_mnist()[1].x
    return [
        several(grid, SINGLE, "over the grid"),
        several(styled, 100 * len(STYLES), f"{len(STYLES)} strange styles"),
        several((plain(each, rng) for each in mnist), len(mnist), "MNIST's test pictures"),
        several(scenes, A_KIND * len(KINDS), "scenes"),
    ]


def _no_numbers(classifier: Classifier, digits: Sequence[PenDigit]) -> list[list[str]]:
    rows = []
    for at, kind in enumerate(NO_NUMBERS):
        rng = np.random.default_rng([_SEED, 3, at])
        answers = [
            said(classifier, plain(judging_no_number(kind, digits, rng), rng)) for _ in range(EACH)
        ]
        numbers = [answer for answer in answers if len(answer.text) > 1]
        sure = sum(answer.sure for answer in numbers)
        rows.append([kind, f"{len(numbers)}", f"{sure}", f"{EACH}"])
    return rows


def _times(classifier: Classifier, digits: Sequence[PenDigit]) -> list[list[str]]:
    """Decode, normalise, recognise, read: of one digit on the canvas, and of five in a row."""
    rng = np.random.default_rng([_SEED, 4])
    own = [digit for digit in digits if digit.writer == digits[0].writer]
    cells = [cell for cell in CELLS if cell.height >= 140]
    one = [
        plain(drawing(own[int(rng.integers(len(own)))].strokes, cells[k % len(cells)], rng), rng)
        for k in range(TIMED)
    ]
    several = {
        f"{length} digits, 15 %": [_row(own, length, Spacing(0.15), rng)[0] for _ in range(TIMED)]
        for length in LENGTHS
    }
    medians = {
        name: _median_ms(classifier, urls)
        for name, urls in {"one digit on the canvas": one, **several}.items()
    }
    alone = medians["one digit on the canvas"]
    return [[name, f"{ms:.2f}", f"{ms / alone:.1f}"] for name, ms in medians.items()]


def _median_ms(classifier: Classifier, urls: Sequence[str]) -> float:
    times = []
    for url in [*urls[:20], *urls]:
        began = time.perf_counter()
        said(classifier, url)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times[20:])
