"""What the ink finder learns from: scenes as it sees them, and where in them the ink is."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image
from tqdm import tqdm

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.ink_finder import FINDER_SIDE, seen
from training.datasets.pen_digits import PenDigit, Stroke
from training.drawings.cores import on_all_cores
from training.drawings.hands import MILD, distort
from training.drawings.non_digits import random_strokes
from training.drawings.scenes import camera, inks, papers
from training.drawings.scenes.kinds import TRAINING_KINDS
from training.drawings.scenes.scene import Scene, laid_out

_EMPTY = 0.04  # share of scenes without ink
_CLEAN = 0.08  # … of drawings as the page sends them
_NO_DIGIT = 0.12  # … whose ink is no digit: ink all the same
_CLOSER = 0.45  # … of which the part around the ink is seen
_OFTEN = {
    "screenshot": 3,
    "form": 3,
    "cast shadow": 2,
    "coloured pattern": 2,
    "sheet on a table": 2,
}
_OFTEN |= {"mixture": 4}  # the hard kinds, so many times as often as another one
_SIDES = (150, 380)  # pixels of a scene's longer side
_CHUNK = 100


class InkExamples(NamedTuple):
    """Scenes and their ink.

    Attributes:
        x: uint8[n, 96, 96, 3], as `ink_finder.seen` gives it.
        y: uint8[n, 96, 96], how much of each pixel is ink, 255 = all.
    """

    x: Grey
    y: Grey


def ink_examples(digits: Sequence[PenDigit], n: int, seed: int) -> InkExamples:
    """`n` scenes of digits by the writers of `digits`, rendered on all cores."""
    starts = range(0, n, _CHUNK)
    x = np.empty((n, FINDER_SIDE, FINDER_SIDE, 3), np.uint8)
    y = np.empty((n, FINDER_SIDE, FINDER_SIDE), np.uint8)
    parts = on_all_cores(partial(_chunk, digits, seed), starts)
    for start, part in zip(starts, tqdm(parts, "scenes", len(starts)), strict=True):
        stop = min(start + _CHUNK, n)
        x[start:stop], y[start:stop] = part.x[: stop - start], part.y[: stop - start]
    return InkExamples(x, y)


def _chunk(digits: Sequence[PenDigit], seed: int, start: int) -> InkExamples:
    cv2.setNumThreads(0)
    rng = np.random.default_rng([seed, start])
    made = [_example(digits, rng) for _ in range(_CHUNK)]
    return InkExamples(np.stack([x for x, _ in made]), np.stack([y for _, y in made]))


def _example(digits: Sequence[PenDigit], rng: Generator) -> tuple[Grey, Grey]:
    scene = _scene(digits, rng)
    picture = decoded(scene)
    part = _around_ink(scene.ink, rng) if rng.random() < _CLOSER else None
    at = seen(picture, part)
    box = part or (0, 0, *picture.size)
    ink = np.zeros((FINDER_SIDE, FINDER_SIDE), np.uint8)
    small = Image.fromarray(scene.ink).resize((at.width, at.height), Image.Resampling.BOX, box)
    ink[: at.height, : at.width] = np.asarray(small)
    return at.pixels, ink


def decoded(scene: Scene) -> Image.Image:
    """The picture in RGB, as it is after it was sent; transparency on black."""
    if scene.picture.shape[2] == 4:
        return Image.fromarray(scene.picture).convert("RGB")
    data = np.frombuffer(camera.sent(scene), np.uint8)
    return Image.fromarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def _scene(digits: Sequence[PenDigit], rng: Generator) -> Scene:
    side = int(np.exp(rng.uniform(*np.log(_SIDES))))
    chance = rng.random()
    strokes: list[Stroke]
    if chance < _EMPTY:
        strokes = []
    elif chance < _EMPTY + _NO_DIGIT:
        strokes = random_strokes(digits, rng)
    else:
        digit = digits[int(rng.integers(len(digits)))]
        strokes = distort(digit.strokes, rng, MILD)
    if rng.random() < _CLEAN:
        return _clean(strokes, rng, side)
    kinds = [kind for name, kind in TRAINING_KINDS.items() for _ in range(_OFTEN.get(name, 1))]
    return kinds[int(rng.integers(len(kinds)))](strokes, rng, side)


def _clean(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """As drawing programs give it: one colour on another."""
    layout = laid_out(strokes, rng, side, pens=(0.015, 0.25), aspect=(1.0, 1.3))
    chance = rng.random()
    dark, light = np.full(3, rng.uniform(0, 30)), np.full(3, rng.uniform(225, 255))
    if chance < 0.25:
        dark = papers.vivid_colour(rng, (0.1, 0.6))
    elif chance < 0.5:
        light = papers.vivid_colour(rng, (0.9, 1.0))
    ground, ink = (dark, light) if rng.random() < 0.5 else (light, dark)
    return camera.captured(
        inks.flat(papers.plain(layout, ground), layout, ink), layout.coverage, rng
    )


def _around_ink(ink: Grey, rng: Generator) -> tuple[float, float, float, float] | None:
    """A part of the picture around its ink, as the finder takes it for a second look."""
    mask = ink > 64
    if not mask.any():
        return None
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    longer = max(bottom - top, right - left)
    half = longer * (0.5 + rng.uniform(0.1, 0.6)) + 2
    y, x = (top + bottom) / 2, (left + right) / 2
    y, x = np.array([y, x]) + rng.normal(0, 0.08 * longer, 2)
    height, width = ink.shape
    return max(x - half, 0), max(y - half, 0), min(x + half, width), min(y + half, height)
