"""What an epoch shows, and what is looked at after it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit, calibration_writers, split_writers
from training.drawings.examples import (
    Examples,
    examples_between,
    mnist_examples,
    non_digit_examples,
    pen_examples,
    plain_mnist_examples,
    redrawn_mnist_examples,
    style_examples,
)
from training.drawings.grid import drawn_on_grid
from training.drawings.styles import TRAINING_STYLES
from training.from_nothing.configuration import Configuration, Phase
from training.network.fitting import soft_targets

_OF_A_STYLE = 60  # drawings that are looked at after each epoch

Sources = Mapping[str, Examples]
"""All examples of a training, by the names that its phases call them."""


def sources_of(configuration: Configuration, mnist: Images, writers: Sequence[PenDigit]) -> Sources:
    """Make the examples that any phase shows, or read them.

    Args:
        configuration: which phases there are, and how many variants.
        mnist: the training pictures.
        writers: digits of the writers that are not held out.

    Raises:
        ValueError: a phase shows what there is not.
    """
    c, seed = configuration, configuration.examples_seed
    makers: dict[str, Callable[[], Examples]] = {
        "plain": lambda: plain_mnist_examples(mnist),
        "warped": lambda: mnist_examples(mnist, c.warped_variants, seed),
        "redrawn": lambda: redrawn_mnist_examples(mnist, c.redrawn_variants, seed),
        "pen": lambda: pen_examples(writers, c.pen_variants, seed),
        "non_digits": lambda: non_digit_examples(
            writers, c.non_digits_a_writer, c.non_digit_variants, seed
        ),
        "between": lambda: examples_between(writers, c.between_a_writer, c.between_variants, seed),
    }
    unknown = {source for phase in c.phases for source in phase.shown} - makers.keys()
    if unknown:
        raise ValueError(
            f"A phase shows {', '.join(sorted(unknown))}; there are {', '.join(makers)}."
        )
    return {source: make() for source, make in makers.items() if c.shows(source)}


def epoch_of(
    configuration: Configuration, sources: Sources, phase: Phase, epoch: int
) -> tuple[NDArray[np.uint8], Float]:
    """An epoch's pictures and soft targets, shuffled by the seed and the epoch's number."""
    parts = [
        sources[source].epoch(epoch, variants)
        for source, variants in phase.shown.items()
        if variants
    ]
    x = np.concatenate([part[0] for part in parts])
    y = np.concatenate([part[1] for part in parts])
    order = np.random.default_rng([configuration.seed, epoch]).permutation(len(y))
    return x[order], soft_targets(y, configuration.label_smoothing)[order]


def monitors_of(
    configuration: Configuration, left_out: Images, digits: Sequence[PenDigit]
) -> dict[str, Images]:
    """What is looked at after each epoch: calibration writers, styles, MNIST's left-out pictures.

    The styles are those trained on, by the calibration writers: those held out are not looked at.

    Args:
        configuration: which writers are held out.
        left_out: pictures as MNIST has them; there may be none.
        digits: of all writers.
    """
    _, calibrating = split_writers(digits, calibration_writers(configuration.held_out))
    own = {digit.label for digit in calibrating}
    styles = [style for style in TRAINING_STYLES if style.digit in own]
    strange = style_examples(calibrating, styles, _OF_A_STYLE, configuration.seed)
    monitors = {
        "writers": calibration_images(configuration, digits),
        "styles": Images(strange.x[:, 0], strange.y),
    }
    if len(left_out.y):
        normalised = np.stack([normalise(image) for image in left_out.x])
        monitors["mnist"] = Images(normalised, left_out.y)
    return monitors


def calibration_images(configuration: Configuration, digits: Sequence[PenDigit]) -> Images:
    """The calibration writers' digits, each in three random cells of the grid."""
    _, unseen = split_writers(digits, calibration_writers(configuration.held_out))
    unseen *= 3
    x = drawn_on_grid(unseen, np.random.default_rng(configuration.seed))
    return Images(x, np.array([digit.label for digit in unseen], np.uint8))
