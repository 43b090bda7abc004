"""Containers of valid pieces, in any number and order: reading them is bounded work.

Work is counted, not timed: the lines of Python that run, Pillow's included, and what decoders are
given. `make fuzz` measures the seconds and megabytes of thousands of them.
"""

import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digit_recognizer.errors import InvalidRequest, TooLarge
from digit_recognizer.recognition.containers.container import WORKING_SIDE
from digit_recognizer.recognition.containers.walking import (
    MAX_MEGABYTES,
    MAX_MILLISECONDS,
    MAX_PIXELS,
)
from digit_recognizer.recognition.pictures import decode, opened
from digit_recognizer.recognition.preprocessing import normalise
from digit_recognizer.settings import PROJECT
from tests.layers.recognition.hostile_bits import empty_deflate_blocks, lossless_webp
from tests.layers.recognition.hostile_pictures import (
    LONGEST,
    bmp,
    chunk,
    drawn,
    encoded,
    gif,
    gif_image,
    in_sub_blocks,
    png,
    riff,
    riff_chunks,
    segment,
    vp8x,
)
from tests.layers.recognition.test_hostile_pictures import MEGABYTES, READER, data_url

# Of Python, in one picture; but for Pillow's reader of run-length codes most need some hundred.
MOST_LINES = 400_000
MOST_LINES_OF_RUNS = 4_000_000
SECONDS = 1.0  # twice what is promised: the machine does other things, too

_NUMBERS = st.sampled_from([1, 1, 1, 2, 3, 20, 900, 4000, 20_000, 400_000])
_SIDES = st.sampled_from([0, 1, 2, 24, 24, 24, 100, 1000, 2500, 4000, 16_383, 65_535])


@st.composite
def _repeated(draw: st.DrawFn, pieces: list[bytes]) -> list[bytes]:
    """Pieces in any number and order, no longer together than a body."""
    left = LONGEST
    parts = []
    for piece, number in draw(st.lists(st.tuples(st.sampled_from(pieces), _NUMBERS), max_size=8)):
        times = min(number, left // max(len(piece), 1))
        parts.append(piece * times)
        left -= times * len(piece)
    return parts


@lru_cache
def _pieces_of_png() -> list[bytes]:
    bomb = zlib.compress(bytes(1 << 20), 9)
    lines = np.random.default_rng(0).integers(0, 5, 200_000, np.uint8).tobytes()
    return [
        chunk(b"IDAT", zlib.compress(bytes(25 * 24))),
        chunk(b"IDAT", zlib.compress(bytes(4 << 20))),
        chunk(b"IDAT", zlib.compress(lines)),
        chunk(b"IDAT", empty_deflate_blocks(100_000)),
        chunk(b"IDAT", b"\0"),
        chunk(b"IDAT", b""),
        chunk(b"PLTE", bytes(768)),
        chunk(b"tRNS", bytes(256)),
        chunk(b"tRNS", bytes(2)),
        chunk(b"iCCP", b"a\0\0" + bomb),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b'tiff:Orientation="6"' * 9),
        chunk(b"tEXt", b""),
        chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + struct.pack(">HHII", 1, 2, 9, 8) * 5000),
        chunk(b"acTL", struct.pack(">II", 2**31, 0)),
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 24, 24, 0, 0, 1, 1, 2, 1)),
        chunk(b"fdAT", bytes(4) + zlib.compress(bytes(25 * 24))),
        chunk(b"prIv", b"a"),
        chunk(b"IEND", b""),
    ]


@st.composite
def pngs(draw: st.DrawFn) -> bytes:
    """Any header, then any chunks."""
    return png(
        draw(_SIDES),
        draw(_SIDES),
        *draw(_repeated(_pieces_of_png())),
        depth=draw(st.sampled_from([1, 2, 4, 8, 16])),
        colour=draw(st.sampled_from([0, 2, 3, 4, 6])),
        interlaced=draw(st.integers(0, 1)),
    )


