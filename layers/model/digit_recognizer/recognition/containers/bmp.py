"""BMP: a header of one of several lengths, a palette, rows of pixels or codes that draw them."""

import struct

from digit_recognizer.errors import TooLarge
from digit_recognizer.recognition.containers.container import Container

_CORE = 12  # bytes of OS/2's first header: sizes of 16 bits, never coded
_COMPRESSION = 30
_RUNS = (1, 2)

# Pillow reads runs in Python, a code at a time, and fills lines a byte at a time. Whoever writes
# them today draws a few lines.
_MOST_PIXELS_OF_RUNS = 1_000_000
_MOST_BYTES_OF_RUNS = 200_000
_PIXEL_OF_RUNS, _BYTE_OF_RUNS = 120.0, 600.0  # ns of a core
_PIXEL = 5.0
_KEPT = 6  # bytes that Pillow keeps of a pixel at once until it is grey


def walk(data: bytes) -> Container:
    """Refuse run-length codes that draw much, or nothing; rows are never longer than the file."""
    (length,) = struct.unpack_from("<I", data, 14)
    runs = False
    if length == _CORE:
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<Ii", data, 18)
        height = abs(height)
        (compression,) = struct.unpack_from("<I", data, _COMPRESSION)
        runs = compression in _RUNS
    pixels = width * height
    nanoseconds = _PIXEL * pixels
    if runs:
        if pixels > _MOST_PIXELS_OF_RUNS or len(data) > _MOST_BYTES_OF_RUNS:
            raise TooLarge(
                "The BMP has too much in run-length codes: send it without them, or as PNG."
            )
        nanoseconds = _PIXEL_OF_RUNS * pixels + _BYTE_OF_RUNS * len(data)
    return Container(data, "BMP", width, height, 1e-6 * nanoseconds, 1e-6 * _KEPT * pixels)
