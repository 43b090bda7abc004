"""Rows as some weeks of use leave them, for pages that show what was collected."""

import asyncio
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from digit_recognizer.feedback.record import Feedback, Label
from digit_recognizer.feedback.request import from_request
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION, preprocess
from digit_recognizer.rows import arrivals
from digit_recognizer.store import opening
from tests.conftest import data_url
from tests.e2e.strokes import DIGITS
from training.drawings.strokes import CANVAS, draw

# Which digits people of this model take care to correct.
MISTAKEN_FOR = {4: 9, 7: 1, 5: 6, 3: 8, 9: 4}


def fill(folder: Path, rows: int, *, days: int = 12, seed: int = 1) -> list[Feedback]:
    """Put rows into a local store, over the last days: most of them right, some corrected."""
    chance = random.Random(seed)
    records = [_record(chance, days) for _ in range(rows)]
    records.sort(key=lambda record: record.id)
    # Playwright keeps an event loop in this thread, so another one needs another thread.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_save(folder, records))).result()
    return records


async def _save(folder: Path, records: list[Feedback]) -> None:
    store = opening.open_store(folder.as_uri())
    for record in records:
        await arrivals.save(store, record)


def _record(chance: random.Random, days: int) -> Feedback:
    digit = chance.choice([0, 1, 1, 2, 3, 3, 4, 5, 6, 7, 7, 7, 8, 9])
    label: Label = "NaN" if chance.random() < 0.06 else digit  # type: ignore[assignment]
    wrong = label == "NaN" or chance.random() < 0.15
    prediction = MISTAKEN_FOR.get(digit, (digit + 5) % 10) if wrong else digit
    source = "corrected" if wrong else chance.choice(["confirmed", "confirmed", "training"])
    # Squares of chance: most of it lately.
    made = datetime.now(UTC) - timedelta(days=days * chance.random() ** 2)
    image = data_url(Image.fromarray(_drawn(chance, digit)))
    body = {
        "image": image,
        "label": label,
        "prediction": prediction,
        "confidence": round(chance.uniform(0.4, 0.75) if wrong else chance.uniform(0.8, 1), 4),
        "source": source,
        "id": _id_at(made, chance),
    }
    record = from_request(body, preprocess(image).tobytes(), PREPROCESSING_VERSION)
    return replace(record, received_at=made.isoformat(timespec="milliseconds"))


def _drawn(chance: random.Random, digit: int) -> np.ndarray:
    """A digit in somebody's hand: slanted, stretched and trembling."""
    slant, stretch = chance.uniform(-0.35, 0.2), chance.uniform(0.75, 1.1)
    phase, tremble = chance.uniform(0, 6), chance.uniform(0, 5)
    strokes = []
    for stroke in DIGITS[digit]:
        x, y = (np.asarray(stroke, np.float32).T - 0.5) * CANVAS
        x = stretch * x - slant * y + tremble * np.sin(y / 25 + phase)
        strokes.append(np.stack([x, y + tremble * np.cos(x / 25)], axis=1).astype(np.float32))
    return draw(strokes, chance.choice([10, 18, 18, 28]))


def _id_at(made: datetime, chance: random.Random) -> str:
    bits = int(made.timestamp() * 1000) << 80 | 0x7 << 76 | chance.getrandbits(12) << 64
    return str(uuid.UUID(int=bits | 0b10 << 62 | chance.getrandbits(62)))
