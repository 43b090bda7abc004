"""Pictures in batches."""

import numpy as np

from training.network.batches import in_batches


def test_batches_keep_the_order_and_the_last_one_is_shorter() -> None:
    x, y = np.arange(10, dtype=np.uint8), np.arange(10, dtype=np.float32) / 2
    pairs = [(a.numpy().tolist(), b.numpy().tolist()) for a, b in in_batches(4, x, y)]
    assert [len(a) for a, _ in pairs] == [4, 4, 2]
    assert [one for a, _ in pairs for one in a] == x.tolist()
    assert [one for _, b in pairs for one in b] == y.tolist()


def test_pictures_alone_are_not_in_tuples() -> None:
    (batch,) = in_batches(4, np.zeros((3, 28, 28), np.uint8))
    assert batch.shape == (3, 28, 28)


def test_nobody_waits_for_the_tuner() -> None:
    assert not in_batches(4, np.zeros(3)).options().autotune.enabled
