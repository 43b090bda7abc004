"""What a walk over a picture's container gives, and what it says where there is nothing to give."""

from typing import NamedTuple

from digit_recognizer.errors import InvalidRequest

WORKING_SIDE = 1024
"""Pixels; longer pictures are averaged down: no digit needs more."""

JPEG_SIDE = 240
"""Pixels; of a JPEG so much less is decoded that its shorter side keeps as many."""

_NOTICED = 5.0  # milliseconds


class Container(NamedTuple):
    """A picture of which only what its pixels need is left.

    Attributes:
        data: a whole file of the same format; walking it once more changes nothing.
        format: as Pillow calls it.
        width: in pixels.
        height: in pixels.
        milliseconds: what decoding and making it grey takes at most, on one core of a laptop.
        megabytes: what that takes in memory at most, besides the data.
        orientation: as EXIF numbers them, 1 to 8; 1 is upright.
    """

    data: bytes
    format: str
    width: int
    height: int
    milliseconds: float
    megabytes: float
    orientation: int = 1

    @property
    def is_costly(self) -> bool:
        """Whether other requests should not have to wait for it; a canvas is not."""
        return self.milliseconds > _NOTICED


def damaged() -> InvalidRequest:
    """What a file gets that is not, or not wholly, a picture."""
    return InvalidRequest(
        "The data is not a picture that can be read: send a whole PNG, JPEG, WebP, BMP or GIF."
    )


def in_pieces() -> InvalidRequest:
    """What a file gets that is in more pieces than any program for pictures writes."""
    return InvalidRequest(
        "The picture is in too many pieces: open it in a program, and save it as PNG or JPEG."
    )
