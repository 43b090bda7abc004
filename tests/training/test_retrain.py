"""Retraining: the whole loop with a real server, and what it does with rows that teach nothing."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digit_recognizer.errors import Conflict
from digit_recognizer.feedback.request import from_request
from digit_recognizer.models import (
    anchors,
    promotion,
    promotion_log,
    retraining_log,
    reviews,
    trials,
    versions,
)
from digit_recognizer.models.trials import Trial
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION, normalise
from digit_recognizer.rows import arrivals, snapshot
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests import tiny_models
from tests.local.test_learning_loop import SMALL, unseen_digits
from tests.training.retraining.test_gate import BEFORE, GAINED, judged
from training import retrain
from training.drawings.grid import Cell, drawing
from training.evaluation.renditions import data_url
from training.network.architectures import lenet
from training.retraining import journal, parent, trial
from training.retraining.candidate import Attempt
from training.retraining.collected import collect
from training.retraining.gain import Gain
from training.retraining.journal import Ended
from training.retraining.nothing_to_learn import NothingToLearn
from training.retraining.parent import LEARNED_FILE, learned_rows
from training.retraining.story import Story


@pytest.fixture(autouse=True)
def _own_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is retrained on this machine keeps what it is at."""
    (tmp_path / "work").mkdir()
    monkeypatch.setattr(journal, "WORK", tmp_path / "work")


def save(store: Store, canvas: NDArray[np.uint8], label: object, contributor: str) -> None:
    body = {"image": data_url(Image.fromarray(canvas)), "label": label, "contributor": contributor}
    record = from_request(body, normalise(canvas).tobytes(), PREPROCESSING_VERSION)
    asyncio.run(arrivals.save(store, record))


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
    assert asyncio.run(versions.names(store)) == []


def test_rows_that_teach_nothing_are_named_with_what_is_needed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(folder.as_uri())

    def said() -> str:
        assert retrain.main([]) == 2
        return capsys.readouterr().err

    assert "There are no rows of feedback yet" in said()
    recorded = asyncio.run(retraining_log.newest(store))
    assert recorded is not None
    assert (recorded.outcome, recorded.rows) == ("skipped", 0)
    assert "There are no rows of feedback yet" in recorded.reason
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
    body = {"image": data_url(Image.fromarray(canvas)), "label": 3}
    record = from_request(body, normalise(canvas).tobytes(), PREPROCESSING_VERSION - 1)
    asyncio.run(arrivals.save(store, replace(record, image="data:image/png;base64,AAAA")))
    assert retrain.main([]) == 2
    assert "None of the 1 rows can be learned from" in capsys.readouterr().err


def with_one_row(folder: Path) -> Store:
    """A store in which one drawing was saved."""
    store = open_store(folder.as_uri())
    save(store, threes(1)[0], 3, "a" * 16)
    return store


def a_story(folder: Path, version: str, refused: bool) -> Story:
    """As `learn` tells it, of a version that was not really trained."""
    folder.mkdir()
    for name, content in tiny_models.files(version).items():
        (folder / name).write_bytes(content)
    one = np.ones(1, bool)
    attempt = Attempt(
        strength=1.0,
        model=lenet(),
        judged=judged(),
        right=one,
        gain=GAINED,
        artefact=folder,
        objections=("It lost too much.",) if refused else (),
    )
    return Story(
        before=BEFORE,
        forgets=0,
        attempt=attempt,
        believed=one,
        evidence=one,
        right_before=~one,
        answers_before=np.array([3]),
    )


async def conclude(store: Store, story: Story, entry: promotion_log.Entry) -> Ended:
    collected = await collect(snapshot.rows(store))
    return await retrain._concluded(store, entry, 0, collected, story, SMALL)


def test_a_refused_version_is_kept_with_its_report_and_not_promoted(
    folder: Path, tmp_path: Path
) -> None:
    store = with_one_row(folder)
    entry = asyncio.run(promotion_log.current(store))

    outcome = asyncio.run(conclude(store, a_story(tmp_path / "made", "v1", True), entry))

    assert (outcome.outcome, outcome.version) == ("refused", "v1")
    assert "It lost too much." in outcome.reason
    assert asyncio.run(promotion_log.current(store)).number == 0
    report = (folder / "models" / "v1" / "report.md").read_text("utf-8")
    assert "**Refused.**" in report
    looked_at = asyncio.run(retraining_log.newest(store))
    assert looked_at is not None
    assert (looked_at.rows, looked_at.outcome) == (1, "refused")


