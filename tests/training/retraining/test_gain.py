"""What was gained, and what may be chance."""

import numpy as np

from training.retraining.gain import gain


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
