"""A picture's container, walked before any decoder sees it.

Decoders bound the pixels that they make, not what lies around them: a hundred thousand empty
chunks, metadata that unpacks to gigabytes, codes that draw nothing. So each format's own structure
is walked here first. What no digit needs is cut out (metadata but the orientation, frames but the
first), pieces are counted, and what decoding the rest takes at most is estimated and limited.

The walk itself is bounded, too: a step in Python for each piece, and there may be only so many;
what lies between pieces is passed over by `bytes.find` and regular expressions, in one go.
"""

import struct

from digit_recognizer.errors import TooLarge
from digit_recognizer.recognition.containers import bmp, gif, jpeg, png, webp
from digit_recognizer.recognition.containers.container import Container, damaged

MAX_SIDE = 65_535
"""Pixels; a JPEG's own limit. Pillow keeps an address for each row."""

MAX_PIXELS = {
    "PNG": 16_000_000,
    "JPEG": 64_000_000,  # decoded at a fraction of its size
    "GIF": 16_000_000,
    "BMP": 16_000_000,
    "WEBP": 4_000_000,  # its decoder takes four times the memory of the others
}

MAX_MILLISECONDS = 430.0
"""What decoding may take; `normalise` takes up to 80 more."""

MAX_MEGABYTES = 100.0
"""What decoding may take; the body, its text and its bytes take up to 30 more."""

_WALKS = (
    (b"\x89PNG\r\n\x1a\n", png.walk),
    (b"\xff\xd8", jpeg.walk),
    (b"GIF8", gif.walk),
    (b"BM", bmp.walk),
    (b"RIFF", webp.walk),
)


def walk(data: bytes) -> Container:
    """What a picture's decoder needs of a file, and what it will take.

    Args:
        data: the bytes of a PNG, JPEG, GIF, BMP or WebP.

    Raises:
        InvalidRequest: it is none of these, damaged, or in more pieces than any program writes.
        TooLarge: it has too many pixels, or takes too long or too much memory to decode.
    """
    for signature, walk_of_format in _WALKS:
        if data.startswith(signature):
            try:
                return _limited(walk_of_format(data))
            except (struct.error, IndexError):  # it ends too early
                raise damaged() from None
    raise damaged()


def _limited(container: Container) -> Container:
    limit = MAX_PIXELS[container.format]
    if container.width * container.height > limit:
        told = f"send at most {limit // 1_000_000} megapixels"
        if container.format != "JPEG":
            told += f", or a JPEG of at most {MAX_PIXELS['JPEG'] // 1_000_000}"
        raise TooLarge(f"The picture has too many pixels: {told}.")
    if max(container.width, container.height) > MAX_SIDE:
        raise TooLarge(f"The picture is too long: send at most {MAX_SIDE} pixels a side.")
    if container.milliseconds > MAX_MILLISECONDS or container.megabytes > MAX_MEGABYTES:
        raise TooLarge(
            "The picture takes too much work to decode: send it smaller, or as a baseline JPEG."
        )
    return container
