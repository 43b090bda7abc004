"""Which labels a retraining believes."""

import numpy as np

from training.datasets.mnist import NOT_A_DIGIT
from training.retraining import doubt


def test_only_a_confident_answer_contradicts_a_label() -> None:
    sure = np.full((10,), 0.001, np.float32)
    sure[3] = 0.991
    unsure = np.full((10,), 0.05, np.float32)
    unsure[3] = 0.55
    answers = np.stack([sure, sure, unsure, sure])
    labels = np.array([3, 8, 8, NOT_A_DIGIT], np.uint8)
    assert doubt.contradicted(answers, labels, 0.99).tolist() == [False, True, False, True]
    assert doubt.named_as_labelled(answers, labels).tolist() == [True, False, False, False]


def test_rows_that_others_vindicate_are_believed_again_and_those_they_refute_are_not() -> None:
    doubted = np.array([True, True, False, False, False])
    usable = np.array([False, False, True, True, False])
    labels = np.array([7, 7, 7, 7, 7], np.uint8)
    probabilities = np.full((5, 10), 0.001, np.float32)
    probabilities[[0, 2], 7] = 0.991  # names them as labelled
    probabilities[[1, 3, 4], 4] = 0.991  # is sure of something else
    believed = doubt.believed(labels, doubted, usable, probabilities, 0.99)
    assert believed.tolist() == [True, False, True, False, False]
