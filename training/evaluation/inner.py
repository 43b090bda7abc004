"""What choices are made by: the inner split of a fold, its calibration writers.

Neither the writers who judge, nor held-out styles, nor MNIST's test pictures, nor the other
drawings of an evaluation are looked at.
"""

from pathlib import Path

import numpy as np

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import CARD_FILE, LITERT_FILE, Model
from training.datasets.pen_digits import calibration_writers, load_pen_digits, split_writers
from training.drawings.styles import TRAINING_STYLES
from training.evaluation.answers import answers_of
from training.evaluation.by_writer import figures_by_writer
from training.evaluation.figures import grid_answers
from training.evaluation.intervals import Interval
from training.evaluation.judging import Judgement, Results, evaluate_grid, evaluate_renditions
from training.evaluation.strange import evaluate_styles
from training.network.artefact import read_card


def inner_figures(artefact: Path, pen_file: Path | None, seed: int) -> dict[str, Interval]:
    """The figures of an artefact on its calibration writers, by name; nothing is written.

    Raises:
        FileNotFoundError: the pen digits are not where an option says.
    """
    calibrating = calibration_writers(read_card(artefact)["configuration"]["held_out"])
    _, digits = split_writers(load_pen_digits(pen_file), calibrating)
    classifier = Classifier(Model.from_files(artefact / LITERT_FILE, artefact / CARD_FILE))
    judgement = Judgement(
        mnist=Results(),
        redrawn=Results(),
        grid=evaluate_grid(classifier, digits, seed),
        calibration=np.zeros(len(digits), bool),
        renditions=evaluate_renditions(classifier, digits, seed),
        non_digits={},
    )
    styled = evaluate_styles(classifier, digits, seed, TRAINING_STYLES)
    writers = np.array([digit.writer for digit in digits])
    own = grid_answers(judgement)
    return figures_by_writer([answers_of(judgement, styled, writers, own.not_sure_below)])