@lru_cache
def _pieces_of_jpeg() -> list[bytes]:
    """Segments, scans and markers of whole pictures, and some that are in none."""
    colours = Image.effect_noise((90, 70), 60).convert("RGB")
    pieces = [b"\xff\xd9", b"\xff\xd0", b"\xff", b"\0", b"\xff\xd8", segment(0xFE, b"a")]
    pieces.append(segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    pieces.append(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + bytes(60_000)))
    pieces.append(segment(0xE2, b"MPF\0" + bytes(60)))
    pieces.append(segment(0xDB, (b"\0" + b"\1" * 64) * 1000))
    pieces.append(segment(0xDD, b"\0\1"))
    for mode, progressive in (("L", False), ("RGB", False), ("RGB", True), ("CMYK", True)):
        picture = encoded(colours.convert(mode), "JPEG", progressive=progressive)
        at = 2
        while picture[at + 1] != 0xD9:
            marker, end = picture[at + 1], at + 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
            if marker == 0xDA:
                found = re.search(rb"\xff[^\x00]", picture[end:])
                assert found is not None
                end += found.start()
            pieces.append(picture[at:end])
            at = end
    return pieces


@st.composite
def jpegs(draw: st.DrawFn) -> bytes:
    """A frame of any size, then any segments and scans; or what comes before it, too."""
    before = draw(st.one_of(st.just([]), _repeated(_pieces_of_jpeg())))
    count = draw(st.sampled_from([1, 3, 4]))
    frame = struct.pack(">BHHB", 8, draw(_SIDES), draw(_SIDES), count)
    for number in range(count):
        frame += bytes([number + 1, draw(st.sampled_from([0x11, 0x22, 0x41, 0x44, 0])), 0])
    kind = draw(st.sampled_from([0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA]))
    after = draw(_repeated(_pieces_of_jpeg()))
    whole = [*before, segment(kind, frame), *_pieces_of_jpeg()[-12:], *after, b"\xff\xd9"]
    return b"\xff\xd8" + b"".join(whole)


@lru_cache
def _pieces_of_gif() -> list[bytes]:
    noise = encoded(Image.effect_noise((200, 200), 90).convert("P"), "GIF")
    image = noise[noise.index(b",", 13 + 768) : -1]
    return [
        image,
        gif_image(24, 24, in_sub_blocks(b"\4")),
        gif_image(4000, 4000, in_sub_blocks(b"\x24\x49\x92" * 9000)),
        gif_image(4000, 4000, in_sub_blocks(b"\4" * 900, 1)),
        gif_image(65_535, 65_535, b"\0"),
        b"!\xf9\4\x09\0\0\1\0",
        b"!\xf9\4\x0d\0\0\1\0",
        b"!\xfe" + in_sub_blocks(b"a" * 900, 1),
        b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0",
        b"!\1\0",
        b"\0",
        b";",
    ]


@st.composite
def gifs(draw: st.DrawFn) -> bytes:
    """A screen of any size, then any blocks."""
    return gif(draw(_SIDES), draw(_SIDES), *draw(_repeated(_pieces_of_gif())))


_CODES = [b"\0\0", b"\0\1", b"\0\2\0\0", b"\0\2\1\1", b"\0\2\xff\xff", b"\0\3\1\2\3\0"]
_CODES += [b"\xff\1", b"\1\1", b"\2\x12", b"\0\xff" + bytes(256)]


@st.composite
def bmps(draw: st.DrawFn) -> bytes:
    """Any header, then rows of pixels or any codes."""
    return bmp(
        draw(_SIDES),
        draw(_SIDES) * draw(st.sampled_from([1, 1, -1])),
        draw(st.sampled_from([1, 4, 8, 16, 24, 32])),
        b"".join(draw(_repeated(_CODES))),
        compression=draw(st.sampled_from([0, 1, 1, 2, 2, 3, 4, 6])),
        header=draw(st.sampled_from([12, 40, 52, 56, 64, 108, 124])),
        colours=draw(st.sampled_from([0, 0, 2, 16, 256, 65_536])),
    )


