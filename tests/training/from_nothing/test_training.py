"""A training from its start to its end, on a few digits."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.datasets.mnist import Images
from training.drawings import examples, rendering
from training.from_nothing import run as runs
from training.from_nothing import shown, training
from training.from_nothing.configuration import Configuration, Phase
from training.train import training_facts

TINY = Configuration(
    architecture="dense",
    held_out=(1, 2),
    phases=(
        Phase("learning", 2, 2e-3, {"warped": 2, "pen": 2, "non_digits": 1}),
        Phase("settling", 1, 5e-4, {"plain": 1, "redrawn": 1, "pen": 2, "non_digits": 1}),
    ),
    warped_variants=2,
    redrawn_variants=2,
    pen_variants=4,
    non_digits_a_writer=4,
    non_digit_variants=2,
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Files of bars, upright (1) and level (7), by three writers; caches and runs of their own."""
    monkeypatch.setattr(rendering, "CACHE", tmp_path / "examples")
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 12:16] = 255
    y = np.array([1, 7] * 20, np.uint8)
    x = np.stack([upright if label == 1 else upright.T for label in y])
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    lines = {1: "0 0\n2 40\n0 80", 7: "0 0\n40 2\n80 0"}
    segments = [
        f".SEGMENT DIGIT ?\n.COMMENT {label} {writer} 0\n.PEN_DOWN\n{lines[label]}\n.PEN_UP\n"
        for writer in (1, 2, 3)
        for label in (1, 7) * 3
    ]
    (tmp_path / "pen.unp").write_text("".join(segments), "ascii")
    return tmp_path / "mnist.npz", tmp_path / "pen.unp"


class Killed(Exception):
    pass


def test_a_killed_training_goes_on_to_the_same_weights(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path / "whole")
    whole, run = training.train(TINY, *data)
    log = (run / runs.LOG).read_text().splitlines()
    assert len(log) == 1 + 3
    facts = json.loads(json.dumps(training_facts(TINY, [], run, {"mnist.npz": "feed"})))
    (commit,) = facts["commits"]
    assert re.fullmatch(r"[0-9a-f]{40}(-changed)?|unknown", commit)
    assert facts["data"]["sha256"] == {"mnist.npz": "feed"}
    assert {
        name: row[name]
        for row in facts["recipe"]
        for name in ("setting", "value")
        if row["setting"] == "seed"
    } == {"setting": "seed", "value": 1}

    monkeypatch.setattr(runs, "RUNS", tmp_path / "killed")
    save = runs.save_checkpoint

    def killed_before_the_second(model: object, run: Path, done: int) -> None:
        if done == 2:
            raise Killed
        save(model, run, done)

    monkeypatch.setattr(training, "save_checkpoint", killed_before_the_second)
    with pytest.raises(Killed):
        training.train(TINY, *data)
    monkeypatch.setattr(training, "save_checkpoint", save)
    resumed, run = training.train(TINY, *data)

    for expected, weights in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert np.array_equal(expected, weights)
    again = (run / runs.LOG).read_text().splitlines()
    assert [row.split(",")[:2] for row in again] == [row.split(",")[:2] for row in log]


def test_left_out_pictures_are_looked_at_and_not_learned_from(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    learned_from = []

    def counted(mnist: Images, variants: int, seed: int) -> examples.Examples:
        learned_from.append(len(mnist.y))
        return examples.mnist_examples(mnist, variants, seed)

    monkeypatch.setattr(shown, "mnist_examples", counted)
    _, run = training.train(
        replace(TINY, validation_mnist=10, phases=(replace(TINY.phases[0], epochs=1),)), *data
    )
    assert learned_from == [30]
    assert "mnist" in (run / runs.LOG).read_text().splitlines()[0].split(",")
