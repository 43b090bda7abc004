"""GIF 89a: a screen, then blocks, of which an image is one; contents come in pieces of a length.

(w3.org/Graphics/GIF/spec-gif89a.txt)
"""

import struct

from digit_recognizer.recognition.containers.container import Container, damaged, in_pieces

_MOST_BLOCKS = 1000  # before the first image
# Of at most 255 bytes, in all blocks together; the longest body of full ones has 18,000.
_MOST_PIECES = 25_000

_EXTENSION, _IMAGE = b"!,"
_CONTROL = 0xF9
_PALETTE = 0x80  # a flag: one follows; the lowest three bits say how long

_PIXEL, _PACKED = 10.0, 25.0  # ns of a core for a pixel, for a byte of codes
_KEPT, _KEPT_CLEAR = 2, 6  # bytes that Pillow keeps of a pixel at once until it is grey


def walk(data: bytes) -> Container:
    """Keep the screen, the first image, and which of its colours is transparent."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = start = 13 + _length_of_palette(flags)
    clear = None
    pieces = _MOST_PIECES
    for _ in range(_MOST_BLOCKS):
        if data[at] == _EXTENSION:
            if data[at + 1] == _CONTROL and data[at + 2] >= 4 and data[at + 3] & 1:
                clear = data[at + 6]
            at, pieces = _passed(data, at + 2, pieces)
        elif data[at] == _IMAGE:
            break
        elif data[at] == 0:  # an end too many
            at += 1
        else:
            raise damaged()
    else:
        raise in_pieces()
    left, top, columns, rows, flags = struct.unpack_from("<HHHHB", data, at + 1)
    codes = at + 10 + _length_of_palette(flags) + 1
    end, _ = _passed(data, codes, pieces)
    control = b"" if clear is None else b"!\xf9\4\1\0\0%c\0" % clear
    # Where the image sticks out, Pillow makes the screen larger.
    width, height = max(width, left + columns), max(height, top + rows)
    pixels = width * height
    return Container(
        b"%b%b%b;" % (data[:start], control, data[at:end]),
        "GIF",
        width,
        height,
        1e-6 * (_PIXEL * pixels + _PACKED * (end - codes)),
        1e-6 * (_KEPT if clear is None else _KEPT_CLEAR) * pixels,
    )


def _length_of_palette(flags: int) -> int:
    return 6 << (flags & 7) if flags & _PALETTE else 0


def _passed(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Where the pieces end that begin here (after one of no length), and how many more may come."""
    for count in range(most):
        length = data[at]
        at += 1 + length
        if not length:
            return at, most - count
    raise in_pieces()
