"""`read_picture`: every way in which a client may send a picture, and every way to get it wrong."""

import base64
import io
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from digit_recognizer import pixels
from digit_recognizer.errors import InvalidRequest, TooLarge
from digit_recognizer.recognition.containers.container import WORKING_SIDE
from digit_recognizer.recognition.pictures import read_picture
from digit_recognizer.recognition.preprocessing import normalise, preprocess


def seven(paper: int = 0, ink: int = 255, size: tuple[int, int] = (280, 280)) -> Image.Image:
    image = Image.new("L", size, paper)
    width, height = size
    corners = [(0.35, 0.25), (0.65, 0.25), (0.45, 0.75)]
    points = [(x * width, y * height) for x, y in corners]
    ImageDraw.Draw(image).line(points, fill=ink, width=max(2, width // 15), joint="curve")
    return image


def data_url(image: Image.Image, file_format: str = "PNG", **options: object) -> str:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return from_bytes(buffer.getvalue())


def from_bytes(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


def sixteen_bits() -> str:
    return data_url(Image.fromarray(np.asarray(seven()).astype(np.uint16) * 257))


def twelve_bits() -> str:
    return data_url(Image.fromarray(np.asarray(seven()).astype(np.uint16) * 16))


def window_with_round_corners() -> str:
    """A picture of a window: opaque but for its corners, in greys."""
    image = seven(90, 60).convert("RGBA")
    alpha = Image.new("L", image.size)
    ImageDraw.Draw(alpha).rounded_rectangle((0, 0, 279, 279), 20, fill=255)
    image.putalpha(alpha)
    return data_url(image)


def transparent_png() -> str:
    image = Image.new("RGBA", (280, 280))
    image.putalpha(seven())
    return data_url(image)


def transparent_white_ink() -> str:
    image = Image.new("RGBA", (280, 280), (255, 255, 255, 0))
    image.putalpha(seven())
    return data_url(image)


def rotated_by_exif() -> str:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90° clockwise
    return data_url(seven(255, 0).rotate(90), "JPEG", exif=exif, quality=95)


def animated_gif() -> str:
    return data_url(seven(), "GIF", save_all=True, append_images=[seven(255, 0)])


@pytest.mark.parametrize(
    "make",
    [
        lambda: data_url(seven()),
        lambda: data_url(seven(255, 0)),
        lambda: data_url(seven().convert("1")),
        lambda: data_url(seven().convert("RGB")),
        lambda: data_url(seven().convert("RGBA")),
        lambda: data_url(seven().convert("LA")),
        lambda: data_url(seven().convert("P")),
        lambda: data_url(seven().convert("RGB").quantize(4)),
        sixteen_bits,
        twelve_bits,
        window_with_round_corners,
        transparent_png,
        transparent_white_ink,
        lambda: data_url(seven(255, 0), "JPEG", quality=90),
        lambda: data_url(seven(255, 0).convert("CMYK"), "JPEG", quality=90),
        lambda: data_url(seven(), "WEBP", lossless=True),
        lambda: data_url(seven(), "BMP"),
        lambda: data_url(seven(), "GIF"),
        animated_gif,
        rotated_by_exif,
        lambda: data_url(seven(), "PNG", interlace=1),
        lambda: data_url(seven(size=(2800, 2800)), "PNG"),
        lambda: data_url(seven(255, 0, size=(2800, 2800)), "JPEG"),
    ],
)
def test_the_same_drawing_is_the_same_digit_in_any_format(make: Callable[[], str]) -> None:
    expected = normalise(np.asarray(seven())).astype(float)
    assert np.abs(preprocess(make()).astype(float) - expected).mean() < 4


def test_long_pictures_are_averaged_down() -> None:
    grey = read_picture(data_url(seven(size=(5000, 10)))).grey
    assert max(grey.shape) <= WORKING_SIDE
    assert grey.shape[0] >= 1


def test_a_normalised_picture_survives_the_way_to_the_client_and_back() -> None:
    normalised = normalise(np.asarray(seven()))
    assert np.array_equal(read_picture(pixels.data_url(normalised.tobytes())).grey, normalised)


PNG = base64.b64decode(data_url(seven()).partition(",")[2])
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1L8 8"/></svg>'


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (None, 'The field "image" is missing'),
        (5, "must be a string"),
        (["data:"], "must be a string"),
        ("", "must be a data URL"),
        ("iVBORw0KGgo=", "must be a data URL"),
        ("data:image/png;base64", "must be a data URL"),
        ("data:image/png,abc", "must be a data URL"),
        ("data:image/png;base64,", "no data after the comma"),
        ("data:image/png;base64,@@@@", "is not base64"),
        ("data:image/png;base64,abc", "is not base64"),
        ("data:image/png;base64,äöü", "is not base64"),
        (from_bytes(b"a plain text"), "not a picture"),
        (from_bytes(SVG), "not a picture"),
        (from_bytes(PNG[: len(PNG) // 2]), "not a picture"),
        (from_bytes(PNG[:30]), "not a picture"),
        (data_url(seven(), "TIFF"), "not a picture"),
        (data_url(seven(), "PPM"), "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_one_sentence(image: object, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence) as raised:
        read_picture(image)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize("size", [(20_000, 20_000), (5_000, 4_000)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="at most 16 megapixels"):
        read_picture(data_url(Image.new("1", size)))


@pytest.mark.parametrize("size", [(70_000, 10), (10, 70_000)])
def test_a_line_of_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="at most 65535 pixels a side"):
        read_picture(data_url(Image.new("1", size)))


@pytest.mark.parametrize("image", [Image.new("L", (1, 1)), Image.new("RGBA", (5000, 10))])
def test_an_empty_picture_of_any_size_is_refused(image: Image.Image) -> None:
    with pytest.raises(InvalidRequest, match="empty"):
        preprocess(data_url(image))


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + checksum


def test_a_transparency_table_longer_than_its_palette_is_no_crash() -> None:
    head = chunk(b"IHDR", (8).to_bytes(4, "big") * 2 + bytes([8, 3, 0, 0, 0]))
    rows = chunk(b"IDAT", zlib.compress(bytes(72)))
    parts = [chunk(b"PLTE", bytes(6)), chunk(b"tRNS", bytes(300)), rows, chunk(b"IEND", b"")]
    with pytest.raises(InvalidRequest):
        preprocess(from_bytes(PNG[:8] + head + b"".join(parts)))


def test_a_jpeg_of_endless_scans_is_refused_before_it_is_decoded() -> None:
    buffer = io.BytesIO()
    seven(255, 0).save(buffer, "JPEG", progressive=True)
    scans = bytes.fromhex("ffda000801010000 3f00".replace(" ", "")) * 100
    with pytest.raises(InvalidRequest, match="in too many pieces"):
        read_picture(from_bytes(buffer.getvalue()[:-2] + scans + b"\xff\xd9"))


JPEGS = [
    {},
    {"progressive": True},
    {"restart_marker_rows": 1},
    {"restart_marker_blocks": 3},
    {"subsampling": 0, "quality": 95},
]


def jpeg(options: dict[str, Any]) -> bytes:
    """A seven on rough paper, so that the last pixels are no plain ones."""
    paper = Image.effect_noise((280, 300), 20)
    buffer = io.BytesIO()
    ImageChops.darker(paper, seven(255, 0, (280, 300))).save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("options", JPEGS, ids=str)
def test_a_jpeg_without_its_end_is_read_where_all_pixels_are_there(options: dict[str, Any]) -> None:
    whole = jpeg(options)
    assert whole.endswith(b"\xff\xd9")

    for missing in (1, 2):
        read = read_picture(from_bytes(whole[:-missing])).grey
        assert np.array_equal(read, read_picture(from_bytes(whole)).grey)


@pytest.mark.parametrize("options", JPEGS, ids=str)
def test_a_jpeg_that_lacks_pixels_is_refused_wherever_it_ends(options: dict[str, Any]) -> None:
    whole = jpeg(options)
    restarts = [match.start() for match in re.finditer(rb"\xff[\xd0-\xd7]", whole)]
    begin = whole.index(b"\xff\xda") + 20

    for end in [
        *range(begin, len(whole) - 10, 501),
        *(at + n for at in restarts for n in range(3)),
    ]:
        with pytest.raises(InvalidRequest, match="send a whole PNG, JPEG"):
            read_picture(from_bytes(whole[:end]))


def test_a_large_transparent_picture_takes_little_memory() -> None:
    image = Image.new("RGBA", (3300, 3300))
    ImageDraw.Draw(image).line([(1000, 500), (2000, 3000)], fill="black", width=200)
    code = (
        "import sys; from pathlib import Path;"
        "from digit_recognizer.recognition.preprocessing import preprocess;"
        "preprocess(sys.stdin.read());"
        "status = Path('/proc/self/status').read_text();"
        "print(status.partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=data_url(image), capture_output=True, text=True
    )
    assert int(done.stdout) < 130_000, done.stderr  # KiB


@given(at=st.integers(0, len(PNG) - 1), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_damaged_byte_gives_a_picture_or_a_clear_error(at: int, byte: int) -> None:
    damaged = from_bytes(PNG[:at] + bytes([byte]) + PNG[at + 1 :])
    try:
        assert read_picture(damaged).grey.dtype == np.uint8
    except (InvalidRequest, TooLarge) as error:
        assert str(error).endswith(".")  # noqa: PT017 — either is right
