"""Who is asked about what others gave."""

import numpy as np

from tests.training.retraining.rows import collected
from training.retraining.cross_validation import came_first, folds_of


def test_a_contributor_is_in_one_fold() -> None:
    contributors = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    fold = folds_of(contributors, 3)
    assert fold[:4].tolist() == fold[4:].tolist()
    assert set(fold.tolist()) == {0, 1, 2}


def test_two_who_give_very_many_leave_the_others_in_all_folds() -> None:
    contributors = np.array([*range(60), *[100] * 60, *[101] * 60])
    honest = folds_of(contributors, 3)[:60]
    assert min(np.bincount(honest, minlength=3)) >= 19


def test_copies_of_a_later_day_did_not_come_first_but_all_of_one_day_did() -> None:
    rows = collected([3, 3, 3, 8, 3], range(5), days=[7, 6, 6, 9, 9])
    groups = np.array([0, 0, 0, 0, 1])
    assert came_first(rows, groups).tolist() == [False, True, True, True, True]
