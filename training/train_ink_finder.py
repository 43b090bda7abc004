"""Train the ink finder from nothing: `make train-ink-finder`.

Scenes with digits by writers that no judge uses are rendered once; each epoch shows them turned,
mirrored, with other colours and as negatives. Writes the LiteRT file that `normalise` uses.
"""

import argparse
from pathlib import Path

import keras

from digit_recognizer.recognition.ink_finder import FINDER_FILE
from training.datasets.pen_digits import COMMITTED_HELD_OUT, load_pen_digits, split_writers
from training.drawings.scenes.ink_examples import ink_examples
from training.from_nothing.ink_finding import BATCH, trained
from training.network.artefact import write_litert


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m training.train_ink_finder", description=__doc__
    )
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--scenes", type=int, default=40_000)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, default=FINDER_FILE, help="file to write")
    arguments = parser.parse_args()
    try:
        digits = load_pen_digits(arguments.pen)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    learned, judging = split_writers(digits, COMMITTED_HELD_OUT)
    keras.utils.set_random_seed(arguments.seed)
    examples = ink_examples(learned, arguments.scenes, arguments.seed)
    unseen = ink_examples(judging, max(BATCH, arguments.scenes // 20), arguments.seed + 1)
    model = trained(examples, unseen, arguments.epochs, arguments.seed)
    served = keras.Model(model.input, keras.layers.Activation("sigmoid")(model.output))
    write_litert(arguments.file, served)


if __name__ == "__main__":
    main()
