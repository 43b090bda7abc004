"""The card that people read."""

from typing import Any

from digit_recognizer.recognition.model import built_in
from training.evaluation import model_card
from training.evaluation.model_card import FIGURES, markdown
from training.evaluation.renditions import HANDS, PICTURES, SIDES
from training.folders import MODEL_DOCS


def card(**changes: Any) -> dict[str, Any]:
    figures = {row.figure: 0.5 for row in FIGURES}
    whole = {
        "version": "v",
        "architecture": "residual",
        "parameters": 7,
        "created": "today",
        "preprocessing_version": 3,
        "temperature": 0.5,
        "uncertain_below": 0.7,
        "configuration": {"held_out": [1, 2, 3], "seed": 4},
        "recipe": [{"setting": "batch", "value": 128, "unit": "pictures", "reason": "it fits"}],
        "commits": ["0123456789abcdef0123456789abcdef01234567-changed"],
        "data": {"sha256": {"mnist.npz": "feed"}},
        "cores": 2,
        "examples_minutes": 6,
        "figures": {**figures, "bytes": 700_000, "training_minutes": 50, "writers_worst_cell": "-"},
        "intervals": {row.figure: [0.25, 0.75] for row in FIGURES},
    }
    return {**whole, **changes}


def test_a_figure_without_an_interval_is_not_shown() -> None:
    whole = card()
    assert "| ≥ 99.6 % | 0.50 % (0.25 … 0.75) |" in markdown(whole)
    del whole["intervals"]["writers_accuracy"]
    assert "≥ 99.6 %" not in markdown(whole)


def test_the_card_names_commit_seed_data_and_minutes_and_gives_reasons() -> None:
    page = markdown(card())
    assert "commit 0123456789ab-changed with seed 4, in 50 minutes" in page.replace("\n", " ")
    assert "`mnist.npz`: SHA-256 `feed`" in page
    assert "| batch | 128 | pictures | it fits |" in page


def test_the_folds_come_before_the_artefact() -> None:
    own = card()
    line = {"version": "w", "judging": [2, 3], "seed": 1, "minutes": 56, "cores": 2}
    line |= dict.fromkeys(("mnist_accuracy", "writers_accuracy", "styles_held_out_accuracy"), 99.5)
    folds = {
        "figures": {"writers_accuracy": 99.0},
        "intervals": {"writers_accuracy": [98.5, 99.5]},
        "writers": 30,
        "artefacts": [line],
    }
    page = markdown({**own, "folds": folds})
    assert "| what | to reach | all folds | this artefact |" in page
    assert "| ≥ 99.6 % | 99.00 % (98.50 … 99.50) | 0.50 % (0.25 … 0.75) |" in page
    assert "| w | 2, 3 | 1 | 99.50 % | 99.50 % | 99.50 % | 56 (2) |" in page


def test_every_form_of_a_drawing_has_a_limit() -> None:
    assert set(model_card.LOSSES_TO_REACH) == {*PICTURES, *SIDES, *HANDS}


def test_the_page_of_the_committed_model_is_made_of_its_card() -> None:
    assert (MODEL_DOCS / "README.md").read_text("utf-8") == markdown(dict(built_in().card))
