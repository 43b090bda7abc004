"""The command line of what learns from lines of digits: how much, from which files, into which."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from training.datasets.mnist import Images, load_mnist
from training.datasets.pen_digits import (
    COMMITTED_HELD_OUT,
    PenDigit,
    calibration_writers,
    load_pen_digits,
    split_writers,
)


@dataclass(frozen=True)
class Given:
    """What was given on the command line, with the data that it names.

    Attributes:
        learned: digits of the writers that no judge uses.
        calibrating: of the calibration writers.
        mnist: training pictures.
        lines: so many are drawn.
        epochs: of the training.
        seed: of everything that is drawn by lot.
        file: to write.
    """

    learned: list[PenDigit]
    calibrating: list[PenDigit]
    mnist: Images
    lines: int
    epochs: int
    seed: int
    file: Path


def parsed(name: str, description: str | None, *, lines: int, epochs: int, file: Path) -> Given:
    """Read the command line of `python -m training.<name>` and the data; defaults are given."""
    parser = argparse.ArgumentParser(prog=f"python -m training.{name}", description=description)
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--lines", type=int, default=lines)
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, default=file, help="file to write")
    arguments = parser.parse_args()
    try:
        digits = load_pen_digits(arguments.pen)
        mnist, _ = load_mnist(arguments.mnist)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    learned, _ = split_writers(digits, COMMITTED_HELD_OUT)
    _, calibrating = split_writers(digits, calibration_writers(COMMITTED_HELD_OUT))
    return Given(
        learned,
        calibrating,
        mnist,
        arguments.lines,
        arguments.epochs,
        arguments.seed,
        arguments.file,
    )