def learned(store: Store, version: str, ids: list[str]) -> None:
    """A version in service that learned from rows of these ids."""
    files = tiny_models.files(version, learned_from={"rows": len(ids)})
    files[LEARNED_FILE] = learned_rows(ids)
    asyncio.run(versions.publish(store, version, files))
    asyncio.run(promotion.promote(store, version, "It learned."))


def test_a_version_whose_rows_are_gone_goes_too_if_little_is_left(folder: Path) -> None:
    store = with_one_row(folder)
    learned(store, "v1", ["01890000-0000-7000-8000-000000000000"])

    ended = retrain.retrain(store, SMALL)

    assert (ended.outcome, ended.version) == ("promoted", built_in().version)
    assert "Rows are gone that v1 had learned from" in ended.reason
    assert asyncio.run(promotion_log.current(store)).built_in


def test_a_version_whose_rows_are_all_there_stays(folder: Path) -> None:
    store = with_one_row(folder)

    async def ids() -> list[str]:
        return [row.id async for row in snapshot.rows(store)]

    learned(store, "v1", asyncio.run(ids()))
    with pytest.raises(NothingToLearn):
        retrain.retrain(store, SMALL)
    assert asyncio.run(promotion_log.current(store)).version == "v1"


def test_a_version_of_another_preprocessing_is_not_compared_with(folder: Path) -> None:
    store = open_store(folder.as_uri())
    learned(store, "v1", [])
    asyncio.run(versions.publish(store, "v2", tiny_models.files("v2")))
    asyncio.run(promotion.promote(store, "v2", "It is newer."))
    entry = asyncio.run(promotion_log.current(store))
    card = folder / "models" / "v2" / "model_card.json"
    now = f'"preprocessing_version": {PREPROCESSING_VERSION}'
    card.write_text(card.read_text("utf-8").replace(now, '"preprocessing_version": 1'), "utf-8")

    assert asyncio.run(parent.in_service(store, entry)).served.version == "v1"


def test_of_two_retrainings_at_once_one_wins_and_the_other_says_so(
    folder: Path, tmp_path: Path
) -> None:
    store = with_one_row(folder)
    entry = asyncio.run(promotion_log.current(store))
    asyncio.run(conclude(store, a_story(tmp_path / "one", "v1", False), entry))

    with pytest.raises(Conflict, match=r"Somebody else was faster: .* version v1 is in service"):
        asyncio.run(conclude(store, a_story(tmp_path / "two", "v2", False), entry))

    assert asyncio.run(promotion_log.current(store)).version == "v1"
    with pytest.raises(Conflict):
        asyncio.run(promotion.promote(store, "v2", "late", expected=0))


def on_trial(store: Store, names: int, days_ago: float, **files: bytes) -> None:
    """A version that names one digit, whatever it sees, whose trial of three days has begun."""
    made = tiny_models.files("v1", tiny_models.litert(names), parent=built_in().version)
    asyncio.run(versions.publish(store, "v1", {**made, **files}))
    began = datetime.now(UTC) - timedelta(days=days_ago)
    trial = Trial(began.isoformat(), "v1", entry=0, days=3, running=True)
    asyncio.run(trials.put(store, trial, after=0))


def running(store: Store) -> Trial | None:
    return asyncio.run(trials.current(store))[1]


TRIED = replace(SMALL, trial_days=3)


async def all_ids(store: Store) -> list[str]:
    return [row.id async for row in snapshot.rows(store)]


def concluded(store: Store, story: Story) -> Ended:
    async def conclude() -> Ended:
        entry = await promotion_log.current(store)
        collected = await collect(snapshot.rows(store))
        return await retrain._concluded(store, entry, 0, collected, story, TRIED)

    return asyncio.run(conclude())


