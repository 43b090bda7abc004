"""WebP (RFC 9649): a RIFF file; chunks, of which an animation's frames have their own inside."""

import struct

from digit_recognizer.recognition.containers import orientation
from digit_recognizer.recognition.containers.container import Container, damaged, in_pieces

_MOST_CHUNKS = 1000
_FRAME_HEADER = 16
_PICTURES = (b"ALPH", b"VP8 ", b"VP8L")
_ALPHA, _EXIF, _ANIMATED = 0x10, 0x08, 0x02  # flags in the first byte of VP8X
_COMPRESSED = 3  # of the first byte of ALPH: the lowest two bits

# A lossless picture may have a set of codes of its own for each 16 pixels, and libwebp makes tables
# of 9 KB for each. A set that is used takes four bytes at least; a thousand may be there unused.
_MOST_SETS, _UNUSED_SETS, _PIXELS_OF_SET, _BYTES_OF_SET = 65_536, 1000, 16, 4
_KEPT_SET, _SET = 9000, 25_000.0  # bytes; ns of a core
# Bytes that libwebp and Pillow keep of a pixel at once; ns of a core for one, for a byte of codes.
_KEPT, _PIXEL, _PACKED = 19, 75.0, 15.0


def walk(data: bytes) -> Container:
    """Keep the picture and its transparency; of an animation the first frame, where it lies."""
    (size,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP" or 8 + size > len(data):
        raise damaged()
    chunks = _contents(data, 12, 8 + size)
    first, head = next(iter(chunks.items()), (b"", b""))
    turned = 1
    if first in (b"VP8 ", b"VP8L"):  # then that is all that counts
        frame = kept = {first: head}
        sizes = []
    elif first == b"VP8X" and len(head) == 10:
        sizes = [_size_of_canvas(head)]
        kept = {b"VP8X": head}
        if head[0] & _ANIMATED:
            frame = _contents(chunks.get(b"ANMF", b""), _FRAME_HEADER, None)
            kept |= {kind: chunks[kind] for kind in (b"ANIM", b"ANMF") if kind in chunks}
        else:
            frame = {kind: content for kind, content in chunks.items() if kind in _PICTURES}
            kept |= frame
        exif, xmp = chunks.get(b"EXIF", b""), chunks.get(b"XMP ", b"")
        turned = orientation.settled(orientation.of_exif(exif), orientation.of_xmp(xmp))
        flags = head[0] & (_ALPHA | _ANIMATED)
        if turned != 1:
            flags |= _EXIF
            kept[b"EXIF"] = orientation.as_exif(turned)
        kept[b"VP8X"] = bytes([flags]) + head[1:]
    else:
        raise damaged()
    # Where sizes contradict each other libwebp refuses the file; until then the largest one counts.
    sizes += [_size(kind, frame[kind]) for kind in (b"VP8 ", b"VP8L") if kind in frame]
    width, height = (max(sides) for sides in zip(*sizes, strict=True))
    pixels = width * height
    lossless = [
        len(content)
        for kind, content in frame.items()
        if kind == b"VP8L" or (kind == b"ALPH" and content[0] & _COMPRESSED)
    ]
    sets = min(
        max(lossless) // _BYTES_OF_SET + _UNUSED_SETS if lossless else 0,
        pixels // _PIXELS_OF_SET + 1,
        _MOST_SETS,
    )
    body = b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for kind, content in kept.items()
    )
    return Container(
        b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body,
        "WEBP",
        width,
        height,
        1e-6 * (_PIXEL * pixels + _PACKED * len(body) + _SET * sets),
        1e-6 * (_KEPT * pixels + _KEPT_SET * sets),
        turned,
    )


def _contents(data: bytes, at: int, end: int | None) -> dict[bytes, bytes]:
    """What is in the first chunk of each kind, in their order."""
    end = len(data) if end is None else end
    contents: dict[bytes, bytes] = {}
    for _ in range(_MOST_CHUNKS):
        if at >= end:
            return contents
        kind, length = struct.unpack_from("<4sI", data, at)
        at += 8
        if at + length > end:
            raise damaged()
        if kind not in contents:
            contents[kind] = data[at : at + length]
        at += length + length % 2
    raise in_pieces()


def _size_of_canvas(head: bytes) -> tuple[int, int]:
    return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")


def _size(kind: bytes, picture: bytes) -> tuple[int, int]:
    """Columns and rows, as a picture's own header says."""
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", picture, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    columns, rows = struct.unpack_from("<HH", picture, 6)
    return columns & 0x3FFF, rows & 0x3FFF
