"""Train the digit judge from nothing: `make train-digit-judge`.

Lines of digits by writers that no judge uses, and of MNIST's training pictures, are drawn and cut
once. Writes the LiteRT file with which `segmentation` reads numbers.
"""

import keras

from digit_recognizer.recognition.digit_judge import JUDGE_FILE
from training.drawings.judge_examples import judge_examples
from training.from_nothing.digit_judging import trained
from training.lines_command import parsed
from training.network.artefact import write_litert


def main() -> None:
    """The command line."""
    given = parsed("train_digit_judge", __doc__, lines=19_000, epochs=6, file=JUDGE_FILE)
    keras.utils.set_random_seed(given.seed)
    examples = judge_examples(given.learned, given.mnist, given.lines, given.seed)
    unseen = judge_examples(given.calibrating, given.mnist, given.lines // 20, given.seed + 1)
    model = trained(examples, unseen, given.epochs)
    served = keras.Model(model.input, keras.layers.Softmax()(model.output))
    write_litert(given.file, served)


if __name__ == "__main__":
    main()
