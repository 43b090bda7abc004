"""Which labels wait for a person."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digit_recognizer.models.reviews import Decision
from digit_recognizer.recognition.arrays import Float
from tests.training.retraining.rows import bars, collected
from training.datasets.mnist import NOT_A_DIGIT
from training.retraining.collected import Collected
from training.retraining.regions import MANY, Reviewed, reviewed

TODAY = 20_000
SURE_FROM = 0.97


def says(digit: int, n: int) -> Float:
    """An unsure answer for each of n rows."""
    answers = np.full((n, 10), 0.03, np.float32)
    answers[:, digit] = 0.73
    return answers


def flood(names: int, days: list[int] | None = None, seed: int = 1) -> Collected:
    """Ones that many label as twos."""
    return collected([2] * names, range(names), days, bars(names, 12, seed))


def waiting(rows: Collected, answers: Float, decisions: Sequence[Decision]) -> Reviewed:
    """What is found where the version in service has learned nothing of it."""
    return reviewed(rows, answers, SURE_FROM, decisions, np.zeros(len(rows.labels), bool))


def test_what_many_new_names_say_against_the_anchor_waits() -> None:
    rows = flood(MANY)
    found = waiting(rows, says(1, MANY), [])
    assert found.waits.all()
    (region,) = found.regions
    assert (region.label, region.answer, region.contributors) == (2, 1, MANY)
    assert len(region.ids) == MANY


def test_what_fewer_say_or_what_agrees_with_the_anchor_does_not_wait() -> None:
    assert not waiting(flood(MANY - 1), says(1, MANY - 1), []).waits.any()
    assert not waiting(flood(MANY), says(2, MANY), []).waits.any()


def test_what_was_known_for_days_confirms_it() -> None:
    # Twelve who were there before say the same on three days.
    known = 12
    labels = [2] * (MANY + known) + [3] * known
    names = [*range(MANY + known), *range(MANY, MANY + known)]
    days = [TODAY] * MANY + [TODAY - k % 3 for k in range(known)] + [TODAY - 20] * known
    rows = collected(labels, names, days, bars(len(labels), 12))
    answers = says(1, len(labels))
    answers[-known:] = says(3, known)
    assert not waiting(rows, answers, []).waits.any()
    all_at_once = [TODAY] * (MANY + known) + [TODAY - 20] * known
    rows = collected(labels, names, all_at_once, bars(len(labels), 12))
    assert waiting(rows, answers, []).waits.sum() == MANY + known


def test_names_do_not_become_known_by_waiting() -> None:
    days = [TODAY - 30] * MANY + [TODAY]
    rows = collected([2] * MANY + [3], [*range(MANY), 999], days, bars(MANY + 1, 12))
    assert waiting(rows, says(1, MANY + 1), []).waits.sum() == MANY


def test_what_is_learned_already_stays_and_what_is_said_besides_waits() -> None:
    learned = np.arange(MANY) < 30
    found = reviewed(flood(MANY), says(1, MANY), SURE_FROM, [], learned)
    assert found.waits.tolist() == (~learned).tolist()
    assert len(found.regions[0].ids) == MANY
    assert not reviewed(flood(MANY), says(1, MANY), SURE_FROM, [], np.ones(MANY, bool)).regions


def decided(found: Reviewed, accepted: bool) -> list[Decision]:
    return [Decision("2026-11-27", accepted, "", region) for region in found.regions]


def test_a_decision_holds_for_its_rows_and_for_what_is_like_them_later() -> None:
    first = waiting(flood(MANY), says(1, MANY), [])
    later = flood(MANY, seed=2)
    for accepted in (True, False):
        found = waiting(later, says(1, MANY), decided(first, accepted))
        assert not found.waits.any()
        assert found.accepted.all() == accepted
        assert found.rejected.all() != accepted


def test_of_two_decisions_the_later_one_counts() -> None:
    first = waiting(flood(MANY), says(1, MANY), [])
    both = [*decided(first, True), *decided(first, False)]
    assert waiting(flood(MANY), says(1, MANY), both).rejected.all()


def test_no_digit_is_one_thing_to_say_whatever_the_anchor_takes_the_drawings_for() -> None:
    answers = np.concatenate([says(k % 10, 1) for k in range(MANY)])
    rows = collected([NOT_A_DIGIT] * MANY, range(MANY))
    assert waiting(rows, answers, []).waits.all()


def test_what_is_like_it_waits_too_where_the_anchor_makes_the_mistake_already() -> None:
    answers = np.concatenate([says(1, MANY), says(2, 5)])
    assert waiting(flood(MANY + 5), answers, []).waits.all()


def test_a_decision_says_nothing_of_what_the_anchor_is_sure_of() -> None:
    first = waiting(flood(MANY), says(1, MANY), [])
    later = replace(flood(3, seed=2), ids=("a", "b", "c"))
    sure = np.zeros((3, 10), np.float32)
    sure[[0, 1, 2], [1, 2, 1]] = 1  # against the label, as the label says, against it
    sure[2] = says(1, 1)  # but unsure
    for accepted in (True, False):
        found = waiting(later, sure, decided(first, accepted))
        assert (found.accepted | found.rejected).tolist() == [False, False, True]


def test_what_the_anchor_is_sure_of_does_not_wait_for_being_like_what_waits() -> None:
    sure = np.zeros((5, 10), np.float32)
    sure[:, 2] = 1
    found = waiting(flood(MANY + 5), np.concatenate([says(1, MANY), sure]), [])
    assert found.waits.tolist() == [True] * MANY + [False] * 5


def test_what_is_different_is_shown_however_many_are_alike_before_it() -> None:
    n = 100
    pixels = bars(n, 12)
    pixels[-1, 4:24, 16:18] = 220  # a broader line, still of the same region
    rows = collected([2] * n, range(n), None, pixels)
    (region,) = waiting(rows, says(1, n), []).regions
    assert len(region.drawings) < n
    assert pixels[-1].tobytes() in region.drawings
