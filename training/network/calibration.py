"""Confidence that means something: temperature, calibration error, separation of non-digits."""

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float


def softmax(logits: Float) -> Float:
    """Probabilities of logits float32[…, 10]."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), np.float32)


def fit_temperature(logits: Float, y: NDArray[np.uint8]) -> float:
    """The temperature with the smallest cross-entropy (Guo, Pleiss, Sun, Weinberger 2017).

    Args:
        logits: float32[n, 10].
        y: uint8[n], the labels.
    """
    candidates = np.exp(np.linspace(np.log(0.3), np.log(3), 200))
    scores = [cross_entropy(logits / temperature, y) for temperature in candidates]
    return round(float(candidates[int(np.argmin(scores))]), 4)


def temperature_that_flags(logits: Float, share: float, below: float) -> float:
    """The temperature at which a share of the answers has a confidence below a threshold.

    Args:
        logits: float32[n, 10].
        share: of the answers, from 0 to 1.
        below: the confidence.
    """
    low, high = 0.05, 20.0
    for _ in range(40):  # the hotter, the less confident
        middle = (low * high) ** 0.5
        flagged = np.mean(softmax(logits / middle).max(axis=1) < below)
        low, high = (middle, high) if flagged < share else (low, middle)
    return round(high, 4)


def expected_calibration_error(
    confidence: Float, correct: NDArray[np.bool_], bins: int = 15
) -> float:
    """Mean distance of confidence and accuracy over bins of equal width, weighed by their size."""
    return float(
        sum(
            abs(float(confidence[inside].mean()) - float(correct[inside].mean())) * inside.mean()
            for inside in bins_of(confidence, bins)
            if inside.any()
        )
    )


def bins_of(confidence: Float, bins: int = 15) -> list[NDArray[np.bool_]]:
    """Which of n confidences lie in each of the bins of equal width over (0, 1]."""
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return [number == k for k in range(bins)]


def roc_auc(positive: Float, negative: Float) -> float:
    """Area under the ROC curve: how often a positive scores above a negative (ties half)."""
    scores = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = len(positive)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negative)))


def cross_entropy(logits: Float, y: NDArray[np.uint8]) -> float:
    """Mean cross-entropy of logits float32[n, 10] and labels uint8[n], in nats."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return float((log_sum - shifted[np.arange(len(y)), y]).mean())
