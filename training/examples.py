"""Training examples rendered ahead: many variants of every digit, cached in `build/examples`.

Rendering costs more than a training step, so each digit gets a fixed number of variants, made once
by all cores; an epoch then draws from them. The same seed gives the same examples in the same
order, on any number of cores.
"""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool, ThreadPool

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from tqdm import tqdm

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.preprocessing import normalise
from training.augmentation import mnist_variant, mnist_variant_of_any_pen, pen_variant
from training.datasets import BUILD, Images, PenDigit
from training.grid import CELLS, drawing
from training.non_digits import EVALUATION_KINDS, evaluation_non_digit, training_non_digit

CACHE = BUILD / "examples"

NOT_A_DIGIT = 255
"""The label of non-digits among the examples."""

_CHUNK = 25  # items a task
_TRIES = 20  # at a variant with ink
_MANY = 1000  # items from which only one in a thousand is a sample of the key

Grey = NDArray[np.uint8]
Variant = Callable[[int, Generator], Grey]


@dataclass(frozen=True)
class Examples:
    """Variants of digits.

    Attributes:
        x: uint8[items, variants, 28, 28].
        y: the labels, uint8[items].
        key: changes when the data, the augmentation or `normalise` do.
    """

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]
    key: str

    def epoch(self, number: int, repeats: int) -> tuple[Grey, NDArray[np.uint8]]:
        """`repeats` variants of every item, other ones each epoch until all were seen."""
        items, variants = self.x.shape[:2]
        # Each item walks through its variants from a place of its own.
        places = np.arange(items)[:, None] + number * repeats + np.arange(repeats)
        x = self.x[np.arange(items)[:, None], places % variants]
        return x.reshape(-1, 28, 28), np.repeat(self.y, repeats)


def mnist_examples(mnist: Images, variants: int, seed: int) -> Examples:
    """Warped variants of MNIST's training pictures."""
    return warped_examples("mnist", mnist, variants, seed)


def redrawn_mnist_examples(mnist: Images, variants: int, seed: int) -> Examples:
    """Variants of MNIST's training pictures, some drawn again with the page's pens."""
    return warped_examples("mnist-redrawn", mnist, variants, seed, mnist_variant_of_any_pen)


def plain_mnist_examples(mnist: Images) -> Examples:
    """MNIST's training pictures as they are."""

    def variant(item: int, rng: Generator) -> Grey:
        return normalise(mnist.x[item])

    return _together([_rendered("mnist-plain", len(mnist.y), 1, 0, variant)], mnist.y)


def pen_examples(digits: Sequence[PenDigit], variants: int, seed: int) -> Examples:
    """Pen digits written and drawn anew, writer by writer: holding out others reuses the rest."""
    parts, labels = [], []
    for writer, own in _by_writer(digits).items():

        def variant(item: int, rng: Generator, own: Sequence[PenDigit] = own) -> Grey:
            return pen_variant(own[item], rng)

        parts.append(_rendered(f"writer-{writer}", len(own), variants, seed, variant))
        labels += [digit.label for digit in own]
    return _together(parts, np.array(labels, np.uint8))


def non_digit_examples(
    digits: Sequence[PenDigit], a_writer: int, variants: int, seed: int
) -> Examples:
    """Drawings that are no digit; each writer lends the digits that stand side by side."""
    parts = []
    for writer, own in _by_writer(digits).items():

        def variant(item: int, rng: Generator, own: Sequence[PenDigit] = own) -> Grey:
            return training_non_digit(own, rng)

        parts.append(_rendered(f"non-digits-{writer}", a_writer, variants, seed, variant))
    labels = np.full(a_writer * len(parts), NOT_A_DIGIT, np.uint8)
    return _together(parts, labels)


