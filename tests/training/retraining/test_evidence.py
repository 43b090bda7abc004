"""Which rows say what was gained."""

import numpy as np
import pytest

from tests.training.retraining.rows import bars, collected
from training.datasets.mnist import NOT_A_DIGIT
from training.retraining import near_duplicates, nothing_to_learn
from training.retraining.evidence import contributors_of, evidence_of
from training.retraining.nothing_to_learn import NothingToLearn

ALL_DIFFERENT = np.arange(100)


def test_rows_count_that_are_trusted_digits_and_were_not_learned() -> None:
    rows = collected([3, 3, NOT_A_DIGIT, 3], [0, 1, 2, 3])
    trusted = np.array([True, False, True, True])
    learned = np.array([False, False, False, True])
    assert evidence_of(rows, trusted, learned, ALL_DIFFERENT[:4]).tolist() == [
        True,
        False,
        False,
        False,
    ]


def test_one_drawing_jittered_under_forty_names_is_one_contributor() -> None:
    rows = collected([1] * 40, range(40), pixels=bars(40, jitter=12))
    groups = near_duplicates.groups(rows.pixels)
    evidence = evidence_of(rows, np.ones(40, bool), np.zeros(40, bool), groups)
    assert contributors_of(rows, evidence) == 1
    with pytest.raises(NothingToLearn, match="Not enough to tell: only 1 contributors"):
        nothing_to_learn.check_evidence(contributors_of(rows, evidence))


def test_drawings_that_differ_are_no_copies_of_each_other() -> None:
    turned = bars(2, jitter=0)
    turned[1] = turned[1].T
    assert near_duplicates.groups(turned).tolist() == [0, 1]


def test_however_many_give_rows_the_others_count_too() -> None:
    many, few = 1600, 40
    days = [20_001] * many + [20_000] * few
    rows = collected(
        [3] * (many + few), [k // 20 for k in range(many)] + list(range(900, 940)), days
    )
    all_ = np.ones(many + few, bool)
    evidence = evidence_of(rows, all_, ~all_, np.arange(many + few))
    assert evidence[many:].all()


def test_who_copies_what_others_gave_takes_no_evidence_from_them() -> None:
    # The copies have smaller ids, which clients make, but they came a day later.
    n = 20
    rows = collected([3] * 2 * n, [99] * n + list(range(n)), [20_001] * n + [20_000] * n)
    all_ = np.ones(2 * n, bool)
    evidence = evidence_of(rows, all_, ~all_, np.tile(np.arange(n), 2))
    assert evidence.tolist() == [False] * n + [True] * n


def test_of_one_contributor_a_few_rows_count() -> None:
    rows = collected([3] * 60, [0] * 50 + list(range(1, 11)))
    evidence = evidence_of(rows, np.ones(60, bool), np.zeros(60, bool), ALL_DIFFERENT[:60])
    assert evidence[:50].sum() == 20
    assert evidence[50:].all()
