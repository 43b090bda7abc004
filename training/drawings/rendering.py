"""Variants of items rendered on all cores, and cached in `build/examples` under a key.

The same seed gives the same pictures in the same order, on any number of cores.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Grey
from training.drawings.cores import on_all_cores
from training.folders import BUILD

CACHE = BUILD / "examples"

_CHUNK = 25  # items a task
_TRIES = 20  # at a variant with ink
_MANY = 1000  # items from which only one in a thousand is a sample of the key

Variant = Callable[[int, Generator], Grey]


@dataclass(frozen=True)
class Part:
    """Rendered variants of some items, and the key that they are cached under."""

    x: Grey
    key: str


def rendered(name: str, items: int, variants: int, seed: int, variant: Variant) -> Part:
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
        return Part(np.asarray(np.load(file, mmap_mode="r")), key)
    x = rendered_anew(name, items, variants, seed, variant)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial.npy")
    np.save(partial, x)
    partial.replace(file)
    return Part(x, key)


def rendered_anew(name: str, items: int, variants: int, seed: int, variant: Variant) -> Grey:
    """Render variants on all cores, with a progress bar, and keep none: uint8[n, k, 28, 28]."""
    task = _Task(hashlib.sha256(f"{name} {seed}".encode()).digest(), items, variants, variant)
    chunks = range(0, items, _CHUNK)
    x = np.empty((items, variants, SIDE, SIDE), np.uint8)
    parts = on_all_cores(task.chunk, chunks)
    for start, part in zip(chunks, tqdm(parts, name, len(chunks)), strict=True):
        x[start : start + len(part)] = part
    return x


@dataclass(frozen=True)
class _Task:
    """What is rendered, a chunk of items at a time."""

    seed: bytes
    items: int
    variants: int
    variant: Variant

    def chunk(self, start: int) -> Grey:
        """uint8[items of the chunk, variants, 28, 28] from an item on."""
        cv2.setNumThreads(0)
        rng = np.random.default_rng([*self.seed, start])
        stop = min(start + _CHUNK, self.items)
        return np.stack(
            [
                np.stack([_some_ink(self.variant, item, rng) for _ in range(self.variants)])
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
