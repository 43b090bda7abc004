"""Train the digit judge from nothing: `make train-digit-judge`.

Lines of digits by writers that no judge uses, and of MNIST's training pictures, are drawn and cut
once. Writes the LiteRT file with which `segmentation` reads numbers.
"""

import argparse
from pathlib import Path

import keras

from digit_recognizer.recognition.digit_judge import JUDGE_FILE
from training.datasets.mnist import load_mnist
from training.datasets.pen_digits import (
    INK_FINDER_HELD_OUT,
    calibration_writers,
    load_pen_digits,
    split_writers,
)
from training.drawings.judge_examples import judge_examples
from training.from_nothing.digit_judging import trained
from training.network.artefact import write_litert


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m training.train_digit_judge", description=__doc__
    )
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--lines", type=int, default=9_500)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, default=JUDGE_FILE, help="file to write")
    arguments = parser.parse_args()
    try:
        digits = load_pen_digits(arguments.pen)
        mnist, _ = load_mnist(arguments.mnist)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    learned, _ = split_writers(digits, INK_FINDER_HELD_OUT)
    _, calibrating = split_writers(digits, calibration_writers(INK_FINDER_HELD_OUT))
    keras.utils.set_random_seed(arguments.seed)
    examples = judge_examples(learned, mnist, arguments.lines, arguments.seed)
    unseen = judge_examples(calibrating, mnist, arguments.lines // 20, arguments.seed + 1)
    model = trained(examples, unseen, arguments.epochs)
    served = keras.Model(model.input, keras.layers.Softmax()(model.output))
    write_litert(arguments.file, served)


if __name__ == "__main__":
    main()
