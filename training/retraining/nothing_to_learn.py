"""When rows teach nothing, and what would be needed instead."""

import numpy as np

from digit_recognizer.errors import DigitRecognizerError
from digit_recognizer.recognition.arrays import Float, Mask
from training.retraining.collected import Collected
from training.retraining.evidence import ENOUGH_CONTRIBUTORS

ROWS_NEEDED = 5
CORRECTIONS_OF_ONE_DIGIT = 20
"""Where all rows are of one digit, so many must correct the model: else they show no more than
that it should say this digit more often."""


class NothingToLearn(DigitRecognizerError):
    """The rows of the store are none that a retraining could learn from."""


def check_rows(collected: Collected) -> None:
    """Look at rows before anything is trained.

    Raises:
        NothingToLearn: there are none, none with pixels, or too few digits among them.
    """
    if not collected.rows:
        raise NothingToLearn("There are no rows of feedback yet: draw, correct, and try again.")
    digits = int(collected.is_digit.sum())
    if not len(collected.labels):
        reasons = ", ".join(f"{name}: {n}" for name, n in collected.left_out.items() if n)
        raise NothingToLearn(
            f"None of the {collected.rows} rows can be learned from ({reasons}); `make reprocess`"
            " makes the pixels of older rows anew."
        )
    if not digits:
        raise NothingToLearn(
            f"All {collected.rows} rows say that the drawing is no digit: rows that are labelled"
            " 0 to 9 are needed as well."
        )
    if digits < ROWS_NEEDED:
        raise NothingToLearn(
            f"Only {digits} different rows are labelled as a digit; {ROWS_NEEDED} are needed, so"
            " that some can check what was learned from the others."
        )


def check_answers(collected: Collected, probabilities: Float, trusted: Mask) -> None:
    """Look at what the anchor says of rows.

    Args:
        collected: the rows.
        probabilities: its answers, float32[n, 10].
        trusted: which labels nothing speaks against: bool[n].

    Raises:
        NothingToLearn: all rows are of one digit and too few of them correct the model, or no
            label is trusted.
    """
    digits = np.unique(collected.labels[collected.is_digit])
    corrections = int((probabilities.argmax(axis=1) != collected.labels)[collected.is_digit].sum())
    if len(digits) == 1 and corrections < CORRECTIONS_OF_ONE_DIGIT:
        raise NothingToLearn(
            f"All {int(collected.is_digit.sum())} rows are of one class, the digit {digits[0]}, and"
            f" {corrections} of them correct the model: rows of another digit, or"
            f" {CORRECTIONS_OF_ONE_DIGIT} corrections, are needed."
        )
    if not trusted[collected.is_digit].any():
        raise NothingToLearn(
            "Every label contradicts a confident answer of the model that retrainings begin from,"
            " or waits for a person (`make review`), so none is believed; nothing was learned."
        )


def check_evidence(contributors: int) -> None:
    """Look at who says what was gained, before anything is trained.

    Args:
        contributors: how many gave rows that count (see `evidence`).

    Raises:
        NothingToLearn: too few.
    """
    if contributors < ENOUGH_CONTRIBUTORS:
        raise NothingToLearn(
            f"Not enough to tell: only {contributors} contributors gave drawings of digits that"
            " the version in service did not learn from, that are not copies of each other, and"
            f" whose labels nothing speaks against; {ENOUGH_CONTRIBUTORS} are needed."
        )


def check_believed(believed: Mask) -> None:
    """Look at what is left once rows were doubted.

    Args:
        believed: which rows of digits are: bool[n].

    Raises:
        NothingToLearn: none is.
    """
    if not believed.any():
        raise NothingToLearn(
            "Models that learned from some of the rows contradict all the others: no label is"
            " believed, and nothing was learned."
        )
