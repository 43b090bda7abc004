"""How a retraining went."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from training.retraining.candidate import Attempt
from training.retraining.gate import Before


@dataclass(frozen=True)
class Story:
    """How a retraining went.

    Attributes:
        before: what the judges say of the version in service and of the anchor.
        forgets: how many rows are gone that the version in service learned from.
        attempt: the version that came of it.
        believed: which rows were learned from: bool[n].
        evidence: which rows say what was gained, fixed before the training.
        right_before: which rows the version in service names as labelled.
        answers_before: what the version in service says of each row: int[n].
    """

    before: Before
    forgets: int
    attempt: Attempt
    believed: Mask
    evidence: Mask
    right_before: Mask
    answers_before: NDArray[np.int64]
