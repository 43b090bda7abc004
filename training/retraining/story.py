"""How a retraining went."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from training.evaluation.figures import Figures
from training.retraining.candidate import Attempt


@dataclass(frozen=True)
class Story:
    """How a retraining went.

    Attributes:
        before: the figures of the version in service.
        attempt: the version that came of it.
        believed: which rows were learned from: bool[n].
        evidence: which of them say what was gained (those of digits).
        right_before: which rows the version in service names as labelled.
        answers_before: what the version in service says of each row: int[n].
    """

    before: Figures
    attempt: Attempt
    believed: Mask
    evidence: Mask
    right_before: Mask
    answers_before: NDArray[np.int64]
