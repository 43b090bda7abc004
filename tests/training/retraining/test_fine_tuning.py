"""A model that goes on learning."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from training.datasets.mnist import NOT_A_DIGIT, Images
from training.drawings import examples
from training.network.architectures import lenet
from training.network.calibration import softmax
from training.retraining import fine_tuning
from training.retraining.options import Options, Schedule


def test_what_was_trained_before_a_kill_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = examples.Examples(
        np.random.default_rng(1).integers(0, 256, (8, 2, 28, 28)).astype(np.uint8),
        np.arange(8, dtype=np.uint8),
        "",
    )
    base = lenet()
    replay = fine_tuning.replay_of(base, Images(views.x[:, 0], views.y))
    rows = np.ones(8, bool)
    options = Options(schedule=Schedule(epochs=1, replayed_at_least=8))
    tuning = fine_tuning.FineTuning(base, replay, views, options, tmp_path)

    def weights(rows: NDArray[np.bool_]) -> list[NDArray[np.float32]]:
        return list(tuning.once(rows, "all").get_weights())

    made = weights(rows)

    def never(*_: object) -> None:
        raise AssertionError("it was trained again")

    monkeypatch.setattr(fine_tuning, "fine_tuned", never)
    for one, other in zip(made, weights(rows), strict=True):
        assert np.array_equal(one, other)
    with pytest.raises(AssertionError, match="trained again"):
        weights(~rows)


def test_what_is_replayed_has_the_answers_of_the_anchor_where_they_are_right() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 28, 28)).astype(np.uint8)
    base = lenet()
    logits = base.predict(pixels, verbose=0)
    labels = logits.argmax(axis=1).astype(np.uint8)
    labels[1] = (labels[1] + 1) % 10
    labels[2] = NOT_A_DIGIT
    replay = fine_tuning.replay_of(base, Images(pixels, labels))
    assert replay.targets[[0, 3, 4, 5]].argmax(axis=1).tolist() == labels[[0, 3, 4, 5]].tolist()
    assert replay.targets[[0, 3, 4, 5]].max() < 0.9
    assert replay.targets[1].argmax() == labels[1]
    assert replay.targets[1].max() > 0.9
    assert np.allclose(replay.targets[2], softmax(logits)[2], atol=1e-5)
