"""What a digit is written on, and what is printed there: paper, lines, squares, forms, patterns."""

import cv2
import numpy as np
from numpy.random import Generator

from training.drawings.scenes.scene import Colour, Layout, Share

_WORDS = ("total", "name", "date", "No.", "sum", "Room", "page", "Tel", "4.50", "2024", "17", "kg")
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)


def plain(layout: Layout, colour: Colour) -> Colour:
    """A sheet of one colour: float32[height, width, 3]."""
    return np.tile(colour.astype(np.float32), (layout.height, layout.width, 1))


def paper_colour(rng: Generator) -> Colour:
    """White to grey, at times yellowed or tinted: levels of 150 to 252."""
    level = rng.uniform(165, 252) if rng.random() < 0.85 else rng.uniform(120, 180)
    tint = rng.normal(0, 3.0, 3) + np.array([3, 1, -5]) * rng.uniform(-0.5, 2.0)
    return np.clip(level + tint, 60, 255).astype(np.float32)


def vivid_colour(rng: Generator, value: tuple[float, float] = (0.55, 1.0)) -> Colour:
    """Any hue, well saturated."""
    hue = rng.uniform(0, 180)
    hsv = np.array([[[hue, rng.uniform(110, 255), 255 * rng.uniform(*value)]]], np.float32)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)[0, 0], np.float32)


def clouds(height: int, width: int, rng: Generator, cells: float) -> Share:
    """Smooth noise of standard deviation about 1, some `cells` bumps a side."""
    n = max(2, round(cells)) + 2
    knots = rng.normal(0, 1, (n, n)).astype(np.float32)
    return np.asarray(cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC))


def grained(sheet: Colour, rng: Generator, strength: float) -> Colour:
    """Fibres and blotches: noise of `strength` levels, of several sizes."""
    height, width = sheet.shape[:2]
    grain = clouds(height, width, rng, rng.uniform(3, 12))
    fine = max(8, min(height, width) / rng.uniform(1.5, 6))
    grain = grain + clouds(height, width, rng, fine) * rng.uniform(0.3, 1.2)
    return sheet + strength * grain[..., None]


def creased(sheet: Colour, rng: Generator) -> Colour:
    """Folds: one side of each line a little lighter than the other, and a bright ridge."""
    height, width = sheet.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for _ in range(int(rng.integers(1, 5))):
        angle = rng.uniform(0, np.pi)
        at = rng.uniform(0.15, 0.85, 2) * [width, height]
        distance = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
        distance += clouds(height, width, rng, 4) * min(height, width) * 0.01
        soft = min(height, width) * rng.uniform(0.05, 0.5)
        step = np.tanh(distance / (0.01 * min(height, width))) * np.exp(-np.abs(distance) / soft)
        ridge = np.exp(-((distance / (0.008 * min(height, width))) ** 2))
        sheet = sheet + (rng.uniform(3, 16) * step + rng.uniform(-12, 14) * ridge)[..., None]
    return sheet


def lines(
    layout: Layout,
    rng: Generator,
    spacing: tuple[float, float] = (6, 22),
    across: bool = False,
    tilt: float = 4.0,
) -> Share:
    """Ruled lines, as coverage float32[height, width]; squared paper with `across`.

    Args:
        layout: of the picture.
        rng: decides.
        spacing: between two lines, in hundredths of the shorter side.
        across: with lines in both directions.
        tilt: degrees that the sheet is turned by, at most.
    """
    step = layout.unit * rng.uniform(*spacing)
    thick = max(0.7, layout.unit * rng.uniform(0.15, 0.8))
    angle = np.radians(rng.uniform(-tilt, tilt))
    if rng.random() < 0.06:
        angle += np.pi / 2
    bend = clouds(layout.height, layout.width, rng, 2) * layout.unit * rng.choice([0, 0.6, 1.5])
    y, x = np.mgrid[: layout.height, : layout.width].astype(np.float32)
    down = y * np.cos(angle) - x * np.sin(angle) + bend + rng.uniform(0, step)
    ink = _stripes(down, step, thick)
    if across:
        along = x * np.cos(angle) + y * np.sin(angle) + bend + rng.uniform(0, step)
        ink = np.maximum(ink, _stripes(along, step, thick))
    return ink


def dots(layout: Layout, rng: Generator) -> Share:
    """A grid of dots, as in a bullet journal."""
    step = layout.unit * rng.uniform(5, 14)
    size = max(0.8, layout.unit * rng.uniform(0.4, 1.1))
    angle = np.radians(rng.uniform(-5, 5))
    y, x = np.mgrid[: layout.height, : layout.width].astype(np.float32)
    down = (y * np.cos(angle) - x * np.sin(angle) + rng.uniform(0, step)) % step - step / 2
    along = (x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, step)) % step - step / 2
    return np.asarray(np.clip(size - np.hypot(down, along) + 0.5, 0, 1), np.float32)


