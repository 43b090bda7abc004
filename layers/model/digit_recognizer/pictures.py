"""Pictures that clients send: from a data URL to grey pixels, and back to a PNG data URL.

Everything here faces untrusted bytes: whatever they hold, the answer is an array or one clear
sentence, in bounded time and memory.
"""

import base64
import binascii
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from digit_recognizer.errors import InvalidRequest, TooLarge

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MAX_PIXELS = 16_000_000  # a phone's 12-megapixel photo fits; decoded, a copy has up to 64 MB
MAX_SIDE = 65_535  # a JPEG's own limit; Pillow keeps an address for each row
MAX_WEBP_PIXELS = 4_000_000  # its decoder takes four times the memory of the others
WORKING_SIDE = 1024  # longer pictures are averaged down: no digit needs more

_EXIF_ORIENTATION = 0x0112
# A progressive JPEG has about ten scans; thousands of empty ones would take hours to walk through.
_JPEG = b"\xff\xd8"
_JPEG_SCAN = b"\xff\xda"
_MAX_JPEG_SCANS = 64
_MOSTLY = 0.6  # share of opaque pixels from which they are paper and ink, not ink alone
_EXAMPLE = "data:image/png;base64,…"


def read_picture(data_url: object) -> NDArray[np.uint8]:
    """Decode a picture from a data URL.

    PNG, JPEG, WebP, BMP and the first frame of a GIF; any colour mode and depth. Transparency is
    laid on the paper that its ink needs (white under dark ink, black under light), EXIF rotation
    is undone, and pictures longer than `WORKING_SIDE` are averaged down.

    Args:
        data_url: `data:image/png;base64,…`; anything else is refused with a sentence.

    Returns:
        uint8[height, width], 0 = black, 255 = white.

    Raises:
        InvalidRequest: not a string, not a data URL, not base64, not one of the formats, damaged.
        TooLarge: more than `MAX_PIXELS` pixels, or than `MAX_SIDE` on a side.
    """
    return _decode(_decode_base64(data_url))


def png_data_url(pixels: NDArray[np.uint8]) -> str:
    """Encode uint8[height, width] as a grey PNG in a data URL."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _decode_base64(data_url: object) -> bytes:
    if data_url is None:
        raise InvalidRequest(f'The field "image" is missing: send a picture as "{_EXAMPLE}".')
    if not isinstance(data_url, str):
        raise InvalidRequest(f'The field "image" must be a string such as "{_EXAMPLE}".')
    head, comma, payload = data_url.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        raise InvalidRequest(f'The field "image" must be a data URL such as "{_EXAMPLE}".')
    try:
        data = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise InvalidRequest(
            f'The data after the comma of "image" is not base64: send "{_EXAMPLE}".'
        ) from None
    if not data:
        raise InvalidRequest(f'There is no data after the comma of "image": send "{_EXAMPLE}".')
    return data


def _decode(data: bytes) -> NDArray[np.uint8]:
    not_a_picture = InvalidRequest(
        "The data is not a picture that can be read: send a whole PNG, JPEG, WebP, BMP or GIF."
    )
    # Pillow's decoders raise more kinds of errors on hostile bytes than they document.
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels(MAX_PIXELS) from None
    except Exception:
        raise not_a_picture from None
    limit = MAX_WEBP_PIXELS if image.format == "WEBP" else MAX_PIXELS
    if image.width * image.height > limit:
        raise _too_many_pixels(limit)
    if max(image.size) > MAX_SIDE:
        raise TooLarge(f"The picture is too long: send at most {MAX_SIDE} pixels a side.")
    # By its first bytes: Pillow calls a JPEG of several pictures MPO.
    if data.startswith(_JPEG) and data.count(_JPEG_SCAN) > _MAX_JPEG_SCANS:
        raise not_a_picture
    try:
        image.draft("L", (WORKING_SIDE, WORKING_SIDE))  # JPEG: decode at a fraction of the size
        image.load()
        if image.getexif().get(_EXIF_ORIENTATION, 1) != 1:
            image = ImageOps.exif_transpose(image)
        return _to_grey(image)
    except Exception:
        raise not_a_picture from None


def _too_many_pixels(limit: int) -> TooLarge:
    return TooLarge(
        f"The picture has too many pixels: send at most {limit // 1_000_000} megapixels."
    )


def _to_grey(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):  # 16 bits a pixel; Pillow's own conversion would clip
        deep = np.asarray(image)
        unused = max(int(deep.max()).bit_length() - 8, 0)  # a scan of 12 bits uses the lower ones
        image = Image.fromarray((deep >> unused).astype(np.uint8))
    elif "transparency" in image.info or image.mode in ("PA", "La", "RGBa"):
        image = image.convert("RGBA")
    grey = _shortened(image if image.mode == "L" else image.convert("L"))
    if image.mode in ("RGBA", "LA"):
        alpha = image.getchannel("A")
        if alpha.getextrema()[0] != 255:
            return _on_paper(np.asarray(grey, np.float32), np.asarray(_shortened(alpha)))
    return np.asarray(grey)


def _shortened(grey: Image.Image) -> Image.Image:
    """Average a picture longer than `WORKING_SIDE` down, before anything else takes memory."""
    factor = -(-max(grey.size) // WORKING_SIDE)
    if factor == 1:
        return grey
    return grey.reduce((min(factor, grey.width), min(factor, grey.height)))


def _on_paper(grey: NDArray[np.float32], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
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
