"""A case of the learning loop: rows in a store of its own, a retraining, and what is served then.

The rows are drawn by held-out writers, and judged on drawings of *other* held-out writers.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digit_recognizer import feedback_rows, promotion_log, registry
from digit_recognizer.classifier import Classifier
from digit_recognizer.feedback import Feedback
from digit_recognizer.pictures import png_data_url
from digit_recognizer.preprocessing import PREPROCESSING_VERSION, normalise
from digit_recognizer.storage import Store, open_store
from training.datasets import PenDigit, load_pen_digits, split_writers
from training.grid import CELLS, drawing
from training.strokes import draw, scaled
from training.styles import STYLES, written

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Drawn:
    """A drawing with its label and who gave it."""

    canvas: Grey
    label: int
    contributor: str


@dataclass(frozen=True)
class Retrained:
    """What came of a retraining.

    Attributes:
        outcome: "promoted", "refused" or "nothing to learn".
        seconds: that it took.
        megabytes: of memory, at most.
        served: the version in service afterwards.
    """

    outcome: str
    seconds: float
    megabytes: float
    served: registry.Model


@lru_cache(maxsize=1)
def held_out_digits() -> tuple[list[PenDigit], list[PenDigit]]:
    """Digits of the writers who give feedback, and of those who judge: no training has seen either.

    Of both halves (calibration and judging writers) every second one gives.
    """
    held_out = registry.built_in().card["configuration"]["held_out"]
    _, unseen = split_writers(load_pen_digits(), held_out)
    giving = [digit for digit in unseen if digit.writer in held_out[::2]]
    return giving, [digit for digit in unseen if digit.writer in held_out[1::2]]


def in_style(name: str, digits: Sequence[PenDigit], n: int, seed: int) -> list[Drawn]:
    """`n` drawings in a style (see `training.styles`), by turns of all writers of `digits`."""
    rng = np.random.default_rng(seed)
    made = written(name, digits, n, rng)
    return [
        Drawn(draw(scaled(strokes, 170), rng.uniform(6, 22)), STYLES[name][0], _name(writer))
        for writer, strokes in made
    ]


def plain(digits: Sequence[PenDigit], n: int, rng: Generator) -> list[Drawn]:
    """`n` drawings as these writers draw, in any cell of the grid."""
    chosen = [digits[int(k)] for k in rng.integers(len(digits), size=n)]
    return [
        Drawn(
            drawing(digit.strokes, CELLS[int(rng.integers(len(CELLS)))], rng),
            digit.label,
            _name(digit.writer),
        )
        for digit in chosen
    ]


def retrained(drawings: Sequence[Drawn]) -> Retrained:
    """Save drawings to a new store, as `POST /save_feedback` does, and run `make retrain` on it."""
    with tempfile.TemporaryDirectory() as folder:
        url = Path(folder).as_uri()
        asyncio.run(_save(open_store(url), drawings))
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "training.retrain"],
            env={**os.environ, "DATA_STORE": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        outcomes = {0: "promoted", 2: "nothing to learn", 3: "refused"}
        if process.returncode not in outcomes:
            raise RuntimeError(said)
        return Retrained(
            outcomes[process.returncode],
            time.monotonic() - began,
            usage.ru_maxrss / 1000,
            asyncio.run(_in_service(open_store(url))),
        )


def right(model: registry.Model, drawings: Sequence[Drawn]) -> float:
    """The share of drawings that a model names as labelled, in percent."""
    return 100 * (1 - len(misread(model, drawings)) / len(drawings))


def misread(model: registry.Model, drawings: Sequence[Drawn]) -> list[Drawn]:
    """The drawings that a model does not name as labelled."""
    classifier = Classifier(model)
    return [
        each for each in drawings if classifier.predict(normalise(each.canvas)).digit != each.label
    ]


def figures_of(model: registry.Model) -> str:
    """What the card of a model says of MNIST and of unseen writers."""
    figures: Mapping[str, Any] = model.card["figures"]
    return "; ".join(
        [
            f"MNIST {figures['mnist_accuracy']:.2f} %",
            f"writers {figures['writers_accuracy']:.2f} %",
            f"worst cell {figures['writers_worst_cell_accuracy']:.2f} %",
        ]
    )


def _name(writer: int) -> str:
    return f"writer-{writer:016}"


async def _save(store: Store, drawings: Sequence[Drawn]) -> None:
    for drawn in drawings:
        body = {
            "image": png_data_url(drawn.canvas),
            "label": drawn.label,
            "contributor": drawn.contributor,
        }
        pixels = normalise(drawn.canvas).tobytes()
        await feedback_rows.save(store, Feedback.from_request(body, pixels, PREPROCESSING_VERSION))


async def _in_service(store: Store) -> registry.Model:
    entry = await promotion_log.current(store)
    if entry.built_in:
        return registry.built_in()
    return await registry.load(store, entry.version, entry.sha256)
