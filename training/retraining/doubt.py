"""Which labels of feedback to believe.

A label that contradicts a *confident* answer of the anchor is doubted, whatever one contributor or
many say, and however often: "not sure" is said of one answer in a hundred, and of the sure ones far
fewer are wrong. Doubted rows are not learned from, unless models that learned from the other
rows alone come to name the doubted ones as labelled: then they belong to something new that the
others show, too. The other way round, a row is doubted as well if models that learned without it
are confident of something else. This is the cross-validated disagreement of confident learning
(Northcutt, Jiang, Chuang 2021), with the calibrated threshold of "not sure" in the place of
thresholds by class: those are learned from the labels that are in doubt.
"""

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float, Mask
from training.datasets.mnist import NOT_A_DIGIT

Labels = NDArray[np.uint8]


def contradicted(probabilities: Float, labels: Labels, sure_from: float) -> Mask:
    """Which labels a confident answer contradicts; "not a digit" is contradicted by any digit.

    Args:
        probabilities: float32[n, 10] of the answers.
        labels: uint8[n], 0 … 9 or NOT_A_DIGIT.
        sure_from: the confidence from which an answer is not "not sure".

    Returns:
        bool[n].
    """
    sure = probabilities.max(axis=1) >= sure_from
    return np.asarray(sure & (probabilities.argmax(axis=1) != labels))


def named_as_labelled(probabilities: Float, labels: Labels) -> Mask:
    """Which rows are more likely what their label says than anything else: bool[n].

    "Not a digit" is never an answer, so such a row is none of them.
    """
    return np.asarray((labels != NOT_A_DIGIT) & (probabilities.argmax(axis=1) == labels))


def believed(
    labels: Labels, doubted: Mask, usable: Mask, held_out_probabilities: Float, sure_from: float
) -> Mask:
    """Which rows to learn from, once models that did not learn from them were asked about them.

    Args:
        labels: uint8[n], 0 … 9 or NOT_A_DIGIT.
        doubted: which labels contradict a confident answer of the anchor: bool[n].
        usable: which of the others may be learned from: bool[n].
        held_out_probabilities: what models say that did not learn from a row: float32[n, 10].
        sure_from: the confidence from which an answer is not "not sure".

    Returns:
        bool[n].
    """
    vindicated = doubted & named_as_labelled(held_out_probabilities, labels)
    refuted = ~doubted & contradicted(held_out_probabilities, labels, sure_from)
    return np.asarray((usable | vindicated) & ~refuted)
