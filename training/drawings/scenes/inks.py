"""What a digit is written with: pens, pencil, marker, chalk."""

import cv2
import numpy as np
from numpy.random import Generator

from training.drawings.scenes.papers import clouds, vivid_colour
from training.drawings.scenes.scene import Colour, Layout, Share


def dark_colour(rng: Generator) -> Colour:
    """Black, blue, or now and then red or green, as pens are."""
    chance = rng.random()
    if chance < 0.5:
        return np.full(3, rng.uniform(5, 75), np.float32) + rng.normal(0, 5, 3).astype(np.float32)
    if chance < 0.8:
        return np.array([rng.uniform(5, 70), rng.uniform(10, 90), rng.uniform(70, 190)], np.float32)
    if chance < 0.92:
        return np.array([rng.uniform(130, 210), rng.uniform(5, 60), rng.uniform(5, 70)], np.float32)
    return np.array([rng.uniform(5, 50), rng.uniform(70, 130), rng.uniform(20, 90)], np.float32)


def written(
    sheet: Colour, layout: Layout, rng: Generator, colour: Colour, strength: float = 1.0
) -> Colour:
    """Lay the digit's ink on a sheet, a little uneven as pens are.

    Args:
        sheet: float32[height, width, 3].
        layout: with the digit's coverage.
        rng: decides.
        colour: of the ink.
        strength: how much of the paper it covers, 0 to 1.
    """
    height, width = sheet.shape[:2]
    pressure = 1 - rng.uniform(0, 0.25) * np.clip(clouds(height, width, rng, 6) + 0.3, 0, 1)
    cover = layout.coverage * strength * pressure
    return np.asarray(sheet + (colour - sheet) * cover[..., None])


def flat(sheet: Colour, layout: Layout, colour: Colour) -> Colour:
    """As programs draw: one colour, evenly."""
    return np.asarray(sheet + (colour - sheet) * layout.coverage[..., None], np.float32)


def pencilled(sheet: Colour, layout: Layout, rng: Generator) -> Colour:
    """Graphite: grey, pale, and broken by the paper's grain."""
    height, width = sheet.shape[:2]
    grain = clouds(height, width, rng, min(height, width) / rng.uniform(1.2, 3))
    hold = np.clip(0.75 + rng.uniform(0.1, 0.45) * grain, 0.15, 1)
    level = np.full(3, rng.uniform(0.2, 0.5) * float(sheet.mean()), np.float32)
    cover = layout.coverage * hold * rng.uniform(0.4, 0.85)
    return np.asarray(sheet + (level - sheet) * cover[..., None])


def chalked(sheet: Colour, layout: Layout, rng: Generator) -> Colour:
    """Chalk: light, grainy, with dust around it."""
    height, width = sheet.shape[:2]
    grain = clouds(height, width, rng, min(height, width) / rng.uniform(1.5, 4))
    hold = np.clip(0.8 + rng.uniform(0.1, 0.5) * grain, 0.1, 1)
    light = rng.uniform(185, 250, 1).astype(np.float32) + rng.normal(0, 8, 3).astype(np.float32)
    dust = cv2.GaussianBlur(layout.coverage, (0, 0), max(1.0, 3 * layout.unit)) * rng.uniform(
        0, 0.2
    )
    cover = np.maximum(layout.coverage * hold * rng.uniform(0.6, 1.0), dust)
    return np.asarray(sheet + (light - sheet) * cover[..., None])


def marker_colour(rng: Generator, against: Colour) -> Colour:
    """A vivid colour that stands out from a sheet, at times by its hue alone.

    Args:
        rng: decides.
        against: the sheet, float32[height, width, 3].
    """
    thumb = against[::8, ::8].reshape(-1, 3)
    for _ in range(30):
        colour = vivid_colour(rng, (0.25, 0.9))
        if np.quantile(np.abs(thumb - colour).sum(axis=1), 0.05) > 170:
            return colour
    return np.full(3, 10, np.float32)


def smeared(coverage: Share, rng: Generator) -> Share:
    """What an eraser left of older writing: wide, pale streaks."""
    height, width = coverage.shape
    streak = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(2, 8))):
        points = (rng.uniform(-0.1, 1.1, (2, 2)) * [width, height]).astype(np.int32)
        cv2.line(
            streak,
            tuple(int(v) for v in points[0]),
            tuple(int(v) for v in points[1]),
            float(rng.uniform(0.2, 1)),
            max(2, int(min(height, width) * rng.uniform(0.03, 0.15))),
        )
    return np.asarray(cv2.GaussianBlur(streak, (0, 0), min(height, width) * 0.02))
