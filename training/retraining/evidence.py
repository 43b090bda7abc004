"""Which rows say what was gained: fixed before anything is trained, so no candidate chooses them.

Rows count that the version in service did not learn from, and whose labels no confident answer of
the anchor contradicts: those never count, however they come out. Of drawings that are alike the
one counts that came first, so that who copies what others gave takes no evidence from them; and of
one contributor a few, the newest.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from training.retraining.collected import Collected
from training.retraining.near_duplicates import labelled_alike

ENOUGH_CONTRIBUTORS = 10
"""With rows of fewer contributors nothing can be told."""

_OF_ONE = 20


def evidence_of(
    collected: Collected, trusted: Mask, learned: Mask, groups: NDArray[np.int64]
) -> Mask:
    """Which rows count: bool[n].

    Args:
        collected: the rows.
        trusted: whose labels nothing speaks against: bool[n].
        learned: which ones the version in service has learned from: bool[n].
        groups: the same number where drawings are alike: int[n].
    """
    counts = np.zeros(len(collected.labels), bool)
    drawing = labelled_alike(groups, collected.labels).tolist()
    seen = set()
    rows = np.flatnonzero(trusted & ~learned & collected.is_digit)
    for k in rows[np.argsort(collected.days[rows], kind="stable")].tolist():
        counts[k] = drawing[k] not in seen
        seen.add(drawing[k])
    return _a_few_of_each(collected, counts)


def contributors_of(collected: Collected, evidence: Mask) -> int:
    """How many contributors gave these rows."""
    return len(set(collected.contributors[evidence].tolist()))


def _a_few_of_each(collected: Collected, counts: Mask) -> Mask:
    chosen = np.zeros(len(counts), bool)
    rows = np.flatnonzero(counts)
    of: Counter[int] = Counter()
    for k in rows[np.argsort(-collected.days[rows], kind="stable")].tolist():
        contributor = int(collected.contributors[k])
        chosen[k] = of[contributor] < _OF_ONE
        of[contributor] += 1
    return chosen