def test_a_version_that_is_better_is_on_trial_first_if_that_is_wanted(
    folder: Path, tmp_path: Path
) -> None:
    store = with_one_row(folder)
    ended = concluded(store, a_story(tmp_path / "made", "v1", refused=False))
    assert (ended.outcome, ended.version) == ("on trial", "v1")
    assert asyncio.run(promotion_log.current(store)).built_in
    now = running(store)
    assert now is not None
    assert (now.version, now.entry, now.days) == ("v1", 0, 3)

    with pytest.raises(Conflict):
        concluded(store, a_story(tmp_path / "late", "v2", refused=False))
    assert running(store) == now


def test_few_new_rows_are_skipped_unless_a_person_decided_something(folder: Path) -> None:
    store = open_store(folder.as_uri())
    few = replace(SMALL, min_new_rows=40)
    save(store, threes(1)[0], 3, "a" * 16)
    region = reviews.Region("all", 3, 8, 40, ("an id",), (bytes(784),))
    asyncio.run(reviews.put(store, [region]))
    assert retrain.retrain(store, few).outcome == "skipped"
    assert retrain.retrain(store, few).outcome == "skipped"
    asyncio.run(reviews.decide(store, "all", accepted=False, reason="They are none."))
    with pytest.raises(NothingToLearn):
        retrain.retrain(store, few)


def test_a_row_that_came_in_the_place_of_one_taken_back_is_new(
    folder: Path, tmp_path: Path
) -> None:
    store = with_one_row(folder)
    concluded(store, a_story(tmp_path / "made", "v1", refused=True))
    assert retrain.retrain(store, SMALL).outcome == "skipped"
    (first,) = asyncio.run(all_ids(store))
    asyncio.run(arrivals.take_back(store, first))
    save(store, threes(2)[1], 3, "b" * 16)
    with pytest.raises(NothingToLearn):
        retrain.retrain(store, SMALL)


def records(folder: Path) -> int:
    """How many runs are in the log."""
    return len(list((folder / "models" / "retrainings").iterdir()))


def test_where_what_was_made_without_gone_rows_is_refused_the_anchor_serves(
    folder: Path, tmp_path: Path
) -> None:
    store = with_one_row(folder)
    concluded(store, replace(a_story(tmp_path / "made", "v1", refused=False), forgets=1))
    assert asyncio.run(promotion_log.current(store)).version == "v1"
    before = records(folder)

    ended = concluded(store, replace(a_story(tmp_path / "next", "v2", refused=True), forgets=2))

    assert (ended.outcome, ended.version) == ("promoted", built_in().version)
    assert "Rows are gone that v1 had learned from" in ended.reason
    assert "It lost too much." in ended.reason
    assert ended.report is not None
    assert (ended.report / "report.md").exists()
    assert asyncio.run(promotion_log.current(store)).version == built_in().version
    assert records(folder) == before + 1


def test_what_has_to_go_goes_without_a_trial(folder: Path, tmp_path: Path) -> None:
    store = with_one_row(folder)
    story = replace(a_story(tmp_path / "made", "v1", refused=False), forgets=2)
    assert concluded(store, story).outcome == "promoted"
    assert running(store) is None


def test_a_trial_lasts_as_long_as_it_was_begun_for(folder: Path) -> None:
    store = with_one_row(folder)
    on_trial(store, names=3, days_ago=1)
    for options in (TRIED, SMALL):  # another setting changes nothing about it
        waiting = retrain.retrain(store, options)
        assert waiting.outcome == "skipped"
        assert re.match(r"v1 is on trial\. It may be judged from \d", waiting.reason)
    said = retrain.retrain(store, replace(TRIED, dry_run=True)).reason
    assert said.startswith("Dry run. v1 is on trial")


@pytest.mark.parametrize(("names", "outcome"), [(3, "promoted"), (8, "refused")])
def test_a_trial_ends_as_the_answers_say_that_came_since(
    folder: Path, names: int, outcome: str
) -> None:
    store = open_store(folder.as_uri())
    on_trial(store, names, days_ago=4)
    drawn = threes(36)
    for k, canvas in enumerate(drawn[:18]):
        save(store, canvas, 3, f"contributor-{k % 9:05}")
    undecided = retrain.retrain(store, TRIED)
    assert undecided.outcome == "skipped"
    assert "9 contributors gave new answers; 10 are needed" in undecided.reason

    for k, canvas in enumerate(drawn[18:]):
        save(store, canvas, 3, f"contributor-{k:05}")
    tried = retrain.retrain(store, replace(TRIED, dry_run=True))
    assert (tried.outcome, tried.reason[:8]) == (outcome, "Dry run.")
    assert running(store) is not None
    ended = retrain.retrain(store, TRIED)

    assert (ended.outcome, ended.version) == (outcome, "v1")
    assert re.match(r"Of \d+ answers that came since, v1 names (100|0)\.0 % as", ended.reason)
    in_service = asyncio.run(promotion_log.current(store))
    assert in_service.version == ("v1" if names == 3 else built_in().version)
    assert running(store) is None
    logged = asyncio.run(retraining_log.newest(store))
    assert logged is not None
    assert (logged.outcome, logged.version, logged.rows) == (outcome, "v1", 0)


