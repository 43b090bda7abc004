"""Training the ink finder: each epoch shows the scenes turned, mirrored and in other colours."""

import math
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Float, Grey
from training.drawings.scenes.ink_examples import InkExamples
from training.network.architectures import ink_finder
from training.network.batches import in_batches, not_tuned
from training.network.fitting import averaged_adamw, rate_over

BATCH = 64
_RATE = 3e-3
_INK_WEIGHT = 3.0  # ink is a small part of a picture
_NEGATIVES = 0.2  # share of pictures shown as their negative
_OTHER_COLOURS = 0.4  # share of pictures whose channels are shown in another order


def trained(examples: InkExamples, unseen: InkExamples, epochs: int, seed: int) -> keras.Model:
    """A network of logits; after each epoch a line tells how well it finds unseen writers' ink."""
    model = ink_finder()
    steps = epochs * math.ceil(len(examples.x) / BATCH)
    optimizer = averaged_adamw(rate_over(steps, _RATE, 20), 1e-4, 0.995)
    model.compile(optimizer, _loss, metrics=[_overlap], jit_compile=True)
    for epoch in range(epochs):
        generated = tf.data.Dataset.from_generator(
            lambda epoch=epoch: _batches(examples, np.random.default_rng([seed, epoch])),
            output_signature=(
                tf.TensorSpec((BATCH, *examples.x.shape[1:]), tf.uint8),
                tf.TensorSpec((BATCH, *examples.y.shape[1:]), tf.float32),
            ),
        )
        model.fit(not_tuned(generated.prefetch(4)), shuffle=False, verbose=0)
        whole = len(unseen.x) // BATCH * BATCH
        batches = in_batches(BATCH, unseen.x[:whole], unseen.y[:whole] / np.float32(255))
        loss, overlap = model.evaluate(batches, verbose=0)
        print(f"  epoch {epoch + 1}  loss {loss:.4f}  overlap {overlap:.4f}", flush=True)
    return model


def _batches(examples: InkExamples, rng: Generator) -> Iterator[tuple[Grey, Float]]:
    """Batches of all examples in random order, each batch turned and mirrored in its own way."""
    order = rng.permutation(len(examples.x))
    for start in range(0, len(order) - BATCH + 1, BATCH):
        at = order[start : start + BATCH]
        x, y = examples.x[at], examples.y[at]
        turns = int(rng.integers(4))
        x, y = np.rot90(x, turns, (1, 2)), np.rot90(y, turns, (1, 2))
        if rng.random() < 0.5:
            x, y = x[:, :, ::-1], y[:, :, ::-1]
        x = x.copy()
        for k in np.flatnonzero(rng.random(BATCH) < _OTHER_COLOURS):
            x[k] = x[k][..., rng.permutation(3)]
        negative = rng.random(BATCH) < _NEGATIVES
        x[negative] = 255 - x[negative]
        yield x, np.asarray(y / 255, np.float32)


def _loss(ink: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy in which ink weighs more, and one minus the soft overlap (Dice)."""
    entropy = tf.nn.weighted_cross_entropy_with_logits(ink, logits, _INK_WEIGHT)
    return tf.reduce_mean(entropy, axis=(1, 2)) + 0.3 * (1 - _soft_overlap(ink, tf.sigmoid(logits)))


def _overlap(ink: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Dice's coefficient of ink and what is taken for it."""
    return _soft_overlap(tf.cast(ink > 0.5, tf.float32), tf.cast(logits > 0, tf.float32))


def _soft_overlap(ink: tf.Tensor, found: tf.Tensor) -> tf.Tensor:
    both = tf.reduce_sum(ink * found, axis=(1, 2))
    return (2 * both + 4) / (
        tf.reduce_sum(ink, axis=(1, 2)) + tf.reduce_sum(found, axis=(1, 2)) + 4
    )
