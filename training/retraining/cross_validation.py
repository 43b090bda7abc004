"""What models say of rows that they did not learn from."""

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digit_recognizer.recognition.arrays import Float, Mask
from training.network.calibration import softmax
from training.retraining.collected import Collected
from training.retraining.fine_tuning import STRENGTHS, FineTuning, between
from training.retraining.parent import Parent

_SHARE = 3  # where there are more contributors than this, none has more than a third of the rows


def cross_validated(
    tuning: FineTuning, parent: Parent, collected: Collected, usable: Mask, temperature: float
) -> Float:
    """Learn from some folds of the rows, ask about the other one.

    Args:
        tuning: how the models learn.
        parent: what they go on from; its answers stand where nothing can be learned.
        collected: the rows.
        usable: which of them may be learned from: bool[n].
        temperature: of the answers.

    Returns:
        float32[strengths, n, 10], for each strength of the fine-tuning.
    """
    options = tuning.options
    fold = _folds(collected, options.folds, options.seed)
    probabilities = np.zeros((len(STRENGTHS), len(fold), 10), np.float32)
    for number in tqdm(range(options.folds), "cross-validation"):
        training, held_out = usable & (fold != number), fold == number
        if not training.any() or not held_out.any():
            probabilities[:, held_out] = parent.probabilities[held_out]
            continue
        model = tuning.once(training, f"fold-{number}")
        for k, strength in enumerate(STRENGTHS):
            mixed = between(parent.model, model, strength)
            logits = mixed.predict(collected.pixels[held_out], batch_size=1000, verbose=0)
            probabilities[k, held_out] = softmax(logits / np.float32(temperature))
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


def _folds(collected: Collected, folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each row: whole contributors where there are enough, else rows by lot."""
    order = np.random.default_rng(seed).permutation(len(collected.labels))
    fold = np.empty(len(order), np.int64)
    names, counts = np.unique(collected.contributors, return_counts=True)
    if len(names) < 2 * folds:
        # by label, so that each digit is in every fold
        fold[order[np.argsort(collected.labels[order], kind="stable")]] = (
            np.arange(len(order)) % folds
        )
        return fold
    sizes = np.zeros(folds, int)
    for name, n in sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda p: -p[1]):
        smallest = int(sizes.argmin())
        fold[collected.contributors == name] = smallest
        sizes[smallest] += n
    return fold