def test_answers_of_the_day_on_which_it_began_don_t_count(folder: Path) -> None:
    store = with_one_row(folder)
    collected = asyncio.run(collect(snapshot.rows(store)))
    for days_ago, counts in ((0, False), (1, True)):
        began = datetime.now(UTC) - timedelta(days=days_ago)
        since = trial.arrived_since(Trial(began.isoformat(), "v1", 0, 3, running=True), collected)
        assert since.tolist() == [counts]


def test_a_trial_that_was_decided_by_hand_is_over(folder: Path) -> None:
    store = with_one_row(folder)
    on_trial(store, names=3, days_ago=1)
    asyncio.run(promotion.promote(store, "v1", "I like it."))
    ended = retrain.retrain(store, TRIED)
    assert (ended.outcome, ended.version) == ("promoted", "v1")
    assert asyncio.run(promotion_log.current(store)).reason == "I like it."
    assert running(store) is None


def another_version(store: Store) -> None:
    asyncio.run(versions.publish(store, "v2", tiny_models.files("v2")))
    asyncio.run(promotion.promote(store, "v2", "It is newer."))


def another_anchor(store: Store) -> None:
    asyncio.run(versions.publish(store, "v3", tiny_models.files("v3")))
    asyncio.run(anchors.put(store, "v3", "It is better."))


def nothing(store: Store) -> None:
    """A trial that waits for more answers than come."""


@pytest.mark.parametrize(
    ("happened", "days_ago", "reason"),
    [
        (another_version, 1, "Another version was put into service meanwhile."),
        (another_anchor, 1, "Retrainings begin from v3 now, which it did not."),
        (nothing, 7, "Not enough to tell: 0 contributors gave new answers; 10 are needed."),
    ],
)
def test_a_trial_that_does_not_count_any_more_is_given_up(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    happened: Callable[[Store], None],
    days_ago: int,
    reason: str,
) -> None:
    store = open_store(folder.as_uri())
    on_trial(store, names=3, days_ago=days_ago)
    happened(store)
    with pytest.raises(NothingToLearn):
        retrain.retrain(store, TRIED)
    assert f"v1 is on trial no more. {reason}" in capsys.readouterr().out
    assert running(store) is None
    assert asyncio.run(promotion_log.current(store)).version != "v1"


def test_a_trial_is_given_up_if_rows_are_gone_that_its_version_learned_from(folder: Path) -> None:
    store = with_one_row(folder)
    gone = learned_rows(["01890000-0000-7000-8000-000000000000"])
    on_trial(store, names=3, days_ago=1, **{LEARNED_FILE: gone})
    with pytest.raises(NothingToLearn):
        retrain.retrain(store, TRIED)
    assert running(store) is None


def test_a_trial_is_given_up_by_hand(folder: Path) -> None:
    store = with_one_row(folder)
    on_trial(store, names=3, days_ago=1)
    assert retrain.main(["--end-trial"]) == 2  # too little is there to learn from
    assert running(store) is None


@pytest.mark.parametrize(
    ("rows", "after", "chance", "fallen"),
    [
        (1000, 90, 1.0, False),
        (1000, 91, 0.3, True),
        (100, 91, 0.3, False),
        (1000, 90.5, 0.3, False),
        (100, 90.5, 0.01, True),
    ],
)
def test_a_fall_is_a_point_of_many_rows_or_no_chance(
    rows: int, after: float, chance: float, fallen: bool
) -> None:
    assert trial.falls(Gain(rows, 90, after, 0, 0, chance)) == fallen
