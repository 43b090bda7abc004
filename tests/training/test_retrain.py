"""Retraining: the whole loop with a real server, and what it does with rows that teach nothing."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digit_recognizer import (
    feedback_rows,
    promotion_log,
    promotions,
    reading,
    registry,
    retrainings,
)
from digit_recognizer.errors import Conflict
from digit_recognizer.feedback import Feedback
from digit_recognizer.pictures import png_data_url
from digit_recognizer.preprocessing import PREPROCESSING_VERSION, normalise
from digit_recognizer.storage import Store, open_store
from tests import tiny_models
from tests.local.test_learning_loop import SMALL, unseen_digits
from training import examples, fine_tuning, retrain
from training.collected import collect
from training.fine_tuning import Schedule
from training.gate import Figures, Gain, Limits, gain, objections
from training.grid import Cell, drawing
from training.nothing_to_learn import NothingToLearn
from training.retraining_report import Story


def figures(**changed: float) -> Figures:
    return replace(
        Figures(
            temperature=0.5,
            uncertain_below=0.99,
            mnist_accuracy=99.7,
            writers_accuracy=99.8,
            writers_worst_cell_accuracy=99.6,
            calibration_error=0.002,
            non_digit_auc=0.998,
        ),
        **changed,
    )


COST = {"bytes": 711_256, "inference_ms": 0.2, "inference_ms_before": 0.2}
GAINED = Gain(rows=40, before=10.0, after=95.0, low=70.0, high=98.0)


def test_the_gate_lets_pass_what_gained_and_lost_little() -> None:
    after = figures(mnist_accuracy=99.65, writers_accuracy=99.7, writers_worst_cell_accuracy=99.3)
    assert objections(figures(), after, GAINED, COST, Limits()) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"mnist_accuracy": 99.64}, "On MNIST's test pictures it falls from 99.70 to 99.64"),
        ({"writers_accuracy": 99.69}, "On held-out writers it falls from 99.80 to 99.69"),
        ({"writers_worst_cell_accuracy": 99.2}, "worst cell it falls from 99.60 to 99.20"),
        ({"non_digit_auc": 0.99}, "other drawings .* falls from 99.80 to 99.00"),
        ({"calibration_error": 0.02}, "calibration error is 0.02; at most 0.01"),
    ],
)
def test_the_gate_refuses_a_loss_and_says_which(changed: dict[str, float], sentence: str) -> None:
    (why,) = objections(figures(), figures(**changed), GAINED, COST, Limits())
    assert re.search(sentence, why)


def test_the_gate_refuses_a_larger_or_slower_file() -> None:
    cost = {"bytes": 1_000_001, "inference_ms": 0.5, "inference_ms_before": 0.2}
    assert len(objections(figures(), figures(), GAINED, cost, Limits())) == 2


def test_one_lucky_row_is_no_gain_and_neither_is_one_lucky_hand() -> None:
    before, after = np.zeros(40, bool), np.zeros(40, bool)
    after[0] = True
    alone = np.zeros(40, np.int64)
    assert gain(before, after, alone, seed=1).low <= 0
    after[:8] = True
    assert gain(before, after, alone, seed=1).low > 0
    of_eight_hands = np.repeat(np.arange(8), 5)
    one_hand = np.zeros(40, bool)
    one_hand[:5] = True
    assert gain(before, one_hand, of_eight_hands, seed=1).low <= 0


def save(store: Store, canvas: NDArray[np.uint8], label: object, contributor: str) -> None:
    body = {"image": png_data_url(canvas), "label": label, "contributor": contributor}
    record = Feedback.from_request(body, normalise(canvas).tobytes(), PREPROCESSING_VERSION)
    asyncio.run(feedback_rows.save(store, record))


def threes(n: int) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(4)
    digits = [digit for digit in unseen_digits() if digit.label == 3][:n]
    return [drawing(digit.strokes, Cell(140, 14, "random"), rng) for digit in digits]


def test_a_flood_of_wrong_labels_changes_nothing(folder: Path) -> None:
    store = open_store(folder.as_uri())
    for canvas in threes(60):
        save(store, canvas, 8, "a" * 16)
    with pytest.raises(NothingToLearn, match="contradicts a confident answer"):
        retrain.retrain(store, SMALL)
    assert asyncio.run(promotion_log.current(store)).number == 0
    assert asyncio.run(registry.versions(store)) == []


def test_rows_that_teach_nothing_are_named_with_what_is_needed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(folder.as_uri())

    def said() -> str:
        assert retrain.main([]) == 2
        return capsys.readouterr().err

    assert "There are no rows of feedback yet" in said()
    for k, canvas in enumerate(threes(9)):
        if k == 0:
            save(store, canvas, "NaN", "a" * 16)
            assert "All 1 rows say that the drawing is no digit" in said()
        elif k == 1:
            assert "Only 1 different rows are labelled as a digit; 5 are needed" in said()
        save(store, canvas, 3, "a" * 16)
    sentence = said()
    assert "All 9 rows are of one class, the digit 3" in sentence
    assert "rows of another digit, or 20 corrections, are needed" in sentence
    assert "Nothing was promoted." in sentence
    assert asyncio.run(promotion_log.current(store)).number == 0


def test_rows_of_another_preprocessing_whose_pictures_are_gone_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(folder.as_uri())
    canvas = threes(1)[0]
    body = {"image": png_data_url(canvas), "label": 3}
    record = Feedback.from_request(body, normalise(canvas).tobytes(), PREPROCESSING_VERSION - 1)
    asyncio.run(feedback_rows.save(store, replace(record, image="data:image/png;base64,AAAA")))
    assert retrain.main([]) == 2
    assert "None of the 1 rows can be learned from" in capsys.readouterr().err


def a_story(folder: Path, version: str, refused: bool) -> Story:
    """As `learn` tells it, of a version that was not really trained."""
    folder.mkdir()
    for name, content in tiny_models.files(version).items():
        (folder / name).write_bytes(content)
    one = np.ones(1, bool)
    return Story(
        before=figures(),
        after=figures(),
        gained=GAINED,
        strength=1.0,
        objections=("It lost too much.",) if refused else (),
        artefact=folder,
        believed=one,
        asked=one,
        right_before=~one,
        right_after=one,
        answers_before=np.array([3]),
    )


async def conclude(store: Store, story: Story, entry: promotion_log.Entry) -> retrain.Outcome:
    collected = await collect(reading.rows(store))
    return await retrain._concluded(store, entry, collected, story, SMALL)


def test_a_refused_version_is_kept_with_its_report_and_not_promoted(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrain, "WORK", tmp_path)
    store = open_store(folder.as_uri())
    save(store, threes(1)[0], 3, "a" * 16)
    entry = asyncio.run(promotion_log.current(store))

    outcome = asyncio.run(conclude(store, a_story(tmp_path / "made", "v1", True), entry))

    assert (outcome.outcome, outcome.version) == ("refused", "v1")
    assert "It lost too much." in outcome.reason
    assert asyncio.run(promotion_log.current(store)).number == 0
    report = (folder / "models" / "v1" / "report.md").read_text("utf-8")
    assert "**Refused.**" in report
    looked_at = asyncio.run(retrainings.newest(store))
    assert looked_at is not None
    assert (looked_at.rows, looked_at.outcome) == (1, "refused")


def test_of_two_retrainings_at_once_one_wins_and_the_other_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrain, "WORK", tmp_path)
    store = open_store(folder.as_uri())
    save(store, threes(1)[0], 3, "a" * 16)
    entry = asyncio.run(promotion_log.current(store))
    asyncio.run(conclude(store, a_story(tmp_path / "one", "v1", False), entry))

    with pytest.raises(Conflict, match=r"Somebody else was faster: .* version v1 is in service"):
        asyncio.run(conclude(store, a_story(tmp_path / "two", "v2", False), entry))

    assert asyncio.run(promotion_log.current(store)).version == "v1"
    with pytest.raises(Conflict):
        asyncio.run(promotions.promote(store, "v2", "late", expected=0))


def test_what_was_trained_before_a_kill_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.architectures import lenet

    views = examples.Examples(
        np.random.default_rng(1).integers(0, 256, (8, 2, 28, 28)).astype(np.uint8),
        np.arange(8, dtype=np.uint8),
        "",
    )
    base = lenet()
    replay = fine_tuning.replay_of(base, views.x[:, 0])
    rows = np.ones(8, bool)
    schedule = Schedule(epochs=1, replayed_at_least=8)

    def weights(rows: NDArray[np.bool_]) -> list[NDArray[np.float32]]:
        file = tmp_path / "all.keras"
        model = fine_tuning.fine_tuned_once(base, replay, views, rows, schedule, 1, file)
        return list(model.get_weights())

    made = weights(rows)

    def never(*_: object) -> None:
        raise AssertionError("it was trained again")

    monkeypatch.setattr(fine_tuning, "fine_tuned", never)
    for one, other in zip(made, weights(rows), strict=True):
        assert np.array_equal(one, other)
    with pytest.raises(AssertionError, match="trained again"):
        weights(~rows)
