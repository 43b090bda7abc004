"""What models say of rows that they did not learn from."""

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digit_recognizer.recognition.arrays import Float, Mask
from training.network.batches import in_batches
from training.network.calibration import softmax
from training.retraining.anchor import Anchor
from training.retraining.collected import Collected
from training.retraining.fine_tuning import STRENGTHS, FineTuning, between

_SHARE = 3  # where there are more contributors than this, none has more than a third of the rows


def cross_validated(
    tuning: FineTuning, anchor: Anchor, rows: Collected, usable: Mask, groups: NDArray[np.int64]
) -> Float:
    """Learn from some folds of the rows, ask about the other one, which is other contributors'.

    What is asked about was not learned from by anybody's hand: not by a contributor of that fold,
    and no drawing that is alike.

    Args:
        tuning: how the models learn.
        anchor: what they begin from; its answers stand where nothing can be learned.
        rows: the rows.
        usable: which of them may be learned from: bool[n].
        groups: the same number where drawings are alike: int[n].

    Returns:
        float32[strengths, n, 10], for each strength of the fine-tuning.
    """
    options = tuning.options
    temperature = np.float32(anchor.temperature)
    fold = _folds(rows, options.folds)
    probabilities = np.zeros((len(STRENGTHS), len(fold), 10), np.float32)
    for number in tqdm(range(options.folds), "cross-validation"):
        held_out = fold == number
        training = usable & ~held_out & ~np.isin(groups, groups[held_out])
        if not training.any() or not held_out.any():
            probabilities[:, held_out] = anchor.probabilities[held_out]
            continue
        model = tuning.once(training, f"fold-{number}")
        for k, strength in enumerate(STRENGTHS):
            mixed = between(anchor.model, model, strength)
            logits = mixed.predict(in_batches(1000, rows.pixels[held_out]), verbose=0)
            probabilities[k, held_out] = softmax(logits / temperature)
    return probabilities


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


def _folds(collected: Collected, folds: int) -> NDArray[np.int64]:
    """The fold of each row, of whole contributors: those with most rows first, where fewest are."""
    fold = np.empty(len(collected.labels), np.int64)
    names, counts = np.unique(collected.contributors, return_counts=True)
    sizes = np.zeros(folds, int)
    for name, n in sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda p: -p[1]):
        smallest = int(sizes.argmin())
        fold[collected.contributors == name] = smallest
        sizes[smallest] += n
    return fold
