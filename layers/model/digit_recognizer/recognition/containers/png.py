"""PNG (ISO/IEC 15948): a signature, then chunks."""

import struct
import zlib

from digit_recognizer.recognition.containers import orientation
from digit_recognizer.recognition.containers.container import Container, damaged, in_pieces

# libpng writes an IDAT for each 8 KB: 550 in the longest body.
_MOST_CHUNKS = 5000
_MOST_METADATA = 1 << 20
_NEEDED = frozenset([b"IDAT", b"PLTE", b"tRNS"])
_XMP = b"XML:com.adobe.xmp\0"

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# ns of a core: for a byte that is unpacked and whose filter is undone (Paeth's is the slowest),
# for a pixel that is converted, for a packed byte (of blocks of deflate that hold nothing).
_BYTE, _PIXEL, _PACKED = 8.5, 3.0, 60.0
# Bytes that Pillow keeps of a pixel at once, by colour type, until it is grey; deep and clear ones.
_KEPT = {0: 2, 2: 5, 3: 2, 4: 6, 6: 6}
_KEPT_DEEP, _KEPT_CLEAR = 5, 4

_header = struct.Struct(">II4sIIBBBBB").unpack_from
_chunk = struct.Struct(">I4s").unpack_from
_START = b"\x89PNG\r\n\x1a\n"
_FIRST = 33  # where the chunk after the header begins


def walk(data: bytes) -> Container:
    """Keep the header, the palette, what is transparent, and the first picture's data."""
    _, _, _, width, height, depth, colour, _, _, interlaced = _header(data, 4)
    if data[8:16] != b"\0\0\0\rIHDR":
        raise damaged()
    kept: list[bytes] = []
    begin = at = _FIRST
    packed = 0
    clear = False
    exif = xmp = None
    for _ in range(_MOST_CHUNKS):
        length, kind = _chunk(data, at)
        end = at + 12 + length
        if kind == b"IDAT":
            packed += length
        elif kind == b"IEND":
            break
        elif kind == b"tRNS":
            clear = True
        elif kind not in _NEEDED:
            kept.append(data[begin:at])
            begin = end
            if length <= _MOST_METADATA:
                if kind == b"eXIf" and exif is None:
                    exif = orientation.of_exif(data[at + 8 : end - 4])
                elif kind == b"iTXt" and data.startswith(_XMP, at + 8):
                    xmp = orientation.of_xmp(data[at + 8 : end - 4])
        at = end
    else:
        raise in_pieces()
    turned = orientation.settled(exif, xmp)
    if kept or at + 12 != len(data):
        kept.append(data[begin : at + 12])
        if turned != 1:
            kept.insert(0, _made(b"eXIf", orientation.as_exif(turned)))
        data = data[:_FIRST] + b"".join(kept)
    pixels = width * height
    lines = height * 2 if interlaced else height
    unpacked = pixels * _CHANNELS.get(colour, 4) * depth // 8 + lines
    bytes_a_pixel = _KEPT.get(colour, 6)
    if depth == 16 and colour == 0:
        bytes_a_pixel = _KEPT_DEEP
    if clear:
        bytes_a_pixel += _KEPT_CLEAR
    return Container(
        data,
        "PNG",
        width,
        height,
        1e-6 * (_BYTE * unpacked + _PIXEL * pixels + _PACKED * packed),
        1e-6 * bytes_a_pixel * pixels,
        turned,
    )


def _made(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
