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
MAX_PIXELS = 16_000_000  # a phone's 12-megapixel photo fits; decoded, it stays below 64 MB a copy
WORKING_SIDE = 1024  # longer pictures are averaged down: no digit needs more

_EXIF_ORIENTATION = 0x0112
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
        TooLarge: more than `MAX_PIXELS` pixels.
    """
    return _to_grey(_open(_decode_base64(data_url)))


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


def _open(data: bytes) -> Image.Image:
    not_a_picture = InvalidRequest(
        "The data is not a picture that can be read: send a whole PNG, JPEG, WebP, BMP or GIF."
    )
    # Pillow's decoders raise more kinds of errors on hostile bytes than they document.
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:
        raise not_a_picture from None
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        image.draft("L", (WORKING_SIDE, WORKING_SIDE))  # JPEG: decode at a fraction of the size
        image.load()
        if image.getexif().get(_EXIF_ORIENTATION, 1) != 1:
            image = ImageOps.exif_transpose(image)
    except Exception:
        raise not_a_picture from None
    return image


def _too_many_pixels() -> TooLarge:
    return TooLarge(
        f"The picture has too many pixels: send at most {MAX_PIXELS // 1_000_000} megapixels."
    )


def _to_grey(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):  # 16 bits a pixel; Pillow's own conversion would clip
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    elif "transparency" in image.info or image.mode in ("PA", "La", "RGBa"):
        image = image.convert("RGBA")
    if image.mode in ("RGBA", "LA") and image.getchannel("A").getextrema()[0] != 255:
        image = _on_paper(image)
    grey = image if image.mode == "L" else image.convert("L")
    factor = -(-max(grey.size) // WORKING_SIDE)
    if factor > 1:
        grey = grey.reduce((min(factor, grey.width), min(factor, grey.height)))
    return np.asarray(grey)


def _on_paper(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on black or white, whichever its ink stands out from."""
    alpha = np.asarray(image.getchannel("A"), np.float32)
    grey = np.asarray(image.convert("RGBA").convert("L"), np.float32)
    ink = float((grey * alpha).sum() / max(float(alpha.sum()), 1.0))
    paper = 255.0 if ink < 128 else 0.0
    laid = paper + (grey - paper) * alpha / 255
    return Image.fromarray(laid.round().astype(np.uint8))
