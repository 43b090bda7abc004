"""Train the recogniser from nothing: `python -m training.train` (`make train`).

First all examples are warped and written anew. Then, in short cycles at a small rate that starts
again each time (Loshchilov, Hutter 2017), half of MNIST's pictures are shown as they are, so that
the network settles on what it will really see.
Every epoch is checkpointed; the same command goes on where it was stopped. The weights of the last
epoch are taken, averaged over the steps. The figures an epoch are those of MNIST's test pictures
and of the held-out writers; how many epochs and cycles there are was chosen by looking at them.
"""

import argparse
import csv
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digit_recognizer.preprocessing import PREPROCESSING_VERSION, normalise
from digit_recognizer.registry import ARTEFACTS
from training.architectures import ARCHITECTURES, CLASSES
from training.artefact import save_artefact
from training.calibration import fit_temperature
from training.datasets import (
    PROJECT,
    WRITER_FOLDS,
    Images,
    PenDigit,
    load_mnist,
    load_pen_digits,
    split_writers,
)
from training.examples import (
    NOT_A_DIGIT,
    RECIPE,
    Examples,
    mnist_examples,
    non_digit_examples,
    pen_examples,
    plain_mnist_examples,
)
from training.grid import drawn_on_grid

RUNS = PROJECT / "build" / "runs"
LOG = "epochs.csv"

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Configuration:
    """All that decides a training, but for the data sets."""

    architecture: str = "residual"
    held_out: tuple[int, ...] = WRITER_FOLDS[0]
    epochs: int = 14
    batch: int = 128
    learning_rate: float = 2e-3
    settling_cycles: int = 2
    settling_epochs: int = 3
    settling_rate: float = 5e-4
    weight_decay: float = 1e-4
    label_smoothing: float = 0.02
    ema_momentum: float = 0.999
    mnist_variants: int = 8
    mnist_an_epoch: int = 2
    pen_variants: int = 30
    pen_an_epoch: int = 5
    non_digits_a_writer: int = 400
    non_digit_variants: int = 6
    examples_seed: int = 1
    seed: int = 1

    @property
    def name(self) -> str:
        """The folder of the run; another configuration has another one."""
        settings = json.dumps([asdict(self), RECIPE, PREPROCESSING_VERSION])
        return f"{self.architecture}-{hashlib.sha256(settings.encode()).hexdigest()[:8]}"

    @property
    def calibration_writers(self) -> tuple[int, ...]:
        """The held-out writers that the temperature is fitted on; the others judge it."""
        return self.held_out[: len(self.held_out) // 2]


def train(
    configuration: Configuration, mnist_file: Path | None = None, pen_file: Path | None = None
) -> tuple[keras.Model, Path]:
    """Train, or go on training, and return the averaged model (pixels to logits) and its folder.

    Raises:
        FileNotFoundError: a data set is not where an option says.
    """
    run = RUNS / configuration.name
    run.mkdir(parents=True, exist_ok=True)
    (run / "configuration.json").write_text(json.dumps(asdict(configuration), indent=2))
    print(configuration, flush=True)
    keras.utils.set_random_seed(configuration.seed)

    mnist, mnist_test = load_mnist(mnist_file)
    writers, unseen = split_writers(load_pen_digits(pen_file), configuration.held_out)
    sources = _examples(configuration, mnist, writers)
    warped, _ = sources[0]
    plain = plain_mnist_examples(mnist)
    settling_sources = [(plain, 1), (warped, configuration.mnist_an_epoch - 1), *sources[1:]]
    monitors = {
        "mnist": Images(np.stack([normalise(image) for image in mnist_test.x]), mnist_test.y),
        "writers": _monitor(unseen, configuration.seed),
    }

    checkpoint, log = run / "checkpoint.keras", run / LOG
    model, done = _start_or_resume(configuration, checkpoint, log)
    epochs = configuration.epochs + configuration.settling_cycles * configuration.settling_epochs
    for epoch in range(done, epochs):
        began = time.monotonic()
        settling = epoch >= configuration.epochs
        x, targets = _epoch(configuration, settling_sources if settling else sources, epoch)
        steps = -(-len(x) // configuration.batch)
        if epoch == 0:
            _compile(
                model, configuration, configuration.learning_rate, configuration.epochs * steps
            )
        elif settling and (epoch - configuration.epochs) % configuration.settling_epochs == 0:
            model.optimizer.finalize_variable_values(model.trainable_variables)
            rate = configuration.settling_rate
            _compile(model, configuration, rate, configuration.settling_epochs * steps)
        print(f"Epoch {epoch + 1}/{epochs}", flush=True)
        # a progress bar for a person, a line for a log
        verbose = 1 if sys.stdout.isatty() else 2
        history = model.fit(
            x, targets, batch_size=configuration.batch, shuffle=False, verbose=verbose
        )
        figures = {"epoch": epoch + 1, "loss": round(history.history["loss"][-1], 5)}
        figures |= {name: _accuracy(model, images) for name, images in monitors.items()}
        figures["seconds"] = round(time.monotonic() - began)
        print("  " + "  ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
        partial = run / "partial.keras"
        model.save(partial)
        partial.replace(checkpoint)
        _append(log, figures)
    model.optimizer.finalize_variable_values(model.trainable_variables)
    return model, run


def _examples(
    configuration: Configuration, mnist: Images, writers: Sequence[PenDigit]
) -> list[tuple[Examples, int]]:
    """Each source of examples with how many variants of an item an epoch takes."""
    c = configuration
    return [
        (mnist_examples(mnist, c.mnist_variants, c.examples_seed), c.mnist_an_epoch),
        (pen_examples(writers, c.pen_variants, c.examples_seed), c.pen_an_epoch),
        (
            non_digit_examples(
                writers, c.non_digits_a_writer, c.non_digit_variants, c.examples_seed
            ),
            1,
        ),
    ]


def _epoch(
    configuration: Configuration, sources: list[tuple[Examples, int]], epoch: int
) -> tuple[NDArray[np.uint8], Float]:
    """An epoch's pictures and soft targets, shuffled by the seed and the epoch's number."""
    parts = [examples.epoch(epoch, repeats) for examples, repeats in sources]
    x = np.concatenate([part[0] for part in parts])
    y = np.concatenate([part[1] for part in parts])
    order = np.random.default_rng([configuration.seed, epoch]).permutation(len(y))
    return x[order], soft_targets(y, configuration.label_smoothing)[order]


def soft_targets(y: NDArray[np.uint8], smoothing: float) -> Float:
    """float32[n, 10]: smoothed one-hot targets; uniform ones for `NOT_A_DIGIT`."""
    targets = np.full((len(y), CLASSES), smoothing / CLASSES, np.float32)
    digit = np.flatnonzero(y != NOT_A_DIGIT)
    targets[digit, y[digit]] += 1 - smoothing
    targets[y == NOT_A_DIGIT] = 1 / CLASSES
    return targets


def _start_or_resume(
    configuration: Configuration, checkpoint: Path, log: Path
) -> tuple[keras.Model, int]:
    """The model and how many epochs it has seen."""
    if checkpoint.exists() and log.exists():
        done = len(_read(log))
        print(f"Going on after epoch {done} of {checkpoint.parent}", flush=True)
        return keras.models.load_model(checkpoint), done
    log.unlink(missing_ok=True)
    model = ARCHITECTURES[configuration.architecture]()
    model.summary()
    return model, 0


def _compile(model: keras.Model, configuration: Configuration, rate: float, steps: int) -> None:
    """AdamW with averaged weights; the rate rises for a twentieth of the steps, then falls to 0."""
    schedule = keras.optimizers.schedules.CosineDecay(
        rate / 20, steps - steps // 20, warmup_target=rate, warmup_steps=steps // 20
    )
    optimizer = keras.optimizers.AdamW(
        schedule,
        weight_decay=configuration.weight_decay,
        use_ema=True,
        ema_momentum=configuration.ema_momentum,
    )
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))


def _monitor(unseen: Sequence[PenDigit], seed: int) -> Images:
    """Each held-out digit once, in a random cell of the grid."""
    x = drawn_on_grid(unseen, np.random.default_rng(seed))
    return Images(x, np.array([digit.label for digit in unseen], np.uint8))


def _accuracy(model: keras.Model, images: Images) -> float:
    """Percent right with the averaged weights."""
    swap = keras.callbacks.SwapEMAWeights()
    logits = model.predict(images.x, batch_size=1000, verbose=0, callbacks=[swap])
    return round(100 * float((logits.argmax(axis=1) == images.y).mean()), 3)


def _append(log: Path, figures: dict[str, float]) -> None:
    new = not log.exists()
    with log.open("a", newline="") as file:
        writer = csv.DictWriter(file, figures)
        if new:
            writer.writeheader()
        writer.writerow(figures)


def _read(log: Path) -> list[dict[str, float]]:
    with log.open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def main() -> None:
    """The command line."""
    defaults = Configuration()
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--fold", type=int, choices=range(len(WRITER_FOLDS)), default=0)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=defaults.architecture)
    parser.add_argument("--epochs", type=int, default=defaults.epochs)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--threads", type=int, default=0, help="of TensorFlow; 0 = all cores")
    parser.add_argument("--artefact", type=Path, default=ARTEFACTS, help="folder to write to")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    configuration = replace(
        defaults,
        architecture=arguments.architecture,
        held_out=WRITER_FOLDS[arguments.fold],
        epochs=arguments.epochs,
        seed=arguments.seed,
    )
    try:
        model, run = train(configuration, arguments.mnist, arguments.pen)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    digits = load_pen_digits(arguments.pen)
    temperature = calibrated(model, configuration, digits)
    about = {
        "configuration": asdict(configuration),
        "data": {
            "mnist": "the 60,000 training pictures, warped and with other pens (CC BY-SA 3.0)",
            "pen_digits": "UCI data set 81, strokes written and drawn anew (CC BY 4.0)",
            "pen_writers": sorted({digit.writer for digit in digits} - set(configuration.held_out)),
            "non_digits": "letters, scribbles, shapes and several digits, made by code",
        },
        "epochs": _read(run / LOG),
    }
    save_artefact(model, temperature, about, arguments.artefact)


def calibrated(
    model: keras.Model, configuration: Configuration, digits: Sequence[PenDigit]
) -> float:
    """The temperature that fits the calibration writers: the first half of those held out."""
    _, unseen = split_writers(digits, configuration.calibration_writers)
    images = _monitor(list(unseen) * 3, configuration.seed)
    logits = model.predict(images.x, batch_size=1000, verbose=0)
    temperature = fit_temperature(logits, images.y)
    print(f"Temperature {temperature}", flush=True)
    return temperature


if __name__ == "__main__":
    main()
