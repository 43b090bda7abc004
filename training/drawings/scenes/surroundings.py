"""What lies around a drawing: a table, a margin, a window with buttons, another sheet."""

import cv2
import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey, Mask
from training.drawings.scenes import papers
from training.drawings.scenes.scene import Colour, Layout, Share


def on_a_table(sheet: Colour, layout: Layout, rng: Generator) -> Colour:
    """The sheet ends inside the picture; cloth, wood or a desk lies around it."""
    height, width = layout.height, layout.width
    if rng.random() < 0.5:
        table = papers.plain(layout, rng.uniform(20, 150) + rng.normal(0, 15, 3))
    else:
        table = papers.plain(layout, papers.vivid_colour(rng, (0.15, 0.7)))
    table = papers.grained(table, rng, rng.uniform(1, 14))
    if rng.random() < 0.5:  # a weave, or the grain of wood
        y, x = np.mgrid[:height, :width].astype(np.float32)
        angle = rng.uniform(0, np.pi)
        wave = x * np.cos(angle) + y * np.sin(angle)
        wave += papers.clouds(height, width, rng, 4) * 4 * layout.unit
        stripes = np.sin(wave * 2 * np.pi / (layout.unit * rng.uniform(2, 12)))
        table += rng.uniform(3, 25) * stripes[..., None]
    inside = _sheet(layout, rng)
    shade = cv2.GaussianBlur(inside, (0, 0), max(1.0, layout.unit * rng.uniform(0.5, 3)))
    shift = int(layout.unit * rng.uniform(0, 2))
    shade = np.roll(shade, (shift, shift), (0, 1)) * rng.uniform(0, 0.4)
    table = table * (1 - shade[..., None])
    return np.asarray(table + (sheet - table) * inside[..., None])


