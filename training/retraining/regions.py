"""Labels that wait for a person: what many new names say of drawings that are alike.

A label that contradicts an unsure answer is believed, and anyone can ask the API what it is unsure
of. A few hands are no danger: the gate bounds what they do. But where MANY contributors who had not
been there DAYS_KNOWN days before give one label to what the anchor calls by one other name, that
is a new way of writing or an attack, and nothing in the rows tells which. These rows are neither
learned from nor evidence until a person has looked at them (`models.reviews`), or until CONFIRMED
contributors who had been there before say the same on CONFIRMED_DAYS different days.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.models.reviews import Decision, Region
from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Mask
from training.datasets.mnist import NOT_A_DIGIT
from training.retraining.collected import Collected
from training.retraining.near_duplicates import coarse_pictures

MANY = 40
DAYS_KNOWN = 7
CONFIRMED = 10
CONFIRMED_DAYS = 3

_ALIKE = 0.85  # cosine between coarse pictures from which two drawings are of one region …
_LIKE = 0.9  # … and of what joins others: more alike than what a person sees together
_SHOWN = 24


@dataclass(frozen=True)
class Reviewed:
    """What is to be believed of the rows, as far as persons are needed.

    Attributes:
        waits: which rows wait for a person: bool[n].
        accepted: whose labels a person has called right: bool[n].
        rejected: whose labels a person has called wrong: bool[n].
        regions: those that wait, the largest first.
    """

    waits: Mask
    accepted: Mask
    rejected: Mask
    regions: list[Region]


def reviewed(
    collected: Collected,
    probabilities: Float,
    sure_from: float,
    decisions: Sequence[Decision],
    learned: Mask,
) -> Reviewed:
    """Find what waits.

    Args:
        collected: the rows.
        probabilities: what the anchor says of them, float32[n, 10].
        sure_from: the confidence from which it is sure.
        decisions: of persons, in order; the last one on a drawing counts.
        learned: which ones the version in service has learned from: bool[n]. They don't wait, else
            an honest style would be lost on the day on which enough people write it.
    """
    labels = collected.labels
    answers = probabilities.argmax(axis=1)
    unsure = probabilities.max(axis=1) < sure_from
    coarse = coarse_pictures(collected.pixels)
    word = _decided(collected, coarse, unsure, decisions)
    undecided = word == 0
    open_ = undecided & (answers != labels)
    waits = np.zeros(len(labels), bool)
    regions: list[Region] = []
    # "Not a digit" is one thing to say, whatever the anchor takes the drawings for.
    instead = np.where(labels == NOT_A_DIGIT, NOT_A_DIGIT, answers)
    known = _days_known(collected)
    pairs = np.unique(np.stack([labels, instead], axis=1)[open_], axis=0)
    for label, answer in pairs.tolist():
        rows = np.flatnonzero(open_ & (labels == label) & (instead == answer))
        if not learned[rows].all() and _must_wait(collected, rows, known):
            # Also where the anchor makes the mistake already that it is to be taught.
            same = np.flatnonzero(undecided & (labels == label) & ~open_ & unsure)
            like = (coarse[same] @ coarse[rows].T).max(axis=1, initial=0) >= _LIKE
            rows = np.concatenate([rows, same[like]])
            waits[rows] = ~learned[rows]
            parts = _parts(coarse[rows])
            regions.extend(
                _region(collected, rows[parts == k], answers, coarse) for k in set(parts.tolist())
            )
    regions.sort(key=lambda region: -len(region.ids))
    return Reviewed(waits, word > 0, word < 0, regions)


def _days_known(collected: Collected) -> NDArray[np.int64]:
    """How long each row's contributor had been there when it came: int[n], in days."""
    first = np.full(collected.contributors.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, collected.contributors, collected.days)
    return np.asarray(collected.days - first[collected.contributors])


def _must_wait(collected: Collected, rows: NDArray[np.intp], days_known: NDArray[np.int64]) -> bool:
    """Whether rows that say the same against the anchor come from many new names alone."""
    old = rows[days_known[rows] >= DAYS_KNOWN]
    names = np.unique(collected.contributors[old])
    confirmed = len(names) >= CONFIRMED and len(np.unique(collected.days[old])) >= CONFIRMED_DAYS
    new = np.setdiff1d(collected.contributors[rows], names)
    return len(new) >= MANY and not confirmed


def _decided(
    collected: Collected,
    coarse: NDArray[np.float32],
    unsure: Mask,
    decisions: Sequence[Decision],
) -> NDArray[np.int64]:
    """What persons said of each row: 1 accepted, -1 rejected, 0 nothing; int[n].

    What is only like the drawings that they saw is meant where the anchor is unsure of it: nobody
    has said that a clear four is a nine, or that honest nines are none.
    """
    word = np.zeros(len(collected.labels), np.int64)
    ids = np.array(collected.ids)
    for decision in decisions:
        region = decision.region
        label = NOT_A_DIGIT if region.label == "NaN" else int(region.label)
        drawings = np.frombuffer(b"".join(region.drawings), np.uint8).reshape(-1, SIDE, SIDE)
        like = (coarse @ coarse_pictures(drawings).T).max(axis=1, initial=0) >= _LIKE
        meant = (collected.labels == label) & ((like & unsure) | np.isin(ids, list(region.ids)))
        word[meant] = 1 if decision.accepted else -1
    return word


def _parts(coarse: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which drawings are alike: a number for each; the first of a part is what others are like."""
    part = np.full(len(coarse), -1, np.int64)
    for k in range(len(coarse)):
        if part[k] < 0:
            part[(part < 0) & (coarse @ coarse[k] >= _ALIKE)] = k
    return part


def _region(
    collected: Collected,
    rows: NDArray[np.intp],
    answers: NDArray[np.intp],
    coarse: NDArray[np.float32],
) -> Region:
    ids = tuple(collected.ids[k] for k in rows)
    label = int(collected.labels[rows[0]])
    by = Counter(collected.contributors[rows].tolist())
    return Region(
        name=hashlib.blake2b("".join(sorted(ids)).encode(), digest_size=4).hexdigest(),
        label="NaN" if label == NOT_A_DIGIT else label,
        answer=int(np.bincount(answers[rows]).argmax()),
        contributors=len(by),
        ids=ids,
        drawings=tuple(collected.pixels[k].tobytes() for k in rows[_shown(coarse[rows])]),
    )


def _shown(coarse: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which drawings a person sees of very many: each the least like those before it.

    So nothing that is different hides behind many that are alike, in whatever order they came.
    """
    shown = [0]
    likest = coarse @ coarse[0]
    while len(shown) < min(_SHOWN, len(coarse)):
        likest[shown[-1]] = np.inf
        shown.append(int(likest.argmin()))
        likest = np.maximum(likest, coarse @ coarse[shown[-1]])
    return np.array(shown)
