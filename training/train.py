"""Train the recogniser from nothing: `python -m training.train` (`make train`).

First all examples are warped and written anew. Then, in short cycles at a small rate that starts
again each time (Loshchilov, Hutter 2017), half of MNIST's pictures are shown as they are, so that
the network settles on what it will really see; in the last cycles a part of the other half is drawn
again with the page's pens.

The weights are averaged over the steps, and each epoch starts from the average ("switch EMA", Li
and others 2024). Every epoch is checkpointed; the same command goes on where it was stopped, and
comes to the same weights. Nothing of the training is chosen by the test pictures or by the writers
that judge: the figures an epoch are those of the calibration writers and, with
`--validation-mnist`, of training pictures of MNIST that are left out.
"""

import argparse
import csv
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digit_recognizer.preprocessing import normalise
from training.architectures import ARCHITECTURES, CLASSES
from training.artefact import save_artefact
from training.calibration import cross_entropy, fit_temperature
from training.datasets import (
    BUILD,
    WRITER_FOLDS,
    Images,
    PenDigit,
    calibration_writers,
    load_mnist,
    load_pen_digits,
    split_writers,
)
from training.examples import (
    NOT_A_DIGIT,
    Examples,
    mnist_examples,
    non_digit_examples,
    pen_examples,
    plain_mnist_examples,
    redrawn_mnist_examples,
)
from training.grid import drawn_on_grid

RUNS = BUILD / "runs"
ARTEFACT = BUILD / "artefact"
LOG = "epochs.csv"
MADE = "examples-seconds"
"""The file of a run that holds how long it took to make those examples that were not there yet."""

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Configuration:
    """All that decides a training, but for the data sets.

    Attributes:
        redrawn_cycles: so many of the settling cycles, the last ones, show MNIST redrawn.
        validation_mnist: so many of MNIST's last training pictures are left out, to look at while
            a recipe is chosen.
    """

    architecture: str = "residual"
    held_out: tuple[int, ...] = WRITER_FOLDS[0]
    epochs: int = 14
    batch: int = 128
    learning_rate: float = 2e-3
    settling_cycles: int = 6
    redrawn_cycles: int = 3
    settling_epochs: int = 3
    settling_rate: float = 5e-4
    weight_decay: float = 1e-4
    label_smoothing: float = 0.02
    ema_momentum: float = 0.999
    mnist_variants: int = 8
    mnist_an_epoch: int = 2
    redrawn_variants: int = 12
    pen_variants: int = 30
    pen_an_epoch: int = 5
    non_digits_a_writer: int = 400
    non_digit_variants: int = 6
    examples_seed: int = 1
    seed: int = 1
    validation_mnist: int = 0

    @property
    def all_epochs(self) -> int:
        """How many epochs there are, those of the settling cycles included."""
        return self.epochs + self.settling_cycles * self.settling_epochs

    @property
    def redrawn_from(self) -> int:
        """The epoch, counted from 0, from which on MNIST is redrawn."""
        return self.all_epochs - self.redrawn_cycles * self.settling_epochs


