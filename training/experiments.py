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

from digit_recognizer.recognition.model import ARTEFACTS, KERAS_FILE
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.mnist import Images, load_mnist
from training.datasets.pen_digits import load_pen_digits, split_writers
from training.drawings.grid import drawn_on_grid
from training.evaluation.speed import litert_milliseconds
from training.folders import MODEL_DOCS
from training.from_nothing.configuration import LEARNING, Configuration
from training.from_nothing.run import LOG, read_log
from training.from_nothing.training import train
from training.network.architectures import ARCHITECTURES
from training.network.artefact import logits_of, read_card, to_litert, with_temperature
from training.network.batches import in_batches
from training.network.calibration import softmax

_SHOWN = {"warped": 1, "pen": 5, "non_digits": 1}
TABLE = MODEL_DOCS / "architectures.md"


@dataclass(frozen=True)
class Compared:
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
    networks = []
    runs = [(name, 1) for name in ARCHITECTURES] + [("residual", 2)]
    for architecture, seed in runs:
        configuration = replace(
            Configuration(),
            architecture=architecture,
            phases=(replace(LEARNING, epochs=arguments.epochs, shown=_SHOWN),),
            seed=seed,
        )
        model, run = train(configuration, arguments.mnist, arguments.pen)
        minutes = sum(row["seconds"] for row in read_log(run / LOG)) / 60
        networks.append(_compared(f"{architecture} {seed}", model, minutes, mnist, writers))
    card = read_card(ARTEFACTS)
    served = keras.models.load_model(ARTEFACTS / KERAS_FILE)
    networks.append(
        _compared(
            "residual, as in the package",
            logits_of(served),
            card["figures"]["training_minutes"],
            mnist,
            writers,
        )
    )
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(_table(networks, mnist, writers, arguments.epochs), "utf-8")
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


def _compared(
    name: str, model: keras.Model, minutes: float, mnist: Images, writers: Images
) -> Compared:
    litert = to_litert(with_temperature(model, 1.0))
    return Compared(
        name,
        model.count_params(),
        len(litert),
        litert_milliseconds(litert, mnist.x[:500]),
        minutes,
        model.predict(in_batches(1000, mnist.x), verbose=0),
        model.predict(in_batches(1000, writers.x), verbose=0),
    )


def _table(networks: list[Compared], mnist: Images, writers: Images, epochs: int) -> str:
    *short, whole = networks
    convolutional = [network for network in short if not network.name.startswith("dense")]
    rows = [_row(network, mnist, writers) for network in short]
    ensemble_mnist = np.mean([softmax(network.mnist) for network in convolutional], axis=0)
    ensemble_writers = np.mean([softmax(network.writers) for network in convolutional], axis=0)
    rows.append(
        f"| ensemble of the {len(convolutional)} convolutional ones "
        f"| {sum(network.parameters for network in convolutional):,} "
        f"| {sum(network.bytes for network in convolutional) / 1000:,.0f} "
        f"| {sum(network.inference_ms for network in convolutional):.3f} "
        f"| {sum(network.minutes for network in convolutional):.1f} "
        f"| {_percent(ensemble_mnist, mnist)} | {_percent(ensemble_writers, writers)} |"
    )
    rows.append(_row(whole, mnist, writers))
    members = ", ".join(network.name for network in convolutional)
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


def _row(network: Compared, mnist: Images, writers: Images) -> str:
    return (
        f"| {network.name} | {network.parameters:,} | {network.bytes / 1000:,.0f} "
        f"| {network.inference_ms:.3f} | {network.minutes:.1f} "
        f"| {_percent(network.mnist, mnist)} | {_percent(network.writers, writers)} |"
    )


def _percent(scores: NDArray[np.float32], images: Images) -> str:
    return f"{100 * float((scores.argmax(axis=1) == images.y).mean()):.2f}"


if __name__ == "__main__":
    main()