def in_a_margin(
    picture: Colour, coverage: Share, rng: Generator, margin: Colour
) -> tuple[Colour, Share, Mask]:
    """A picture pasted into a larger field of one colour; with its coverage, and where it lies."""
    height, width = coverage.shape
    sides = [round(s * rng.uniform(0.02, 0.4)) for s in (height, height, width, width)]
    if rng.random() < 0.5:  # made square
        longer = max(height, width) + round(0.1 * rng.random() * height)
        sides = [(longer - height) // 2] * 2 + [(longer - width) // 2] * 2
    top, bottom, left, right = sides
    full = np.tile(margin.astype(np.float32), (height + top + bottom, width + left + right, 1))
    ink = np.zeros(full.shape[:2], np.float32)
    full[top : top + height, left : left + width] = picture
    ink[top : top + height, left : left + width] = coverage
    inside = np.zeros(ink.shape, bool)
    inside[top : top + height, left : left + width] = True
    return full, ink, inside


def in_a_window(
    picture: Colour, coverage: Share, rng: Generator, dark: bool
) -> tuple[Colour, Share]:
    """A screenshot of a drawing program: bars, buttons, a slider, words around the field."""
    height, width = coverage.shape
    unit = min(height, width) / 100
    grow = [round(rng.uniform(0, 22) * unit) for _ in range(4)]
    grow[int(rng.integers(2))] = round(rng.uniform(12, 35) * unit)
    top, bottom, left, right = grow
    field = picture[2, 2]
    base = (
        field
        if rng.random() < 0.5
        else np.full(3, rng.uniform(20, 60) if dark else rng.uniform(215, 250))
    )
    full = np.tile(base.astype(np.float32), (height + top + bottom, width + left + right, 1))
    ink = np.zeros(full.shape[:2], np.float32)
    full[top : top + height, left : left + width] = picture
    ink[top : top + height, left : left + width] = coverage
    full = np.clip(full, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        tone = [float(v) for v in np.clip(base + rng.uniform(-90, 60), 0, 255)]
        corner = (left - 1, top - 1), (left + width, top + height)
        cv2.rectangle(full, *corner, tone, max(1, round(unit * rng.uniform(0.3, 1.5))))
    strips = [
        (0, top, 0, full.shape[1]),
        (full.shape[0] - bottom, full.shape[0], 0, full.shape[1]),
        (top, top + height, 0, left),
        (top, top + height, full.shape[1] - right, full.shape[1]),
    ]
    for y0, y1, x0, x1 in strips:
        if min(y1 - y0, x1 - x0) > 8 * unit:
            _furnish(full, (y0, y1, x0, x1), rng, unit)
    return full.astype(np.float32), ink


def _furnish(full: Grey, strip: tuple[int, int, int, int], rng: Generator, unit: float) -> None:
    """Buttons, words and icons in a strip of a window."""
    y0, y1, x0, x1 = strip
    if rng.random() < 0.35:
        full[y0:y1, x0:x1] = (
            papers.vivid_colour(rng) if rng.random() < 0.5 else rng.uniform(30, 240)
        )
    along_x = x1 - x0 > y1 - y0
    thick, long = (y1 - y0, x1 - x0) if along_x else (x1 - x0, y1 - y0)
    size = min(thick * rng.uniform(0.3, 0.75), 14 * unit)
    at = rng.uniform(0.2, 3) * size
    while at + size < long and rng.random() < 0.93:
        length = size * rng.uniform(1, 3.2)
        across = (thick - size) / 2
        x, y = (x0 + at, y0 + across) if along_x else (x0 + across, y0 + at)
        w, h = (length, size) if along_x else (size, size)
        low, high = (int(x), int(y)), (int(min(x + w, x1 - 2)), int(min(y + h, y1 - 2)))
        base = full[min(max(low[1], 0), full.shape[0] - 1), min(max(low[0], 0), full.shape[1] - 1)]
        colour = papers.vivid_colour(rng) if rng.random() < 0.3 else base + rng.uniform(-120, 60)
        tone = [float(v) for v in np.clip(colour, 0, 255)]
        kind = rng.integers(4)
        if kind < 2:
            cv2.rectangle(full, low, high, tone, -1 if kind == 0 else 1, cv2.LINE_AA)
        elif kind == 2:
            middle = ((low[0] + high[0]) // 2, (low[1] + high[1]) // 2)
            cv2.circle(
                full,
                middle,
                max(1, int(size / 2)),
                tone,
                -1 if rng.random() < 0.6 else 1,
                cv2.LINE_AA,
            )
        if kind != 2:
            word = ("Clear", "OK", "Undo", "123", "Save", "9:41", "Predict", "x")[
                int(rng.integers(8))
            ]
            text = [
                float(v) for v in (np.full(3, 15.0) if np.mean(tone) > 120 else np.full(3, 240.0))
            ]
            scale = size / 45
            cv2.putText(
                full,
                word,
                (low[0] + 2, high[1] - int(size * 0.3)),
                cv2.FONT_HERSHEY_SIMPLEX,
                scale,
                text,
                1,
                cv2.LINE_AA,
            )
        at += length + size * rng.uniform(0.3, 2.5)


def _sheet(layout: Layout, rng: Generator) -> Share:
    """Where the sheet lies: a turned rectangle around the digit with one to four edges in sight."""
    height, width = layout.height, layout.width
    top, bottom, left, right = layout.box
    clear = layout.pen + 1.5 * layout.unit
    beyond = 0.3 * max(height, width)
    edges = [top - clear, height - bottom - clear, left - clear, width - right - clear]
    seen = rng.random(4) < 0.6
    seen[int(rng.integers(4))] = True
    # How far inside the picture each edge of the sheet lies; beyond it where it is not seen.
    inset = [
        rng.uniform(0.1, 0.95) * max(edge, 0) if show else -beyond
        for edge, show in zip(edges, seen, strict=True)
    ]
    corners = np.array(
        [
            [inset[2], inset[0]],
            [width - inset[3], inset[0]],
            [width - inset[3], height - inset[1]],
            [inset[2], height - inset[1]],
        ]
    )
    corners += rng.normal(0, 0.8 * layout.unit, (4, 2))
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255
