"""The pictures that judge a version, and the figures that they come to."""

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Mask
from training.datasets.mnist import Images
from training.drawings.examples import Examples
from training.evaluation.figures import Figures, GridAnswers, figures_of
from training.network.calibration import fit_temperature, softmax


@dataclass(frozen=True)
class Judges:
    """The pictures that judge, all as `normalise` made them; no training ever sees them.

    Attributes:
        mnist: MNIST's test pictures.
        grid: digits of held-out writers, a variant for each cell of the grid.
        calibration: which of these digits are of the calibration writers: bool[n].
        non_digits: drawings that are no digit, uint8[n, 28, 28].
        styles: drawings of held-out writers in strange styles, but for those to be learned.
    """

    mnist: Images
    grid: Examples
    calibration: Mask
    non_digits: NDArray[np.uint8]
    styles: Images


def judged(model: keras.Model, judges: Judges) -> Figures:
    """Judge a model (uint8[n, 28, 28] to logits), with a temperature of its own."""

    def logits(pixels: NDArray[np.uint8]) -> Float:
        return np.asarray(model.predict(pixels, batch_size=1000, verbose=0))

    digits, cells = judges.grid.x.shape[:2]
    grid = logits(judges.grid.x.reshape(-1, SIDE, SIDE)).reshape(digits, cells, 10)
    labels = np.repeat(judges.grid.y, cells).reshape(digits, cells)
    own = judges.calibration
    temperature = fit_temperature(grid[own].reshape(-1, 10), labels[own].ravel())
    return figures_of(
        temperature,
        logits(judges.mnist.x).argmax(axis=1) == judges.mnist.y,
        GridAnswers(judges.grid.y, softmax(grid / temperature), own),
        softmax(logits(judges.non_digits) / temperature).max(axis=1),
        logits(judges.styles.x).argmax(axis=1) == judges.styles.y,
    )
