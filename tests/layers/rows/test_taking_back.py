"""What was taken back is in no file and no count, wherever it was and whenever it comes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from digit_recognizer import settings
from digit_recognizer.commands import store_check
from digit_recognizer.download import csv_file
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.ids import new_id
from digit_recognizer.rows import (
    arrivals,
    compaction,
    manifest,
    opinions,
    reprocessing,
    segments,
    snapshot,
    taking_back,
)
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import (
    PICTURE,
    downloaded,
    each_once,
    id_from,
    numbered,
    numbers_in,
)


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "7000")  # five rows
    settings.settings.cache_clear()


async def saved(store: Store, *numbers: int) -> list[Feedback]:
    records = [numbered(number, prediction=(number + 1) % 10) for number in numbers]
    for record in records:
        await arrivals.save(store, record)
    return records


async def left(store: Store) -> set[int]:
    """The rows in the download, which are those that a retraining reads and those counted."""
    read = [int.from_bytes(r.pixels[:3], "big") async for r in snapshot.rows(store)]
    count = (await snapshot.counted(store)).rows
    found = each_once(await downloaded(store))
    assert each_once(read) == found
    summary = await snapshot.summary(store, 0)
    assert count == summary["rows"] == summary["waiting_for_retraining"] == len(found)
    assert sum(map(sum, summary["confusion"])) == len(found)
    return found


async def test_a_row_that_waits_is_out_at_once_and_after_compaction(store: Store) -> None:
    records = await saved(store, *range(4))
    await arrivals.take_back(store, records[1].id)

    assert [r.id async for r in snapshot.rows(store)] == [records[n].id for n in (0, 2, 3)]
    assert await left(store) == {0, 2, 3}
    await compaction.compact_all(store)
    assert await left(store) == {0, 2, 3}


async def test_a_compacted_row_is_out_before_and_after_its_segment_is_written_anew(
    store: Store,
) -> None:
    records = await saved(store, *range(12))
    before = await compaction.compact_all(store)
    for number in (0, 7, 8):
        await arrivals.take_back(store, records[number].id)

    assert (await snapshot.counted(store)).rows == 9
    read = [r async for r in snapshot.rows(store)]
    assert read == [r for n, r in enumerate(records) if n not in (0, 7, 8)]
    after = await compaction.compact_all(store)

    assert len(before.segments) == 3
    assert after.segments[2] == before.segments[2]
    assert [s.taken_back for s in after.segments] == [1, 2, 0]
    assert [r async for r in snapshot.rows(store)] == read
    assert await left(store) == {1, 2, 3, 4, 5, 6, 9, 10, 11}
    assert not [page async for page in store.pages(arrivals.ROWS) if page]


async def test_what_is_stored_of_the_other_rows_stays_byte_for_byte(store: Store) -> None:
    records = await saved(store, *range(4))
    lines = [await store.get(arrivals.key_of(record.id)) for record in records]
    await compaction.compact_all(store)
    await arrivals.take_back(store, records[2].id)

    current = await compaction.compact_all(store)

    content = await store.get(current.segments[0].records_key)
    assert content == b"".join(b"%b\n" % line for n, line in enumerate(lines) if line and n != 2)


@pytest.mark.parametrize("compacts", [False, True])
async def test_a_row_that_comes_after_it_was_taken_back_stays_out(
    store: Store, compacts: bool
) -> None:
    await saved(store, 0)
    late = numbered(1, id=id_from(3))
    await arrivals.take_back(store, late.id)
    if compacts:
        await compaction.compact_all(store)

    for _ in range(2):
        await arrivals.save(store, late)
        assert await left(store) == {0}
        await compaction.compact_all(store)
        assert await left(store) == {0}
    assert not [page async for page in store.pages(arrivals.ROWS) if page]


async def test_saying_it_twice_is_saying_it_once(store: Store) -> None:
    records = await saved(store, 0, 1)
    await arrivals.take_back(store, records[0].id)
    await arrivals.take_back(store, records[0].id)
    first = await compaction.compact_all(store)
    await arrivals.take_back(store, records[0].id)

    again = await compaction.compact_all(store)

    assert again == first
    assert await left(store) == {1}


async def test_later_opinions_under_the_same_id_are_taken_back_with_it(store: Store) -> None:
    first = numbered(1)
    await arrivals.save(store, first)
    await compaction.compact_all(store)
    other = "data:image/png;base64,BBBB"
    await arrivals.save(store, numbered(2, id=first.id, image=other))
    await compaction.compact_all(store)
    await arrivals.save(store, numbered(3, id=first.id, image=PICTURE))
    assert each_once(await downloaded(store)) == {1, 2, 3}

    await arrivals.take_back(store, first.id)

    assert each_once(await downloaded(store)) == set()
    await arrivals.save(store, numbered(4, id=first.id))
    assert await left(store) == set()


async def test_a_file_of_which_all_was_taken_back_has_its_header(store: Store) -> None:
    [only] = await saved(store, 0)
    await compaction.compact_all(store)
    await arrivals.take_back(store, only.id)

    assert await left(store) == set()
    await saved(store, 1)
    await compaction.compact_all(store)
    assert await left(store) == {1}


async def test_what_a_retraining_has_looked_at_does_not_wait_for_one_when_others_leave(
    store: Store,
) -> None:
    records = await saved(store, *range(6))
    await compaction.compact_all(store)
    looked_at = (await snapshot.counted(store)).places
    new = await saved(store, *range(6, 12))
    await compaction.compact_all(store)
    newest = await saved(store, 12, 13)
    for record in (*records[:3], new[0], new[5], newest[0]):
        await arrivals.take_back(store, record.id)

    for _ in range(2):
        assert (await snapshot.counted(store)).not_looked_at(looked_at) == 5
        summary = await snapshot.summary(store, looked_at)
        assert (summary["rows"], summary["waiting_for_retraining"]) == (8, 5)
        await compaction.compact_all(store)
    assert (await snapshot.counted(store)).places == 13
    assert (await snapshot.counted(store)).left.empty == 5


async def test_much_that_is_taken_back_takes_several_generations(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_back, "_WRITTEN_AT_ONCE", 2)
    records = await saved(store, *range(25))
    before = await compaction.compact_all(store)
    assert len(before.segments) == 5
    for record in records[::5]:
        await arrivals.take_back(store, record.id)

    _, more = await compaction.compact(store)
    assert more
    assert await left(store) == {n for n in range(25) if n % 5}
    after = await manifest.in_force(store)
    assert sum(segment.taken_back for segment in after.segments) == 5


async def test_many_ids_of_no_row_fill_segments_of_their_own(store: Store) -> None:
    await saved(store, 0)
    ids = [new_id() for _ in range(70)]
    for id_ in ids:
        await arrivals.take_back(store, id_)

    current = await compaction.compact_all(store)

    assert len(current.segments) >= 3
    assert (await segments.held(store, current.segments, ids)).taken_back == set(ids)
    assert await left(store) == {0}


async def test_a_store_that_cannot_be_written_leaves_them_out_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = await saved(store, *range(8))
    await compaction.compact_all(store)
    await saved(store, 8)
    await arrivals.take_back(store, records[3].id)

    async def refuse(_store: Store, _at_most: int) -> tuple[manifest.Manifest, bool]:
        raise StoreUnavailable("read-only")

    monkeypatch.setattr(snapshot, "_compactor", refuse)

    summary = await snapshot.summary(store, 0)
    assert summary["rows"] == sum(summary["labels"].values()) == 8
    assert len(summary["recent"]) == 8
    file = await csv_file.assemble(store)
    content = b"".join([chunk async for chunk in file.chunks()])
    assert numbers_in(content) == [0, 1, 2, 4, 5, 6, 7, 8]


async def test_what_was_replaced_goes_though_nothing_else_comes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = await saved(store, 0, 1)
    before = await compaction.compact_all(store)
    await arrivals.take_back(store, records[0].id)
    await compaction.compact_all(store)
    assert await store.get(before.segments[0].records_key)  # somebody may be reading it

    monkeypatch.setattr(compaction, "_KEPT_FOR", timedelta(0))
    current = await compaction.compact_all(store)

    assert current.retired == ()
    assert await store.get_many(before.segments[0].keys) == [None] * 3
    assert await left(store) == {1}
    assert await compaction.compact_all(store) == current


async def test_a_mended_manifest_leaves_them_out_and_a_check_counts_them(store: Store) -> None:
    records = await saved(store, *range(8))
    await compaction.compact_all(store)
    await arrivals.take_back(store, records[2].id)
    current = await compaction.compact_all(store)
    await arrivals.take_back(store, records[5].id)
    said = await store_check.check(store)
    assert "7 rows in 2 segments, 0 that wait, 1 taken back, 1 whose taking back waits" in said
    await store.delete([manifest.GENERATIONS.key(current.generation)])

    assert await store_check.repair(store) == "Manifest 3 has all 7 rows that could be read."
    assert "7 rows" in await store_check.check(store)

    assert await left(store) == {0, 1, 3, 4, 6, 7}
    await arrivals.save(store, records[2])
    assert await left(store) == {0, 1, 3, 4, 6, 7}
    assert "2 taken back" in await store_check.check(store)


async def test_reprocessed_segments_still_know_what_was_taken_back(store: Store) -> None:
    records = await saved(store, *range(3))
    await compaction.compact_all(store)
    await arrivals.take_back(store, records[0].id)
    await compaction.compact_all(store)
    await reprocessing.reprocess(store)
    await arrivals.save(store, records[0])

    assert await left(store) == {1, 2}


ORDERS: list[Callable[[int], int]] = [lambda n: n, lambda n: -n]


@pytest.mark.parametrize("order", ORDERS)
async def test_rows_leave_one_after_the_other_until_none_is_left(
    store: Store, order: Callable[[int], int]
) -> None:
    records = await saved(store, *range(7))
    await compaction.compact_all(store)
    for number in sorted(range(7), key=order):
        await arrivals.take_back(store, records[number].id)
        await compaction.compact_all(store)
    assert await left(store) == set()
    assert (await snapshot.counted(store)).places == (await snapshot.counted(store)).left.empty == 7


async def test_a_killed_compaction_that_wrote_a_later_opinion_makes_no_damage(store: Store) -> None:
    first = numbered(1)
    await arrivals.save(store, first)
    await compaction.compact_all(store)
    other = "data:image/png;base64,BBBB"
    await arrivals.save(store, numbered(2, id=first.id, image=other))
    opinion = numbered(2, id=first.id, image=other)
    writer = segments.SegmentWriter(store, 99, 7000)  # and was never committed
    await writer.add(replace(opinion, id=opinions.own_id(opinion)))
    await writer.add_taken_back(first.id)
    await writer.close()
    await arrivals.take_back(store, first.id)

    for _ in range(2):
        assert each_once(await downloaded(store)) == set()
        await compaction.compact_all(store)
