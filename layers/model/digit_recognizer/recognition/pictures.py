"""Pictures that clients send: from a data URL to grey pixels.

Everything here faces untrusted bytes: whatever they hold, the answer is an array or one clear
sentence, in bounded time and memory.
"""

import binascii
import io
import warnings
from typing import NamedTuple, cast

import numpy as np
from PIL import Image, ImageOps

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.containers import walking
from digit_recognizer.recognition.containers.container import (
    JPEG_SIDE,
    WORKING_SIDE,
    Container,
    damaged,
)
from digit_recognizer.recognition.containers.jpeg import JPEG_END
from digit_recognizer.recognition.paper import Levels

MAX_HEAD = 100  # characters of a data URL before its data

# A row keeps a picture as it was sent, but for metadata; a larger one as what was decoded of it.
_MAX_KEPT = 200_000
_KEPT_QUALITY, _KEPT_SIDE = 88, 480  # of the JPEG that is kept of a large picture in colour
# Pixels that a decoder would not make up: bits, and more of them after each mark of a restart.
_JPEG_NOISE = b"\xa5\x5a\x3c" * 40
_JPEG_NOISE += b"".join(bytes([0xFF, 0xD0 + n % 8]) + _JPEG_NOISE for n in range(16))
_MARGIN = 8  # of a part that was cropped: its longer side over this
_IN_COLOUR = 4_000_000  # pixels up to which colours are made of other modes: they take memory
_OPAQUE = 0.97  # share of a rectangle that is opaque, if it is a picture in a margin
_OF_ONE_COLOUR = 40  # grey levels between the darkest and the lightest of ink alone
_MOSTLY = 0.6  # share of opaque pixels from which they are paper and ink, not ink alone
_EXAMPLE = "data:image/png;base64,…"
_SIDEWAYS = 5  # EXIF's orientations from here on exchange width and height
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What Pillow warns of is the client's, and can be megabytes: whoever sent it hears of it.
warnings.filterwarnings("ignore", module=r"PIL\.")


class Decoded(NamedTuple):
    """The pixels of a picture, upright.

    Attributes:
        grey: uint8[height, width], 0 = black, 255 = white.
        coloured: the same in colour, in any of Pillow's modes; None where it has none.
        part: left, top, right and bottom of it in the whole upright picture that was sent, each a
            share of its width or height; without a transparent margin it is all of it.
    """

    grey: Grey
    coloured: Image.Image | None
    part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


def read_picture(data_url: object) -> Decoded:
    """Decode a picture from a data URL.

    PNG, JPEG, WebP, BMP and the first frame of a GIF; any colour mode and depth. Of a picture in a
    transparent margin the picture is taken; other transparency is laid on the paper that its ink
    needs (white under dark ink, black under light). EXIF rotation is undone, and pictures longer
    than `WORKING_SIDE` are averaged down; of a large JPEG less is decoded.

    Args:
        data_url: `data:image/png;base64,…`; anything else is refused with a sentence.

    Raises:
        InvalidRequest: not a string, not a data URL, not base64, not one of the formats, damaged,
            in too many pieces.
        TooLarge: too many pixels, too long, or too much work to decode (see `containers.walking`).
    """
    return decode(opened(data_url))


def opened(data_url: object) -> Container:
    """The picture in a data URL, not decoded yet; see `read_picture` for the errors."""
    return walking.walk(_decode_base64(data_url))


def decode(picture: Container) -> Decoded:
    """The pixels of a picture that was opened; see `read_picture`."""
    try:
        return _upright_pixels(_decoded(picture), picture.orientation)
    except Exception:  # Pillow's decoders raise more kinds on hostile bytes than they document
        raise damaged() from None


