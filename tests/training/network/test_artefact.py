"""What a training leaves behind."""

import base64
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import (
    ARTEFACTS,
    CARD_FILE,
    KERAS_FILE,
    LITERT_FILE,
    Model,
    built_in,
    sha256_of,
)
from training.network.architectures import lenet
from training.network.artefact import save_network, smoke_test, write_card


def pictures(n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Blobs from faint to full, so that all parts of the network are used."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (n, 7, 7)) * (rng.random((n, 7, 7)) < 0.4)
    return np.kron(coarse, np.ones((4, 4))).astype(np.uint8)


def test_the_committed_keras_and_litert_files_agree_on_every_class() -> None:
    model = keras.models.load_model(ARTEFACTS / KERAS_FILE)
    classifier = Classifier(built_in())
    drawn = pictures(200)
    by_litert = np.stack([classifier.probabilities(pixels) for pixels in drawn])
    assert np.abs(model.predict(drawn, verbose=0) - by_litert).max() < 1e-4


def test_the_committed_litert_file_is_at_most_a_megabyte() -> None:
    assert (ARTEFACTS / LITERT_FILE).stat().st_size <= 1_000_000


def test_a_saved_artefact_serves_with_its_temperature_inside(tmp_path: Path) -> None:
    logits_model = lenet()
    facts = save_network(logits_model, 2.0, tmp_path)
    write_card(tmp_path, {**facts, "configuration": {"seed": 4}})
    classifier = Classifier(Model.from_files(tmp_path / LITERT_FILE, tmp_path / CARD_FILE))
    pixels = pictures(1)
    logits = logits_model.predict(pixels, verbose=0)[0] / 2
    expected = np.exp(logits) / np.exp(logits).sum()
    assert np.abs(classifier.probabilities(pixels[0]) - expected).max() < 1e-4
    card = json.loads((tmp_path / CARD_FILE).read_text("utf-8"))
    assert card["version"] == classifier.version
    assert card["configuration"] == {"seed": 4}
    assert card["sha256"] == sha256_of((tmp_path / LITERT_FILE).read_bytes())


def test_the_smoke_test_is_of_each_digit_the_picture_that_is_surest() -> None:
    labels = np.repeat(np.arange(10), 2)
    drawn = np.arange(20, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    probabilities = np.full((20, 10), 0.05, np.float32)
    probabilities[np.arange(20), labels] = np.where(np.arange(20) % 2, 0.9, 0.6)
    cases = smoke_test(drawn, labels, probabilities)
    first = [base64.b64decode(case["pixels"])[0] for case in cases]
    assert [case["digit"] for case in cases] == list(range(10))
    assert first == list(range(1, 20, 2))
