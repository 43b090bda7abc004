"""The walk over a picture's container: what is left, what is refused, how a camera was held."""

import base64
import struct
import zlib
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PIL import Image

from digit_recognizer.errors import InvalidRequest, TooLarge
from digit_recognizer.recognition.containers.walking import walk
from digit_recognizer.recognition.pictures import (
    data_url_of,
    decode,
    for_keeping,
    opened,
    read_picture,
)
from digit_recognizer.recognition.preprocessing import for_a_row, preprocess
from tests.layers.recognition.hostile_pictures import (
    bmp,
    chunk,
    drawn,
    encoded,
    gif,
    gif_image,
    png,
    riff,
    segment,
    vp8x,
)

SECRET = b"51.4779 N, at home"
ORIENTATION = 0x0112


def data_url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


def gradient(width: int = 90, height: int = 60, mode: str = "L") -> Image.Image:
    """A stroke on paper that shows how it is turned."""
    image = drawn("L", max(width, height)).crop((0, 0, width, height))
    return image.point(lambda level: 30 + level // 2).convert(mode)


def exif(orientation: int, order: str = ">", kind: str = "H") -> bytes:
    """What a phone writes: a maker, how it was held, more tags elsewhere, and where it was."""
    number = {"B": 1, "H": 3, "I": 4}[kind]
    entries = [
        struct.pack(order + "HHII", 0x010F, 2, len(SECRET), 200),
        struct.pack(order + "HHI" + kind, ORIENTATION, number, 1, orientation).ljust(12, b"\0"),
        struct.pack(order + "HHII", 0x8769, 4, 1, 8),
    ]
    head = (b"MM" if order == ">" else b"II") + struct.pack(order + "HIH", 42, 8, len(entries))
    return (head + b"".join(entries)).ljust(200, b"\0") + SECRET


def xmp(orientation: int) -> bytes:
    return b'<x:xmpmeta><e tiff:Orientation="%d">%b</e></x:xmpmeta>' % (orientation, SECRET)


def with_metadata() -> dict[str, tuple[bytes, bytes]]:
    """Files with much that no digit needs, and the same without."""
    image = gradient()
    plain = encoded(image, "PNG")
    end = len(plain) - 12
    text = chunk(b"tEXt", b"Comment\0" + SECRET)
    png_with = plain[:33] + text + chunk(b"iCCP", SECRET) + plain[33:end] + text + plain[end:]
    jpeg = encoded(image.convert("RGB"), "JPEG")
    jpeg_with = (
        jpeg[:2]
        + segment(0xE1, b"Exif\0\0" + exif(1))
        + segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET)
        + segment(0xFE, SECRET)
        + b"\xff" * 9
        + jpeg[2:-2]
        + segment(0xFE, SECRET)
        + jpeg[-2:]
        + encoded(Image.new("L", (9, 9)), "JPEG", comment=SECRET)
    )
    one = encoded(image.convert("P"), "GIF")
    at = one.index(b",")
    gif_with = (
        one[:at] + b"!\xfe%c%b\0" % (len(SECRET), SECRET) + one[at:-1] + one[at:-1] + b";" + SECRET
    )
    webp = encoded(image.convert("RGB"), "WEBP", lossless=True)
    content = webp[20:]
    webp_with = riff(
        vp8x(*image.size, 0x2C),
        (b"ICCP", SECRET),
        (b"VP8L", content),
        (b"EXIF", exif(1)),
        (b"XMP ", xmp(1)),
        (b"what", SECRET),
    )
    return {
        "PNG": (png_with, plain),
        "JPEG": (jpeg_with, jpeg),
        "GIF": (gif_with, one),
        "WEBP": (webp_with + SECRET, webp),
    }


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_what_no_digit_needs_is_cut_out(file_format: str) -> None:
    laden, plain = with_metadata()[file_format]
    assert SECRET in laden

    walked = walk(laden)

    assert SECRET not in walked.data
    assert walked.format == file_format
    assert (walked.width, walked.height) == (90, 60)
    assert len(walked.data) <= len(plain) + 30
    assert np.array_equal(decode(walked).grey, read_picture(data_url(plain)).grey)
    assert walk(walked.data) == walked


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_where_there_is_nothing_to_cut_out_the_file_stays_as_it_is(file_format: str) -> None:
    _, plain = with_metadata()[file_format]

    assert walk(plain).data == plain


