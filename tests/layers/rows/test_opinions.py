"""An id that is sent again: the same row is one row, another opinion never vanishes."""

from dataclasses import replace

import pytest

from digit_recognizer.errors import Conflict
from digit_recognizer.feedback.record import Label
from digit_recognizer.rows import arrivals, compaction, manifest, segments, snapshot
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, numbered


async def labels(store: Store) -> list[Label]:
    view = await snapshot.view(store, lambda record: record.label)
    compacted = [
        record.label
        for segment in view.manifest.segments
        async for record in segments.records(store, segment)
    ]
    return compacted + view.tail


async def test_the_same_row_sent_again_is_one_row(store: Store) -> None:
    record = numbered(7)
    await arrivals.save(store, record)
    await arrivals.save(store, replace(record, received_at="2030-01-01T00:00:00.000+00:00"))

    assert await downloaded(store) == [7]


@pytest.mark.parametrize(
    "change", [{"label": 3}, {"image": "data:image/png;base64,BBBB", "pixels": bytes(784)}]
)
async def test_another_opinion_under_the_same_id_is_refused_and_nothing_is_lost(
    store: Store, change: dict[str, object]
) -> None:
    record = numbered(7)
    await arrivals.save(store, record)

    with pytest.raises(Conflict, match="it says 7; send yours without an id"):
        await arrivals.save(store, replace(record, **change))  # type: ignore[arg-type]

    assert await downloaded(store) == [7]


async def test_the_same_row_sent_after_its_compaction_is_one_row(store: Store) -> None:
    record = numbered(7)
    await arrivals.save(store, record)
    await compaction.compact_all(store)
    await arrivals.save(store, replace(record, received_at="2030-01-01T00:00:00.000+00:00"))

    assert await labels(store) == [7]
    assert (await compaction.compact_all(store)).rows == 1
    assert [page async for page in store.pages(arrivals.ROWS)] in ([], [[]])


async def test_another_opinion_after_the_compaction_is_a_row_of_its_own(store: Store) -> None:
    record = numbered(7)
    await arrivals.save(store, record)
    await compaction.compact_all(store)
    await arrivals.save(store, replace(record, label=3))

    assert await labels(store) == [7, 3]
    assert (await compaction.compact_all(store)).rows == 2
    assert await labels(store) == [7, 3]
    # Sent once more it is the same opinion.
    await arrivals.save(store, replace(record, label=3))
    assert await labels(store) == [7, 3]
    assert (await compaction.compact_all(store)).rows == 2
    assert await labels(store) == [7, 3]


async def test_a_row_whose_key_is_taken_by_a_damaged_object_is_kept_beside_it(
    store: Store,
) -> None:
    record = numbered(7)
    await store.create(arrivals.key_of(record.id), b"<html>")

    for _ in range(2):
        await arrivals.save(store, record)
        assert await downloaded(store) == [7]
    with pytest.raises(Conflict):
        await arrivals.save(store, replace(record, label=3))
    await compaction.compact_all(store)

    assert await downloaded(store) == [7]
    assert await arrivals.quarantined(store) == 1


async def test_what_is_set_aside_under_a_name_that_is_taken_has_one_of_its_own(
    store: Store,
) -> None:
    record = numbered(7)
    key = arrivals.key_of(record.id)
    for content in (b"<html>", b"{", b"<html>"):
        await store.create(key, content)
        await arrivals.set_aside(store, key)

    assert await arrivals.quarantined(store) == 2
    assert await store.get(key) is None
    assert (await manifest.in_force(store)).generation == 0
