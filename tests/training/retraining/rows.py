"""Rows as a retraining has collected them, for tests of what it makes of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.retraining.collected import Collected


def collected(
    labels: Sequence[int],
    contributors: Sequence[int],
    days: Sequence[int] | None = None,
    pixels: NDArray[np.uint8] | None = None,
) -> Collected:
    """Rows of noise, if no pixels are given; all of one day, if none are."""
    n = len(labels)
    noise = np.random.default_rng(3).integers(0, 256, (n, 28, 28)).astype(np.uint8)
    return Collected(
        pixels=noise if pixels is None else pixels,
        labels=np.array(labels, np.uint8),
        contributors=np.array(contributors, np.int64),
        days=np.array([20_000] * n if days is None else days, np.int64),
        ids=tuple(f"id-{k:05}" for k in range(n)),
        rows=n,
        newest_id="",
        newest_at="",
        left_out={},
    )


def bars(n: int, jitter: float, seed: int = 1) -> NDArray[np.uint8]:
    """Drawings of one upright line each, uint8[n, 28, 28], that differ by some noise."""
    rng = np.random.default_rng(seed)
    x = np.zeros((n, 28, 28))
    x[:, 4:24, 12:16] = 220
    return np.clip(x + rng.normal(0, jitter, x.shape) * (x > 0), 0, 255).astype(np.uint8)
