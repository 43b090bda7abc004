"""What the digit judge learns from: parts of lines as it sees them, and which whole digit they are.

Lines of digits by one writer, of MNIST's, single digits, words and scribbles are drawn, cut as
serving cuts them, and each run of parts is compared to the ink of each digit alone.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from tqdm import tqdm

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.digit_centres import digit_centres
from digit_recognizer.recognition.digit_judge import JUDGE_COLUMNS, JUDGE_ROWS, NO_DIGIT
from digit_recognizer.recognition.parts import (
    MOST_PARTS,
    Part,
    height_of,
    is_wide,
    joined,
    tight,
)
from digit_recognizer.recognition.scaled_line import ScaledLine
from digit_recognizer.recognition.segmentation import runs
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit, by_writer
from training.drawings import rendering
from training.drawings.cores import on_all_cores
from training.drawings.lines import DrawnLine, any_scale, inked, mnist_line, pen_line
from training.drawings.no_numbers import training_no_number
from training.drawings.numbers import Spacing

_OF_MNIST = 0.2  # share of the lines whose digits are MNIST's
_NO_NUMBERS = 0.12  # share of the drawings that are no number
_WITH_A_SIGN = 0.18  # share of the lines in which one digit is something else
_LENGTHS = (0.16, 0.36, 0.24, 0.14, 0.10)  # how often a line has one digit, two, …
_MNIST_GAPS = (-0.08, 0.35)  # of a digit's height
_HALVED = 0.4  # share of the drawings in which some digits fall in two
_MOST_NONE = 9  # of a drawing's runs that are no digit
_OWN = 0.8  # share of its ink that a run has, if it is that digit: the crossing of two is one's …
_OTHER = 0.2  # … with so much of other ink, at most
_PARTLY = (0.6, 0.5)  # between these and those it is not asked
_CHUNK = 50


class JudgeExamples(NamedTuple):
    """Runs of parts.

    Attributes:
        x: uint8[n, 32, 40, 2], as `ScaledLine.seen` gives it.
        y: uint8[n], the digit, or `NO_DIGIT`.
    """

    x: Grey
    y: NDArray[np.uint8]


def judge_examples(
    digits: Sequence[PenDigit], mnist: Images, lines: int, seed: int
) -> JudgeExamples:
    """The runs of so many lines by the writers of `digits`, drawn on all cores or cached.

    The first lines, drawn anew, are part of the cache's key: other data, another hand or another
    way to cut make other examples.
    """
    chunk = partial(_chunk, list(by_writer(digits).values()), mnist, seed)
    probe = hashlib.sha256(json.dumps([lines, seed]).encode())
    probe.update(chunk(0).x.tobytes())
    file = rendering.CACHE / f"judge-{probe.hexdigest()[:12]}.npz"
    if file.exists():
        with np.load(file) as cached:
            return JudgeExamples(cached["x"], cached["y"])
    starts = range(0, lines, _CHUNK)
    made = list(tqdm(on_all_cores(chunk, starts), "lines", len(starts)))
    examples = JudgeExamples(
        np.concatenate([each.x for each in made]), np.concatenate([each.y for each in made])
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".partial.npz")
    np.savez(unfinished, x=examples.x, y=examples.y)
    unfinished.replace(file)
    return examples


def _chunk(
    writers: Sequence[Sequence[PenDigit]], mnist: Images, seed: int, start: int
) -> JudgeExamples:
    cv2.setNumThreads(0)
    rng = np.random.default_rng([seed, start])
    x: list[Grey] = [np.zeros((0, JUDGE_ROWS, JUDGE_COLUMNS, 2), np.uint8)]
    y: list[int] = []
    for _ in range(_CHUNK):
        drawn = _drawn(writers[int(rng.integers(len(writers)))], mnist, rng)
        for view, label in _some(list(_runs(drawn, rng)), rng):
            x.append(view[None])
            y.append(label)
    return JudgeExamples(np.concatenate(x), np.array(y, np.uint8))


def _drawn(digits: Sequence[PenDigit], mnist: Images, rng: Generator) -> DrawnLine:
    if rng.random() < _NO_NUMBERS:
        return DrawnLine([], [], _resized(training_no_number(digits, rng), any_scale(rng)))
    length = 1 + int(rng.choice(len(_LENGTHS), p=_LENGTHS))
    if rng.random() < _OF_MNIST:
        return mnist_line(mnist, length, _MNIST_GAPS, rng)
    nested = rng.random() < 0.5
    spacing = Spacing(rng.uniform(-0.08, 0.2) if nested else rng.uniform(-0.1, 0.4), nested)
    sign = length > 1 and rng.random() < _WITH_A_SIGN
    return pen_line(digits, length, spacing, rng, sign=sign)


def _resized(canvas: Grey, scale: float) -> Grey:
    height, width = (max(round(side * scale), 8) for side in canvas.shape)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(canvas, (width, height), interpolation=way), np.uint8)


def _runs(drawn: DrawnLine, rng: Generator) -> Iterator[tuple[Grey, int]]:
    """Each run of parts as the judge sees it, with its digit."""
    for parts, line in drawn.scaled():
        cuts = list(_all_cut(parts, line, rng))[:MOST_PARTS]
        planes = [line.plane(part) for part in cuts]
        for start, end in runs(cuts):
            label = _digit_of(joined(cuts[start:end]), drawn)
            if label is not None:
                yield line.seen(planes[start:end], JUDGE_ROWS, JUDGE_COLUMNS).pixels, label


def _all_cut(parts: Sequence[Part], line: ScaledLine, rng: Generator) -> Iterator[Part]:
    """As serving cuts them; of some drawings digits fall in two as well, as a pen leaves gaps."""
    height = height_of(parts)
    halved = rng.random() < _HALVED
    for part, plane in zip(parts, line.planes, strict=True):
        if not is_wide(part, height):
            yield part
            continue
        for alone in digit_centres().parted(part, plane, line):
            yield from _halves(alone, rng) if halved and rng.random() < 0.5 else [alone]


def _halves(part: Part, rng: Generator) -> list[Part]:
    """What is left and right of a line through it."""
    rows, columns = part.mask.shape
    down = (np.arange(rows) - rows / 2)[:, None]
    middle = columns * rng.uniform(0.25, 0.75) + down * np.tan(np.radians(rng.uniform(-35, 35)))
    is_left = np.arange(columns) < middle
    masks = [part.mask & is_left, part.mask & ~is_left]
    if not all(mask.any() for mask in masks):
        return [part]
    return [tight(mask, part.box.top, part.box.left) for mask in masks]


def _digit_of(run: Part, drawn: DrawnLine) -> int | None:
    """The digit whose ink a run is, `NO_DIGIT` where it is none; None where that is not clear."""
    unclear = False
    size = int(run.mask.sum())
    for alone, label in zip(drawn.digits, drawn.labels, strict=True):
        ink = inked(alone)
        whole = max(int(ink.sum()), 1)
        own = int((ink[run.box.slices] & run.mask).sum())
        more = size - int(((alone[run.box.slices] > 0) & run.mask).sum())
        if own >= _OWN * whole and more <= _OTHER * whole:
            return label
        unclear |= own >= _PARTLY[0] * whole and more <= _PARTLY[1] * whole
    return None if unclear else NO_DIGIT


def _some(made: list[tuple[Grey, int]], rng: Generator) -> list[tuple[Grey, int]]:
    """All digits, and some of what is none."""
    none = [k for k, (_, label) in enumerate(made) if label == NO_DIGIT]
    kept = set(rng.permutation(none)[:_MOST_NONE].tolist())
    return [each for k, each in enumerate(made) if each[1] != NO_DIGIT or k in kept]
