"""How far towards the fine-tuned weights a version goes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.training.retraining.test_gate import GAINED, judged
from training.network.architectures import lenet
from training.retraining.candidate import Attempt
from training.retraining.gain import Gain
from training.retraining.learning import first_without_objection

ATTEMPT = Attempt(1.0, lenet(), judged(), np.ones(1, bool), GAINED, Path())
CHANCE = Gain(rows=40, before=10.0, after=12.0, low=-1.0, high=5.0, chance=0.2)


def attempts(*made: Attempt) -> Iterator[Attempt]:
    """Those that may be asked for; one more is one too many."""
    yield from made
    raise AssertionError("another attempt was made")


def test_the_first_attempt_without_an_objection_is_taken() -> None:
    lost = replace(ATTEMPT, objections=("It lost too much.",))
    milder = replace(ATTEMPT, strength=0.7)
    assert first_without_objection(attempts(lost, milder)) is milder


def test_what_gained_nothing_is_not_tried_with_less_strength() -> None:
    chance = replace(ATTEMPT, gain=CHANCE, objections=("It may be chance.",))
    assert first_without_objection(attempts(chance)) is chance


def test_of_refused_attempts_that_with_fewest_objections_is_kept() -> None:
    worse = replace(ATTEMPT, objections=("It lost.", "It is slow."))
    better = replace(ATTEMPT, strength=0.5, objections=("It is slow.",))
    as_good = replace(ATTEMPT, strength=0.3, objections=("It lost.",))
    assert first_without_objection([worse, better, as_good]) is better


def test_what_needs_no_gain_is_tried_with_less_strength() -> None:
    lost = replace(ATTEMPT, gain=CHANCE, objections=("It lost too much.",))
    milder = replace(ATTEMPT, gain=CHANCE, strength=0.7)
    assert first_without_objection(attempts(lost, milder), needs_gain=False) is milder
