"""The pictures of a retraining: those that judge, those that are replayed, and variants of rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Grey, Mask
from training.datasets.mnist import MNIST, Images, load_mnist
from training.datasets.pen_digits import (
    PEN_DIGITS,
    calibration_writers,
    load_pen_digits,
    split_writers,
)
from training.drawings.augmentation import mnist_variant
from training.drawings.examples import (
    Examples,
    grid_examples,
    mnist_examples,
    non_digit_examples,
    pen_examples,
    plain_mnist_examples,
    style_examples,
    unseen_non_digits,
)
from training.drawings.rendering import rendered_anew
from training.drawings.styles import HELD_OUT_STYLES, STYLES, TRAINING_STYLES
from training.retraining.collected import Collected
from training.retraining.judges import Judges

_VIEWS = 3000  # variants of all trusted rows: more pull the model further, and gain nothing
_VIEWS_OF_A_ROW = (4, 60)  # variants of one row, at least and at most
_REPLAYED_MNIST = 12_000  # pictures, as they are and warped
_REPLAYED_VARIANTS = 2  # of every pen digit
_REPLAYED_OF_A_STYLE = 400  # of those that training from nothing shows
_JUDGED_DIGITS = 1000
_SEED_OF_JUDGES = 7
_OF_A_STYLE = 240  # so that one drawing is less than half a point
_STYLES = (*TRAINING_STYLES, *HELD_OUT_STYLES)


def judging_and_replayed(card: Mapping[str, Any], folder: Path | None) -> tuple[Judges, Images]:
    """The pictures that judge, and those that are replayed, with their true labels.

    Args:
        card: of the anchor, whose held-out writers stay held out.
        folder: with the files of MNIST and of the pen digits; None to look for them.
    """
    mnist, mnist_test = load_mnist(folder and folder / MNIST.name)
    digits = load_pen_digits(folder and folder / PEN_DIGITS.name)
    held_out = list(card["configuration"]["held_out"])
    writers, unseen = split_writers(digits, held_out)
    rng = np.random.default_rng(_SEED_OF_JUDGES)
    judging = [unseen[k] for k in rng.permutation(len(unseen))[:_JUDGED_DIGITS]]
    test = plain_mnist_examples(mnist_test)
    styles = style_examples(unseen, _STYLES, _OF_A_STYLE, _SEED_OF_JUDGES)
    families = np.repeat([style.name for style in _STYLES], _OF_A_STYLE)
    judges = Judges(
        mnist=Images(test.x[:, 0], test.y),
        grid=grid_examples(judging, _SEED_OF_JUDGES),
        calibration=np.array([d.writer in calibration_writers(held_out) for d in judging]),
        non_digits=unseen_non_digits(unseen, 1000, _SEED_OF_JUDGES).x[:, 0],
        styles=Images(styles.x[:, 0], styles.y),
        families=families,
        to_learn=np.isin(families, list(STYLES)),
    )
    chosen = rng.permutation(len(mnist.y))[:_REPLAYED_MNIST]
    replayed = Images(mnist.x[chosen], mnist.y[chosen])
    sources = [
        plain_mnist_examples(replayed),
        mnist_examples(replayed, 1, 1),
        pen_examples(writers, _REPLAYED_VARIANTS, 1),
        non_digit_examples(writers, 60, 1, 1),
        style_examples(writers, TRAINING_STYLES, _REPLAYED_OF_A_STYLE, 1),
    ]
    return judges, Images(
        np.concatenate([each.x.reshape(-1, SIDE, SIDE) for each in sources]),
        np.concatenate([np.repeat(each.y, each.x.shape[1]) for each in sources]),
    )


def views_of(collected: Collected, trusted: Mask, seed: int) -> Examples:
    """Variants of every row, all of them once: each fold takes those of its rows.

    Of the others there are few different ones, so that a flood that is not believed thins out
    nothing of what is learned from the trusted rows. None are kept: a row may be taken back.

    Args:
        collected: the rows.
        trusted: whose labels nothing speaks against: bool[n].
        seed: decides the variants.
    """
    least, most = _VIEWS_OF_A_ROW
    variants = min(max(_VIEWS // max(int(trusted.sum()), 1), least), most)
    variants -= variants % least
    x = np.empty((len(collected.labels), variants, SIDE, SIDE), np.uint8)
    for rows, different in ((trusted, variants), (~trusted, least)):
        x[rows] = np.tile(
            _warped(collected.pixels[rows], different, seed), (1, variants // different, 1, 1)
        )
    return Examples(x, collected.labels, "")


def _warped(pixels: Grey, variants: int, seed: int) -> Grey:
    def variant(item: int, rng: Generator) -> Grey:
        return mnist_variant(pixels[item], rng)

    return rendered_anew("feedback", len(pixels), variants, seed, variant)
