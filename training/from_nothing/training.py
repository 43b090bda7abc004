"""The loop: phases of epochs, each of which is checkpointed."""

import sys
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import keras
import numpy as np

from training.datasets.mnist import Images, load_mnist
from training.datasets.pen_digits import PenDigit, load_pen_digits, split_writers
from training.from_nothing.configuration import Configuration, Phase
from training.from_nothing.run import (
    LOG,
    append,
    note_commit,
    prepare,
    run_folder,
    save_checkpoint,
    start_or_resume,
)
from training.from_nothing.shown import (
    calibration_images,
    epoch_of,
    monitors_of,
    sources_of,
)
from training.network.batches import in_batches
from training.network.calibration import cross_entropy, fit_temperature
from training.network.fitting import compile_averaged, rate_over

_RISE = 20  # the rate rises for a twentieth of a phase's steps


def train(
    configuration: Configuration, mnist_file: Path | None = None, pen_file: Path | None = None
) -> tuple[keras.Model, Path]:
    """Train, or go on training, and return the averaged model (pixels to logits) and its folder.

    Raises:
        FileNotFoundError: a data set is not where an option says.
    """
    began = time.monotonic()
    mnist, _ = load_mnist(mnist_file)
    kept = len(mnist.y) - configuration.validation_mnist
    mnist, left_out = Images(mnist.x[:kept], mnist.y[:kept]), Images(mnist.x[kept:], mnist.y[kept:])
    digits = load_pen_digits(pen_file)
    writers, _ = split_writers(digits, configuration.held_out)
    sources = sources_of(configuration, mnist, writers)
    monitors = monitors_of(configuration, left_out, digits)
    run = run_folder(configuration, [sources[name].key for name in sorted(sources)])
    prepare(run, configuration, time.monotonic() - began)
    note_commit(run)
    print(configuration, flush=True)
    keras.utils.set_random_seed(configuration.seed)
    model, done = start_or_resume(configuration, run)
    epochs = [(phase, k) for phase in configuration.phases for k in range(phase.epochs)]
    for epoch, (phase, k) in islice(enumerate(epochs), done, None):
        began = time.monotonic()
        x, targets = epoch_of(configuration, sources, phase, epoch)
        if k == 0:
            _begin(model, configuration, phase, pictures=len(x))
        _seed_dropout(model, configuration.seed, epoch)
        print(f"Epoch {epoch + 1}/{len(epochs)}", flush=True)
        verbose = 1 if sys.stdout.isatty() else 2  # a bar for a person, a line for a log
        # Keras ends each `fit` with the averaged weights in place.
        fitted = model.fit(
            in_batches(configuration.batch, x, targets), shuffle=False, verbose=verbose
        )
        figures = {"epoch": epoch + 1, "loss": round(fitted.history["loss"][-1], 5)}
        figures |= _figures(model, monitors)
        figures["seconds"] = round(time.monotonic() - began)
        append(run / LOG, figures)
        save_checkpoint(model, run, epoch + 1)
    return model, run


def _begin(model: keras.Model, configuration: Configuration, phase: Phase, pictures: int) -> None:
    """Make a model ready for a phase with so many pictures an epoch."""
    steps = phase.epochs * -(-pictures // configuration.batch)
    rate = rate_over(steps, phase.rate, _RISE)
    compile_averaged(model, rate, configuration.weight_decay, configuration.ema_momentum)


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Dropout of an epoch depends on its number only: it is the same after a resumption."""
    for number, layer in enumerate(model.layers):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            state = np.random.SeedSequence([seed, epoch, number]).generate_state(2)
            generator.state.assign(state.astype(generator.state.dtype))


def _figures(model: keras.Model, monitors: Mapping[str, Images]) -> dict[str, float]:
    """Of each monitor percent right and cross-entropy, both at the temperature that fits best."""
    figures = {}
    for name, images in monitors.items():
        logits = model.predict(in_batches(1000, images.x), verbose=0)
        loss = cross_entropy(logits / fit_temperature(logits, images.y), images.y)
        figures[name] = round(100 * float((logits.argmax(axis=1) == images.y).mean()), 3)
        figures[f"{name}_loss"] = round(loss, 5)
    return figures


def calibrated(
    model: keras.Model, configuration: Configuration, digits: Sequence[PenDigit]
) -> float:
    """The temperature that fits the calibration writers: the first third of those held out."""
    images = calibration_images(configuration, digits)
    logits = model.predict(in_batches(1000, images.x), verbose=0)
    temperature = fit_temperature(logits, images.y)
    print(f"Temperature {temperature}", flush=True)
    return temperature
