"""Answers kept beside artefacts, and figures of several folds pooled."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.drawings.grid import CELLS
from training.drawings.non_digits import EVALUATION_KINDS
from training.drawings.styles import HELD_OUT_STYLES, TRAINING_STYLES
from training.evaluation.answers import answers_of, load_answers, save_answers
from training.evaluation.by_writer import FORMS, figures_by_writer
from training.evaluation.folds import on_card, pooled
from training.evaluation.intervals import Interval
from training.evaluation.judging import REDRAWN_PENS, Judgement, Results
from training.evaluation.strange import Styled
from training.network.artefact import write_card

PIXELS = np.zeros((28, 28), np.uint8)


def results(labels: list[int], right: list[bool], confidence: float = 0.95) -> Results:
    """Answers with a confidence; a wrong one names the next digit."""
    made = Results()
    for label, is_right in zip(labels, right, strict=True):
        probabilities = np.full(10, (1 - confidence) / 9, np.float32)
        probabilities[label if is_right else (label + 1) % 10] = confidence
        made.add(label, PIXELS, probabilities)
    return made


def judgement(wrong: int) -> Judgement:
    """Two digits of each of three writers, of whom the first calibrates.

    So many of MNIST's pictures are wrong, and in the first cell what the last writer wrote.
    """
    labels = [3, 8] * 3
    fine = [True] * 6
    return Judgement(
        mnist=results([5] * 20, [k >= wrong for k in range(20)]),
        redrawn=results([5] * 20 * len(REDRAWN_PENS), [True] * 20 * len(REDRAWN_PENS)),
        grid={
            cell: results(labels, [True] * 4 + [False] * 2 if cell == CELLS[0] else fine)
            for cell in CELLS
        },
        calibration=np.array([True] * 2 + [False] * 4),
        renditions={name: results(labels[2:] * 2, fine[2:] * 2) for name in ("plain", *FORMS)},
        non_digits={kind: np.array([0.2, 0.99], np.float32) for kind in EVALUATION_KINDS},
    )


def artefact(folder: Path, held_out: tuple[int, int, int], wrong: int = 0, **settings: Any) -> Path:
    """An artefact that was evaluated."""
    folder.mkdir()
    judging = held_out[1:]
    styled = {
        style.name: Styled(list(judging) * 2, results([style.digit] * 4, [True] * 4, 0.6))
        for style in (*TRAINING_STYLES, *HELD_OUT_STYLES)
    }
    writers = np.repeat(held_out, 2)
    answers = answers_of(judgement(wrong), styled, writers, uncertain_below=0.7)
    save_answers(folder, answers)
    figures = on_card(figures_by_writer([answers]))
    write_card(
        folder,
        {
            "version": folder.name,
            "configuration": {"held_out": held_out, "seed": 1, "batch": 128, **settings},
            "preprocessing_version": 3,
            "cores": 2,
            "examples_minutes": 6,
            **figures,
            "figures": {**figures["figures"], "training_minutes": 50},
        },
    )
    return folder


def test_answers_are_read_as_they_were_written(tmp_path: Path) -> None:
    answers = load_answers(artefact(tmp_path / "one", (1, 2, 3)))
    grid = answers["grid"]
    assert grid.writers.tolist() == [2, 2, 3, 3]  # nobody who calibrates
    assert grid.answers.shape == grid.confidence.shape == (4, len(CELLS))
    assert grid.right.sum() == 4 * len(CELLS) - 2
    assert grid.right[2:, 0].tolist() == [False, False]
    assert answers["MNIST redrawn"].answers.shape == (20, len(REDRAWN_PENS))
    assert answers["plain"].writers.tolist() == [2, 2, 3, 3] * 2


def test_writers_of_all_folds_are_pooled_and_mnist_is_the_median(tmp_path: Path) -> None:
    folds = [
        artefact(tmp_path / "one", (1, 2, 3), wrong=1),
        artefact(tmp_path / "two", (2, 4, 5), wrong=2, seed=2),
        artefact(tmp_path / "again", (1, 2, 3), wrong=4, seed=3),
    ]
    told = pooled(folds)
    assert told["writers"] == 4
    figures, intervals = told["figures"], told["intervals"]
    assert figures["mnist_accuracy"] == 90
    assert figures["writers_worst_cell_accuracy"] == 50
    assert figures["writers_accuracy"] == pytest.approx(100 - 50 / len(CELLS), abs=1e-3)
    assert figures["writers_worst_accuracy"] == pytest.approx(100 - 100 / len(CELLS), abs=1e-3)
    assert figures["wrong_and_sure"] == 100  # four mistakes on the grid, each at 0.95
    assert figures["unsure_of_non_digits"] == 50
    assert figures["non_digit_auc_by_kind"]["letters"] == 0.5
    assert figures["loss_points"]["shaky hand"] == 0
    assert figures["styles"]["nines like a g"] == 100
    assert figures["styles_held_out_calibration_error"] == pytest.approx(0.4)
    low, high = intervals["writers_accuracy"]
    assert low < figures["writers_accuracy"] < high
    assert [line["seed"] for line in told["artefacts"]] == [1, 2, 3]
    assert told["artefacts"][1]["judging"] == (4, 5)


def test_every_figure_has_an_interval_and_every_interval_a_figure(tmp_path: Path) -> None:
    told = pooled([artefact(tmp_path / "one", (1, 2, 3))])

    def shape(of: Any) -> Any:
        return {name: shape(own) for name, own in of.items()} if isinstance(of, dict) else None

    assert shape(told["figures"]) == shape(told["intervals"])


def test_another_recipe_or_a_writer_who_judges_twice_is_refused(tmp_path: Path) -> None:
    one = artefact(tmp_path / "one", (1, 2, 3))
    with pytest.raises(ValueError, match="other was trained otherwise: batch differ"):
        pooled([one, artefact(tmp_path / "other", (1, 4, 5), batch=64)])
    with pytest.raises(ValueError, match="Some writers judge in two folds"):
        pooled([one, artefact(tmp_path / "twice", (1, 3, 5))])


def test_an_artefact_that_was_not_evaluated_is_named(tmp_path: Path) -> None:
    one = artefact(tmp_path / "one", (1, 2, 3))
    (one / "answers.npz").unlink()
    with pytest.raises(ValueError, match="one was not evaluated: make evaluate"):
        pooled([one])


def test_what_was_not_asked_for_has_no_figures() -> None:
    """As on the inner split: no MNIST, no held-out styles, nothing that is no digit."""
    some = replace(judgement(0), mnist=Results(), redrawn=Results(), non_digits={})
    styled = {
        style.name: Styled([2, 3], results([style.digit] * 2, [True] * 2))
        for style in TRAINING_STYLES
    }
    figures = figures_by_writer([answers_of(some, styled, np.repeat([1, 2, 3], 2), 0.7)])
    assert figures["styles_trained_accuracy"].value == 100
    assert figures["wrong_and_sure"].value == 100
    assert not [
        name for name in figures if name.startswith(("mnist", "styles_held", "non_digit", "no d"))
    ]


def test_figures_with_a_prefix_are_tables_on_the_card() -> None:
    told = on_card({"a": Interval(1, 0.5, 2), "style: b: c": Interval(3, 2, 4)})
    assert told["figures"] == {"a": 1, "styles": {"b: c": 3}}
    assert told["intervals"] == {"a": [0.5, 2], "styles": {"b: c": [2, 4]}}
