"""A model that goes on learning: from feedback, without forgetting what it knew.

Every batch mixes warped feedback with replayed MNIST pictures, pen digits and drawings that are no
digit. The targets of the replayed ones are the answers of the model itself before (learning
without forgetting, Li, Hoiem 2016), so that nothing but the feedback pulls it anywhere.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from training.examples import Examples
from training.gate import softmax
from training.train import soft_targets

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]

STRENGTHS = (1.0, 0.7, 0.5, 0.3)
"""How far towards the fine-tuned weights a version goes: as far as the gate lets it."""

_SMOOTHING = 0.02  # of the targets of feedback, as in training


@dataclass(frozen=True)
class Schedule:
    """How a fine-tuning goes.

    Attributes:
        epochs: in each of which every row is shown in other variants.
        learning_rate: the highest; it rises for a tenth of the steps and falls to 0.
        batch: pictures a step.
        replayed: so many replayed pictures there are to one of feedback …
        replayed_at_least: … and so many an epoch at least.
        averaging: the momentum with which the weights are averaged over the steps.
    """

    epochs: int = 3
    learning_rate: float = 5e-4
    batch: int = 128
    replayed: float = 3.0
    replayed_at_least: int = 12_000
    averaging: float = 0.98


@dataclass(frozen=True)
class Replay:
    """What must not be forgotten: pixels uint8[n, 28, 28] and targets float32[n, 10]."""

    pixels: Pixels
    targets: Float


def logits_of(served: keras.Model) -> keras.Model:
    """The network of a model that was saved to be served, without temperature and softmax."""
    return keras.Model(served.input, served.get_layer("logits").output, name=served.name)


def replay_of(model: keras.Model, pixels: Pixels) -> Replay:
    """Pictures with the model's own answers."""
    return Replay(pixels, softmax(model.predict(pixels, batch_size=1000, verbose=0)))


def between(base: keras.Model, tuned: keras.Model, strength: float) -> keras.Model:
    """A model whose weights lie between those of two (Wortsman and others 2022).

    Args:
        base: the model before.
        tuned: what `fine_tuned` made of it.
        strength: 0 for the one, 1 for the other.
    """
    model = keras.models.clone_model(base)
    pairs = zip(base.get_weights(), tuned.get_weights(), strict=True)
    model.set_weights([old + (new - old) * strength for old, new in pairs])
    return model


def fine_tuned(
    base: keras.Model, replay: Replay, feedback: Examples, schedule: Schedule, seed: int
) -> keras.Model:
    """A copy of a model that learned from feedback, too.

    Args:
        base: uint8[n, 28, 28] to logits float32[n, 10]; it stays as it is.
        replay: what is mixed in.
        feedback: variants of each row that is learned from.
        schedule: how.
        seed: decides the order and dropout.
    """
    keras.utils.set_random_seed(seed)
    model = keras.models.clone_model(base)
    model.set_weights(base.get_weights())
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False  # a few rows say nothing of the mean of all drawings
    shown = max(1, feedback.x.shape[1] // schedule.epochs)
    replayed = max(schedule.replayed_at_least, int(schedule.replayed * shown * len(feedback.y)))
    replayed = min(replayed, len(replay.pixels))
    steps = -(-(shown * len(feedback.y) + replayed) // schedule.batch) * schedule.epochs
    rate = schedule.learning_rate
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(
            rate / 10, steps - steps // 10, warmup_target=rate, warmup_steps=max(1, steps // 10)
        ),
        weight_decay=1e-4,
        use_ema=True,
        ema_momentum=schedule.averaging,
    )
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))
    rng = np.random.default_rng(seed)
    for epoch in range(schedule.epochs):
        x, y = feedback.epoch(epoch, shown)
        chosen = rng.permutation(len(replay.pixels))[:replayed]
        x = np.concatenate([x, replay.pixels[chosen]])
        targets = np.concatenate([soft_targets(y, _SMOOTHING), replay.targets[chosen]])
        order = rng.permutation(len(x))
        model.fit(x[order], targets[order], batch_size=schedule.batch, shuffle=False, verbose=0)
    return model


def fine_tuned_once(
    base: keras.Model,
    replay: Replay,
    views: Examples,
    rows: Mask,
    schedule: Schedule,
    seed: int,
    file: Path,
) -> keras.Model:
    """`fine_tuned` on some rows, kept in a file; or what an earlier try with these rows left there.

    Args:
        base: uint8[n, 28, 28] to logits float32[n, 10].
        replay: what is mixed in.
        views: variants of all rows.
        rows: which of them to learn from: bool[n].
        schedule: how.
        seed: decides the order and dropout.
        file: where the model is kept.
    """
    shown = Examples(views.x[rows], views.y[rows], "")
    told = file.with_suffix(".rows")
    key = hashlib.sha256(rows.tobytes()).hexdigest()
    if file.exists() and told.exists() and told.read_text() == key:
        return keras.models.load_model(file)
    model = fine_tuned(base, replay, shown, schedule, seed)
    partial = file.with_name(f"partial-{file.name}")
    model.save(partial)
    partial.replace(file)
    told.write_text(key)
    return model
