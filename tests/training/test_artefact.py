"""What a training leaves behind."""

import base64
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from digit_recognizer.classifier import Classifier
from digit_recognizer.registry import (
    ARTEFACTS,
    CARD_FILE,
    KERAS_FILE,
    LITERT_FILE,
    Model,
    built_in,
    sha256_of,
)
from training.architectures import lenet
from training.artefact import save_artefact, smoke_test
from training.calibration import expected_calibration_error, fit_temperature, roc_auc


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
    save_artefact(logits_model, 2.0, {"configuration": {"seed": 4}}, tmp_path)
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


def test_the_fitted_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 2, (4000, 10))
    chances = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    y = np.array([rng.choice(10, p=row) for row in chances], np.uint8)
    assert abs(fit_temperature((truth * 2).astype(np.float32), y) - 2) < 0.15


def test_calibration_error_is_the_distance_of_confidence_and_accuracy() -> None:
    confidence = np.array([0.9] * 10 + [0.55] * 10, np.float32)
    correct = np.array([True] * 9 + [False] + [True] * 5 + [False] * 5)
    assert abs(expected_calibration_error(confidence, correct) - 0.025) < 1e-6


def test_roc_auc_counts_pairs_in_the_right_order() -> None:
    high, low = np.array([0.9, 0.8, 0.8], np.float32), np.array([0.1, 0.8], np.float32)
    assert abs(roc_auc(high, low) - 5 / 6) < 1e-9
