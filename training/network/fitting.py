"""Fitting a network: what it is fitted to, and the optimiser."""

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float
from training.datasets.mnist import NOT_A_DIGIT, digits_between
from training.network.architectures import CLASSES

BETWEEN_SHARE = 0.35
"""Of each of the two digits that a drawing is between; what is left is of all digits alike."""


def soft_targets(y: NDArray[np.uint8], smoothing: float) -> Float:
    """float32[n, 10]: smoothed one-hot targets.

    Uniform ones for `NOT_A_DIGIT`, and two peaks for what is between two digits.
    """
    targets = np.full((len(y), CLASSES), smoothing / CLASSES, np.float32)
    digit = np.flatnonzero(y < CLASSES)
    targets[digit, y[digit]] += 1 - smoothing
    targets[y == NOT_A_DIGIT] = 1 / CLASSES
    at, pairs = digits_between(y)
    targets[at] = (1 - 2 * BETWEEN_SHARE) / CLASSES
    targets[at[:, None], pairs] += BETWEEN_SHARE
    return targets


def rate_over(steps: int, highest: float, rise: int) -> keras.optimizers.schedules.CosineDecay:
    """A learning rate that rises for one step in `rise`, then falls to 0 along a cosine.

    Args:
        steps: how many there are.
        highest: what it rises to, from one part in `rise` of it.
        rise: 20 for a twentieth of the steps.
    """
    rising = max(1, steps // rise)
    return keras.optimizers.schedules.CosineDecay(
        highest / rise, steps - steps // rise, warmup_target=highest, warmup_steps=rising
    )


def averaged_adamw(
    rate: keras.optimizers.schedules.CosineDecay, weight_decay: float, averaging: float
) -> keras.optimizers.AdamW:
    """AdamW that leaves the averaged weights at the end of each `fit`.

    Args:
        rate: of each step.
        weight_decay: of AdamW.
        averaging: the momentum with which the weights are averaged over the steps.
    """
    return keras.optimizers.AdamW(
        rate, weight_decay=weight_decay, use_ema=True, ema_momentum=averaging
    )


def compile_averaged(
    model: keras.Model,
    rate: keras.optimizers.schedules.CosineDecay,
    weight_decay: float,
    averaging: float,
) -> None:
    """Make a model of logits ready to be fitted to soft targets, by AdamW with averaged weights.

    Args:
        model: to logits float32[n, 10]; at the end of each `fit` it has the averaged weights.
        rate: of each step.
        weight_decay: of AdamW.
        averaging: see `averaged_adamw`.
    """
    optimizer = averaged_adamw(rate, weight_decay, averaging)
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))
