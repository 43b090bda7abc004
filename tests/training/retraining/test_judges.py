"""How sure a fine-tuned network may be."""

import keras
import numpy as np
from keras import layers

from training.datasets.mnist import Images
from training.drawings.examples import Examples
from training.network.calibration import softmax
from training.retraining.judges import Judges, cautious_temperature

SURE = 0.95


def network(sharpness: float) -> keras.Model:
    """Whose logits are the grey levels of the first ten pixels, so many times."""
    inputs = keras.Input((28, 28), dtype="uint8")
    x = layers.Rescaling(sharpness / 255)(inputs)
    return keras.Model(inputs, layers.Lambda(lambda each: each[:, 0, :10])(x))


def judges(own: int = 300) -> Judges:
    rng = np.random.default_rng(2)
    x = np.zeros((own + 50, 4, 28, 28), np.uint8)
    x[..., 0, :10] = rng.integers(0, 60, (own + 50, 4, 10))
    y = rng.integers(10, size=own + 50).astype(np.uint8)
    x[np.arange(own + 50), :, 0, y] = rng.integers(120, 255, (own + 50, 4))
    none = Images(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    return Judges(
        mnist=none,
        grid=Examples(x, y, ""),
        calibration=np.arange(own + 50) < own,
        non_digits=none.x,
        styles=none,
        families=np.zeros(0, np.str_),
        to_learn=np.zeros(0, bool),
    )


def test_one_that_became_sharper_flags_as_many_as_before() -> None:
    by = judges()
    temperature = cautious_temperature(network(60), 0.1, SURE, by)
    pixels = by.grid.x[by.calibration].reshape(-1, 28, 28)[:, 0, :10]
    confidence = softmax(60 / 255 * pixels.astype(np.float32) / temperature).max(axis=1)
    assert abs(np.mean(confidence < SURE) - 0.01) < 0.002
    assert abs(cautious_temperature(network(120), 0.1, SURE, by) - 2 * temperature) < 0.01


def test_none_is_colder_than_the_anchor() -> None:
    assert cautious_temperature(network(1), 7.5, SURE, judges()) == 7.5
