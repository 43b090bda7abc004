"""What models say of rows that they did not learn from."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.collected import Collected
from training.examples import Examples
from training.fine_tuning import STRENGTHS, Replay, between, fine_tuned_once
from training.gate import softmax
from training.options import Options
from training.parent import Parent

_SHARE = 3  # where there are more contributors than this, none has more than a third of the rows

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]


def cross_validated(
    parent: Parent,
    collected: Collected,
    usable: Mask,
    views: Examples,
    replay: Replay,
    temperature: float,
    options: Options,
    run: Path,
) -> Float:
    """Learn from some folds of the rows, ask about the other one.

    Args:
        parent: what the models go on from; its answers stand where nothing can be learned.
        collected: the rows.
        usable: which of them may be learned from: bool[n].
        views: variants of the rows.
        replay: what must not be forgotten.
        temperature: of the answers.
        options: folds, schedule and seed.
        run: a folder in which the models are kept.

    Returns:
        float32[strengths, n, 10], for each strength of the fine-tuning.
    """
    fold = _folds(collected, options.folds, options.seed)
    answers = np.zeros((len(STRENGTHS), len(fold), 10), np.float32)
    for number in tqdm(range(options.folds), "cross-validation"):
        rows, asked = usable & (fold != number), fold == number
        if not rows.any() or not asked.any():
            answers[:, asked] = parent.answered[asked]
            continue
        file = run / f"fold-{number}.keras"
        model = fine_tuned_once(
            parent.model, replay, views, rows, options.schedule, options.seed, file
        )
        for k, strength in enumerate(STRENGTHS):
            mixed = between(parent.model, model, strength)
            logits = mixed.predict(collected.pixels[asked], batch_size=1000, verbose=0)
            answers[k, asked] = softmax(logits / np.float32(temperature))
    return answers


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