def grid_examples(digits: Sequence[PenDigit], seed: int) -> Examples:
    """Every digit in every cell of the grid, as variants in the order of `CELLS`."""
    n = len(CELLS)

    def variant(item: int, rng: Generator) -> Grey:
        return normalise(drawing(digits[item // n].strokes, CELLS[item % n], rng))

    part = _rendered("grid", n * len(digits), 1, seed, variant)
    labels = np.array([digit.label for digit in digits], np.uint8)
    return Examples(part.x.reshape(len(digits), n, 28, 28), labels, part.key)


def unseen_non_digits(digits: Sequence[PenDigit], n: int, seed: int) -> Examples:
    """Drawings that are no digit as evaluation makes them, its kinds by turns."""

    def variant(item: int, rng: Generator) -> Grey:
        return evaluation_non_digit(EVALUATION_KINDS[item % len(EVALUATION_KINDS)], digits, rng)

    part = _rendered("non-digits-unseen", n, 1, seed, variant)
    return _together([part], np.full(n, NOT_A_DIGIT, np.uint8))


def warped_examples(
    name: str,
    images: Images,
    variants: int,
    seed: int,
    warp: Callable[[Grey, Generator], Grey] = mnist_variant,
) -> Examples:
    """Variants of pictures in MNIST's form; by their own pens, unless `warp` takes others."""

    def variant(item: int, rng: Generator) -> Grey:
        return warp(images.x[item], rng)

    return _together([_rendered(name, len(images.y), variants, seed, variant)], images.y)


def _by_writer(digits: Sequence[PenDigit]) -> dict[int, list[PenDigit]]:
    writers: dict[int, list[PenDigit]] = {}
    for digit in digits:
        writers.setdefault(digit.writer, []).append(digit)
    return writers


@dataclass(frozen=True)
class _Part:
    """Rendered variants of some items, and the key that they are cached under."""

    x: Grey
    key: str


def _together(parts: Sequence[_Part], y: NDArray[np.uint8]) -> Examples:
    x = parts[0].x if len(parts) == 1 else np.concatenate([part.x for part in parts])
    return Examples(x, y, "".join(part.key for part in parts))


def _rendered(name: str, items: int, variants: int, seed: int, variant: Variant) -> _Part:
    """Read the examples from the cache or render them on all cores, with a progress bar.

    A sample of the items, rendered anew, is part of the key: other data, another
    augmentation or another `normalise` make other examples.
    """
    probe = hashlib.sha256(json.dumps([name, items, variants, seed]).encode())
    for item in range(0, items, 10 if items < _MANY else 1000):
        probe.update(_some_ink(variant, item, np.random.default_rng([seed, item])).tobytes())
    key = probe.hexdigest()[:12]
    file = CACHE / f"{name}-{key}.npy"
    if file.exists():
        return _Part(np.asarray(np.load(file, mmap_mode="r")), key)
    global _task
    _task = _Task(hashlib.sha256(f"{name} {seed}".encode()).digest(), items, variants, variant)
    chunks = range(0, items, _CHUNK)
    x = np.empty((items, variants, 28, 28), np.uint8)
    with _pool() as pool:
        rendered = pool.imap(_render_chunk, chunks)
        for start, part in zip(chunks, tqdm(rendered, name, len(chunks)), strict=True):
            x[start : start + len(part)] = part
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial.npy")
    np.save(partial, x)
    partial.replace(file)
    return _Part(x, key)


def _pool() -> Pool:
    """Workers that inherit the data sets rather than get them pickled."""
    if os.access("/dev/shm", os.W_OK):
        return multiprocessing.get_context("fork").Pool()
    return ThreadPool()  # Lambda has no shared memory, without which processes can't be pooled


@dataclass(frozen=True)
class _Task:
    """What the worker processes inherit."""

    seed: bytes
    items: int
    variants: int
    variant: Variant


_task: _Task


def _render_chunk(start: int) -> Grey:
    cv2.setNumThreads(0)
    rng = np.random.default_rng([*_task.seed, start])
    stop = min(start + _CHUNK, _task.items)
    return np.stack(
        [
            np.stack([_some_ink(_task.variant, item, rng) for _ in range(_task.variants)])
            for item in range(start, stop)
        ]
    )


def _some_ink(variant: Variant, item: int, rng: Generator) -> Grey:
    """A variant; another one in the rare case that a distortion left no ink."""
    for _ in range(_TRIES):
        try:
            return variant(item, rng)
        except InvalidRequest as error:
            reason = error
    raise ValueError(f"Item {item} has no variant with ink: {reason}")
