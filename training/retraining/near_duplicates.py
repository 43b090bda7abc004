"""Drawings that are hardly more than copies of each other, whoever gave them."""

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from training.datasets.mnist import NOT_A_DIGIT

ALIKE = 0.98
"""The cosine between two coarse pictures from which they count as the same drawing.

A drawing that is turned by up to 4 degrees and drawn with another pen stays above it in 9 of 10
cases; of 40 people's sevens like a V about half are as much alike.
"""

_COARSE = SIDE // 2


def groups(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """A number for each drawing, the same for those that are alike: int[n].

    A drawing joins the first group whose first drawing it is like, in the order given; two
    drawings of a group may differ a little more.

    Args:
        pixels: uint8[n, 28, 28].
    """
    coarse = coarse_pictures(pixels)
    first = np.empty_like(coarse)
    group = np.empty(len(coarse), np.int64)
    n = 0
    for k, picture in enumerate(coarse):
        like = first[:n] @ picture
        best = int(like.argmax()) if n else 0
        if n and like[best] >= ALIKE:
            group[k] = best
            continue
        first[n], group[k] = picture, n
        n += 1
    return group


def labelled_alike(groups: NDArray[np.int64], labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """A number for each drawing, the same for those that are alike and labelled the same: int[n].

    Args:
        groups: as `groups` makes them.
        labels: uint8[n].
    """
    return groups * (NOT_A_DIGIT + 1) + labels


def coarse_pictures(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Blurred pictures at half the side, of length 1: float32[n, 196]; a jitter hardly moves them.

    Args:
        pixels: uint8[n, 28, 28].
    """
    n = len(pixels)
    halved = pixels.reshape(n, _COARSE, 2, _COARSE, 2).mean(axis=(2, 4), dtype=np.float32)
    padded = np.pad(halved, ((0, 0), (1, 1), (1, 1)))
    blurred = np.zeros_like(halved)
    for y, wy in enumerate((1, 2, 1)):
        for x, wx in enumerate((1, 2, 1)):
            blurred += wy * wx * padded[:, y : y + _COARSE, x : x + _COARSE]
    flat = blurred.reshape(n, -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))