def margin(layout: Layout, rng: Generator) -> Share:
    """One or two lines along a side of the sheet."""
    ink = np.zeros((layout.height, layout.width), np.float32)
    y, x = np.mgrid[: layout.height, : layout.width].astype(np.float32)
    angle = np.radians(rng.uniform(-4, 4))
    along = x * np.cos(angle) + y * np.sin(angle)
    at = layout.width * rng.choice([rng.uniform(0.04, 0.4), rng.uniform(0.6, 0.96)])
    thick = max(0.7, layout.unit * rng.uniform(0.2, 0.9))
    for shift in (0, rng.uniform(1.5, 4) * layout.unit)[: int(rng.integers(1, 3))]:
        ink = np.maximum(ink, np.clip(thick / 2 - np.abs(along - at - shift) + 0.5, 0, 1))
    return ink


def form_box(layout: Layout, rng: Generator) -> Share:
    """A printed frame around the digit, with its neighbours beside it."""
    ink = np.zeros((layout.height, layout.width), np.float32)
    top, bottom, left, right = layout.box
    # So wide that the line and its tilt keep clear of the digit.
    gap = max(layout.pen, 3 * layout.unit) + rng.uniform(2, 14) * layout.unit
    side = max(bottom - top, right - left) + 2 * gap
    y, x = (top + bottom) / 2, (left + right) / 2
    thick = max(1, round(layout.unit * rng.uniform(0.3, 1.6)))
    for k in range(-2, 3) if rng.random() < 0.6 else (0,):
        low = (round(x + (k - 0.5) * side), round(y - side / 2))
        high = (round(x + (k + 0.5) * side), round(y + side / 2))
        cv2.rectangle(ink, low, high, 1.0, thick, cv2.LINE_AA)
    return ink


def printed(layout: Layout, rng: Generator, words: int = 8) -> Share:
    """Printed words beside the digit, never across it."""
    ink = np.zeros((layout.height, layout.width), np.uint8)
    top, bottom, left, right = layout.box
    clear = layout.pen + 2 * layout.unit
    for _ in range(words):
        font = _FONTS[int(rng.integers(len(_FONTS)))]
        size = layout.unit * rng.uniform(0.08, 0.22)
        word = _WORDS[int(rng.integers(len(_WORDS)))]
        (width, height), _base = cv2.getTextSize(word, font, size, 1)
        x = int(rng.uniform(-0.2 * width, layout.width - 0.6 * width))
        y = int(rng.uniform(height * 0.5, layout.height + height * 0.3))
        if (
            x < right + clear
            and x + width > left - clear
            and y > top - clear - height * 0.4
            and y - height < bottom + clear
        ):
            continue
        cv2.putText(ink, word, (x, y), font, size, 255, max(1, round(size * 2)), cv2.LINE_AA)
    return ink / np.float32(255)


def patterned(layout: Layout, rng: Generator) -> Colour:
    """A coloured pattern: wide blotches, stripes or checks of two to four light colours."""
    height, width = layout.height, layout.width
    sheet = plain(layout, vivid_colour(rng, (0.75, 1.0)))
    pale = rng.uniform(0.2, 0.75)
    for _ in range(int(rng.integers(1, 4))):
        colour = vivid_colour(rng, (0.7, 1.0))
        kind = rng.integers(4)
        if kind == 0:
            share = clouds(height, width, rng, rng.uniform(2, 8)) * rng.uniform(0.5, 2)
            mask = np.clip(share + 0.5, 0, 1)
        else:
            y, x = np.mgrid[:height, :width].astype(np.float32)
            angle = rng.uniform(0, np.pi)
            step = layout.unit * rng.uniform(8, 40)
            wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / step)
            if kind == 1:
                wave = wave * np.sin((y * np.cos(angle) - x * np.sin(angle)) * 2 * np.pi / step)
            mask = np.clip(wave * rng.choice([0.6, 4.0]) + 0.5, 0, 1)
        sheet = sheet + (colour - sheet) * mask[..., None]
    return np.asarray(sheet * (1 - pale) + 255 * pale * 0.97, np.float32)


def _stripes(position: Share, step: float, thick: float) -> Share:
    away = np.abs((position % step) - step / 2)
    return np.asarray(np.clip(thick / 2 - away + 0.5, 0, 1), np.float32)
