"""The recipe, and what its phases show."""

from dataclasses import fields, replace

import numpy as np
import pytest

from training.datasets.mnist import Images
from training.drawings.examples import Examples
from training.from_nothing.configuration import (
    LEARNING,
    REDRAWN,
    SETTLING,
    Configuration,
    Phase,
    recipe,
)
from training.from_nothing.shown import epoch_of, sources_of


def examples(label: int, variants: int) -> Examples:
    """Three items of a label, whose pictures say which variant they are."""
    x = np.arange(variants, dtype=np.uint8)[None, :, None, None] + np.zeros(
        (3, 1, 28, 28), np.uint8
    )
    return Examples(x, np.full(3, label, np.uint8), f"{label}")


def test_first_everything_is_warped_and_redrawn_digits_come_last() -> None:
    configuration = Configuration()
    assert configuration.phases == (LEARNING, SETTLING, REDRAWN, REDRAWN)
    assert configuration.all_epochs == 34
    assert [source for source in ("plain", "redrawn") if LEARNING.shown.get(source)] == []
    assert configuration.shows("redrawn")
    assert not replace(configuration, phases=(LEARNING,)).shows("redrawn")


def test_every_setting_says_what_it_is_counted_in_and_why() -> None:
    for each in (*fields(Configuration), *fields(Phase)):
        assert each.metadata["reason"]
        assert "unit" in each.metadata
    told = recipe(Configuration())
    assert [row["setting"] for row in told][2:5] == ["phase 1", "phase 2", "phase 3"]
    assert "22 epochs, rate 0.002; 2 × warped, 5 × pen" in told[2]["value"]


def test_an_epoch_takes_so_many_variants_of_each_source_as_its_phase_says() -> None:
    sources = {"warped": examples(1, 6), "pen": examples(7, 6)}
    phase = Phase("some", 2, 1e-3, {"warped": 2, "pen": 1, "plain": 0})
    seen = []
    for epoch in range(2):
        x, targets = epoch_of(Configuration(), sources, phase, epoch)
        digits = targets.argmax(axis=1)
        assert sorted(digits.tolist()) == [1] * 6 + [7] * 3
        seen += [int(picture[0, 0]) for picture, digit in zip(x, digits, strict=True) if digit == 1]
    assert len(set(seen)) == 6


def test_a_source_that_there_is_not_is_named() -> None:
    configuration = Configuration(phases=(replace(LEARNING, shown={"warped": 1, "ink": 1}),))
    none = Images(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    with pytest.raises(ValueError, match="A phase shows ink; there are plain, warped"):
        sources_of(configuration, none, [])
