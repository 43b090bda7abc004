"""What a network is fitted to."""

import numpy as np
import pytest

from training.datasets.mnist import NOT_A_DIGIT, between
from training.network.fitting import rate_over, soft_targets


def test_targets_of_non_digits_are_uniform() -> None:
    targets = soft_targets(np.array([3, NOT_A_DIGIT], np.uint8), smoothing=0.1)
    assert targets[0].argmax() == 3
    assert targets[0, 3] == pytest.approx(0.91)
    assert targets[1] == pytest.approx([0.1] * 10)


def test_what_is_between_two_digits_is_likely_both_and_sure_of_neither() -> None:
    (target,) = soft_targets(np.array([between(0, 6)], np.uint8), smoothing=0.1)
    assert target.sum() == pytest.approx(1)
    assert sorted(np.argsort(target)[-2:].tolist()) == [0, 6]
    assert target.max() == pytest.approx(0.38)


def test_the_rate_rises_to_its_highest_and_falls_to_nothing() -> None:
    rate = rate_over(steps=100, highest=0.5, rise=10)
    rates = [float(rate(step)) for step in range(101)]
    assert rates[0] == pytest.approx(0.05)
    assert rates.index(max(rates)) == 10
    assert rates[10] == pytest.approx(0.5)
    assert rates[100] == pytest.approx(0, abs=1e-6)
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
