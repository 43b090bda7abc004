"""Artefacts of one recipe, each with other writers held out or another seed, pooled for a card."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.datasets.pen_digits import judging_writers
from training.evaluation.answers import MNIST, Answers, load_answers
from training.evaluation.by_writer import figures_by_writer
from training.evaluation.intervals import Interval, bootstrap
from training.network.artefact import read_card

_DIFFER = {"held_out", "seed"}  # settings that may


def pooled(folders: Sequence[Path]) -> dict[str, Any]:
    """What a card says of all of them: `figures`, `intervals`, and a line for each of `artefacts`.

    Where several have the same writers held out, with other seeds, the first one judges these
    writers; MNIST's figure is the median of all.

    Raises:
        ValueError: they are not of the same recipe, or one was not evaluated.
    """
    cards = [read_card(folder) for folder in folders]
    answers = [load_answers(folder) for folder in folders]
    for folder, card in zip(folders[1:], cards[1:], strict=True):
        check_recipe(cards[0], card, folder)
    folds: dict[tuple[int, ...], Mapping[str, Answers]] = {}
    for card, own in zip(cards, answers, strict=True):
        folds.setdefault(judging_writers(card["configuration"]["held_out"]), own)
    writers = [writer for judging in folds for writer in judging]
    if len(set(writers)) < len(writers):
        raise ValueError("Some writers judge in two folds: take artefacts of make train --fold.")
    figures = figures_by_writer(list(folds.values()))
    figures["mnist_accuracy"] = _median([own[MNIST] for own in answers])
    return {
        **on_card(figures),
        "writers": len(writers),
        "artefacts": [_line(card) for card in cards],
    }


def on_card(figures: Mapping[str, Interval]) -> dict[str, dict[str, Any]]:
    """Figures and their intervals as a card holds them: those with a prefix as tables in them."""
    values: dict[str, Any] = {}
    intervals: dict[str, Any] = {}
    for name, (value, low, high) in figures.items():
        table, colon, row = name.partition(": ")
        number, between = round(value, 4), [round(low, 4), round(high, 4)]
        if colon:
            values.setdefault(_TABLES[table], {})[row] = number
            intervals.setdefault(_TABLES[table], {})[row] = between
        else:
            values[name], intervals[name] = number, between
    return {"figures": values, "intervals": intervals}


_TABLES = {
    "loss": "loss_points",
    "style": "styles",
    "no digit": "non_digit_auc_by_kind",
    "scene": "scenes",
    "scene, sure": "scenes_sure",
}


def check_recipe(card: Mapping[str, Any], other: Mapping[str, Any], folder: Path) -> None:
    """Raise ValueError unless two trainings differ in held-out writers and seed only."""
    one, two = (
        {**each["configuration"], **{name: each.get(name) for name in _SAME}}
        for each in (card, other)
    )
    names = (one.keys() | two.keys()) - _DIFFER
    if different := sorted(name for name in names if one.get(name) != two.get(name)):
        raise ValueError(f"{folder} was trained otherwise: {', '.join(different)} differ.")


_SAME = ("preprocessing_version", "commits")


def _median(answers: Sequence[Answers]) -> Interval:
    """The median accuracy of several models on the same pictures, in percent."""
    right = np.concatenate([own.right.mean(axis=1, keepdims=True) for own in answers], axis=1)
    counts = np.concatenate([right, np.ones((len(right), 1))], axis=1)
    return bootstrap(
        counts,
        answers[0].writers,
        lambda sums: 100 * np.median(sums[:, :-1] / sums[:, -1:], axis=1),
    )


def _line(card: Mapping[str, Any]) -> dict[str, Any]:
    figures = card["figures"]
    return {
        "version": card["version"],
        "judging": judging_writers(card["configuration"]["held_out"]),
        "seed": card["configuration"]["seed"],
        "mnist_accuracy": figures["mnist_accuracy"],
        "writers_accuracy": figures["writers_accuracy"],
        "styles_held_out_accuracy": figures["styles_held_out_accuracy"],
        "minutes": figures["training_minutes"] + card["examples_minutes"],
        "cores": card["cores"],
    }
