"""Train what tells digits that touch apart, from nothing: `make train-digit-centres`.

Lines of digits by writers that no judge uses, and of MNIST's training pictures, are drawn once.
Writes the LiteRT file with which `segmentation` parts ink; the digit judge learns from its parts,
so it is to be trained anew afterwards.
"""

import keras

from digit_recognizer.recognition.digit_centres import CENTRES_FILE
from training.drawings.centre_examples import centre_examples
from training.from_nothing.centre_finding import trained
from training.lines_command import parsed
from training.network.artefact import write_litert


def main() -> None:
    """The command line."""
    given = parsed("train_digit_centres", __doc__, lines=14_000, epochs=8, file=CENTRES_FILE)
    keras.utils.set_random_seed(given.seed)
    examples = centre_examples(given.learned, given.mnist, given.lines, given.seed)
    unseen = centre_examples(given.calibrating, given.mnist, given.lines // 20, given.seed + 1)
    write_litert(given.file, trained(examples, unseen, given.epochs))


if __name__ == "__main__":
    main()
