"""JPEG (ITU-T T.81): markers, most of which begin a segment; after a scan's segment come codes."""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from digit_recognizer.recognition.containers import orientation
from digit_recognizer.recognition.containers.container import (
    JPEG_SIDE,
    Container,
    damaged,
    in_pieces,
)

# A profile in pieces, a depth map in XMP: a phone writes at most some hundred.
_MOST_SEGMENTS = 1000
_MOST_SCANS = 64  # a progressive JPEG has about ten
_MOST_TABLES = 65_536  # bytes, of all scans; twelve tables have 3,000

JPEG_END = b"\xff\xd9"

_START, _END, _SCAN, _APP1 = 0xD8, 0xD9, 0xDA, 0xE1
_TABLES = frozenset([0xC4, 0xDB, 0xDD])  # Huffman's, of quantisation; how often codes restart
_SEQUENTIAL, _PROGRESSIVE = (0xC0, 0xC1), 0xC2
# Lossless, hierarchical, in arithmetic codes: no browser shows them.
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xCC}
_ALONE = frozenset([0x01, *range(0xD0, 0xD8)])  # no segment follows
_COLOURS = {0xE0: b"JFIF\0", 0xEE: b"Adobe"}  # of the applications' segments, those that say which
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"

# Fill bytes and whatever else lies before a marker are passed over, as libjpeg does.
_marker = re.compile(rb"\xff[^\x00\xff]").search
# Within codes FF is followed by 0, or begins a restart.
_after_codes = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search

# ns of a core for a block of 64 samples that a scan passes, for each of its coefficients, for a
# byte of codes, for a sample that is made of them.
_BLOCK, _COEFFICIENT, _PACKED, _SAMPLE = 30.0, 1.5, 30.0, 3.0
# Bytes: of a block, where several scans make it; of a pixel, by components.
_KEPT_BLOCK, _KEPT = 128, {1: 2, 3: 10, 4: 14}


class _Frame(NamedTuple):
    """What SOF says: the sizes, and how many blocks each component has."""

    width: int
    height: int
    blocks: dict[int, int]

    @classmethod
    def of_segment(cls, data: bytes, at: int) -> "_Frame":
        depth, height, width, count = struct.unpack_from(">BHHB", data, at)
        sampling = {}
        for component in range(at + 6, at + 6 + 3 * count, 3):
            factors = data[component + 1]
            sampling[data[component]] = (factors >> 4, factors & 15)
        if depth != 8 or count not in (1, 3, 4) or count != len(sampling):
            raise damaged()
        across, down = (max(factors) for factors in zip(*sampling.values(), strict=True))
        if not all(1 <= factor <= 4 for factors in sampling.values() for factor in factors):
            raise damaged()
        units = -(-width // (8 * across)) * -(-height // (8 * down))
        blocks = {name: units * columns * rows for name, (columns, rows) in sampling.items()}
        return cls(width, height, blocks)


class _Scan(NamedTuple):
    """What SOS says: its components, and the first and last coefficient of each block."""

    names: bytes
    first: int
    last: int

    @classmethod
    def of_segment(cls, data: bytes, at: int) -> "_Scan":
        end = at + 1 + 2 * data[at]
        return cls(data[at + 1 : end : 2], data[end], data[end + 1])


def walk(data: bytes) -> Container:
    """Keep the tables, the frame and its scans, and what tells of colours; of the first picture."""
    kept = [data[:2]]
    frame: _Frame | None = None
    is_progressive = False
    scans: list[_Scan] = []
    exif = xmp = b""
    colours = dict(_COLOURS)
    tables = 0
    for code, at, end in _segments(data):
        content = at + 4
        if code in _SEQUENTIAL or code == _PROGRESSIVE:
            if frame is not None:
                raise damaged()
            frame, is_progressive = _Frame.of_segment(data, content), code == _PROGRESSIVE
        elif code == _SCAN:
            scans.append(_Scan.of_segment(data, content))
        elif code in _OTHER_FRAMES:
            raise damaged()
        elif code in colours and data.startswith(colours[code], content):
            del colours[code]
        elif code in _TABLES:
            tables += end - at
        elif code != _END:
            if code == _APP1 and not exif and data.startswith(_EXIF, content):
                exif = data[content:end]
            elif code == _APP1 and not xmp and data.startswith(_XMP, content):
                xmp = data[content:end]
            continue
        kept.append(data[at:end])
    if frame is None or not scans:
        raise damaged()
    if len(scans) > _MOST_SCANS or tables > _MOST_TABLES:
        raise in_pieces()
    turned = orientation.settled(orientation.of_exif(exif), orientation.of_xmp(xmp))
    if turned != 1:
        exif = _EXIF + orientation.as_exif(turned)
        kept.insert(1, struct.pack(">BBH", 0xFF, _APP1, 2 + len(exif)) + exif)
    data = b"".join(kept)
    nanoseconds = _PACKED * len(data)
    for scan in scans:
        passed = max(scan.last - scan.first, 0) if is_progressive else 0
        nanoseconds += (_BLOCK + _COEFFICIENT * passed) * sum(
            frame.blocks.get(name, 0) for name in scan.names
        )
    shrunk = _shrunk_by(frame)
    pixels = -(-frame.width // shrunk) * -(-frame.height // shrunk)
    components = len(frame.blocks)
    nanoseconds += _SAMPLE * pixels * components
    kept_at_once = 1.0 * pixels * _KEPT[components]
    if is_progressive or len(scans[0].names) < len(frame.blocks):
        kept_at_once += _KEPT_BLOCK * sum(frame.blocks.values())
    if not data.endswith(JPEG_END):  # decoded twice, to see whether pixels are missing
        nanoseconds, kept_at_once = 2 * nanoseconds, 2.5 * kept_at_once
    return Container(
        data, "JPEG", frame.width, frame.height, 1e-6 * nanoseconds, 1e-6 * kept_at_once, turned
    )


def _shrunk_by(frame: _Frame) -> int:
    """How much less of its sides is decoded, where Pillow's `draft` asks for `JPEG_SIDE`."""
    most = min(frame.width, frame.height) // JPEG_SIDE
    return next((scale for scale in (8, 4, 2) if scale <= most), 1)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Code, begin and end of each segment, up to the first end of a picture; codes are a part."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        found = _marker(data, at)
        if found is None:
            return  # it ends without saying so
        begin, at = found.span()
        code = data[at - 1]
        if code in _ALONE:
            continue
        if code == _END:
            yield code, begin, at
            return
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2 or code == _START:
            raise damaged()
        at += length
        if code == _SCAN:
            found = _after_codes(data, at)
            at = len(data) if found is None else found.start()
        yield code, begin, at
    raise in_pieces()
