"""A candidate for the place of the version in service: its files and its card."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.registry import CARD_FILE, LITERT_FILE, Model
from training.artefact import save_artefact, smoke_test
from training.collected import Collected
from training.datasets import Images
from training.evaluate import litert_milliseconds
from training.examples import NOT_A_DIGIT
from training.gate import Figures, Gain, Judges, softmax
from training.parent import Parent

Mask = NDArray[np.bool_]


def save_candidate(
    model: keras.Model,
    parent: Parent,
    collected: Collected,
    believed: Mask,
    before: Figures,
    after: Figures,
    gained: Gain,
    judges: Judges,
    artefact: Path,
) -> dict[str, float]:
    """Write a candidate's artefact.

    Args:
        model: uint8[n, 28, 28] to logits.
        parent: what it goes on from.
        collected: the rows.
        believed: which of them it learned from: bool[n].
        before: the figures of the version in service.
        after: its own.
        gained: on rows that it did not learn from.
        judges: the pictures that judge.
        artefact: the folder to write to.

    Returns:
        What its file costs: `bytes`, `inference_ms` and, of the parent, `inference_ms_before`.
    """
    parents = {
        name: parent.served.card[name]
        for name in ("configuration", "data")
        if name in parent.served.card
    }
    names, counts = np.unique(collected.labels[believed], return_counts=True)
    about = {
        **parents,
        "data": {
            **parents.get("data", {}),
            "feedback": "drawings that people labelled",
            "feedback_rows": int(believed.sum()),
            "feedback_by_label": {
                "NaN" if name == NOT_A_DIGIT else str(name): int(n)
                for name, n in zip(names.tolist(), counts.tolist(), strict=True)
            },
        },
        "parent": parent.entry.version,
        "learned_from": {"rows": collected.rows, "newest_id": collected.newest_id},
        "uncertain_below": after.uncertain_below,
        "smoke_test": _smoke_test(model, judges.mnist),
    }
    save_artefact(model, after.temperature, about, artefact)
    litert = (artefact / LITERT_FILE).read_bytes()
    cost = {
        "bytes": len(litert),
        "inference_ms": litert_milliseconds(litert, judges.mnist.x[:300]),
        "inference_ms_before": litert_milliseconds(_content(parent.served), judges.mnist.x[:300]),
    }
    card = json.loads((artefact / CARD_FILE).read_text("utf-8"))
    card["figures"] = {
        **after.on_card(),
        "feedback_rows": gained.rows,
        "feedback_accuracy_before": gained.before,
        "feedback_accuracy": gained.after,
        "bytes": cost["bytes"],
        "inference_ms": cost["inference_ms"],
    }
    (artefact / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    return cost


def _smoke_test(model: keras.Model, mnist: Images) -> list[dict[str, Any]]:
    pixels, labels = mnist.x[:1000], mnist.y[:1000]
    logits = model.predict(pixels, batch_size=1000, verbose=0)
    return smoke_test(pixels, labels, softmax(logits))


def _content(model: Model) -> bytes:
    return model.litert if isinstance(model.litert, bytes) else model.litert.read_bytes()
