"""How well a model does, in figures: worked out of labels, probabilities and masks, once."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float, Mask
from training.evaluation.judging import Judgement
from training.network.calibration import expected_calibration_error, roc_auc

NOT_SURE_SHARE = 0.01
"""Share of the calibration writers' digits that "not sure" is said of."""


@dataclass(frozen=True)
class GridAnswers:
    """What a model says of held-out writers' digits, each in every cell of the grid.

    Attributes:
        labels: uint8[n].
        probabilities: float32[n, cells, 10].
        calibration: which digits are of the calibration writers: bool[n]; the others judge.
    """

    labels: NDArray[np.uint8]
    probabilities: Float
    calibration: Mask

    @property
    def right(self) -> Mask:
        """Which answers are right: bool[n, cells]."""
        return np.asarray(self.probabilities.argmax(axis=2) == self.labels[:, None])

    @property
    def confidence(self) -> Float:
        """The probability of each answer: float32[n, cells]."""
        return np.asarray(self.probabilities.max(axis=2))

    @property
    def cell_accuracies(self) -> list[float]:
        """In percent, by cell; of the writers that judge."""
        return [percent(cell) for cell in self.right[~self.calibration].T]

    @property
    def accuracy(self) -> float:
        """In percent, as the mean over the cells."""
        return round(float(np.mean(self.cell_accuracies)), 3)

    @property
    def not_sure_below(self) -> float:
        """The confidence below which NOT_SURE_SHARE of the calibration writers' digits are.

        Of all digits, where no writer calibrates: on the inner split.
        """
        calibrating = self.calibration if self.calibration.any() else ~self.calibration
        return float(np.quantile(self.confidence[calibrating], NOT_SURE_SHARE))

    @property
    def judging(self) -> tuple[Float, Mask]:
        """Of the writers that judge: the confidence of each answer, and whether it is right."""
        return self.confidence[~self.calibration].ravel(), self.right[~self.calibration].ravel()


@dataclass(frozen=True)
class Figures:
    """How well a model does what it did before; accuracies in percent.

    Attributes:
        styles_accuracy: on styles that hardly anybody writes, but for those that are to be learned.
    """

    temperature: float
    uncertain_below: float
    mnist_accuracy: float
    writers_accuracy: float
    writers_worst_cell_accuracy: float
    calibration_error: float
    non_digit_auc: float
    styles_accuracy: float

    def on_card(self) -> dict[str, float]:
        """Those that a model card calls figures."""
        figures = asdict(self)
        del figures["temperature"], figures["uncertain_below"]
        return figures


def figures_of(
    temperature: float, mnist: Mask, grid: GridAnswers, non_digits: Float, styles: Mask
) -> Figures:
    """Work the figures out.

    Args:
        temperature: what the logits were divided by.
        mnist: which of MNIST's test pictures are named as labelled: bool[n].
        grid: what was said of held-out writers' digits.
        non_digits: the confidence with which drawings that are no digit were named: float32[n].
        styles: which drawings in strange styles are named rightly: bool[n].
    """
    confidence, right = grid.judging
    return Figures(
        temperature=temperature,
        uncertain_below=round(grid.not_sure_below, 4),
        mnist_accuracy=percent(mnist),
        writers_accuracy=grid.accuracy,
        writers_worst_cell_accuracy=min(grid.cell_accuracies),
        calibration_error=round(expected_calibration_error(confidence, right), 4),
        non_digit_auc=round(roc_auc(confidence, non_digits), 4),
        styles_accuracy=percent(styles),
    )


def grid_answers(judgement: Judgement) -> GridAnswers:
    """What was said of the grid, as arrays."""
    cells = list(judgement.grid.values())
    return GridAnswers(
        np.array(cells[0].labels, np.uint8),
        np.stack([np.stack(cell.probabilities) for cell in cells], axis=1),
        judgement.calibration,
    )


def facts_on_card(judgement: Judgement) -> dict[str, Any]:
    """What a card says of an evaluation beside its figures: the worst cell, and how much judged."""
    grid = grid_answers(judgement)
    cell = list(judgement.grid)[int(np.argmin(grid.cell_accuracies))]
    return {
        "writers_worst_cell": f"height {cell.height}, width {cell.width}, {cell.place}",
        "writers_digits": int((~grid.calibration).sum()),
    }


def percent(right: Mask) -> float:
    """How many of a hundred are true."""
    return round(100 * float(right.mean()), 3)