@lru_cache
def _chunks_of_webp() -> list[bytes]:
    lossy = (b"VP8 ", encoded(drawn("RGB"), "WEBP")[20:])
    noise = (b"VP8 ", encoded(Image.effect_noise((1000, 1000), 90).convert("RGB"), "WEBP")[20:])
    lossless = [(b"VP8L", lossless_webp(side, sets)) for side, sets in ((24, 36), (1024, 30_000))]
    alpha = (b"ALPH", b"\1" + lossless_webp(24, 36)[5:])
    frames = [
        (b"ANMF", bytes(6) + b"\x17\0\0" * 2 + bytes(4) + riff_chunks(*chunks))
        for chunks in ((lossy,), (alpha, lossy), (lossless[1],), ())
    ]
    others = [vp8x(24, 24, flags) for flags in (0, 2, 16, 0x3E)]
    others += [vp8x(1000, 1000), vp8x(1 << 24, 1 << 24, 2), (b"ANIM", bytes(6)), (b"what", b"a")]
    others += [(b"EXIF", b"MM\0*\0\0\0\x08\xff\xff" + bytes(600)), (b"XMP ", bytes(900))]
    every = [lossy, noise, *lossless, alpha, *frames, *others]
    return [riff_chunks(each) for each in every]


@st.composite
def webps(draw: st.DrawFn) -> bytes:
    """Any chunks, often those that say how large it is first."""
    begin = draw(st.sampled_from([b"", *_chunks_of_webp()[:2], *_chunks_of_webp()[9:15]]))
    body = begin + b"".join(draw(_repeated(_chunks_of_webp())))
    return riff()[:4] + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


CONTAINERS = {"PNG": pngs(), "JPEG": jpegs(), "GIF": gifs(), "BMP": bmps(), "WEBP": webps()}


@contextmanager
def _counted_lines() -> Iterator[list[int]]:
    """How many lines of Python are run."""
    lines = [0]

    def count(_frame: FrameType, event: str, _argument: object) -> object:
        if event == "line":
            lines[0] += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)  # type: ignore[arg-type]
    try:
        yield lines
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("file_format", CONTAINERS)
@given(data=st.data())
def test_any_pieces_in_any_number_are_little_work(file_format: str, data: st.DataObject) -> None:
    sent = data.draw(CONTAINERS[file_format])
    url = data_url(sent)
    picture = decoded = None

    with _counted_lines() as lines:
        try:
            picture = opened(url)
            decoded = decode(picture)
            normalise(decoded.grey, decoded.coloured)
        except (InvalidRequest, TooLarge):
            pass

    assert lines[0] <= (MOST_LINES_OF_RUNS if file_format == "BMP" else MOST_LINES)
    if picture is not None:
        assert picture.format == file_format
        assert len(picture.data) <= len(sent) + 64
        assert picture.width * picture.height <= MAX_PIXELS[file_format]
        assert picture.milliseconds <= MAX_MILLISECONDS
        assert picture.megabytes <= MAX_MEGABYTES
        assert opened(data_url(picture.data)) == picture
        assert decoded is None or max(decoded.grey.shape) <= WORKING_SIDE


@pytest.fixture(scope="module")
def reader() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", READER],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        print(data_url(encoded(drawn(), "PNG")), file=process.stdin, flush=True)
        yield process
        process.stdin.close()


@pytest.mark.skipif(
    settings.get_current_profile_name() != "fuzz" or sys.platform != "linux",
    reason="`make fuzz` measures; memory is read from /proc.",
)
@pytest.mark.parametrize("file_format", CONTAINERS)
@given(data=st.data())
@settings(max_examples=1000)
def test_any_pieces_in_any_number_take_little_time_and_memory(
    file_format: str, reader: subprocess.Popen[str], data: st.DataObject
) -> None:
    sent = data.draw(CONTAINERS[file_format])
    assert reader.stdin is not None
    assert reader.stdout is not None

    print(file_format, data_url(sent), sep="\t", file=reader.stdin, flush=True)
    _, _, seconds, taken = json.loads(reader.stdout.readline())

    assert seconds < SECONDS
    assert taken < MEGABYTES
