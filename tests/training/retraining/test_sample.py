"""Who is drawn, where there are more rows than places."""

import hashlib
from dataclasses import replace

import numpy as np

from training.retraining.sample import Row, Sample, TooManyAnHour

RNG = np.random.default_rng(5)


def row(key: bytes, drawing: bytes, contributor: str, label: int = 2) -> Row:
    hashed = hashlib.blake2b(bytes([label]) + drawing, digest_size=8, key=key).digest()
    return Row(hashed, drawing.hex(), contributor, label, "2026-11-27", drawing)


def drawings(n: int) -> list[bytes]:
    return [RNG.bytes(16) for _ in range(n)]


def test_rows_that_were_ground_for_one_key_gain_nothing_under_another() -> None:
    def ground(key: bytes) -> bytes:
        return min(drawings(256), key=lambda each: row(key, each, "").key)

    of_attacker = [ground(b"guessed") for _ in range(100)]
    honest = drawings(2000)

    def share(key: bytes) -> float:
        sample = Sample(200, 500)
        for k, each in enumerate(of_attacker):
            sample.add(row(key, each, f"attacker-{k}"), is_new=True)
        for k, each in enumerate(honest):
            sample.add(row(key, each, f"honest-{k}"), is_new=True)
        drawn = sample.drawn()
        assert len(drawn) == 200
        return sum(each.contributor.startswith("attacker") for each in drawn) / 200

    assert share(b"guessed") > 0.4
    assert share(b"secret") < 0.12


def test_what_is_drawn_does_not_depend_on_the_order() -> None:
    rows = [row(b"k", each, f"{k % 70}") for k, each in enumerate(drawings(500))]

    def drawn(order: list[int]) -> set[bytes]:
        sample = Sample(50, 3)
        for k in order:
            sample.add(rows[k], is_new=True)
        return {each.key for each in sample.drawn()}

    expected = drawn(list(range(500)))
    assert len(expected) == 50
    for _ in range(3):
        assert drawn(RNG.permutation(500).tolist()) == expected


def test_no_flood_pushes_out_what_was_learned() -> None:
    learned = [row(b"k", each, f"honest-{k}") for k, each in enumerate(drawings(40))]
    sample = Sample(200, 500)
    flood = [row(b"k", each, f"attacker-{k}") for k, each in enumerate(drawings(20_000))]
    for each in [*flood[:10_000], *(replace(own, learned=True) for own in learned)]:
        sample.add(each, is_new=False)
    for each in flood[10_000:]:
        sample.add(each, is_new=False)
    drawn = {each.key for each in sample.drawn()}
    assert len(drawn) == 200
    assert {each.key for each in learned} <= drawn


def test_rows_of_an_hour_are_counted_by_contributor_in_fixed_memory() -> None:
    hours = TooManyAnHour(2, b"k")
    assert [hours.more("a", "10") for _ in range(4)] == [False, False, True, True]
    assert not hours.more("b", "10")
    assert not hours.more("a", "11")
