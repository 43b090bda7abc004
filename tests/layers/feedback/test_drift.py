"""What the summary says of a week that is unlike those before."""

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest

from digit_recognizer.feedback.drift import KEPT_DAYS, LEAST, DailyAnswers, stability_index
from digit_recognizer.feedback.record import Feedback

TODAY = date(2026, 11, 22)
EVEN = [1.0] * 10
SEVENS = [1.0] * 7 + [15.0, 1.0, 1.0]


def record(days_ago: int, prediction: int | None, **fields: Any) -> Feedback:
    given = {"label": prediction, "confidence": 0.999, "source": "confirmed"} | fields
    return Feedback(
        id="",
        received_at=f"{TODAY - timedelta(days_ago)}T12:00:00.000+00:00",
        prediction=prediction,  # type: ignore[arg-type]
        model_version=None,
        preprocessing_version=1,
        image="",
        pixels=bytes(784),
        **given,
    )


def week(
    answers: DailyAnswers,
    ended_days_ago: int,
    count: int,
    digits: list[float] = EVEN,
    right: float = 0.95,
    sure: float = 0.95,
    source: str | None = None,
    seed: int = 0,
) -> None:
    """Answers of a week: how many, which digits, which share of them right and sure."""
    chance = random.Random(seed)
    for each in range(count):
        digit = chance.choices(range(10), digits)[0]
        is_right = chance.random() < right
        answers.add(
            record(
                ended_days_ago + each % 7,
                digit,
                label=digit if is_right else (digit + 1) % 10,
                confidence=0.999 if chance.random() < sure else 0.6,
                source=source or ("confirmed" if is_right else "corrected"),
            )
        )


def test_the_index_of_the_same_mix_is_nothing_and_of_another_is_what_it_is() -> None:
    assert stability_index([10, 20], [1000, 2000]) == pytest.approx(0, abs=1e-3)
    # (0.5 - 0.25) ln 2 + (0.5 - 0.75) ln (2/3)
    assert stability_index([50_000, 50_000], [25_000, 75_000]) == pytest.approx(0.2747, abs=1e-3)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [LEAST, 1000])
def test_chance_alone_is_no_drift(seed: int, count: int) -> None:
    answers = DailyAnswers()
    week(answers, 7, count, seed=seed)
    week(answers, 0, count, seed=1000 + seed)

    assert answers.drift() is None


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({"digits": SEVENS}, "other digits, 7 most of all ("),
        ({"sure": 0.4}, "another confidence, 95% or more in "),
        ({"right": 0.6}, "fewer answers found right ("),
    ],
)
def test_what_has_moved_is_named(moved: dict[str, Any], words: str) -> None:
    answers = DailyAnswers()
    week(answers, 7, 400)
    week(answers, 0, 400, seed=1, **moved)

    said = answers.drift()

    assert said is not None
    assert said.startswith("In the week to 2026-11-22, against before: ")
    assert words in said
    assert ";" not in said
    assert said.endswith(".")


def test_more_answers_that_are_right_are_told_too() -> None:
    answers = DailyAnswers()
    week(answers, 7, 400, right=0.7)
    week(answers, 0, 400, right=1)

    assert "more answers found right (100% instead of 68%)" in str(answers.drift())


def test_everything_at_once_is_one_sentence() -> None:
    answers = DailyAnswers()
    week(answers, 7, 400)
    week(answers, 0, 400, SEVENS, right=0.5, sure=0.2)

    assert str(answers.drift()).count(";") == 2


@pytest.mark.parametrize(
    ("before", "lately"), [(LEAST - 1, 400), (400, LEAST - 1), (400, 0), (0, 400)]
)
def test_too_few_answers_say_nothing(before: int, lately: int) -> None:
    answers = DailyAnswers()
    week(answers, 7, before)
    week(answers, 0, lately, SEVENS, right=0)

    assert answers.drift() is None


def test_what_was_drawn_for_training_is_no_drift() -> None:
    answers = DailyAnswers()
    week(answers, 7, 400)
    week(answers, 0, 200)
    week(answers, 0, 2000, SEVENS, source="training")
    answers.add(record(0, None, label=3, confidence=None))

    assert answers.drift() is None


def test_old_days_are_forgotten_in_whatever_order_they_come() -> None:
    answers = DailyAnswers()
    for ago in [*range(KEPT_DAYS + 30), KEPT_DAYS + 3, KEPT_DAYS + 100]:
        answers.add(record(ago, 3))

    kept = answers.to_json()
    assert len(kept) == KEPT_DAYS
    assert min(kept) == str(TODAY - timedelta(KEPT_DAYS - 1))


def test_what_was_kept_says_the_same() -> None:
    answers = DailyAnswers()
    week(answers, 7, 400)
    week(answers, 0, 400, SEVENS)

    again = DailyAnswers.from_json(json.loads(json.dumps(answers.to_json())))

    assert again.drift() == answers.drift() is not None
