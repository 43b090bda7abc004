"""MNIST: 60,000 training and 10,000 test pictures of digits (LeCun, Cortes, Burges)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.datasets.files import Source, located

_PARTS = ("x_train", "y_train", "x_test", "y_test")
# Of the parts' bytes, one after the other.
_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"

NOT_A_DIGIT = 255
"""The label of a drawing that is no digit."""

_BETWEEN = 100  # labels from here to 199 are of what is between two digits


def between(a: int, b: int) -> int:
    """The label of a drawing that may be read as one digit or as another one."""
    return _BETWEEN + 10 * a + b


def digits_between(y: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Which labels are of what is between two digits, and which digits: int[n], uint8[n, 2]."""
    at = np.flatnonzero((y >= _BETWEEN) & (y < _BETWEEN + 100))
    pair = y[at] - _BETWEEN
    return at, np.stack([pair // 10, pair % 10], axis=1)


@dataclass(frozen=True)
class Images:
    """Pictures with labels: uint8[n, 28, 28] (0 = paper) and uint8[n] (0 … 9)."""

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]


def load_mnist(path: Path | None = None) -> tuple[Images, Images]:
    """MNIST's training and test pictures.

    Raises:
        FileNotFoundError: `path` is given and there is no such file.
    """
    with np.load(located(MNIST, path)) as data:
        return Images(data["x_train"], data["y_train"]), Images(data["x_test"], data["y_test"])


def _is_whole(file: Path) -> bool:
    with np.load(file) as data:
        content = b"".join(data[part].tobytes() for part in _PARTS)
    return hashlib.sha256(content).hexdigest() == _SHA256


MNIST = Source(
    name="mnist.npz",
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    is_whole=_is_whole,
)
