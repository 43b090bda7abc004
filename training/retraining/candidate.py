"""A candidate for the place of the version in service: its files and its card."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask
from digit_recognizer.recognition.model import LITERT_FILE, Model
from training.datasets.mnist import NOT_A_DIGIT, Images
from training.evaluation.speed import litert_milliseconds
from training.network.artefact import save_network, smoke_test, write_card
from training.network.batches import in_batches
from training.network.calibration import softmax
from training.retraining.anchor import Anchor
from training.retraining.collected import Collected
from training.retraining.gain import Gain
from training.retraining.judges import Judged, Judges
from training.retraining.parent import LEARNED_FILE, learned_rows


@dataclass(frozen=True)
class Attempt:
    """A version whose weights lie some of the way towards the fine-tuned ones.

    Attributes:
        strength: how far they lie that way.
        model: uint8[n, 28, 28] to logits float32[n, 10].
        judged: what the judges say of it.
        right: which rows are named as labelled by models that went as far and did not learn from
            them: bool[n].
        gain: what these rows say of it.
        artefact: the folder of its files.
        objections: why the gate does not let it pass; none before it was asked.
    """

    strength: float
    model: keras.Model
    judged: Judged
    right: Mask
    gain: Gain
    artefact: Path
    objections: tuple[str, ...] = ()


def save_candidate(
    attempt: Attempt, anchor: Anchor, collected: Collected, believed: Mask, judges: Judges
) -> dict[str, float]:
    """Write an attempt's files and its card.

    Args:
        attempt: what is written, and where.
        anchor: what it began from.
        collected: the rows.
        believed: which of them it learned from: bool[n].
        judges: the pictures that judge.

    Returns:
        What its file costs (see `cost_of`).
    """
    network = save_network(attempt.model, attempt.judged.figures.temperature, attempt.artefact)
    litert = (attempt.artefact / LITERT_FILE).read_bytes()
    cost = cost_of(litert, anchor.served, judges.mnist.x[:300])
    facts = card_facts(anchor, collected, believed)
    facts["smoke_test"] = _smoke_test(attempt.model, judges.mnist)
    ids = [collected.ids[k] for k in np.flatnonzero(believed)]
    (attempt.artefact / LEARNED_FILE).write_bytes(learned_rows(ids))
    write_card(attempt.artefact, {**network, **facts, "figures": card_figures(attempt, cost)})
    return cost


def card_facts(anchor: Anchor, collected: Collected, believed: Mask) -> dict[str, Any]:
    """What the card says of where a version comes from, and from where on it is sure."""
    inherited = {
        name: anchor.served.card[name]
        for name in ("configuration", "data")
        if name in anchor.served.card
    }
    labels, counts = np.unique(collected.labels[believed], return_counts=True)
    return {
        **inherited,
        "data": {
            **inherited.get("data", {}),
            "feedback": "drawings that people labelled",
            "feedback_rows": int(believed.sum()),
            "feedback_by_label": {
                "NaN" if label == NOT_A_DIGIT else str(label): int(n)
                for label, n in zip(labels.tolist(), counts.tolist(), strict=True)
            },
        },
        "parent": anchor.served.version,
        "learned_from": {"rows": collected.rows},
        "uncertain_below": anchor.sure_from,
    }


def card_figures(attempt: Attempt, cost: dict[str, float]) -> dict[str, float]:
    """The figures on the card: what it does as before, what it gained, and what its file costs."""
    return {
        **attempt.judged.figures.on_card(),
        "feedback_rows": attempt.gain.rows,
        "feedback_accuracy_before": attempt.gain.before,
        "feedback_accuracy": attempt.gain.after,
        "bytes": cost["bytes"],
        "inference_ms": cost["inference_ms"],
    }


def cost_of(litert: bytes, served: Model, pixels: NDArray[np.uint8]) -> dict[str, float]:
    """What a file costs: `bytes`, `inference_ms`, and `inference_ms_before` of the anchor.

    Args:
        litert: the file.
        served: the anchor.
        pixels: what is inferred, uint8[n, 28, 28].
    """
    before = served.litert if isinstance(served.litert, bytes) else served.litert.read_bytes()
    return {
        "bytes": len(litert),
        "inference_ms": litert_milliseconds(litert, pixels),
        "inference_ms_before": litert_milliseconds(before, pixels),
    }


def _smoke_test(model: keras.Model, mnist: Images) -> list[dict[str, Any]]:
    pixels, labels = mnist.x[:1000], mnist.y[:1000]
    logits = model.predict(in_batches(1000, pixels), verbose=0)
    return smoke_test(pixels, labels, softmax(logits))
