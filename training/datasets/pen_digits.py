"""The pen strokes of 30 writers, who are held out whole: UCI data set 81 (Alpaydin, Alimoglu)."""

import subprocess
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.files import Source, located

_MEMBER = "pendigits-orig.tra"
_DIGITS = 7494

Stroke = NDArray[np.floating[Any]]
"""floating[n, 2]: the x and y of the pen, y pointing down."""

_JUDGES = tuple(tuple(range(first, 31, 5)) for first in range(1, 6))

WRITER_FOLDS: tuple[tuple[int, ...], ...] = tuple(
    (*_JUDGES[(fold + 1) % 5][:3], *_JUDGES[fold]) for fold in range(5)
)
"""Five sets of nine writers (of 30), each held out whole from a training of its own.

The first three of a fold are its inner split, on which everything is chosen: they calibrate. The
six others judge, and each writer judges in one fold.
"""


COMMITTED_HELD_OUT = (1, 5, 9, 13, 17, 21, 25, 29)
"""The writers whom no network of the package has seen: two calibrate, the six others judge all."""


@dataclass(frozen=True)
class PenDigit:
    """One digit as the pen wrote it."""

    label: int
    writer: int
    strokes: tuple[Stroke, ...]


def load_pen_digits(path: Path | None = None) -> list[PenDigit]:
    """The 7,494 training digits of UCI data set 81 (Alpaydin, Alimoglu 1996), as pen strokes.

    Raises:
        FileNotFoundError: `path` is given and there is no such file.
    """
    return parse_unipen(located(PEN_DIGITS, path).read_text("ascii"))


def by_writer(digits: Sequence[PenDigit]) -> dict[int, list[PenDigit]]:
    """The digits of each writer, in their order."""
    writers: dict[int, list[PenDigit]] = {}
    for digit in digits:
        writers.setdefault(digit.writer, []).append(digit)
    return writers


def split_writers(
    digits: Sequence[PenDigit], held_out: Collection[int]
) -> tuple[list[PenDigit], list[PenDigit]]:
    """The digits of all other writers, and those of the writers held out."""
    return (
        [digit for digit in digits if digit.writer not in held_out],
        [digit for digit in digits if digit.writer in held_out],
    )


def calibration_writers(held_out: Sequence[int]) -> tuple[int, ...]:
    """The held-out writers that all is chosen on: the first third; the others judge.

    Raises:
        ValueError: fewer than two writers are held out.
    """
    if len(held_out) < 2:
        raise ValueError("Hold out at least two writers: some calibrate, the others judge.")
    return tuple(held_out[: max(1, len(held_out) // 3)])


def judging_writers(held_out: Sequence[int]) -> tuple[int, ...]:
    """The held-out writers that are not the calibration writers."""
    return tuple(held_out[len(calibration_writers(held_out)) :])


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


def _unpacked(archive_file: Path) -> bytes:
    with zipfile.ZipFile(archive_file) as archive:
        member = next(name for name in archive.namelist() if name.startswith(_MEMBER))
        data = archive.read(member)
    if member.endswith(".Z"):  # from Unix's `compress`, which Python can't read and gzip can
        return subprocess.run(["gzip", "-dc"], input=data, capture_output=True, check=True).stdout
    return data


def _is_whole(file: Path) -> bool:
    return len(parse_unipen(file.read_text("ascii"))) == _DIGITS


PEN_DIGITS = Source(
    name="pendigits-train.unp",
    url="https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip",
    is_whole=_is_whole,
    unpacked=_unpacked,
)