def turned_files(orientation: int) -> dict[str, bytes]:
    """In each format that says so, and in each way."""
    image = gradient()
    grey = encoded(image, "PNG")
    jpeg = encoded(image, "JPEG", quality=95)
    webp = encoded(image.convert("RGB"), "WEBP", lossless=True)[20:]
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(orientation)
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp(orientation)
    head = b"Exif\0\0"
    return {
        "PNG": grey[:33] + chunk(b"eXIf", exif(orientation)) + grey[33:],
        "PNG, after its pixels": grey[:-12] + chunk(b"eXIf", exif(orientation, "<")) + grey[-12:],
        "PNG, by XMP": grey[:33] + chunk(b"iTXt", text) + grey[33:],
        "JPEG": jpeg[:2] + segment(0xE1, head + exif(orientation)) + jpeg[2:],
        "JPEG, in long": jpeg[:2] + segment(0xE1, head + exif(orientation, "<", "I")) + jpeg[2:],
        "JPEG, by XMP": jpeg[:2] + segment(0xE1, packet) + jpeg[2:],
        "JPEG, by EXIF against XMP": jpeg[:2]
        + segment(0xE1, packet.replace(b'"%d"' % orientation, b'"2"'))
        + segment(0xE1, head + exif(orientation))
        + jpeg[2:],
        "WebP": riff(vp8x(*image.size, 8), (b"VP8L", webp), (b"EXIF", exif(orientation))),
        "WebP, by XMP": riff(vp8x(*image.size, 4), (b"VP8L", webp), (b"XMP ", xmp(orientation))),
    }


UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("name", turned_files(1))
def test_however_the_camera_was_held_the_picture_is_upright(name: str, orientation: int) -> None:
    expected = gradient()
    if orientation in UPRIGHT:
        expected = expected.transpose(UPRIGHT[orientation])

    walked = walk(turned_files(orientation)[name])
    grey = decode(walked).grey

    assert grey.shape == (expected.height, expected.width)
    assert np.abs(grey.astype(int) - np.asarray(expected)).max() <= (12 if "JPEG" in name else 0)
    assert SECRET not in walked.data
    assert walk(walked.data) == walked


def in_runs() -> bytes:
    """Lines of thirty black pixels, nine white ones, and nothing."""
    data = bmp(60, 60, 8, b"\x1e\0\x09\1\0\0" * 60 + b"\0\1", compression=1)
    return data[:58] + b"\xff\xff\xff\0" + data[62:]


DEEP = np.random.default_rng(4).integers(0, 65_536, (40, 50), np.uint16)
NOISE = np.random.default_rng(5).integers(200, 250, (1500, 1100), np.uint8)
NOISE[300:1200, 500:600] = 30  # a one

# Each of what is sent, as files.
SENT: dict[str, Callable[[], bytes]] = {
    **{name: partial(turned_files(6).__getitem__, name) for name in turned_files(6)},
    "a canvas": lambda: encoded(gradient(280, 280), "PNG"),
    "a clear canvas": lambda: encoded(gradient(280, 280, "LA"), "PNG"),
    "a palette": lambda: encoded(gradient(mode="P"), "PNG", transparency=30),
    "sixteen bits": lambda: encoded(
        Image.fromarray(np.asarray(gradient()) * np.uint16(250)), "PNG"
    ),
    "interlaced": lambda: encoded(gradient(), "PNG", interlace=1),
    "several frames": lambda: encoded(
        gradient(), "PNG", save_all=True, append_images=[gradient().rotate(180)]
    ),
    "a JPEG in colour": lambda: encoded(gradient(mode="RGB"), "JPEG"),
    "a progressive JPEG": lambda: encoded(gradient(mode="RGB"), "JPEG", progressive=True),
    "a JPEG in CMYK": lambda: encoded(gradient(mode="CMYK"), "JPEG"),
    "a JPEG in RGB": lambda: encoded(gradient(mode="RGB"), "JPEG", keep_rgb=True),
    "two pictures": lambda: encoded(
        gradient(), "MPO", save_all=True, append_images=[gradient().rotate(180)]
    ),
    "a large JPEG": lambda: encoded(Image.fromarray(NOISE), "JPEG", quality=90),
    "a large PNG": lambda: encoded(Image.fromarray(NOISE), "PNG"),
    "a GIF": lambda: encoded(gradient(), "GIF"),
    "a clear GIF": lambda: encoded(gradient(mode="P"), "GIF", transparency=30),
    "an animated GIF": lambda: encoded(
        gradient(), "GIF", save_all=True, append_images=[gradient().rotate(180)], loop=0
    ),
    "a BMP": lambda: encoded(gradient(mode="RGB"), "BMP"),
    "a BMP in runs": in_runs,
    "a lossy WebP": lambda: encoded(gradient(mode="RGBA"), "WEBP"),
    "an animated WebP": lambda: encoded(
        gradient(mode="RGB"),
        "WEBP",
        save_all=True,
        append_images=[gradient(mode="RGB").rotate(180)],
    ),
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT.keys())
def test_of_what_a_row_keeps_the_same_pixels_are_made_again(sent: Callable[[], bytes]) -> None:
    picture = opened(data_url(sent()))

    pixels, image = for_a_row(picture)

    assert np.array_equal(preprocess(image), pixels)
    assert np.array_equal(read_picture(image).grey, decode(picture).grey)
    assert np.array_equal(preprocess(data_url(sent())), pixels)
    assert len(image) <= 1_500_000
    assert SECRET not in base64.b64decode(image.partition(",")[2])
    assert for_a_row(opened(image))[1] == image


