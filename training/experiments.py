"""Compare the architectures on one small budget: `python -m training.experiments`.

Every network sees the same examples in the same order for a few epochs. An ensemble of all
convolutional ones shows what a larger budget could gain. Writes `docs/model/architectures.md`.
"""

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.preprocessing import normalise
from training.architectures import ARCHITECTURES
from training.artefact import to_litert, with_temperature
from training.datasets import PROJECT, Images, load_mnist, load_pen_digits, split_writers
from training.evaluate import litert_milliseconds
from training.grid import drawn_on_grid
from training.train import Configuration, train

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
    parser.add_argument("--epochs", type=int, default=4)
    arguments = parser.parse_args()
    mnist, writers = _judges(arguments.mnist, arguments.pen)
    outcomes = []
    runs = [(name, 1) for name in ARCHITECTURES] + [("residual", 2)]
    for architecture, seed in runs:
        configuration = replace(
            Configuration(),
            architecture=architecture,
            epochs=arguments.epochs,
            settling_cycles=0,
            seed=seed,
        )
        began = time.monotonic()
        model, _ = train(configuration, arguments.mnist, arguments.pen)
        minutes = (time.monotonic() - began) / 60
        outcomes.append(_outcome(f"{architecture} {seed}", model, minutes, mnist, writers))
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
    convolutional = [outcome for outcome in outcomes if not outcome.name.startswith("dense")]
    rows = [
        f"| {outcome.name} | {outcome.parameters:,} | {outcome.bytes / 1000:,.0f} "
        f"| {outcome.inference_ms:.3f} | {outcome.minutes:.1f} "
        f"| {_percent(outcome.mnist, mnist)} | {_percent(outcome.writers, writers)} |"
        for outcome in outcomes
    ]
    ensemble_mnist = np.mean([_softmax(outcome.mnist) for outcome in convolutional], axis=0)
    ensemble_writers = np.mean([_softmax(outcome.writers) for outcome in convolutional], axis=0)
    rows.append(
        f"| ensemble of the {len(convolutional)} convolutional ones "
        f"| {sum(outcome.parameters for outcome in convolutional):,} "
        f"| {sum(outcome.bytes for outcome in convolutional) / 1000:,.0f} "
        f"| {sum(outcome.inference_ms for outcome in convolutional):.3f} "
        f"| {sum(outcome.minutes for outcome in convolutional):.1f} "
        f"| {_percent(ensemble_mnist, mnist)} | {_percent(ensemble_writers, writers)} |"
    )
    return f"""# Architectures compared

Written by `make experiments`; do not edit. Each network was trained for {epochs} epochs on the same
examples (a full training takes {Configuration().epochs}); the number behind a name is its seed.

| network | parameters | LiteRT file (kB) | inference (ms, one thread) | training (min) | MNIST test (%) | unseen writers (%) |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}
"""


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


def _percent(scores: NDArray[np.float32], images: Images) -> str:
    return f"{100 * float((scores.argmax(axis=1) == images.y).mean()):.2f}"


if __name__ == "__main__":
    main()
