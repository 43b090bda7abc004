"""The data sets: MNIST's pictures and the pen strokes of 30 writers, with writers held out whole.

Looked for where an option says, then in `../shared/data`, else downloaded from the public
originals into `data/datasets`.
"""

import hashlib
import os
import subprocess
import urllib.request
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PROJECT = Path(__file__).parent.parent
SHARED = PROJECT.parent / "shared" / "data"
BUILD = Path(os.environ.get("BUILD_FOLDER") or PROJECT / "build")
"""Where examples, runs and reports in the making are kept: all can be made again."""
DOWNLOADS = PROJECT / "data" / "datasets"

MNIST_FILE = "mnist.npz"
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
PEN_URL = (
    "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
)
PEN_FILE = "pendigits-train.unp"
PEN_MEMBER = "pendigits-orig.tra"

_MNIST_PARTS = ("x_train", "y_train", "x_test", "y_test")
# Of the parts' bytes, one after the other.
_MNIST_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
_PEN_DIGITS = 7494

Stroke = NDArray[np.floating[Any]]
"""floating[n, 2]: the x and y of the pen, y pointing down."""

WRITER_FOLDS: tuple[tuple[int, ...], ...] = (
    (1, 5, 9, 13, 17, 21, 25, 29),
    (3, 7, 11, 15, 19, 23, 27, 30),
)
"""Two disjoint sets of eight writers (of 30), each held out whole from a training of its own."""


@dataclass(frozen=True)
class Images:
    """Pictures with labels: uint8[n, 28, 28] (0 = paper) and uint8[n] (0 … 9)."""

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]


@dataclass(frozen=True)
class PenDigit:
    """One digit as the pen wrote it."""

    label: int
    writer: int
    strokes: tuple[Stroke, ...]


def load_mnist(path: Path | None = None) -> tuple[Images, Images]:
    """MNIST's 60,000 training and 10,000 test pictures (LeCun, Cortes, Burges).

    Raises:
        FileNotFoundError: `path` is given and there is no such file.
    """
    with np.load(_locate(path, MNIST_FILE, MNIST_URL)) as data:
        return Images(data["x_train"], data["y_train"]), Images(data["x_test"], data["y_test"])


def load_pen_digits(path: Path | None = None) -> list[PenDigit]:
    """The 7,494 training digits of UCI data set 81 (Alpaydin, Alimoglu 1996), as pen strokes.

    Raises:
        FileNotFoundError: `path` is given and there is no such file.
    """
    return parse_unipen(_locate(path, PEN_FILE, PEN_URL).read_text("ascii"))


def files() -> list[Path]:
    """The files of both data sets, downloaded if they are not there."""
    return [_locate(None, MNIST_FILE, MNIST_URL), _locate(None, PEN_FILE, PEN_URL)]


def split_writers(
    digits: Sequence[PenDigit], held_out: Collection[int]
) -> tuple[list[PenDigit], list[PenDigit]]:
    """The digits of all other writers, and those of the writers held out."""
    return (
        [digit for digit in digits if digit.writer not in held_out],
        [digit for digit in digits if digit.writer in held_out],
    )


def calibration_writers(held_out: Sequence[int]) -> tuple[int, ...]:
    """The held-out writers that the temperature is fitted on: the first half; the others judge.

    Raises:
        ValueError: fewer than two writers are held out.
    """
    if len(held_out) < 2:
        raise ValueError("Hold out at least two writers: some calibrate, the others judge.")
    return tuple(held_out[: len(held_out) // 2])


def parse_unipen(text: str) -> list[PenDigit]:
    """Read UNIPEN text as the data set uses it: `.SEGMENT`, `.COMMENT`, `.PEN_DOWN`, `.PEN_UP`.

    `.COMMENT 8 6 138` gives label, writer and running number; strokes without a point are left
    out, and so are digits without a stroke.
    """
    digits: list[PenDigit] = []
    label = writer = -1
    strokes: list[Stroke] = []
    points: list[tuple[float, float]] | None = None

    def finish() -> None:
        if strokes:
            digits.append(PenDigit(label, writer, tuple(strokes)))

    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            finish()
            strokes, points = [], None
        elif words[0] == ".COMMENT" and len(words) == 4 and words[1].isdigit():
            label, writer = int(words[1]), int(words[2])
        elif words[0] == ".PEN_DOWN":
            points = []
        elif words[0] == ".PEN_UP":
            if points:
                strokes.append(np.array(points, np.float32))
            points = None
        elif points is not None and len(words) == 2:
            points.append((float(words[0]), -float(words[1])))
    finish()
    return digits


def _locate(path: Path | None, name: str, url: str) -> Path:
    if path is not None:
        if not path.is_file():
            raise FileNotFoundError(f"There is no file {path}: give the path of {name}.")
        return path
    for folder in (SHARED, DOWNLOADS):
        if (folder / name).is_file():
            return folder / name
    target = DOWNLOADS / name
    target.parent.mkdir(parents=True, exist_ok=True)
    print(f"Downloading {url}", flush=True)
    partial = target.with_name(f"partial-{name}")
    urllib.request.urlretrieve(url, partial)
    if url.endswith(".zip"):
        with zipfile.ZipFile(partial) as archive:
            member = next(n for n in archive.namelist() if n.startswith(PEN_MEMBER))
            data = archive.read(member)
        if member.endswith(".Z"):  # from Unix's `compress`, which Python can't read and gzip can
            data = subprocess.run(
                ["gzip", "-dc"], input=data, capture_output=True, check=True
            ).stdout
        partial.write_bytes(data)
    _check(partial, name, url)
    partial.replace(target)
    return target


def _check(file: Path, name: str, url: str) -> None:
    """Raise ValueError unless a file that was downloaded is the data set."""
    try:
        if name == MNIST_FILE:
            with np.load(file) as data:
                content = b"".join(data[part].tobytes() for part in _MNIST_PARTS)
            right = hashlib.sha256(content).hexdigest() == _MNIST_SHA256
        else:
            right = len(parse_unipen(file.read_text("ascii"))) == _PEN_DIGITS
    except (ValueError, KeyError, OSError):
        right = False
    if not right:
        file.unlink()
        raise ValueError(
            f"What {url} sent is not {name} as it was published; download it by hand and give its"
            " path."
        )
