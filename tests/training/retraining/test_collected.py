"""Which rows a retraining learns from."""

import base64
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from digit_recognizer.feedback.record import PIXELS_AS_GIVEN, Feedback
from digit_recognizer.ids import new_id
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION, normalise
from training.datasets.mnist import NOT_A_DIGIT
from training.evaluation.renditions import data_url
from training.retraining import collected
from training.retraining.collected import Collected, Lot

RNG = np.random.default_rng(11)


def row(label: object = 7, contributor: str | None = None, hour: int = 10) -> Feedback:
    """A row of noise that is unlike any other."""
    return Feedback(
        id=new_id(),
        received_at=f"2026-11-20T{hour:02}:00:00.000+00:00",
        label=label,  # type: ignore[arg-type]
        prediction=None,
        confidence=None,
        model_version=None,
        source="corrected",
        preprocessing_version=PREPROCESSING_VERSION,
        image="data:image/png;base64," + base64.b64encode(b"gone").decode(),
        pixels=RNG.integers(0, 256, 784).astype(np.uint8).tobytes(),
        contributor=contributor,
    )


async def collect(rows: Iterable[Feedback]) -> Collected:
    async def records() -> AsyncIterator[Feedback]:
        for each in rows:
            yield each

    return await collected.collect(records())


@pytest.mark.anyio
async def test_rows_are_collected_with_their_labels_in_the_order_of_their_ids() -> None:
    rows = [row(3, "a" * 16), row("NaN", "b" * 16), row(5)]
    found = await collect(reversed(rows))
    assert found.labels.tolist() == [3, NOT_A_DIGIT, 5]
    assert [pixels.tobytes() for pixels in found.pixels] == [each.pixels for each in rows]
    assert len(set(found.contributors.tolist())) == 3
    assert (found.rows, found.newest_id) == (3, rows[2].id)


@pytest.mark.anyio
async def test_exact_doubles_count_once_but_not_under_another_label() -> None:
    first = row(3)
    again = replace(first, id=new_id(), contributor="c" * 16)
    other = replace(first, id=new_id(), label=8)
    found = await collect([first, again, other])
    assert sorted(found.labels.tolist()) == [3, 8]
    assert found.left_out["exact doubles"] == 1


@pytest.mark.anyio
async def test_nobody_teaches_more_than_so_many_rows_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collected, "MAX_AN_HOUR", 5)
    flood = [row(8, "a" * 16, hour=10) for _ in range(20)]
    later = [row(8, "a" * 16, hour=11) for _ in range(2)]
    others = [row(4, f"{k}" * 16) for k in range(3)]
    found = await collect([*flood, *others, *later])
    assert found.labels.tolist().count(8) == 5 + 2
    assert found.labels.tolist().count(4) == 3
    assert found.rows == 25


@pytest.mark.anyio
async def test_a_sample_of_too_many_rows_is_bounded_and_fair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collected, "MAX_ROWS", 60)
    monkeypatch.setattr(collected, "MAX_AN_HOUR", 10_000)
    many = [row(8, "a" * 16) for _ in range(300)]
    few = [row(4, f"{k:016}") for k in range(20)]
    for order in ([*many, *few], [*few, *many]):
        found = await collect(order)
        assert len(found.labels) <= 60
        assert found.labels.tolist().count(4) == 20
        assert found.rows == 320


@pytest.mark.anyio
async def test_rows_of_an_older_normalise_are_made_anew_from_their_pictures() -> None:
    canvas = np.zeros((280, 280), np.uint8)
    canvas[60:220, 120:150] = 255
    old = replace(row(1), preprocessing_version=0 + PREPROCESSING_VERSION - 1)
    old = replace(old, image=data_url(Image.fromarray(canvas)))
    unreadable = replace(row(1), preprocessing_version=PREPROCESSING_VERSION - 1)
    given = replace(row(1), preprocessing_version=PIXELS_AS_GIVEN)
    found = await collect([old, unreadable, given])
    kept = {pixels.tobytes() for pixels in found.pixels}
    assert kept == {normalise(canvas).tobytes(), given.pixels}
    assert found.left_out["pictures that can't be read any more"] == 1


@pytest.mark.anyio
async def test_rows_that_were_taken_back_are_counted_by_the_log_alone() -> None:
    async def records() -> AsyncIterator[Feedback]:
        yield row(3)

    found = await collected.collect(records(), taken_back=2)

    assert (found.rows, found.places) == (1, 3)


@pytest.mark.anyio
async def test_half_of_the_places_are_for_new_rows_and_the_others_for_all_labels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collected, "MAX_ROWS", 40)
    old = [row(2, f"{k:016}", hour=8) for k in range(300)]
    old += [row(label, f"{k:016}", hour=8) for k, label in enumerate([3, 4, 5] * 10)]
    new = [row(7, f"n{k:015}", hour=12) for k in range(200)]

    async def records() -> AsyncIterator[Feedback]:
        for each in [*old, *new]:
            yield each

    lot = Lot(b"key", looked_at="2026-11-20T10:00:00+00:00")
    found = await collected.collect(records(), lot=lot)
    counts = np.bincount(found.labels, minlength=10)
    assert counts[7] == 20
    assert counts[[2, 3, 4, 5]].tolist() == [5, 5, 5, 5]


@pytest.mark.anyio
async def test_which_rows_are_taken_is_another_lot_with_another_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collected, "MAX_ROWS", 20)
    rows = [row(2, f"{k:016}") for k in range(200)]

    async def taken(key: bytes) -> tuple[str, ...]:
        async def records() -> AsyncIterator[Feedback]:
            for each in rows:
                yield each

        return (await collected.collect(records(), lot=Lot(key))).ids

    assert await taken(b"one") == await taken(b"one")
    assert len({*await taken(b"one")} & {*await taken(b"other")}) < 10


@pytest.mark.anyio
async def test_it_is_counted_how_many_known_rows_are_still_there() -> None:
    rows = [row(3), row(4)]

    async def records() -> AsyncIterator[Feedback]:
        yield rows[0]

    lot = Lot(known=frozenset(each.id for each in rows))
    assert (await collected.collect(records(), lot=lot)).still_there == 1
