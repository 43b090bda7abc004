"""Training examples rendered ahead: many variants of every digit, cached in `build/examples`.

Rendering costs more than a training step, so each digit gets a fixed number of variants, made once
by all cores; an epoch then draws from them. The same seed gives the same examples in the same
order, on any number of cores.
"""

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from tqdm import tqdm

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.preprocessing import PREPROCESSING_VERSION, normalise
from training.augmentation import mnist_variant, pen_variant
from training.datasets import PROJECT, Images, PenDigit
from training.non_digits import training_non_digit

CACHE = PROJECT / "build" / "examples"
RECIPE = 2
"""Raised when the augmentation changes, so that examples of an older recipe are not reused."""

NOT_A_DIGIT = 255
"""The label of non-digits among the examples."""

_CHUNK = 25  # items a task

Grey = NDArray[np.uint8]
Variant = Callable[[int, Generator], Grey]


@dataclass(frozen=True)
class Examples:
    """Variants of digits: uint8[items, variants, 28, 28] and labels uint8[items]."""

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]

    def epoch(self, number: int, repeats: int) -> tuple[Grey, NDArray[np.uint8]]:
        """`repeats` variants of every item, other ones each epoch until all were seen."""
        items, variants = self.x.shape[:2]
        # Each item walks through its variants from a place of its own.
        places = np.arange(items)[:, None] + number * repeats + np.arange(repeats)
        x = self.x[np.arange(items)[:, None], places % variants]
        return x.reshape(-1, 28, 28), np.repeat(self.y, repeats)


def mnist_examples(mnist: Images, variants: int, seed: int) -> Examples:
    """Warped variants of MNIST's training pictures."""

    def variant(item: int, rng: Generator) -> Grey:
        return mnist_variant(mnist.x[item], rng)

    x = _rendered("mnist", len(mnist.y), variants, seed, variant)
    return Examples(x, mnist.y)


def plain_mnist_examples(mnist: Images) -> Examples:
    """MNIST's training pictures as they are."""

    def variant(item: int, rng: Generator) -> Grey:
        return normalise(mnist.x[item])

    return Examples(_rendered("mnist-plain", len(mnist.y), 1, 0, variant), mnist.y)


def pen_examples(digits: Sequence[PenDigit], variants: int, seed: int) -> Examples:
    """Pen digits written and drawn anew, writer by writer: holding out others reuses the rest."""
    parts, labels = [], []
    for writer, own in _by_writer(digits).items():

        def variant(item: int, rng: Generator, own: Sequence[PenDigit] = own) -> Grey:
            return pen_variant(own[item], rng)

        parts.append(_rendered(f"writer-{writer}", len(own), variants, seed, variant))
        labels += [digit.label for digit in own]
    return Examples(np.concatenate(parts), np.array(labels, np.uint8))


def non_digit_examples(
    digits: Sequence[PenDigit], a_writer: int, variants: int, seed: int
) -> Examples:
    """Drawings that are no digit; each writer lends the digits that stand side by side."""
    parts = []
    for writer, own in _by_writer(digits).items():

        def variant(item: int, rng: Generator, own: Sequence[PenDigit] = own) -> Grey:
            return training_non_digit(own, rng)

        parts.append(_rendered(f"non-digits-{writer}", a_writer, variants, seed, variant))
    x = np.concatenate(parts)
    return Examples(x, np.full(len(x), NOT_A_DIGIT, np.uint8))


def _by_writer(digits: Sequence[PenDigit]) -> dict[int, list[PenDigit]]:
    writers: dict[int, list[PenDigit]] = {}
    for digit in digits:
        writers.setdefault(digit.writer, []).append(digit)
    return writers


def _rendered(name: str, items: int, variants: int, seed: int, variant: Variant) -> Grey:
    """Read the examples from the cache or render them on all cores, with a progress bar."""
    key = json.dumps([name, items, variants, seed, RECIPE, PREPROCESSING_VERSION])
    file = CACHE / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.npy"
    if file.exists():
        return np.asarray(np.load(file, mmap_mode="r"))
    global _task
    _task = _Task(hashlib.sha256(key.encode()).digest(), items, variants, variant)
    chunks = range(0, items, _CHUNK)
    x = np.empty((items, variants, 28, 28), np.uint8)
    # fork, so that the data sets need not be pickled
    with multiprocessing.get_context("fork").Pool() as pool:
        rendered = pool.imap(_render_chunk, chunks)
        for start, part in zip(chunks, tqdm(rendered, name, len(chunks)), strict=True):
            x[start : start + len(part)] = part
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial.npy")
    np.save(partial, x)
    partial.replace(file)
    return x


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
            np.stack([_some_ink(item, rng) for _ in range(_task.variants)])
            for item in range(start, stop)
        ]
    )


def _some_ink(item: int, rng: Generator) -> Grey:
    """A variant; another one in the rare case that a distortion left no ink."""
    while True:
        try:
            return _task.variant(item, rng)
        except InvalidRequest:
            continue
