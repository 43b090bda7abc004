"""What is settled about the rows before anything is trained."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float, Mask
from training.retraining import doubt, near_duplicates
from training.retraining.collected import Collected
from training.retraining.evidence import evidence_of
from training.retraining.parent import Parent
from training.retraining.regions import Reviewed


@dataclass(frozen=True)
class Rows:
    """The rows, and what was settled about them.

    Attributes:
        collected: the rows.
        groups: the same number where drawings are alike: int[n].
        doubted: which labels contradict a confident answer of the anchor: bool[n]. Not among them
            are those that wait for a person or that a person has decided about.
        trusted: whose labels neither the anchor nor a person speaks against: bool[n].
        accepted: whose labels a person has called right: bool[n].
        evidence: which say what was gained: bool[n].
        forgets: how many rows that the version in service learned from are gone or rejected.
    """

    collected: Collected
    groups: NDArray[np.int64]
    doubted: Mask
    trusted: Mask
    accepted: Mask
    evidence: Mask
    forgets: int = 0


def settled(
    collected: Collected, probabilities: Float, sure_from: float, by: Reviewed, parent: Parent
) -> Rows:
    """Settle which rows may be learned from and which say what was gained.

    Args:
        collected: the rows.
        probabilities: what the anchor says of them, float32[n, 10].
        sure_from: the confidence from which it is sure.
        by: what persons said of them, and what waits for a person.
        parent: the version in service.
    """
    open_ = ~(by.waits | by.rejected | by.accepted)
    contradicted = doubt.contradicted(probabilities, collected.labels, sure_from)
    trusted = (open_ & ~contradicted) | by.accepted
    groups = near_duplicates.groups(collected.pixels)
    learned = parent.has_learned(collected)
    gone = len(parent.learned or ()) - collected.still_there
    forgets = gone + int((learned & by.rejected).sum())
    # What goes is not compared with: the anchor is, which has learned none of them.
    excluded = np.zeros(len(learned), bool) if forgets else learned
    return Rows(
        collected=collected,
        groups=groups,
        doubted=open_ & contradicted,
        trusted=trusted,
        accepted=by.accepted,
        evidence=evidence_of(collected, trusted, excluded, groups),
        forgets=forgets,
    )