def train(
    configuration: Configuration, mnist_file: Path | None = None, pen_file: Path | None = None
) -> tuple[keras.Model, Path]:
    """Train, or go on training, and return the averaged model (pixels to logits) and its folder.

    Raises:
        FileNotFoundError: a data set is not where an option says.
    """
    started = time.monotonic()
    mnist, _ = load_mnist(mnist_file)
    kept = len(mnist.y) - configuration.validation_mnist
    mnist, left_out = Images(mnist.x[:kept], mnist.y[:kept]), Images(mnist.x[kept:], mnist.y[kept:])
    digits = load_pen_digits(pen_file)
    writers, _ = split_writers(digits, configuration.held_out)
    sources = _examples(configuration, mnist, writers)
    warped, _ = sources[0]
    plain = plain_mnist_examples(mnist)
    redrawn = warped
    if configuration.redrawn_cycles:  # a short comparison makes no examples that it never shows
        redrawn = redrawn_mnist_examples(
            mnist, configuration.redrawn_variants, configuration.examples_seed
        )
    settling_sources = [
        [(plain, 1), (some, configuration.mnist_an_epoch - 1), *sources[1:]]
        for some in (warped, redrawn)
    ]
    monitors = {"writers": calibration_images(configuration, digits)}
    if len(left_out.y):
        x = np.stack([normalise(image) for image in left_out.x])
        monitors["mnist"] = Images(x, left_out.y)

    all_examples = [plain, redrawn, *(examples for examples, _ in sources)]
    run = RUNS / _name(configuration, all_examples)
    run.mkdir(parents=True, exist_ok=True)
    if not (run / MADE).exists():
        (run / MADE).write_text(str(round(time.monotonic() - started)))
    (run / "configuration.json").write_text(json.dumps(asdict(configuration), indent=2))
    print(configuration, flush=True)
    keras.utils.set_random_seed(configuration.seed)
    model, done = _start_or_resume(configuration, run)
    for epoch in range(done, configuration.all_epochs):
        began = time.monotonic()
        settling = epoch >= configuration.epochs
        shown = settling_sources[epoch >= configuration.redrawn_from] if settling else sources
        x, targets = _epoch(configuration, shown, epoch)
        steps = -(-len(x) // configuration.batch)
        if epoch == 0:
            _compile(
                model, configuration, configuration.learning_rate, configuration.epochs * steps
            )
        elif settling and (epoch - configuration.epochs) % configuration.settling_epochs == 0:
            rate = configuration.settling_rate
            _compile(model, configuration, rate, configuration.settling_epochs * steps)
        _seed_dropout(model, configuration.seed, epoch)
        print(f"Epoch {epoch + 1}/{configuration.all_epochs}", flush=True)
        # a progress bar for a person, a line for a log
        verbose = 1 if sys.stdout.isatty() else 2
        # Keras ends each `fit` with the averaged weights in place.
        history = model.fit(
            x, targets, batch_size=configuration.batch, shuffle=False, verbose=verbose
        )
        figures = {"epoch": epoch + 1, "loss": round(history.history["loss"][-1], 5)}
        for name, images in monitors.items():
            figures[name], figures[f"{name}_loss"] = _judged(model, images)
        figures["seconds"] = round(time.monotonic() - began)
        print("  " + "  ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
        _append(run / LOG, figures)
        _save_checkpoint(model, run, epoch + 1)
    return model, run


def _name(configuration: Configuration, sources: Iterable[Examples]) -> str:
    """The folder of the run; another configuration has another one, and so have other examples."""
    settings = json.dumps([asdict(configuration), [examples.key for examples in sources]])
    return f"{configuration.architecture}-{hashlib.sha256(settings.encode()).hexdigest()[:8]}"


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


def _start_or_resume(configuration: Configuration, run: Path) -> tuple[keras.Model, int]:
    """The model and how many epochs it has seen."""
    log = run / LOG
    checkpoints = sorted(run.glob("epoch-*.keras"))
    if checkpoints:
        done = int(checkpoints[-1].stem.removeprefix("epoch-"))
        print(f"Going on after epoch {done} of {run}", flush=True)
        # An epoch that was logged but not saved is gone through again.
        lines = log.read_text("ascii").splitlines(keepends=True)
        log.write_text("".join(lines[: 1 + done]), "ascii")
        return keras.models.load_model(checkpoints[-1]), done
    log.unlink(missing_ok=True)
    model = ARCHITECTURES[configuration.architecture]()
    model.summary()
    return model, 0


def _save_checkpoint(model: keras.Model, run: Path, done: int) -> None:
    """Save the model after `done` epochs; the file before it is removed once it is complete."""
    partial = run / "partial.keras"
    model.save(partial)
    partial.replace(run / f"epoch-{done:03}.keras")
    for older in run.glob("epoch-*.keras"):
        if older.stem < f"epoch-{done:03}":
            older.unlink()


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Dropout of an epoch depends on its number only: it is the same after a resumption."""
    for number, layer in enumerate(model.layers):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            state = np.random.SeedSequence([seed, epoch, number]).generate_state(2)
            generator.state.assign(state.astype(generator.state.dtype))


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


def calibration_images(configuration: Configuration, digits: Sequence[PenDigit]) -> Images:
    """The calibration writers' digits, each in three random cells of the grid."""
    _, unseen = split_writers(digits, calibration_writers(configuration.held_out))
    unseen *= 3
    x = drawn_on_grid(unseen, np.random.default_rng(configuration.seed))
    return Images(x, np.array([digit.label for digit in unseen], np.uint8))


def _judged(model: keras.Model, images: Images) -> tuple[float, float]:
    """Percent right and cross-entropy, both at the temperature that fits best."""
    logits = model.predict(images.x, batch_size=1000, verbose=0)
    loss = cross_entropy(logits / fit_temperature(logits, images.y), images.y)
    return round(100 * float((logits.argmax(axis=1) == images.y).mean()), 3), round(loss, 5)


def _append(log: Path, figures: dict[str, float]) -> None:
    new = not log.exists()
    with log.open("a", newline="") as file:
        writer = csv.DictWriter(file, figures)
        if new:
            writer.writeheader()
        writer.writerow(figures)


def read_log(log: Path) -> list[dict[str, float]]:
    """The figures of each epoch that a run has behind it."""
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
    parser.add_argument("--settling-cycles", type=int, default=defaults.settling_cycles)
    parser.add_argument("--redrawn-cycles", type=int, default=defaults.redrawn_cycles)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--threads", type=int, default=0, help="of TensorFlow; 0 = all cores")
    parser.add_argument("--validation-mnist", type=int, default=0, metavar="N")
    parser.add_argument("--artefact", type=Path, default=ARTEFACT, help="folder to write to")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    configuration = replace(
        defaults,
        architecture=arguments.architecture,
        held_out=WRITER_FOLDS[arguments.fold],
        epochs=arguments.epochs,
        settling_cycles=arguments.settling_cycles,
        redrawn_cycles=arguments.redrawn_cycles,
        seed=arguments.seed,
        validation_mnist=arguments.validation_mnist,
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
            "mnist": "the 60,000 training pictures, warped, with other pens and drawn again"
            " (CC BY-SA 3.0)",
            "pen_digits": "UCI data set 81, strokes written and drawn anew (CC BY 4.0)",
            "pen_writers": sorted({digit.writer for digit in digits} - set(configuration.held_out)),
            "non_digits": "letters, scribbles, shapes and several digits, made by code",
        },
        "epochs": read_log(run / LOG),
        "examples_minutes": round(int((run / MADE).read_text()) / 60),
        "cores": arguments.threads or os.cpu_count(),
    }
    save_artefact(model, temperature, about, arguments.artefact)
    print(
        f'Now judge it and put it into the package: make evaluate ARGS="--artefact'
        f' {arguments.artefact} --install"'
    )


def calibrated(
    model: keras.Model, configuration: Configuration, digits: Sequence[PenDigit]
) -> float:
    """The temperature that fits the calibration writers: the first half of those held out."""
    images = calibration_images(configuration, digits)
    logits = model.predict(images.x, batch_size=1000, verbose=0)
    temperature = fit_temperature(logits, images.y)
    print(f"Temperature {temperature}", flush=True)
    return temperature


if __name__ == "__main__":
    main()
