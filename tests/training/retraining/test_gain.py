"""What was gained, and what may be chance."""

import numpy as np

from training.retraining.gain import gain


def test_one_lucky_row_is_no_gain_and_neither_is_one_lucky_hand() -> None:
    before = np.zeros(60, bool)
    one_row = before.copy()
    one_row[0] = True
    of_twelve_hands = np.repeat(np.arange(12), 5)
    assert not gain(before, one_row, of_twelve_hands, seed=1).is_sure
    one_hand = before.copy()
    one_hand[:5] = True
    assert not gain(before, one_hand, of_twelve_hands, seed=1).is_sure
    assert gain(before, one_hand, of_twelve_hands, seed=1).low <= 0


def test_what_most_hands_gained_is_one() -> None:
    before = np.zeros(60, bool)
    each_hand_once = np.arange(60) % 5 == 0
    gained = gain(before, each_hand_once, np.repeat(np.arange(12), 5), seed=1)
    assert gained.is_sure
    assert gained.low > 0


def test_a_loss_is_no_gain_however_sure() -> None:
    before = np.ones(60, bool)
    assert not gain(before, ~before, np.repeat(np.arange(12), 5), seed=1).is_sure


def test_a_model_that_is_exactly_as_good_is_hardly_ever_promoted_in_a_hundred_nights() -> None:
    promoted = [_nights(seed) for seed in range(3)]
    assert max(promoted) <= 5


def _nights(seed: int) -> int:
    """How often in 100 nights; rows pile up, the newest first, until something is promoted.

    A contributor's drawings are taken otherwise as often as that hand is hard to read, and what is
    gained and lost of one hand goes mostly the same way.
    """
    rng = np.random.default_rng(seed)
    nothing = np.zeros(0, bool), np.zeros(0, bool), np.zeros(0, np.int64)
    before, after, contributors = nothing
    promoted = 0
    for night in range(100):
        for hand in range(12):
            differs = rng.random(8) < rng.beta(1, 16)
            better = rng.random(8) < rng.choice((0.15, 0.85))
            before = np.append(~(differs & better), before)
            after = np.append(~(differs & ~better), after)
            contributors = np.append(np.full(8, 100 * night + hand), contributors)
        if gain(before[:1500], after[:1500], contributors[:1500], night).is_sure:
            promoted += 1
            before, after, contributors = nothing
    return promoted
