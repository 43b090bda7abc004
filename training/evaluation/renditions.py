"""The same drawing as other clients send it: other colours, formats, sizes, papers and hands."""

import base64
import io
from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from PIL import Image

from digit_recognizer.recognition.arrays import Grey
from training.datasets.pen_digits import Stroke
from training.drawings.strokes import CANVAS, scaled, shaken, transformed


def data_url(image: Image.Image, file_format: str = "PNG", **options: int) -> str:
    """A picture as a client sends it."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return as_sent(buffer.getvalue(), file_format)


def as_sent(file: bytes, file_format: str) -> str:
    """A file as a client sends it."""
    payload = base64.b64encode(file).decode("ascii")
    return f"data:image/{file_format.lower()};base64,{payload}"


def plain(canvas: Grey, rng: Generator) -> str:
    """White ink on black, PNG: what the page sends."""
    return data_url(Image.fromarray(canvas))


def dark_on_light(canvas: Grey, rng: Generator) -> str:
    """Black ink on white."""
    return data_url(Image.fromarray(255 - canvas))


def transparent(canvas: Grey, rng: Generator) -> str:
    """Black ink on nothing."""
    picture = Image.new("RGBA", canvas.shape[::-1])
    picture.putalpha(Image.fromarray(canvas))
    return data_url(picture)


def jpeg(canvas: Grey, rng: Generator) -> str:
    """Black ink on white, as a JPEG of quality 70."""
    return data_url(Image.fromarray(255 - canvas), "JPEG", quality=70)


def unevenly_lit(canvas: Grey, rng: Generator) -> str:
    """Dark ink on grey paper: light from one side, a darker edge, and the sensor's noise."""
    y, x = np.mgrid[-1 : 1 : CANVAS * 1j, -1 : 1 : CANVAS * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    light = 150 + rng.uniform(20, 45) * (x * np.cos(angle) + y * np.sin(angle))
    light -= rng.uniform(0, 25) * (x**2 + y**2)
    picture = light - canvas / 255 * rng.uniform(60, 90) + rng.normal(0, 3, canvas.shape)
    return data_url(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)))


PICTURES: dict[str, Callable[[Grey, Generator], str]] = {
    "dark on light": dark_on_light,
    "transparent": transparent,
    "JPEG, quality 70": jpeg,
    "grey, unevenly lit": unevenly_lit,
}
"""Other pictures of the same canvas."""

SIDES = {"1000×1000": 1000, "64×64": 64}
"""The same drawing on larger and smaller canvases."""

Hand = Callable[[Sequence[Stroke], Generator], list[Stroke]]

HANDS: dict[str, Hand] = {
    "turned -25°": lambda strokes, rng: transformed(strokes, rotation=-25),
    "turned -20°": lambda strokes, rng: transformed(strokes, rotation=-20),
    "turned +20°": lambda strokes, rng: transformed(strokes, rotation=20),
    "turned +25°": lambda strokes, rng: transformed(strokes, rotation=25),
    "slanted -20°": lambda strokes, rng: transformed(strokes, slant=-20),
    "slanted +20°": lambda strokes, rng: transformed(strokes, slant=20),
    "stretched -35 %": lambda strokes, rng: transformed(strokes, stretch=0.65),
    "stretched -25 %": lambda strokes, rng: transformed(strokes, stretch=0.75),
    "stretched +25 %": lambda strokes, rng: transformed(strokes, stretch=1.25),
    "stretched +35 %": lambda strokes, rng: transformed(strokes, stretch=1.35),
    "shaky hand": lambda strokes, rng: shaken(scaled(strokes, 1.0), 0.012, rng),
}
"""The same digit by another hand."""
