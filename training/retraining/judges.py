"""The pictures that judge a version, and what they come to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Grey, Mask
from digit_recognizer.recognition.model import Model
from training.datasets.mnist import Images
from training.drawings.examples import Examples
from training.evaluation.figures import NOT_SURE_SHARE, Figures, GridAnswers, figures_of, percent
from training.network.batches import in_batches
from training.network.calibration import softmax, temperature_that_flags
from training.retraining.parent import answers

SURE_ANSWERS = "sure answers"
"""What the names of the probes end with that count sure answers, right or wrong."""


@dataclass(frozen=True)
class Judges:
    """The pictures that judge, all as `normalise` made them; no training ever sees them.

    Attributes:
        mnist: MNIST's test pictures.
        grid: digits of held-out writers, a variant for each cell of the grid.
        calibration: which of these digits are of the calibration writers: bool[n].
        non_digits: drawings that are no digit, uint8[n, 28, 28].
        styles: drawings of held-out writers in strange styles.
        families: the style of each of these drawings.
        to_learn: which of them are in a style that corrections are to teach: bool[n].
    """

    mnist: Images
    grid: Examples
    calibration: Mask
    non_digits: NDArray[np.uint8]
    styles: Images
    families: NDArray[np.str_]
    to_learn: Mask


@dataclass(frozen=True)
class Judged:
    """What the judges say of a version.

    Attributes:
        figures: how well it does what it did before.
        probes: parts of this that a fall could hide in, in percent, more is better: each digit,
            each family of styles, and how often it is sure, from the anchor's threshold on.
        sure_mistakes: how many of a hundred answers are wrong and sure, by what was asked.
    """

    figures: Figures
    probes: Mapping[str, float]
    sure_mistakes: Mapping[str, float]


def judged(of: Callable[[Grey], Float], temperature: float, sure: float, by: Judges) -> Judged:
    """Judge a version.

    Args:
        of: its probabilities, uint8[n, 28, 28] to float32[n, 10].
        temperature: what its logits were divided by.
        sure: the confidence from which an answer is sure: the anchor's, whoever is judged.
        by: the pictures.
    """
    digits, cells = by.grid.x.shape[:2]
    probabilities = of(by.grid.x.reshape(-1, SIDE, SIDE)).reshape(digits, cells, 10)
    grid = GridAnswers(by.grid.y, probabilities, by.calibration)
    styles = of(by.styles.x)
    named = styles.argmax(axis=1) == by.styles.y
    mnist = of(by.mnist.x).argmax(axis=1) == by.mnist.y
    figures = figures_of(
        temperature, mnist, grid, of(by.non_digits).max(axis=1), named[~by.to_learn]
    )
    is_sure = styles.max(axis=1) >= sure
    confidence, right = grid.judging
    labels = by.grid.y[~by.calibration]
    of_digit = right.reshape(len(labels), cells)
    probes = {
        **{f"the digit {k}": percent(of_digit[labels == k]) for k in sorted({*labels.tolist()})},
        **{f"MNIST's {k}": percent(mnist[by.mnist.y == k]) for k in range(10)},
        **{str(name): percent(named[by.families == name]) for name in dict.fromkeys(by.families)},
        f"held-out writers, {SURE_ANSWERS}": percent(confidence >= sure),
        f"styles, {SURE_ANSWERS}": percent(is_sure),
    }
    mistakes = {
        "held-out writers": percent(~right & (confidence >= sure)),
        "strange styles": percent(~named & is_sure),
    }
    return Judged(figures, probes, mistakes)


def judged_as_served(served: Model, sure: float, by: Judges) -> Judged:
    """Judge a version by its LiteRT file."""
    temperature = float(served.card.get("temperature", 1.0))
    return judged(lambda pixels: answers(served, pixels), temperature, sure, by)


def judged_network(model: keras.Model, temperature: float, sure: float, by: Judges) -> Judged:
    """Judge a network of logits, with its temperature."""
    return judged(lambda x: softmax(_logits(model, x) / temperature), temperature, sure, by)


def cautious_temperature(model: keras.Model, least: float, sure: float, by: Judges) -> float:
    """At which a network of logits is not surer than the anchor, nor much less.

    Of the calibration writers' digits it flags as many, at the anchor's threshold; what was learned
    well makes a network sure of what is strange, too, so it is never below the anchor's own. It is
    not fitted to labels: on other pictures of the same writers the anchor's own fit is a tenth
    higher, so an equal network would look less sure than it is and be refused for that.

    Args:
        model: uint8[n, 28, 28] to logits float32[n, 10].
        least: the anchor's temperature.
        sure: the confidence from which the anchor is.
        by: the pictures that judge.
    """
    digits = by.grid.x[by.calibration].reshape(-1, SIDE, SIDE)
    return max(temperature_that_flags(_logits(model, digits), NOT_SURE_SHARE, sure), least)


def _logits(model: keras.Model, pixels: Grey) -> Float:
    return np.asarray(model.predict(in_batches(1000, pixels), verbose=0))
