"""Training the network of digits' middles: how far off each pixel's is."""

import math

import keras
import numpy as np
import tensorflow as tf

from training.drawings.centre_examples import CentreExamples
from training.network.architectures import digit_centres
from training.network.batches import in_batches
from training.network.fitting import averaged_adamw, rate_over

BATCH = 64
_RATE = 3e-3
_NEAR = 0.05  # of a height: mistakes count by their square below it, and evenly above (Huber 1964)


def trained(examples: CentreExamples, unseen: CentreExamples, epochs: int) -> keras.Model:
    """The network; after each epoch a line tells how it does on lines that it did not learn."""
    model = digit_centres()
    steps = epochs * math.ceil(len(examples.x) / BATCH)
    optimizer = averaged_adamw(rate_over(steps, _RATE, 20), 1e-4, 0.995)
    model.compile(optimizer, _loss, metrics=[far_off], jit_compile=True)
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(examples.x))
        model.fit(in_batches(BATCH, examples.x[order], examples.y[order]), shuffle=False, verbose=0)
        loss, far = model.evaluate(in_batches(BATCH, unseen.x, unseen.y), verbose=0)
        print(f"  epoch {epoch + 1}  loss {loss:.4f}  far off {far:.4f}", flush=True)
    return model


def _loss(known: tf.Tensor, away: tf.Tensor) -> tf.Tensor:
    mistake = tf.abs(away - known[..., 0])
    near = mistake * mistake / (2 * _NEAR)
    return _weighted(known, tf.where(mistake < _NEAR, near, mistake - _NEAR / 2))


def far_off(known: tf.Tensor, away: tf.Tensor) -> tf.Tensor:
    """The share of the ink whose middle is named a fifth of a height off, or more."""
    return _weighted(known, tf.cast(tf.abs(away - known[..., 0]) > 0.2, tf.float32))


def _weighted(known: tf.Tensor, mistakes: tf.Tensor) -> tf.Tensor:
    counts = known[..., 1]
    return tf.reduce_sum(mistakes * counts, axis=(1, 2)) / (tf.reduce_sum(counts, axis=(1, 2)) + 1)
