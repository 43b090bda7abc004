"""What is not fit to answer is told apart from what is."""

from typing import Any

import numpy as np
import pytest

from digit_recognizer.errors import UnfitModel
from digit_recognizer.models import fitness
from digit_recognizer.recognition.model import Model, built_in
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION
from tests import tiny_models

PICTURES = [np.full((28, 28), level, np.uint8) for level in (0, 100, 255)]


def model(content: bytes | None = None, **on_card: Any) -> Model:
    content = tiny_models.litert() if content is None else content
    card = {
        "version": "v1",
        "created": "2026-11-23T12:00:00+00:00",
        "data": {},
        "figures": {},
        "uncertain_below": 0.5,
        "preprocessing_version": PREPROCESSING_VERSION,
        **on_card,
    }
    return Model(content, {name: value for name, value in card.items() if value is not None})


def test_a_model_that_passes_its_smoke_test_answers() -> None:
    cases = fitness.smoke_test((picture, 3) for picture in PICTURES)

    classifier = fitness.accept(model(smoke_test=cases))

    assert classifier.predict(PICTURES[1]).digit == 3
    assert classifier.version == "v1"


def test_a_smoke_test_keeps_its_pictures() -> None:
    picture = np.arange(784, dtype=np.uint32).reshape(28, 28).astype(np.uint8)

    ((pixels, digit),) = map(fitness._case, fitness.smoke_test([(picture, 8)]))

    assert np.array_equal(pixels, picture)
    assert digit == 8


def test_a_model_that_fails_its_smoke_test_is_refused() -> None:
    cases = fitness.smoke_test([(PICTURES[0], 3), (PICTURES[1], 4), (PICTURES[2], 5)])

    with pytest.raises(UnfitModel, match="names 2 of 3 pictures wrongly"):
        fitness.accept(model(smoke_test=cases))


@pytest.mark.parametrize(
    "case", [{"digit": 3}, {"pixels": "AAAA", "digit": 3}, {"pixels": 5, "digit": 3}, "case", None]
)
def test_a_smoke_test_that_is_none_is_refused(case: object) -> None:
    with pytest.raises(UnfitModel, match="a picture of its smoke test is not one"):
        fitness.accept(model(smoke_test=[case]))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ({"side": 32}, "uint8"),
        ({"classes": 11}, "float32"),
        ({"takes": "float32"}, "uint8"),
        ({"softmax": False}, "don't sum to 1"),
        ({"bias": float("nan")}, "not finite"),
    ],
)
def test_a_file_of_another_shape_or_without_probabilities_is_refused(
    kind: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UnfitModel, match=sentence):
        fitness.accept(model(tiny_models.litert(**kind)))


@pytest.mark.parametrize("damage", [lambda c: b"", lambda c: b"PNG", lambda c: c[: len(c) // 2]])
def test_a_file_that_is_damaged_is_refused(damage: Any) -> None:
    with pytest.raises(UnfitModel, match="can't be used"):
        fitness.accept(model(damage(tiny_models.litert())))


@pytest.mark.parametrize(
    ("on_card", "sentence"),
    [
        ({"preprocessing_version": 999}, "of preprocessing version 999; this code makes"),
        ({"preprocessing_version": None}, "of preprocessing version None"),
        ({"figures": None, "created": None}, "lacks created, figures"),
        ({"uncertain_below": None}, "lacks uncertain_below"),
        ({"uncertain_below": "often"}, "can't be used"),
        ({"smoke_test": 7}, "can't be used"),
    ],
)
def test_a_card_that_lacks_something_is_refused(on_card: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnfitModel, match=sentence):
        fitness.accept(model(**on_card))


def test_the_model_of_the_package_is_fit() -> None:
    assert fitness.accept(built_in()).version == built_in().version
