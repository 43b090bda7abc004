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


def test_the_variants_of_very_many_rows_are_few() -> None:
    n = 2600
    many = collected([7] * n, range(n), pixels=bars(n, 20))
    assert views_of(many, np.arange(n) < 5, 1).x.shape[:2] == (n, 4)
