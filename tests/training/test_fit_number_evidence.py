"""What makes some digits a number: the fit, and what it learns from."""

import numpy as np
import pytest

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from training import fit_number_evidence
from training.fit_number_evidence import Drawing


def test_the_fit_finds_the_weights_that_drew_the_answers() -> None:
    rng = np.random.default_rng(2)
    evidence = np.concatenate([rng.normal(0, 2, (20_000, 2)), np.ones((20_000, 1))], axis=1)
    weights = np.array([0.8, -0.5, 0.3])
    right = rng.random(20_000) < 1 / (1 + np.exp(-evidence @ weights))
    found = fit_number_evidence.fitted(
        evidence.astype(np.float32), right, np.ones(20_000, np.bool_)
    )
    assert found == pytest.approx(weights, abs=0.08)


def test_what_is_no_number_counts_more() -> None:
    evidence = np.ones((10, 1), np.float32)
    right = np.arange(10) < 5
    equal = fit_number_evidence.fitted(evidence, right, np.ones(10, np.bool_))
    stricter = fit_number_evidence.fitted(evidence, right, right)
    assert equal[0] == pytest.approx(0, abs=1e-3)
    assert stricter[0] == pytest.approx(-np.log(3), abs=1e-3)


def test_a_row_of_digits_gives_evidence_and_a_digit_alone_none() -> None:
    rng = np.random.default_rng(3)
    bar = np.zeros((120, 120), np.uint8)
    bar[20:100, 55:65] = 255
    pair = np.hstack([bar, bar])
    classifier = Classifier(built_in())
    seen = fit_number_evidence.looked_at(classifier, Drawing("number", "11", pair), rng)
    assert seen is not None
    assert seen.right
    assert len(seen.evidence) == 4
    assert fit_number_evidence.looked_at(classifier, Drawing("grid", "", bar), rng) is None
