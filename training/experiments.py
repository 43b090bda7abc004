"""Compare the architectures on one small budget: `python -m training.experiments`.

Every network sees the same examples for a few epochs, in an order that its seed decides. An
ensemble of all convolutional ones shows what a larger budget could gain, and the model in the
package what a whole training does. Writes `docs/model/architectures.md`; nothing is chosen by it.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digit_recognizer.preprocessing import normalise
from digit_recognizer.registry import ARTEFACTS, KERAS_FILE
from training.architectures import ARCHITECTURES
from training.artefact import read_card, to_litert, with_temperature
from training.datasets import PROJECT, Images, load_mnist, load_pen_digits, split_writers
from training.evaluate import litert_milliseconds
from training.fine_tuning import logits_of
from training.gate import softmax
from training.grid import drawn_on_grid
from training.train import LOG, Configuration, read_log, train

TABLE = PROJECT / "docs" / "model" / "architectures.md"


@dataclass(frozen=True)
class Outcome:
    """What one network cost and reached."""

    name: str
    parameters: int
    bytes: int
    inference_ms: float
    minutes: float
    mnist: NDArray[np.float32]
    writers: NDArray[np.float32]
    """Logits float32[n, 10] of the two sets of pictures."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.experiments", description=__doc__)
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=0, help="of TensorFlow; 0 = all cores")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    mnist, writers = _judges(arguments.mnist, arguments.pen)
    outcomes = []
    runs = [(name, 1) for name in ARCHITECTURES] + [("residual", 2)]
    for architecture, seed in runs:
        configuration = replace(
            Configuration(),
            architecture=architecture,
            epochs=arguments.epochs,
            settling_cycles=0,
            redrawn_cycles=0,
            mnist_an_epoch=1,
            seed=seed,
        )
        model, run = train(configuration, arguments.mnist, arguments.pen)
        minutes = sum(row["seconds"] for row in read_log(run / LOG)) / 60
        outcomes.append(_outcome(f"{architecture} {seed}", model, minutes, mnist, writers))
    card = read_card(ARTEFACTS)
    served = keras.models.load_model(ARTEFACTS / KERAS_FILE)
    outcomes.append(
        _outcome(
            "residual, as in the package",
            logits_of(served),
            card["figures"]["training_minutes"],
            mnist,
            writers,
        )
    )
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(_table(outcomes, mnist, writers, arguments.epochs), "utf-8")
    print(TABLE.read_text("utf-8"))


def _judges(mnist_file: Path | None, pen_file: Path | None) -> tuple[Images, Images]:
    """MNIST's test pictures, and each held-out digit three times on the grid; normalised."""
    _, test = load_mnist(mnist_file)
    _, unseen = split_writers(load_pen_digits(pen_file), Configuration().held_out)
    unseen *= 3
    return (
        Images(np.stack([normalise(image) for image in test.x]), test.y),
        Images(
            drawn_on_grid(unseen, np.random.default_rng(5)),
            np.array([digit.label for digit in unseen], np.uint8),
        ),
    )


def _outcome(
    name: str, model: keras.Model, minutes: float, mnist: Images, writers: Images
) -> Outcome:
    litert = to_litert(with_temperature(model, 1.0))
    return Outcome(
        name,
        model.count_params(),
        len(litert),
        litert_milliseconds(litert, mnist.x[:500]),
        minutes,
        model.predict(mnist.x, batch_size=1000, verbose=0),
        model.predict(writers.x, batch_size=1000, verbose=0),
    )


def _table(outcomes: list[Outcome], mnist: Images, writers: Images, epochs: int) -> str:
    *compared, whole = outcomes
    convolutional = [outcome for outcome in compared if not outcome.name.startswith("dense")]
    rows = [_row(outcome, mnist, writers) for outcome in compared]
    ensemble_mnist = np.mean([softmax(outcome.mnist) for outcome in convolutional], axis=0)
    ensemble_writers = np.mean([softmax(outcome.writers) for outcome in convolutional], axis=0)
    rows.append(
        f"| ensemble of the {len(convolutional)} convolutional ones "
        f"| {sum(outcome.parameters for outcome in convolutional):,} "
        f"| {sum(outcome.bytes for outcome in convolutional) / 1000:,.0f} "
        f"| {sum(outcome.inference_ms for outcome in convolutional):.3f} "
        f"| {sum(outcome.minutes for outcome in convolutional):.1f} "
        f"| {_percent(ensemble_mnist, mnist)} | {_percent(ensemble_writers, writers)} |"
    )
    rows.append(_row(whole, mnist, writers))
    members = ", ".join(outcome.name for outcome in convolutional)
    return f"""# Architectures compared

Written by `make experiments`; do not edit. Each network was trained for {epochs} short epochs on
variants of the same digits (a full training takes {Configuration().all_epochs} epochs, each with one
more variant of every MNIST picture); the number behind a name is its seed, which decides weights
and order. In the ensemble: {members}; its probabilities are the mean of theirs. The minutes depend
on how busy the machine was.

| network | parameters | LiteRT file (kB) | inference (ms, one thread) | training (min) | MNIST test (%) | unseen writers (%) |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}
"""


def _row(outcome: Outcome, mnist: Images, writers: Images) -> str:
    return (
        f"| {outcome.name} | {outcome.parameters:,} | {outcome.bytes / 1000:,.0f} "
        f"| {outcome.inference_ms:.3f} | {outcome.minutes:.1f} "
        f"| {_percent(outcome.mnist, mnist)} | {_percent(outcome.writers, writers)} |"
    )


def _percent(scores: NDArray[np.float32], images: Images) -> str:
    return f"{100 * float((scores.argmax(axis=1) == images.y).mean()):.2f}"


if __name__ == "__main__":
    main()
