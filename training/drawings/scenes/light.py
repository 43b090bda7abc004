"""How a scene is lit: gradients, lamps, shadows, reflections; a factor for each pixel."""

import cv2
import numpy as np
from numpy.random import Generator

from training.drawings.scenes.papers import clouds
from training.drawings.scenes.scene import Colour, Layout, Share


def gradient(layout: Layout, rng: Generator, strength: float) -> Share:
    """Light from one side and darker corners; about 1, ± `strength` at most."""
    y, x = np.mgrid[-1 : 1 : layout.height * 1j, -1 : 1 : layout.width * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    slope = (x * np.cos(angle) + y * np.sin(angle)) / 1.4
    corner = rng.uniform(0, 0.6) * (x**2 + y**2) / 2
    wave = 0.25 * clouds(layout.height, layout.width, rng, 2)
    return np.asarray(1 + strength * np.clip(slope - corner + wave, -1.5, 1.2), np.float32)


def soft_middle(layout: Layout, rng: Generator) -> Share:
    """The middle lighter than the rim, as under a ceiling lamp, or darker."""
    spread = rng.uniform(0.3, 0.9)
    rise = rng.uniform(0.06, 0.22) * (1 if rng.random() < 0.8 else -1)
    return _spot(layout, (rng.normal(0, 0.15), rng.normal(0, 0.15)), spread, rise)


def lamp(layout: Layout, rng: Generator) -> Share:
    """The cone of a lamp with a visible rim."""
    at = (rng.normal(0, 0.2), rng.normal(0, 0.2))
    radius, edge = rng.uniform(0.5, 1.0), rng.uniform(0.04, 0.35)
    distance = _distance(layout, at, rng.uniform(0.8, 1.3))
    cone = 1 / (1 + np.exp((distance - radius) / edge))
    inner = rng.uniform(0, 0.12) * np.exp(-((distance / 0.6) ** 2))
    return np.asarray(1 - rng.uniform(0.1, 0.4) * (1 - cone) + inner, np.float32)


def patch(layout: Layout, rng: Generator) -> Share:
    """A patch of light beside the digit: from a window, or a lamp's reflection."""
    angle = rng.uniform(0, 2 * np.pi)
    away = rng.uniform(0.55, 1.05)
    at = (away * np.cos(angle), away * np.sin(angle))
    if rng.random() < 0.5:
        return _spot(layout, at, rng.uniform(0.15, 0.5), rng.uniform(0.1, 0.5))
    y, x = _axes(layout)
    turn = rng.uniform(0, np.pi)
    u = (x - at[0]) * np.cos(turn) + (y - at[1]) * np.sin(turn)
    v = (y - at[1]) * np.cos(turn) - (x - at[0]) * np.sin(turn)
    soft = rng.uniform(0.01, 0.12)
    wide, high = rng.uniform(0.15, 0.5), rng.uniform(0.15, 0.6)
    inside = _step(wide - np.abs(u), soft) * _step(high - np.abs(v), soft)
    return np.asarray(1 + rng.uniform(0.1, 0.45) * inside, np.float32)


def cast_shadow(layout: Layout, rng: Generator) -> Share:
    """A hand's, a head's or a phone's shadow with a clear edge, mostly across the digit."""
    y, x = _axes(layout)
    soft = rng.uniform(0.006, 0.06)
    angle = rng.uniform(0, 2 * np.pi)
    along = y * np.cos(angle) - x * np.sin(angle)
    offset = rng.normal(0, 0.25)
    kind = rng.integers(3)
    if kind == 0:  # a straight edge
        depth = x * np.cos(angle) + y * np.sin(angle) - offset
    elif kind == 1:  # a wavy one
        depth = x * np.cos(angle) + y * np.sin(angle) - offset
        depth = depth + rng.uniform(0.05, 0.3) * np.sin(
            along * rng.uniform(1.5, 6) + rng.uniform(0, 6)
        )
    else:  # a band, as of an arm or a pen
        depth = rng.uniform(0.08, 0.4) - np.abs(x * np.cos(angle) + y * np.sin(angle) - offset)
    return np.asarray(1 - rng.uniform(0.2, 0.62) * _step(depth, soft), np.float32)


def blinds(layout: Layout, rng: Generator) -> Share:
    """Stripes of light through a blind or a fence."""
    y, x = _axes(layout)
    angle = rng.uniform(0, np.pi)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * rng.uniform(6, 16) + rng.uniform(0, 6))
    return np.asarray(1 - rng.uniform(0.1, 0.4) * _step(wave, rng.uniform(0.1, 0.5)), np.float32)


def glare(picture: Colour, layout: Layout, rng: Generator) -> Colour:
    """A reflection on a shiny surface: white that is added, beside the digit's middle."""
    angle = rng.uniform(0, 2 * np.pi)
    at = (rng.uniform(0.5, 1.0) * np.cos(angle), rng.uniform(0.5, 1.0) * np.sin(angle))
    spot = _spot(layout, at, rng.uniform(0.1, 0.35), 1.0) - 1
    return picture + rng.uniform(30, 130) * spot[..., None]


def lit(picture: Colour, factor: Share, rng: Generator) -> Colour:
    """Light falls on a picture; what is darker also becomes a little warmer or colder."""
    tint = rng.normal(0, 0.04, 3).astype(np.float32)
    return np.asarray(picture * factor[..., None] ** (1 + tint), np.float32)


def _axes(layout: Layout) -> tuple[Share, Share]:
    """From the middle of the picture, in halves of its shorter side."""
    half = min(layout.height, layout.width) / 2
    y, x = np.mgrid[: layout.height, : layout.width].astype(np.float32)
    return (y - layout.height / 2) / half, (x - layout.width / 2) / half


def _distance(layout: Layout, at: tuple[float, float], squeeze: float = 1.0) -> Share:
    y, x = _axes(layout)
    return np.asarray(np.hypot(x - at[0], (y - at[1]) * squeeze), np.float32)


def _spot(layout: Layout, at: tuple[float, float], spread: float, rise: float) -> Share:
    return np.asarray(1 + rise * np.exp(-((_distance(layout, at) / spread) ** 2)), np.float32)


def _step(depth: Share, soft: float) -> Share:
    """0 to 1 where `depth` passes 0, over a width of `soft`."""
    return np.asarray(1 / (1 + np.exp(-np.clip(depth / soft, -30, 30))), np.float32)


def blurred(field: Share, sigma: float) -> Share:
    """A field with softer edges."""
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma))
