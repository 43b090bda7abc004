"""From a drawing to the 28×28 picture that the recogniser was trained on.

The way MNIST itself was made (LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning
applied to document recognition"): white ink on black, its longer side scaled to 20 pixels with the
aspect kept, its centre of mass in the middle of a 28×28 field. Predict, feedback, training and
evaluation all call `normalise`, so that a saved row is exactly what a model would see.
"""

from typing import NamedTuple

from PIL import Image

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.clutter import is_a_digit_alone
from digit_recognizer.recognition.containers.container import Container
from digit_recognizer.recognition.digit_box import Box, located
from digit_recognizer.recognition.paper import Drawn, empty, ink_on_even_paper
from digit_recognizer.recognition.pictures import (
    data_url_of,
    decode,
    for_keeping,
    read_picture,
)
from digit_recognizer.recognition.placing import place

PREPROCESSING_VERSION = 4
"""Raised when `normalise` gives other pixels for the same picture; saved rows carry it."""

_EMPTY = 100  # of 255: below it the ink finder has found nothing
_STRONG = 60  # grey levels from the paper from which even what the finder misses is ink


class Normalised(NamedTuple):
    """A picture in the form of MNIST's, and what was seen on the way.

    Attributes:
        pixels: uint8[28, 28], 0 = paper, 255 = the strongest ink.
        drawn: the ink of the whole picture, where it is on even paper; None where it is not.
    """

    pixels: Grey
    drawn: Drawn | None


def preprocess(data_url: object) -> Grey:
    """`normalise` the picture in a data URL (see `pictures.read_picture` for its errors)."""
    picture = read_picture(data_url)
    return normalise(picture.grey, picture.coloured)


def for_a_row(picture: Container) -> tuple[Grey, str]:
    """What a row keeps of a picture: `normalise`'s pixels, and a data URL of which they come again.

    Raises:
        InvalidRequest: it is damaged, or there is no ink.
    """
    kept = for_keeping(picture)
    decoded = decode(kept)
    return normalise(decoded.grey, decoded.coloured), data_url_of(kept)


def normalise(grey: Grey, coloured: Image.Image | None = None) -> Grey:
    """Bring a drawing or a photo of one into the form of an MNIST picture.

    On clean paper, paper is told from ink by the border of the picture, so light on dark and dark
    on light come out the same; noise, specks and taps beside the digit are removed. Where there is
    no clean paper (a photo, a screenshot with buttons) a network tells where the ink is. A picture
    that already has MNIST's form comes through (nearly) unchanged.

    Args:
        grey: uint8[height, width] of any size, 0 = black.
        coloured: the same picture in colour, of use where there is no clean paper.

    Returns:
        uint8[28, 28], 0 = paper, 255 = the strongest ink.

    Raises:
        InvalidRequest: there is no ink.
    """
    return normalised(grey, coloured).pixels


def normalised(grey: Grey, coloured: Image.Image | None = None) -> Normalised:
    """What `normalise` makes, with what it saw on the way; arguments and errors are the same."""
    drawn = ink_on_even_paper(grey)
    if drawn is not None and drawn.clean:
        at = located(drawn.ink)
        if is_a_digit_alone(drawn.ink, at):
            return Normalised(_placed(drawn.ink, at.box), drawn)
    found = _found_ink(Image.fromarray(grey) if coloured is None else coloured)
    if found is None and drawn is not None and (drawn.clean or drawn.ink.max() >= _STRONG):
        found = drawn.ink  # a drawing of dots, or a blurred dash
    if found is None:
        raise empty()
    return Normalised(_placed(found, located(found).box), drawn)


def _placed(ink: Grey, box: Box) -> Grey:
    # One pixel more on each side: the soft edge of the ink belongs to it.
    return place(ink[box.grown(1).slices], box.longer_side)


def _found_ink(picture: Image.Image) -> Grey | None:
    """What the ink finder finds; None if that is nothing."""
    # A drawing does not pay for it.
    from digit_recognizer.recognition.ink_finder import ink_finder, is_long

    coloured = picture.convert("RGB")
    ink = ink_finder().find(coloured).ink
    if ink.max() < _EMPTY and is_long(coloured):
        ink = ink_finder().find_in_squares(coloured).ink
    return ink if ink.max() >= _EMPTY else None