def for_keeping(picture: Container) -> Container:
    """The picture without its metadata, or where that is long, one made of its pixels.

    Returns:
        Of at most 1 MB, and nearly always less than 200 KB. It is another picture, whose pixels may
        differ a little: what is kept beside it has to be made of it.
    """
    if len(picture.data) <= _MAX_KEPT and picture.format != "BMP":
        return picture
    grey, coloured, _ = decode(picture)
    buffer = io.BytesIO()
    (Image.fromarray(grey) if coloured is None else coloured.convert("RGB")).save(buffer, "PNG")
    if coloured is not None and buffer.tell() > _MAX_KEPT:
        buffer = io.BytesIO()
        small = coloured.convert("RGB")
        small.thumbnail((_KEPT_SIDE, _KEPT_SIDE), Image.Resampling.BOX)
        small.save(buffer, "JPEG", quality=_KEPT_QUALITY)
    return walking.walk(buffer.getvalue())


def cropped(picture: Container, box: tuple[int, int, int, int]) -> Container:
    """A part of a picture, as a picture of its own.

    Where the paper is even, there is a margin of it around the part: of an upright stroke alone
    nobody could tell which is ink.

    Args:
        picture: whole.
        box: left, top, width and height in pixels of it, upright.

    Raises:
        InvalidRequest: the box is not within the picture, or the picture is damaged.
    """
    left, top, width, height = box
    whole = upright_size(picture)
    if min(left, top) < 0 or left + width > whole[0] or top + height > whole[1]:
        raise InvalidRequest(
            f"The box is not within the picture, which is {whole[0]} wide and {whole[1]} high."
        )
    grey, coloured, part = decode(picture)
    paper = Levels.of_border(grey)
    in_colour = None if paper.even else coloured
    image = Image.fromarray(grey) if in_colour is None else in_colour.convert("RGB")
    scale = (
        image.width / ((part[2] - part[0]) * whole[0]),
        image.height / ((part[3] - part[1]) * whole[1]),
    )
    at = [
        round((edge - start * size) * by)
        for edge, start, size, by in zip(
            (left, top, left + width, top + height), part[:2] * 2, whole * 2, scale * 2, strict=True
        )
    ]
    alone = image.crop((at[0], at[1], max(at[2], at[0] + 1), max(at[3], at[1] + 1)))
    if paper.even:
        alone = ImageOps.expand(alone, max(max(alone.size) // _MARGIN, 2), paper.paper)
    buffer = io.BytesIO()
    alone.save(buffer, "PNG")
    return walking.walk(buffer.getvalue())


def upright_size(picture: Container) -> tuple[int, int]:
    """Width and height once EXIF's rotation is undone."""
    size = picture.width, picture.height
    return size if picture.orientation < _SIDEWAYS else size[::-1]


def data_url_of(picture: Container) -> str:
    """A picture as a data URL, of which `read_picture` makes the same pixels."""
    payload = binascii.b2a_base64(picture.data, newline=False).decode()
    return f"data:image/{picture.format.lower()};base64,{payload}"


def _decode_base64(data_url: object) -> bytes:
    if data_url is None:
        raise InvalidRequest(f'The field "image" is missing: send a picture as "{_EXAMPLE}".')
    if not isinstance(data_url, str):
        raise InvalidRequest(f'The field "image" must be a string such as "{_EXAMPLE}".')
    comma = data_url.find(",", 0, MAX_HEAD)
    head = data_url[: max(comma, 0)]
    if not head.startswith("data:") or not head.endswith(";base64"):
        raise InvalidRequest(f'The field "image" must be a data URL such as "{_EXAMPLE}".')
    try:
        data = binascii.a2b_base64(data_url[comma + 1 :], strict_mode=True)
    except ValueError:
        raise InvalidRequest(
            f'The data after the comma of "image" is not base64: send "{_EXAMPLE}".'
        ) from None
    if not data:
        raise InvalidRequest(f'There is no data after the comma of "image": send "{_EXAMPLE}".')
    return data


def _decoded(picture: Container) -> Image.Image:
    if picture.format == "JPEG" and not picture.data.endswith(JPEG_END):
        return _jpeg_with_an_end(picture.data)
    return _loaded(picture.data, picture.format)


def _loaded(data: bytes, format_: str) -> Image.Image:
    image: Image.Image = Image.open(io.BytesIO(data), formats=(format_,))
    image.draft(None, (JPEG_SIDE, JPEG_SIDE))  # JPEG: decode at a fraction of the size
    image.load()
    return image


def _jpeg_with_an_end(data: bytes) -> Image.Image:
    """A JPEG that lacks its last bytes, if all of its pixels are there.

    A decoder makes up what is missing before an end: where it makes the same of noise, nothing is.

    Raises:
        ValueError, OSError: pixels are missing.
    """
    begun = data.rstrip(b"\xff")
    ended, noisy = (_loaded(begun + rest + JPEG_END, "JPEG") for rest in (b"", _JPEG_NOISE))
    if ended.tobytes() != noisy.tobytes():
        raise ValueError("Pixels are missing.")
    return ended


def _upright_pixels(image: Image.Image, orientation: int) -> Decoded:
    # Without a name of its own for each step, so that what was converted takes no memory any more.
    if image.mode.startswith("I"):  # 16 bits a pixel; Pillow's own conversion would clip
        _, strongest = cast(tuple[int, int], image.getextrema())
        unused = max(strongest.bit_length() - 8, 0)  # a scan of 12 bits has four
        image = image.point(lambda level: level * (1 / (1 << unused)))
    elif "transparency" in image.info or image.mode in ("PA", "La", "RGBa"):
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    image = _shortened(_upright(_flat(image), orientation))
    if alpha is not None:
        alpha = _shortened(_upright(alpha, orientation))
    part = (0.0, 0.0, 1.0, 1.0)
    if alpha is not None and (box := _opaque_rectangle(image, alpha)):
        width, height = image.size
        part = (box[0] / width, box[1] / height, box[2] / width, box[3] / height)
        image, alpha = image.crop(box), alpha.crop(box)
    grey = np.asarray(image if image.mode == "L" else image.convert("L"))
    if alpha is None or _is_opaque(alpha):
        return Decoded(grey, None if image.mode == "L" else image, part)
    return Decoded(_on_paper(grey.astype(np.float32), np.asarray(alpha)), None, part)


def _is_opaque(alpha: Image.Image) -> bool:
    return alpha.getextrema()[0] == 255


def _flat(image: Image.Image) -> Image.Image:
    """In one of the modes that can be averaged: L, RGB or RGBA."""
    if image.mode in ("L", "RGB"):
        return image
    in_colour = image.width * image.height <= _IN_COLOUR
    if image.mode == "RGBA" and in_colour:
        return image
    in_colour = in_colour and image.mode in ("P", "CMYK", "YCbCr")
    return image.convert("RGB" if in_colour else "L")


def _opaque_rectangle(image: Image.Image, alpha: Image.Image) -> tuple[int, int, int, int] | None:
    """The box of a picture that lies in a transparent margin; None of ink alone, or where all is.

    A picture is a rectangle without a hole in which not all is of one colour.
    """
    box = alpha.getbbox()
    if box is None or box == (0, 0, *image.size):
        return None
    if np.asarray(alpha.crop(box)).mean() < 255 * _OPAQUE:
        return None
    low, high = cast(tuple[int, int], image.crop(box).convert("L").getextrema())
    return box if high - low > _OF_ONE_COLOUR else None


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_UPRIGHT[orientation]) if orientation != 1 else image


def _shortened(grey: Image.Image) -> Image.Image:
    """Average a picture longer than `WORKING_SIDE` down, before anything else takes memory."""
    factor = -(-max(grey.size) // WORKING_SIDE)
    if factor == 1:
        return grey
    return grey.reduce((min(factor, grey.width), min(factor, grey.height)))


def _on_paper(grey: Float, alpha: Grey) -> Grey:
    """Lay a transparent picture on black or white, whichever its ink stands out from.

    Where most of it is opaque (a window with round corners), it is its own paper.
    """
    opaque = grey[alpha == 255]
    if opaque.size > _MOSTLY * alpha.size:
        paper = np.median(opaque)
    else:
        ink = float((grey * alpha).sum() / max(float(alpha.sum()), 1.0))
        paper = np.float32(255 if ink < 128 else 0)
    laid = paper + (grey - paper) * (alpha / np.float32(255))
    return np.asarray(laid.round(), np.uint8)
