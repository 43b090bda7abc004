"""Pictures in batches, for networks to be fitted to or asked about."""

from typing import Any

import tensorflow as tf
from numpy.typing import NDArray


def in_batches(size: int, *arrays: NDArray[Any]) -> tf.data.Dataset:
    """Arrays of the same length, `size` rows at a time, in their order; the last batch is shorter.

    Hand it to `fit`, `predict` or `evaluate` instead of the arrays: see `not_tuned`.
    """
    rows = tf.data.Dataset.from_tensor_slices(arrays if len(arrays) > 1 else arrays[0])
    return not_tuned(rows.batch(size).prefetch(2))


def not_tuned(batches: tf.data.Dataset) -> tf.data.Dataset:
    """The same batches, without the thread that tunes how they are fetched.

    That thread sleeps twice as long each time, and whoever has read the last batch waits until it
    wakes: with TensorFlow 2.21 every second pass took up to twice its time.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.with_options(options)
