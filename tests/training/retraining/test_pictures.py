"""The pictures of a retraining."""

import numpy as np

from tests.training.retraining.rows import bars, collected
from training.retraining.pictures import views_of

HONEST, FLOOD = 40, 285


def test_what_is_not_trusted_does_not_thin_out_what_is_learned_from_the_others() -> None:
    n = HONEST + FLOOD
    pixels = bars(n, 20)
    alone = collected([7] * HONEST, range(HONEST), pixels=pixels[:HONEST])
    beside = collected([7] * HONEST + [3] * FLOOD, range(n), pixels=pixels)
    learned = views_of(alone, np.ones(HONEST, bool), 1).x
    assert learned.shape[1] >= 20
    assert np.array_equal(views_of(beside, np.arange(n) < HONEST, 1).x[:HONEST], learned)


def test_of_what_is_not_trusted_there_are_few_variants() -> None:
    n = HONEST + FLOOD
    rows = collected([7] * n, range(n), pixels=bars(n, 20))
    of_one = views_of(rows, np.arange(n) < HONEST, 1).x[HONEST]
    assert len(np.unique(of_one.reshape(len(of_one), -1), axis=0)) == 4


def test_a_row_in_another_ones_place_has_variants_of_its_own() -> None:
    n = 45
    pixels = bars(n, 20)
    trusted = np.ones(n, bool)
    views_of(collected([7] * n, range(n), pixels=pixels), trusted, 1)
    pixels[-1] = pixels[-1].T
    other = views_of(collected([7] * n, range(n), pixels=pixels), trusted, 1).x[-1]
    wide = (other > 100).any(axis=1).sum(axis=1)
    tall = (other > 100).any(axis=2).sum(axis=1)
    assert (wide > tall).all()
