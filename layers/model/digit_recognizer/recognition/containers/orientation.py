"""How a camera was held: the one thing in a picture's metadata that its digit needs.

EXIF (CIPA DC-008) is a TIFF file: a list of tags, of which one is the orientation. XMP says the
same in XML, and is asked where EXIF says nothing, as Pillow does.
"""

import re
import struct

_TAG = 0x0112
_MOST_TAGS = 1000  # a phone writes about fifteen into the first list
_TYPES = {1: "B", 3: "H", 4: "I"}
_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_PREFIX = b"Exif\0\0"


def of_exif(exif: bytes) -> int | None:
    """The orientation, whatever number it is; None where there is none."""
    tiff = exif.removeprefix(_PREFIX)
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    entry = struct.Struct(order + "HHI")
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for at in range(first + 2, first + 2 + 12 * min(count, _MOST_TAGS), 12):
            tag, kind, values = entry.unpack_from(tiff, at)
            if tag == _TAG and kind in _TYPES and values == 1:
                (value,) = struct.unpack_from(order + _TYPES[kind], tiff, at + 8)
                return int(value)
    except struct.error:
        pass  # it ends too early: the camera may have been held in any way
    return None


def of_xmp(xmp: bytes) -> int | None:
    """The orientation, whatever number it is; None where there is none."""
    found = _XMP.search(xmp)
    return None if found is None else int(found[1])


def settled(exif: int | None, xmp: int | None) -> int:
    """The orientation of a picture, 1 to 8, from what its metadata say."""
    orientation = xmp if exif is None else exif
    return orientation if orientation is not None and 1 <= orientation <= 8 else 1


def as_exif(orientation: int) -> bytes:
    """EXIF that says nothing but this."""
    return b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHIHHI", _TAG, 3, 1, orientation, 0, 0)
