"""28×28 grey bytes and their PNG, made without Pillow: the download function does not load it."""

import struct
import zlib
from base64 import b64encode

SIDE = 28
"""Of the picture that the recogniser sees, in pixels."""

PIXELS = SIDE * SIDE
"""A row of the CSV has so many, row by row."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)


def data_url(pixels: bytes) -> str:
    """784 grey bytes, row by row, as a PNG (ISO/IEC 15948, no filter) in a data URL."""
    lines = b"".join(b"\0" + pixels[start : start + SIDE] for start in range(0, PIXELS, SIDE))
    png = _SIGNATURE + b"".join(
        [
            _chunk(b"IHDR", _GREY),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )
    return "data:image/png;base64," + b64encode(png).decode("ascii")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
