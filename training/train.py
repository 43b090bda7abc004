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
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import tensorflow as tf

from training.datasets.files import located
from training.datasets.mnist import MNIST
from training.datasets.pen_digits import (
    COMMITTED_HELD_OUT,
    PEN_DIGITS,
    WRITER_FOLDS,
    PenDigit,
    load_pen_digits,
)
from training.folders import BUILD
from training.from_nothing.configuration import Configuration, recipe
from training.from_nothing.run import LOG, MADE, read_commits, read_log
from training.from_nothing.training import calibrated, train
from training.network.architectures import ARCHITECTURES
from training.network.artefact import save_network, write_card

ARTEFACT = BUILD / "artefact"


def main() -> None:
    """The command line."""
    parser = _parser()
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    configuration = _configuration(arguments)
    try:
        model, run = train(configuration, arguments.mnist, arguments.pen)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    digits = load_pen_digits(arguments.pen)
    temperature = calibrated(model, configuration, digits)
    network = save_network(model, temperature, arguments.artefact)
    training = training_facts(configuration, digits, run, _hashes(arguments))
    cores = arguments.threads or os.cpu_count()
    write_card(arguments.artefact, {**network, **training, "cores": cores})
    print(
        f'Now judge it and put it into the package: make evaluate ARGS="--artefact'
        f' {arguments.artefact} --install"'
    )


def _parser() -> argparse.ArgumentParser:
    defaults = Configuration()
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument(
        "--fold",
        type=int,
        choices=range(len(WRITER_FOLDS)),
        help="hold out another set of writers, for the figures of all folds",
    )
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=defaults.architecture)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--threads", type=int, default=0, help="of TensorFlow; 0 = all cores")
    parser.add_argument("--validation-mnist", type=int, default=0, metavar="N")
    parser.add_argument("--artefact", type=Path, default=ARTEFACT, help="folder to write to")
    return parser


def _configuration(arguments: argparse.Namespace) -> Configuration:
    return replace(
        Configuration(),
        architecture=arguments.architecture,
        held_out=COMMITTED_HELD_OUT if arguments.fold is None else WRITER_FOLDS[arguments.fold],
        seed=arguments.seed,
        validation_mnist=arguments.validation_mnist,
    )


def _hashes(arguments: argparse.Namespace) -> dict[str, str]:
    files = {MNIST: arguments.mnist, PEN_DIGITS: arguments.pen}
    return {
        source.name: hashlib.sha256(located(source, path).read_bytes()).hexdigest()
        for source, path in files.items()
    }


def training_facts(
    configuration: Configuration,
    digits: Sequence[PenDigit],
    run: Path,
    hashes: Mapping[str, str],
) -> dict[str, Any]:
    """What the card says of a training; `make evaluate` adds its figures.

    Args:
        configuration: of the training.
        digits: of all writers.
        run: its folder.
        hashes: the SHA-256 of each data set's file, by its name.
    """
    return {
        "configuration": asdict(configuration),
        "recipe": recipe(configuration),
        "commits": read_commits(run),
        "data": {
            "sha256": hashes,
            "mnist": "the 60,000 training pictures, warped, with other pens and drawn again"
            " (CC BY-SA 3.0)",
            "pen_digits": "UCI data set 81, strokes written and drawn anew (CC BY 4.0)",
            "pen_writers": sorted({digit.writer for digit in digits} - set(configuration.held_out)),
            "non_digits": "letters, scribbles, shapes, several digits and drawings between two,"
            " made by code",
        },
        "epochs": read_log(run / LOG),
        "examples_minutes": round(int((run / MADE).read_text()) / 60),
    }


if __name__ == "__main__":
    main()
