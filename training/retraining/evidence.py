"""Which rows say what was gained: fixed before anything is trained, so no candidate chooses them.

Rows count that the version in service did not learn from, and whose labels no confident answer of
the anchor contradicts: those never count, however they come out. Of drawings that are alike one
counts, and of one contributor a few; contributors come in whole, those with the newest day first.
"""

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from training.retraining.collected import Collected

ENOUGH_CONTRIBUTORS = 10
"""With rows of fewer contributors nothing can be told."""

_OF_ONE = 20
_ROWS = 1500  # from which on no more contributors are asked


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
    alike = set()
    for k in np.flatnonzero(trusted & ~learned & collected.is_digit):
        drawing = int(groups[k]), int(collected.labels[k])
        counts[k] = drawing not in alike
        alike.add(drawing)
    return _of_newest_contributors(collected, counts)


def contributors_of(collected: Collected, evidence: Mask) -> int:
    """How many contributors gave these rows."""
    return len(set(collected.contributors[evidence].tolist()))


def _of_newest_contributors(collected: Collected, counts: Mask) -> Mask:
    chosen = np.zeros(len(counts), bool)
    rows = np.flatnonzero(counts)
    own: dict[int, list[int]] = {}
    for k in rows[np.argsort(-collected.days[rows], kind="stable")].tolist():
        own.setdefault(int(collected.contributors[k]), []).append(k)
    for of_one in own.values():  # in the order of their newest day
        if chosen.sum() >= _ROWS:
            break
        chosen[of_one[:_OF_ONE]] = True
    return chosen
