"""What models say of rows that they did not learn from."""

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digit_recognizer.recognition.arrays import Float, Mask
from training.network.batches import in_batches
from training.network.calibration import softmax
from training.retraining.anchor import Anchor
from training.retraining.collected import Collected
from training.retraining.fine_tuning import FineTuning, between
from training.retraining.near_duplicates import labelled_alike

_SHARE = 3  # where there are more contributors than this, none has more than a third of the rows


@dataclass(frozen=True, eq=False)
class CrossValidated:
    """Models that learned from all folds but one, each.

    Attributes:
        anchor: what they began from.
        rows: the rows.
        folds: which rows each model did not learn from, bool[n], and the model; None where there
            was nothing to learn from.
    """

    anchor: Anchor
    rows: Collected
    folds: list[tuple[Mask, keras.Model | None]]

    def probabilities(self, strength: float) -> Float:
        """Of each row by the model that did not learn from it, which goes so far: float32[n, 10].

        Where nothing could be learned it is the anchor's answer.
        """
        temperature = np.float32(self.anchor.temperature)
        probabilities = self.anchor.probabilities.copy()
        for held_out, model in self.folds:
            if model is None:
                continue
            mixed = between(self.anchor.model, model, strength)
            logits = mixed.predict(in_batches(1000, self.rows.pixels[held_out]), verbose=0)
            probabilities[held_out] = softmax(logits / temperature)
        return probabilities


def cross_validated(
    tuning: FineTuning,
    anchor: Anchor,
    rows: Collected,
    usable: Mask,
    asked: Mask,
    groups: NDArray[np.int64],
) -> CrossValidated:
    """Learn from some folds of the rows, so as to ask about the other one, other contributors'.

    What is asked about was not learned from by anybody's hand: not by a contributor of that fold,
    and no drawing that is alike and labelled the same. What is not asked about takes away nothing
    that others learn from.

    Args:
        tuning: how the models learn.
        anchor: what they begin from.
        rows: the rows.
        usable: which of them may be learned from: bool[n].
        asked: what no model may have learned from that is asked about it: bool[n].
        groups: the same number where drawings are alike: int[n].
    """
    fold = folds_of(rows.contributors, tuning.options.folds)
    drawing = labelled_alike(groups, rows.labels)
    folds: list[tuple[Mask, keras.Model | None]] = []
    for number in tqdm(range(tuning.options.folds), "cross-validation"):
        held_out = fold == number
        training = usable & ~held_out & ~np.isin(drawing, drawing[held_out & asked])
        learns = training.any() and held_out.any()
        folds.append((held_out, tuning.once(training, f"fold-{number}") if learns else None))
    return CrossValidated(anchor, rows, folds)


def came_first(collected: Collected, groups: NDArray[np.int64]) -> Mask:
    """Which rows came on the first day of those that are alike and labelled the same: bool[n].

    Many that are alike on one day are a style, or an attack that must not vouch for itself from
    fold to fold. What comes on a later day may be copied from the others, and takes nothing away.
    """
    _, of = np.unique(labelled_alike(groups, collected.labels), return_inverse=True)
    first = np.full(of.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, of, collected.days)
    return np.asarray(collected.days == first[of])


def fair(collected: Collected, seed: int) -> Mask:
    """Which rows to take so that, of several contributors, none has more than a third: bool[n]."""
    names, of = np.unique(collected.contributors, return_inverse=True)
    fair = np.ones(len(of), bool)
    if len(names) <= _SHARE:
        return fair
    most = max(len(of) // _SHARE, 40)
    order = np.random.default_rng(seed).permutation(len(of))
    for number in range(len(names)):
        own = order[of[order] == number]
        fair[own[most:]] = False
    return fair


def folds_of(contributors: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """The fold of each row, int[n]: contributors are dealt by turns, those with most rows first.

    Not where fewest rows are: so two who give very many would have a fold each, and all the others
    together the last one.

    Args:
        contributors: int[n].
        folds: how many.
    """
    _, of, counts = np.unique(contributors, return_inverse=True, return_counts=True)
    turn = np.empty(len(counts), np.int64)
    turn[np.argsort(-counts, kind="stable")] = np.arange(len(counts)) % folds
    return np.asarray(turn[of])
