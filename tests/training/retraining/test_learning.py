"""How far towards the fine-tuned weights a version goes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.retraining.test_gate import GAINED, judged
from training.network.architectures import lenet
from training.retraining.candidate import Attempt
from training.retraining.fine_tuning import STRENGTHS
from training.retraining.gain import Gain
from training.retraining.learning import furthest_without_objection

ATTEMPT = Attempt(1.0, lenet(), judged(), np.ones(1, bool), GAINED, Path())
CHANCE = Gain(rows=40, before=10.0, after=12.0, low=-1.0, high=5.0, chance=0.2)


def attempts(
    *may_pass: float, chance: float = 0.0
) -> tuple[Callable[[float], Attempt], list[float]]:
    """Attempts of which some may be promoted, and those gain nothing that are weaker than that."""
    tried: list[float] = []

    def attempt(strength: float) -> Attempt:
        tried.append(strength)
        gain = CHANCE if strength < chance else GAINED
        lost = ("It lost.",) * round(10 * strength) if strength not in may_pass else ()
        may_be_chance = ("It may be chance.",) if gain is CHANCE else ()
        return replace(ATTEMPT, strength=strength, gain=gain, objections=lost + may_be_chance)

    return attempt, tried


@pytest.mark.parametrize("strongest", range(len(STRENGTHS)))
def test_the_strongest_attempt_without_an_objection_is_found_in_few(strongest: int) -> None:
    attempt, tried = attempts(*STRENGTHS[strongest:])
    assert furthest_without_objection(attempt).strength == STRENGTHS[strongest]
    assert len(tried) <= 5
    assert len(set(tried)) == len(tried)


def test_what_may_be_promoted_as_it_is_is_tried_no_further() -> None:
    attempt, tried = attempts(*STRENGTHS)
    furthest_without_objection(attempt)
    assert tried == [1.0]


def test_what_gained_nothing_is_not_tried_with_less_strength() -> None:
    attempt, tried = attempts(chance=2.0)
    assert furthest_without_objection(attempt).gain is CHANCE
    assert tried == [1.0]


def test_what_gains_too_little_is_tried_with_more_strength_only() -> None:
    attempt, tried = attempts(0.7, 0.6, chance=0.6)
    assert furthest_without_objection(attempt).strength == 0.7
    assert min(tried) >= 0.5


def test_of_refused_attempts_that_with_fewest_objections_is_kept() -> None:
    attempt, tried = attempts()
    assert furthest_without_objection(attempt).strength == min(tried) == STRENGTHS[-1]
