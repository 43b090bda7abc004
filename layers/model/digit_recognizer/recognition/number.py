"""A picture with several digits, read as a number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.classifier import Answer
from digit_recognizer.recognition.paper import Drawn
from digit_recognizer.recognition.pictures import Decoded
from digit_recognizer.recognition.segmentation import Segment, segments

_FAINT = 30  # of 255: below it is the soft edge of ink, or nothing

Count = Literal[1, "several"]
"""How many digits a client knows that there are."""


@dataclass(frozen=True)
class Number:
    """Several digits.

    Attributes:
        lines: of digits from left to right, from top to bottom.
        boxes: left, top, width and height of each digit in the order of reading, as shares of the
            picture that was sent.
    """

    lines: list[list[Segment]]
    boxes: list[tuple[float, float, float, float]]

    @property
    def digits(self) -> list[Segment]:
        """In the order of reading."""
        return [digit for line in self.lines for digit in line]

    @property
    def text(self) -> str:
        """As it is written: lines parted by a blank."""
        lines = (
            "".join(str(digit.probabilities.argmax()) for digit in line) for line in self.lines
        )
        return " ".join(lines)


def parse_count(said: object) -> Count | None:
    """How many digits there are, where a client says so.

    Raises:
        InvalidRequest: it says something else.
    """
    if said is None or said == "several" or (type(said) in (int, float) and said == 1):
        return said
    raise InvalidRequest(
        'The field "digits" says how many digits there are in the picture:'
        ' it must be 1 or "several", or left out where nobody knows.'
    )


def may_be_several(answer: Answer, pixels: Grey) -> bool:
    """Whether it is worth to look for several digits; what is surely one digit in one piece is not.

    Args:
        answer: what the recogniser says of the picture as one digit.
        pixels: what it saw, uint8[28, 28].
    """
    if answer.uncertain:
        return True
    inked = np.flatnonzero(pixels.max(axis=0) > _FAINT)
    return bool(inked[-1] - inked[0] >= inked.size)  # a column between is empty


def read_number(
    picture: Decoded,
    drawn: Drawn | None,
    probabilities: Callable[[Grey], Float],
    one_digit: float | None,
) -> Number | None:
    """Read a picture as a number (see `may_be_several`).

    Args:
        picture: with some ink.
        drawn: its ink on even paper, as `preprocessing.normalised` saw it.
        probabilities: float32[10] of uint8[28, 28].
        one_digit: how sure the recogniser is of it as a single digit; None where it is known that
            there are several.

    Returns:
        None where it is no number (see `segmentation.segments`).
    """
    ink, part = ink_of(picture, drawn)
    if not ink.any():
        return None
    lines = segments(ink, probabilities, one_digit)
    boxes = [_in_picture(digit, ink, part, picture) for line in lines for digit in line]
    return Number(lines, boxes) if lines else None


def ink_of(picture: Decoded, drawn: Drawn | None) -> tuple[Grey, tuple[float, float, float, float]]:
    """The ink, and where in the decoded picture it was looked for, in its pixels."""
    height, width = picture.grey.shape
    if drawn is not None and drawn.clean:
        y, x = (height - drawn.ink.shape[0]) / 2, (width - drawn.ink.shape[1]) / 2
        return drawn.ink, (x, y, width - x, height - y)  # a frame around it was taken away
    from digit_recognizer.recognition.ink_finder import ink_finder  # a drawing does not pay for it

    coloured = Image.fromarray(picture.grey) if picture.coloured is None else picture.coloured
    return ink_finder().find_along(coloured.convert("RGB"))


def _in_picture(
    digit: Segment, ink: Grey, part: tuple[float, float, float, float], picture: Decoded
) -> tuple[float, float, float, float]:
    height, width = picture.grey.shape
    across = (part[2] - part[0]) / ink.shape[1] / width
    down = (part[3] - part[1]) / ink.shape[0] / height
    left, top = part[0] / width + digit.box.left * across, part[1] / height + digit.box.top * down
    wide, tall = picture.part[2] - picture.part[0], picture.part[3] - picture.part[1]
    return (
        picture.part[0] + left * wide,
        picture.part[1] + top * tall,
        (digit.box.right - digit.box.left) * across * wide,
        (digit.box.bottom - digit.box.top) * down * tall,
    )
