"""A model that learns from feedback, too, without forgetting what it knew.

Every batch mixes warped feedback with replayed MNIST pictures, pen digits and drawings that are no
digit. The targets of the replayed ones are the anchor's answers (learning without forgetting, Li,
Hoiem 2016), so that nothing but the feedback pulls it anywhere; where the anchor is wrong it is the
true label, so that no mistake is handed on. Beside them are mixtures of two with the anchor's
answers, which hold it where no picture lies (function matching; Beyer and others 2022, "Knowledge
distillation: A good teacher is patient and consistent").
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers

from digit_recognizer.recognition.arrays import Float, Grey, Mask
from training.datasets.mnist import NOT_A_DIGIT, Images
from training.drawings.examples import Examples
from training.network.batches import in_batches
from training.network.calibration import softmax
from training.network.fitting import compile_averaged, rate_over, soft_targets
from training.retraining.options import Options, Schedule

STRENGTHS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
"""How far towards the fine-tuned weights a version goes: as far as the gate lets it."""

_MIXED = 0.7  # mixtures to a replayed picture
_SEED_OF_MIXTURES = 3
_SMOOTHING = 0.02  # of true labels, as in training from nothing
_WEIGHT_DECAY = 1e-4


@dataclass(frozen=True)
class Replay:
    """What must not be forgotten: pixels uint8[n, 28, 28] and targets float32[n, 10]."""

    pixels: Grey
    targets: Float


def replay_of(anchor: keras.Model, pictures: Images) -> Replay:
    """Pictures with the anchor's answers, true labels where those are wrong, and mixtures of two.

    Args:
        anchor: uint8[n, 28, 28] to logits float32[n, 10].
        pictures: with labels 0 … 9 or NOT_A_DIGIT, of which no answer is right or wrong.
    """
    mixed = _mixtures(pictures.x)
    pixels = np.concatenate([pictures.x, mixed])
    answers = softmax(anchor.predict(in_batches(1000, pixels), verbose=0))
    targets = answers[: len(pictures.x)]  # a view
    wrong = (pictures.y != NOT_A_DIGIT) & (targets.argmax(axis=1) != pictures.y)
    targets[wrong] = soft_targets(pictures.y[wrong], _SMOOTHING)
    return Replay(pixels, answers)


def _mixtures(pixels: Grey) -> Grey:
    """Two pictures each, in parts that are drawn by lot."""
    rng = np.random.default_rng(_SEED_OF_MIXTURES)
    n = int(_MIXED * len(pixels))
    one, other = rng.permutation(len(pixels))[:n], rng.permutation(len(pixels))[:n]
    part = rng.random((n, 1, 1), np.float32)
    return np.rint(part * pixels[one] + (1 - part) * pixels[other]).astype(np.uint8)


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


@dataclass(frozen=True)
class FineTuning:
    """What all fine-tunings of one retraining share.

    Attributes:
        base: the anchor, which each of them begins from: uint8[n, 28, 28] to logits float32[n, 10].
        replay: what must not be forgotten.
        views: variants of all rows.
        options: schedule and seed.
        folder: where the models are kept.
    """

    base: keras.Model
    replay: Replay
    views: Examples
    options: Options
    folder: Path

    def once(self, rows: Mask, name: str) -> keras.Model:
        """Fine-tune on some rows, or read what an earlier try with the same rows left.

        Args:
            rows: which to learn from: bool[n].
            name: of the model's file.
        """
        file = self.folder / f"{name}.keras"
        key_file = file.with_suffix(".rows")
        key = hashlib.sha256(rows.tobytes()).hexdigest()
        if file.exists() and key_file.exists() and key_file.read_text() == key:
            return keras.models.load_model(file)
        feedback = Examples(self.views.x[rows], self.views.y[rows], "")
        options = self.options
        model = fine_tuned(self.base, self.replay, feedback, options.schedule, options.seed)
        partial = file.with_name(f"partial-{file.name}")
        model.save(partial)
        partial.replace(file)
        key_file.write_text(key)
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
    views = max(1, feedback.x.shape[1] // schedule.epochs)
    pictures = views * len(feedback.y)
    replays = max(schedule.replayed_at_least, int(schedule.replayed * pictures))
    replays = min(replays, len(replay.pixels))
    steps = -(-(pictures + replays) // schedule.batch) * schedule.epochs
    rate = rate_over(steps, schedule.learning_rate, 10)
    compile_averaged(model, rate, _WEIGHT_DECAY, schedule.averaging)
    rng = np.random.default_rng(seed)
    for epoch in range(schedule.epochs):
        x, y = feedback.epoch(epoch, views)
        chosen = rng.permutation(len(replay.pixels))[:replays]
        x = np.concatenate([x, replay.pixels[chosen]])
        targets = np.concatenate([soft_targets(y, _SMOOTHING), replay.targets[chosen]])
        order = rng.permutation(len(x))
        model.fit(in_batches(schedule.batch, x[order], targets[order]), shuffle=False, verbose=0)
    return model