def test_a_row_keeps_what_was_decoded_of_a_large_picture() -> None:
    noise = np.random.default_rng(6).integers(0, 256, (1024, 1024), np.uint8)
    sent = encoded(Image.fromarray(noise), "PNG")

    image = data_url_of(for_keeping(walk(sent)))

    assert image.startswith("data:image/png;base64,")
    assert len(image) < 1_500_000
    assert np.array_equal(read_picture(image).grey, noise)


def test_a_row_keeps_a_small_jpeg_of_a_large_picture_in_colour() -> None:
    noise = np.random.default_rng(6).integers(0, 256, (900, 700, 3), np.uint8)

    kept = for_keeping(walk(encoded(Image.fromarray(noise), "PNG")))

    assert (kept.format, max(kept.width, kept.height)) == ("JPEG", 480)
    assert len(kept.data) < 300_000


def test_deep_grey_keeps_its_upper_bits() -> None:
    for deep, unused in ((DEEP, 8), (DEEP // 16, 4), (DEEP // 256, 0)):
        grey = read_picture(data_url(encoded(Image.fromarray(deep), "PNG"))).grey
        assert np.array_equal(grey, deep >> unused)


PIECES: dict[str, bytes] = {
    "PNG": png(24, 24, chunk(b"tEXt", b"") * 366_000),
    "JPEG": b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + bytes(14)) * 190_000,
    "GIF": gif(24, 24, b"!\xfe\1a\0" * 800_000, gif_image(24, 24, b"\0")),
    "GIF in drops": gif(24, 24, gif_image(24, 24, b"\1\4" * 2_000_000)),
    "WebP": riff(vp8x(24, 24), *[(b"EXIF", b"")] * 500_000),
    "animation": riff(vp8x(24, 24, 2), *[(b"ANMF", bytes(16))] * 180_000),
}


@pytest.mark.parametrize("data", PIECES.values(), ids=PIECES.keys())
def test_a_picture_in_more_pieces_than_anybody_writes_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest, match="in too many pieces"):
        walk(data)


@pytest.mark.parametrize("side", [1500, 3000])
def test_codes_that_are_slow_to_read_are_limited(side: int) -> None:
    with pytest.raises(TooLarge, match="run-length codes"):
        walk(bmp(side, side, 8, b"\0\0" * side, compression=1))


@pytest.mark.parametrize(
    "data",
    [
        png(4000, 4000, chunk(b"IDAT", zlib.compress(bytes(9))), depth=16, colour=6),
        png(3500, 3500, chunk(b"tRNS", bytes(6)), chunk(b"IDAT", b""), colour=2),
        encoded(Image.new("RGB", (6000, 6000)), "JPEG", progressive=True, subsampling=0),
        encoded(Image.new("CMYK", (400, 30_000)), "JPEG"),
    ],
    ids=["deep PNG", "clear PNG", "progressive JPEG", "long CMYK"],
)
def test_what_takes_much_work_or_memory_is_refused_before_it_is_decoded(data: bytes) -> None:
    with pytest.raises(TooLarge, match="too much work to decode"):
        walk(data)


def test_a_photo_of_fifty_megapixels_is_read_at_a_fraction_of_its_size() -> None:
    photo = encoded(Image.new("RGB", (8192, 6144), (250, 250, 250)), "JPEG", quality=80)

    grey = decode(walk(photo)).grey

    assert max(grey.shape) <= 1024
    assert np.abs(grey.astype(int) - 250).max() <= 2


def test_the_end_of_a_picture_is_found_among_what_looks_like_it() -> None:
    """Thumbnails in metadata end, too; a comment between scans may hold any marker."""
    plain = encoded(gradient(), "JPEG", progressive=True)
    scan = plain.rindex(b"\xff\xda")
    thumbnail = encoded(drawn(), "JPEG")
    laden = (
        plain[:2]
        + segment(0xE1, b"Exif\0\0" + exif(1) + thumbnail)
        + plain[2:scan]
        + segment(0xFE, b"\xff\xd9\xff\xda")
        + plain[scan:]
        + thumbnail
    )
    assert walk(laden).data == plain


def test_a_file_that_ends_too_early_is_no_picture() -> None:
    for sent in SENT.values():
        data = sent()
        for size in (3, 11, 20, 30, len(data) // 4):
            with pytest.raises((InvalidRequest, TooLarge)):
                decode(walk(data[:size]))


def test_a_picture_that_takes_long_is_known_beforehand() -> None:
    canvas, large = encoded(gradient(280, 280, "RGBA"), "PNG"), encoded(gradient(2000, 1500), "PNG")

    assert not walk(canvas).is_costly
    assert walk(large).is_costly
