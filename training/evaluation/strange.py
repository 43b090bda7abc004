"""Styles that hardly anybody writes, by writers never seen, as a model names them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit
from training.drawings.grid import STYLE_CELLS, drawing
from training.drawings.styles import HELD_OUT_STYLES, TRAINING_STYLES, Style, written
from training.evaluation.judging import Results

_OF_A_WRITER = 40  # drawings in each style


@dataclass(frozen=True)
class Styled:
    """Drawings in a style, and who wrote each."""

    writers: list[int]
    results: Results


def evaluate_styles(
    classifier: Classifier,
    digits: Sequence[PenDigit],
    seed: int,
    styles: Sequence[Style] = (*TRAINING_STYLES, *HELD_OUT_STYLES),
    of_a_writer: int = _OF_A_WRITER,
) -> dict[str, Styled]:
    """Each style, those trained on and those held out, by all writers of `digits`."""
    rng = np.random.default_rng(seed)
    n = of_a_writer * len({digit.writer for digit in digits})
    judged = {}
    for style in tqdm(styles, "styles"):
        styled = Styled([], Results())
        for writer, strokes in written(style, digits, n, rng):
            cell = STYLE_CELLS[int(rng.integers(len(STYLE_CELLS)))]
            pixels = normalise(drawing(strokes, cell, rng))
            styled.writers.append(writer)
            styled.results.add(style.digit, pixels, classifier.probabilities(pixels))
        judged[style.name] = styled
    return judged
