"""All figures of a card, each with its interval: of one artefact, or of several folds pooled."""

from collections.abc import Mapping, Sequence

import numpy as np

from training.drawings.styles import HELD_OUT_STYLES, STYLES, TRAINING_STYLES
from training.evaluation import renditions
from training.evaluation.answers import (
    GRID,
    MNIST,
    NO_DIGIT,
    PLAIN,
    REDRAWN,
    STYLE,
    Answers,
    together,
)
from training.evaluation.intervals import (
    Interval,
    calibration_error,
    loss,
    mean,
    placements,
    share,
    worst,
    worst_cell,
)

SURE = 0.9
"""A wrong answer above it is wrong and sure."""

STYLE_SETS: dict[str, tuple[str, ...]] = {
    "styles_trained": tuple(style.name for style in TRAINING_STYLES),
    "styles_held_out": tuple(style.name for style in HELD_OUT_STYLES if style.name not in STYLES),
    "styles_to_learn": tuple(STYLES),
}
"""Names of styles that figures are about; a retraining is tried on `styles_to_learn`."""

FORMS = (*renditions.PICTURES, *renditions.SIDES, *renditions.HANDS)
"""The forms of a drawing that are compared with the plain one."""


def figures_by_writer(folds: Sequence[Mapping[str, Answers]]) -> dict[str, Interval]:
    """The figures of the answers of one or several folds, by name; accuracies in percent.

    The names of losses begin with "loss: ", those of single styles with "style: ", those of kinds
    of drawings that are no digit with "no digit: ". What was not asked for has no figures.
    """

    def pooled(name: str) -> Answers:
        return together([fold[name] for fold in folds])

    grid, plain = pooled(GRID), pooled(PLAIN)
    figures = {
        name: _accuracy(folds[0][of])
        for name, of in (("mnist_accuracy", MNIST), ("mnist_redrawn_accuracy", REDRAWN))
        if of in folds[0]
    }
    figures |= {
        "writers_accuracy": _accuracy(grid),
        "writers_worst_cell_accuracy": worst_cell(grid.right, grid.writers),
        "writers_worst_accuracy": worst(grid.right, grid.writers),
        "calibration_error": calibration_error(grid.confidence, grid.right, grid.writers),
        "unsure_of_digits": share(grid.unsure, np.ones_like(grid.unsure), grid.writers),
        "unsure_of_mistakes": share(grid.unsure, ~grid.right, grid.writers),
    }
    strange = []
    for of, names in STYLE_SETS.items():
        if any(STYLE + name not in folds[0] for name in names):
            continue
        own = together([pooled(STYLE + name) for name in names])
        figures[f"{of}_accuracy"] = _accuracy(own)
        figures[f"{of}_calibration_error"] = calibration_error(
            own.confidence, own.right, own.writers
        )
        if of != "styles_to_learn":
            strange.append(own)
    figures["wrong_and_sure"] = _wrong_and_sure(grid, *strange)
    figures |= _non_digits(folds)
    for form in FORMS:
        figures[f"loss: {form}"] = loss(plain.right, pooled(form).right, plain.writers)
    return figures | {name: _accuracy(pooled(name)) for name in folds[0] if name.startswith(STYLE)}


def _accuracy(answers: Answers) -> Interval:
    return share(answers.right, np.ones_like(answers.right), answers.writers)


def _wrong_and_sure(*groups: Answers) -> Interval:
    """Of the wrong answers of all groups, how many of a hundred are above SURE."""
    # One answer a line: the groups have other numbers of views.
    wrong = np.concatenate([~own.right.ravel() for own in groups])
    confidence = np.concatenate([own.confidence.ravel() for own in groups])
    writers = np.concatenate([np.repeat(own.writers, own.right.shape[1]) for own in groups])
    return share(confidence[:, None] > SURE, wrong[:, None], writers)


def _non_digits(folds: Sequence[Mapping[str, Answers]]) -> dict[str, Interval]:
    """How well drawings that are no digit are told from digits: each fold's from its own digits."""
    kinds = [name for name in folds[0] if name.startswith(NO_DIGIT)]
    if not kinds:
        return {}
    writers = np.concatenate([fold[GRID].writers for fold in folds])

    def auc(names: Sequence[str]) -> Interval:
        placed = [
            placements(
                fold[GRID].confidence,
                np.concatenate([fold[name].confidence.ravel() for name in names]),
            )
            for fold in folds
        ]
        return mean(np.concatenate(placed), writers)

    others = together([fold[name] for fold in folds for name in kinds])
    drawings = np.arange(len(others.labels))
    return {
        "non_digit_auc": auc(kinds),
        "unsure_of_non_digits": share(others.unsure, np.ones_like(others.unsure), drawings),
        **{name: auc([name]) for name in kinds},
    }
