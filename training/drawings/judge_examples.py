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
from digit_recognizer.recognition.digit_judge import (
    JUDGE_COLUMNS,
    JUDGE_ROWS,
    NO_DIGIT,
    JudgedLine,
)
from digit_recognizer.recognition.oversegmentation import (
    MOST_PARTS,
    Part,
    cut,
    height_of,
    is_wide,
    joined,
    lines_of_parts,
)
from digit_recognizer.recognition.segmentation import runs
from training.datasets.mnist import Images
from training.datasets.pen_digits import PenDigit
from training.drawings import rendering
from training.drawings.augmentation import mnist_variant_of_any_hand
from training.drawings.cores import on_all_cores
from training.drawings.hands import MILD, STRONG
from training.drawings.no_numbers import training_no_number
from training.drawings.non_digits import scribbled
from training.drawings.numbers import HEIGHT, Spacing, written_number
from training.drawings.strokes import draw, scaled

_OF_MNIST = 0.2  # share of the lines whose digits are MNIST's
_NO_NUMBERS = 0.12  # share of the drawings that are no number
_WITH_A_SIGN = 0.12  # share of the lines in which one digit is something else
_LENGTHS = (0.16, 0.36, 0.24, 0.14, 0.10)  # how often a line has one digit, two, …
_STRONGLY = 0.35  # share of the lines in a strong hand
_SCALES = (0.28, 0.9)  # of the picture
_MOST_NONE = 9  # of a drawing's runs that are no digit
_OWN = 0.9  # share of a digit's ink that a run has, if it is that digit …
_OTHER = 0.12  # … with so much of other ink, at most
_PARTLY = (0.7, 0.4)  # between these and those it is not asked
_INK = 76
_CHUNK = 50


class JudgeExamples(NamedTuple):
    """Runs of parts.

    Attributes:
        x: uint8[n, 32, 40, 2], as `JudgedLine.seen` gives it.
        y: uint8[n], the digit, or `NO_DIGIT`.
    """

    x: Grey
    y: NDArray[np.uint8]


class _Drawn(NamedTuple):
    digits: list[Grey]  # each alone
    labels: list[int]
    other: Grey | None  # ink that is no digit


def judge_examples(
    digits: Sequence[PenDigit], mnist: Images, lines: int, seed: int
) -> JudgeExamples:
    """The runs of so many lines by the writers of `digits`, drawn on all cores or cached.

    The first lines, drawn anew, are part of the cache's key: other data, another hand or another
    way to cut make other examples.
    """
    by_writer: dict[int, list[PenDigit]] = {}
    for digit in digits:
        by_writer.setdefault(digit.writer, []).append(digit)
    chunk = partial(_chunk, list(by_writer.values()), mnist, seed)
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
        for view, label in _some(list(_runs(drawn)), rng):
            x.append(view[None])
            y.append(label)
    return JudgeExamples(np.concatenate(x), np.array(y, np.uint8))


def _drawn(digits: Sequence[PenDigit], mnist: Images, rng: Generator) -> _Drawn:
    if rng.random() < _NO_NUMBERS:
        return _Drawn([], [], _resized(training_no_number(digits, rng), _scale(rng)))
    length = 1 + int(rng.choice(len(_LENGTHS), p=_LENGTHS))
    scale = _scale(rng)
    if rng.random() < _OF_MNIST:
        return _of_mnist(mnist, length, scale, rng)
    nested = rng.random() < 0.5
    spacing = Spacing(rng.uniform(-0.08, 0.2) if nested else rng.uniform(-0.1, 0.4), nested)
    hand = STRONG if rng.random() < _STRONGLY else MILD
    number = written_number(digits, length, spacing, rng, hand)
    labels = [int(digit) for digit in number.text]
    number = number.resized(scale)
    alone = [number.drawn_alone(k) for k in range(length)]
    if length > 1 and rng.random() < _WITH_A_SIGN:
        at = int(rng.integers(length))
        box = np.concatenate(number.digits[at])
        middle = (box.min(axis=0) + box.max(axis=0)) / 2
        strokes = scaled(scribbled(rng), HEIGHT * scale * rng.uniform(0.3, 1.0))
        sign = draw(strokes, number.pen, (float(middle[0]), float(middle[1])), number.size)
        del alone[at], labels[at]
        return _Drawn(alone, labels, sign)
    return _Drawn(alone, labels, None)


def _of_mnist(mnist: Images, length: int, scale: float, rng: Generator) -> _Drawn:
    """A line of MNIST's digits, each warped in its own way."""
    chosen = rng.integers(len(mnist.y), size=length)
    large = []
    for k in chosen:
        height = int(HEIGHT * scale * rng.uniform(1.2, 1.6))
        picture = mnist_variant_of_any_hand(mnist.x[k], rng)
        large.append(cv2.resize(picture, (height, height), interpolation=cv2.INTER_CUBIC))
    gap = rng.uniform(-0.08, 0.35) * HEIGHT * scale
    x, places = 0.0, []
    for picture in large:
        columns = np.flatnonzero(picture.max(axis=0) > _INK)
        places.append(int(x - columns[0]))
        x += columns[-1] - columns[0] + gap
    left = min(places)
    size = max(len(picture) for picture in large) + 20
    placed = [(place - left, picture) for place, picture in zip(places, large, strict=True)]
    width = max(at + picture.shape[1] for at, picture in placed)
    alone = []
    for at, picture in placed:
        field = np.zeros((size, width), np.uint8)
        top = int(np.clip((size - len(picture)) / 2 + rng.normal(0, 3), 0, size - len(picture)))
        field[top : top + len(picture), at : at + picture.shape[1]] = picture
        alone.append(field)
    return _Drawn(alone, [int(mnist.y[k]) for k in chosen], None)


def _scale(rng: Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(_SCALES))))


def _resized(canvas: Grey, scale: float) -> Grey:
    height, width = (max(round(side * scale), 8) for side in canvas.shape)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(canvas, (width, height), interpolation=way), np.uint8)


def _runs(drawn: _Drawn) -> Iterator[tuple[Grey, int]]:
    """Each run of parts as the judge sees it, with its digit."""
    layers = [*drawn.digits, *([] if drawn.other is None else [drawn.other])]
    ink = np.max(layers, axis=0)
    if not ink.any():
        return
    for parts in lines_of_parts(ink):
        line = JudgedLine(ink, parts)
        if line.is_too_long:
            continue
        cuts = list(_all_cut(parts, line))[:MOST_PARTS]
        planes = [line.plane(part) for part in cuts]
        for start, end in runs(cuts):
            label = _digit_of(joined(cuts[start:end]), drawn)
            if label is not None:
                yield line.seen(planes[start:end]), label


def _all_cut(parts: Sequence[Part], line: JudgedLine) -> Iterator[Part]:
    height = height_of(parts)
    for part in parts:
        if is_wide(part, height):
            plane = line.plane(part)
            yield from cut(part, plane.ink, line.scale, (plane.top, plane.left))
        else:
            yield part


def _digit_of(run: Part, drawn: _Drawn) -> int | None:
    """The digit whose ink a run is, `NO_DIGIT` where it is none; None where that is not clear."""
    unclear = False
    size = int(run.mask.sum())
    for alone, label in zip(drawn.digits, drawn.labels, strict=True):
        ink = alone > _INK
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
