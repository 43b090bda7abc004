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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.drawn import Drawn, contributor_of
from digit_recognizer.feedback.request import from_request
from digit_recognizer.models import promotion_log, versions
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import Model, built_in
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION, normalise
from digit_recognizer.rows import arrivals
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from training.datasets.pen_digits import PenDigit
from training.drawings.strokes import draw, scaled
from training.drawings.styles import STYLES, written
from training.evaluation.renditions import data_url


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
    served: Model


def in_style(name: str, digits: Sequence[PenDigit], n: int, seed: int) -> list[Drawn]:
    """`n` drawings in a style (see `drawings.styles`), by turns of all writers of `digits`."""
    rng = np.random.default_rng(seed)
    made = written(STYLES[name], digits, n, rng)
    return [
        Drawn(
            draw(scaled(strokes, 170), rng.uniform(6, 22)),
            STYLES[name].digit,
            contributor_of(writer, k),
        )
        for k, (writer, strokes) in enumerate(made)
    ]


def retrained(drawings: Sequence[Drawn]) -> Retrained:
    """Save drawings to a new store, as `POST /save_feedback` does, and run `make retrain` on it."""
    (night,) = nights([drawings])
    return night


def nights(drawings: Sequence[Sequence[Drawn]]) -> list[Retrained]:
    """What came of `make retrain` after each day's drawings, on one store."""
    with tempfile.TemporaryDirectory() as folder:
        url = Path(folder).as_uri()
        done = []
        for of_a_day in drawings:
            asyncio.run(save(open_store(url), of_a_day))
            done.append(one_night(url))
        return done


def one_night(url: str) -> Retrained:
    """What came of `make retrain` on the store of an address."""
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


def right(model: Model, drawings: Sequence[Drawn]) -> float:
    """The share of drawings that a model names as labelled, in percent."""
    return 100 * (1 - len(misread(model, drawings)) / len(drawings))


def misread(model: Model, drawings: Sequence[Drawn]) -> list[Drawn]:
    """The drawings that a model does not name as labelled."""
    classifier = Classifier(model)
    return [
        each for each in drawings if classifier.predict(normalise(each.canvas)).digit != each.label
    ]


def figures_of(model: Model) -> str:
    """What the card of a model says of MNIST and of unseen writers."""
    figures: Mapping[str, Any] = model.card["figures"]
    return "; ".join(
        [
            f"MNIST {figures['mnist_accuracy']:.2f} %",
            f"writers {figures['writers_accuracy']:.2f} %",
            f"worst cell {figures['writers_worst_cell_accuracy']:.2f} %",
        ]
    )


async def save(store: Store, drawings: Sequence[Drawn]) -> list[str]:
    """Save drawings as `POST /save_feedback` does, each on its own day; returns their ids."""
    ids = []
    for drawn in drawings:
        body = {
            "image": data_url(Image.fromarray(drawn.canvas)),
            "label": drawn.label,
            "contributor": drawn.contributor,
        }
        pixels = normalise(drawn.canvas).tobytes()
        record = from_request(body, pixels, PREPROCESSING_VERSION)
        arrived = datetime.fromisoformat(record.received_at) + timedelta(days=drawn.day)
        moved = replace(record, received_at=arrived.isoformat(timespec="milliseconds"))
        await arrivals.save(store, moved)
        ids.append(moved.id)
    return ids


async def _in_service(store: Store) -> Model:
    entry = await promotion_log.current(store)
    if entry.built_in:
        return built_in()
    return await versions.load(store, entry.version, entry.sha256)
