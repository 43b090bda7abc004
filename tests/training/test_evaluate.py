"""What is judged, and the card that people read."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digit_recognizer.classifier import Classifier
from digit_recognizer.registry import built_in
from training.evaluate import REDRAWN_PENS, REPORT, check_recipe, evaluate_redrawn
from training.report import markdown


def card(**changes: Any) -> dict[str, Any]:
    configuration = {"held_out": [1, 2], "epochs": 3}
    whole = {"configuration": configuration, "preprocessing_version": 3, "figures": {}}
    return {**whole, **changes}


def test_a_second_fold_of_the_same_recipe_is_taken() -> None:
    check_recipe(card(), card(configuration={"held_out": [3, 4], "epochs": 3}))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "holds out writers that the first one holds out"),
        ({"configuration": {"held_out": [3], "epochs": 4}}, "otherwise: epochs differ"),
        (
            {"configuration": {"held_out": [3], "epochs": 3}, "preprocessing_version": 2},
            "otherwise: preprocessing_version differ",
        ),
    ],
)
def test_another_recipe_is_no_second_fold(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_recipe(card(), card(**changes))


def test_a_fold_that_was_not_evaluated_is_refused() -> None:
    other = card(configuration={"held_out": [3], "epochs": 3})
    del other["figures"]
    with pytest.raises(ValueError, match="was not evaluated"):
        check_recipe(card(), other)


def test_the_page_of_the_committed_model_is_made_of_its_card() -> None:
    assert (REPORT / "README.md").read_text("utf-8") == markdown(dict(built_in().card))


def test_mnist_is_judged_with_each_pen(tmp_path: Path) -> None:
    """A one, and a blot that has no line."""
    x = np.zeros((2, 28, 28), np.uint8)
    x[0, 4:24, 13:16] = 255
    x[1, 13:15, 13:15] = 255
    y = np.array([1, 0], np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    results = evaluate_redrawn(Classifier(built_in()), tmp_path / "mnist.npz")
    pens = len(REDRAWN_PENS)
    assert results.labels == [1] * pens + [0] * pens
    assert results.correct[:pens].all()
    widths = [int((pixels[14] > 127).sum()) for pixels in results.pixels[:pens]]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
