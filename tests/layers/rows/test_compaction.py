"""Rows become segments, each once, whatever comes in between."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from digit_recognizer import settings
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.rows import arrivals, compaction, manifest, segments, snapshot
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, each_once, id_from, numbered

THREE_ROWS = "4000"


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", THREE_ROWS)


async def save(store: Store, *records: Feedback) -> None:
    for record in records:
        await arrivals.save(store, record)


async def keys(store: Store, prefix: str) -> list[str]:
    return sorted([entry.key async for page in store.pages(prefix) for entry in page])


async def test_rows_become_segments_in_order_of_arrival(store: Store) -> None:
    made = [numbered(n) for n in range(20)]
    await save(store, *reversed(made))

    current = await compaction.compact_all(store)

    assert current.rows == 20
    assert [segment.rows for segment in current.segments] == [3] * 6 + [2]
    assert current.watermark == made[-1].id
    assert await keys(store, arrivals.ROWS) == []
    assert await downloaded(store) == list(range(20))


async def test_segments_tell_their_own_sizes(store: Store) -> None:
    await save(store, *(numbered(n) for n in range(8)))

    for segment in (await compaction.compact_all(store)).segments:
        assert await store.size(segment.csv_key) == segment.csv_bytes
        assert await store.size(segment.records_key) == segment.record_bytes
        assert await store.size(segment.ids_key) == 16 * segment.rows


async def test_only_the_last_small_segment_is_replaced_and_its_objects_stay_for_a_while(
    store: Store,
) -> None:
    await save(store, *(numbered(n) for n in range(4)))
    before = await compaction.compact_all(store)
    await save(store, numbered(4))

    after = await compaction.compact_all(store)

    full, small = before.segments
    assert (after.generation, [segment.rows for segment in after.segments]) == (2, [3, 2])
    assert after.segments[0] == full
    assert [retired.segment for retired in after.retired] == [small]
    assert await store.size(small.csv_key) == small.csv_bytes
    assert await downloaded(store) == list(range(5))


async def test_replaced_segments_go_when_nobody_reads_them_any_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(store, numbered(0))
    await compaction.compact_all(store)
    await save(store, numbered(1))
    await compaction.compact_all(store)
    monkeypatch.setattr(compaction, "_KEPT_FOR", timedelta(0))
    await save(store, numbered(2))

    current = await compaction.compact_all(store)

    left = {key.partition(".")[0] for key in await keys(store, segments.SEGMENTS)}
    named = {*current.segments, *(retired.segment for retired in current.retired)}
    assert left == {f"{segments.SEGMENTS}/{segment.name}" for segment in named}
    assert len(named) == 2
    assert await downloaded(store) == [0, 1, 2]


async def test_nothing_new_is_no_new_generation(store: Store) -> None:
    assert await compaction.compact_all(store) == manifest.Manifest()
    await save(store, numbered(0))

    first = await compaction.compact_all(store)

    assert await compaction.compact_all(store) == first
    assert await keys(store, manifest.GENERATIONS.prefix) == ["feedback/manifests/0000000001.json"]


async def test_a_late_row_is_still_taken(store: Store) -> None:
    await save(store, numbered(0), numbered(1))
    await compaction.compact_all(store)
    await save(store, numbered(2, id=id_from(400)))

    assert await downloaded(store) == [0, 1, 2]
    await compaction.compact_all(store)
    assert await downloaded(store) == [0, 1, 2]


@pytest.mark.parametrize("days_ago", [0, 0.5, 400])
async def test_a_row_that_is_sent_again_after_its_compaction_is_the_same_row(
    store: Store, days_ago: float
) -> None:
    late = numbered(1, id=id_from(days_ago))
    await save(store, numbered(0), late, numbered(2))
    await compaction.compact_all(store)
    order = await downloaded(store)
    await save(store, late)

    assert await downloaded(store) == order
    current = await compaction.compact_all(store)
    assert current.generation == 1
    assert await downloaded(store) == order
    assert await keys(store, arrivals.ROWS) == []


async def test_a_change_of_the_number_of_prefixes_doubles_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = numbered(5, id="0190e3d0-0000-7000-8000-0000000000ff")
    await save(store, row)
    monkeypatch.setenv("ROW_PREFIXES", "7")
    settings.settings.cache_clear()
    await save(store, row)

    assert len(await keys(store, arrivals.ROWS)) == 2
    assert await downloaded(store) == [5]
    await compaction.compact_all(store)
    assert await downloaded(store) == [5]
    assert await keys(store, arrivals.ROWS) == []


async def test_rows_of_the_first_days_lie_elsewhere_and_are_taken_too(store: Store) -> None:
    row = numbered(3, id="0190e3d0-0000-7000-8000-000000000000")
    await store.create(f"feedback/rows/2024-07-24/{row.id}.json", row.to_json())

    assert await downloaded(store) == [3]
    await compaction.compact_all(store)
    assert await downloaded(store) == [3]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("0190e3d0-0000-7000-8000-000000000000.json", b"{"),
        ("0190e3d0-0000-7000-8000-000000000000.json", b""),
        ("0190e3d0-0000-7000-8000-000000000000.json", numbered(1).to_json()),
        ("notes.txt", b"hello"),
        ("0190e3d0-0000-4000-8000-000000000000.json", numbered(1).to_json()),
    ],
)
async def test_what_is_no_record_is_set_aside_counted_and_blocks_nothing(
    store: Store, name: str, content: bytes
) -> None:
    await store.create(f"feedback/rows/00/2024-07-24/{name}", content)
    await save(store, numbered(0), numbered(1))

    assert await downloaded(store) == [0, 1]
    assert (await snapshot.summary(store, 0))["quarantined"] == 1
    await compaction.compact_all(store)
    assert await store.get(f"feedback/quarantine/00/2024-07-24/{name}") == content
    assert await keys(store, arrivals.ROWS) == []
    assert await downloaded(store) == [0, 1]
    assert (await snapshot.summary(store, 0))["quarantined"] == 1


async def test_of_compactors_at_the_same_time_none_loses_and_none_doubles(store: Store) -> None:
    await save(store, *(numbered(n) for n in range(10)))

    results = await asyncio.gather(
        *(compaction.compact_all(store) for _ in range(4)), return_exceptions=True
    )

    assert any(isinstance(result, manifest.Manifest) for result in results)
    assert all(isinstance(r, manifest.Manifest | StoreUnavailable) for r in results)
    assert await downloaded(store) == list(range(10))


async def test_originals_are_kept_line_by_line(store: Store) -> None:
    made = [numbered(n, prediction=3, image=f"data:image/png;base64,{n:04}") for n in range(5)]
    await save(store, *made)

    current = await compaction.compact_all(store)

    kept = [r for segment in current.segments async for r in segments.records(store, segment)]
    assert kept == made


async def test_many_rows_are_taken_in_generations_of_bounded_size() -> None:
    store = open_store("memory://")
    await save(store, *(numbered(n) for n in range(25)))

    current, more = await compaction.compact(store, at_most=10)

    assert (current.rows, more) == (10, True)
    assert await downloaded(store) == list(range(25))
    assert (await compaction.compact_all(store)).rows == 25


async def test_a_download_compacts_first_where_much_is_new(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPACT_AT", "5")
    settings.settings.cache_clear()
    await save(store, *(numbered(n) for n in range(6)))

    assert await downloaded(store) == list(range(6))
    assert (await manifest.in_force(store)).rows == 6


async def test_the_summary_is_what_all_rows_amount_to(store: Store) -> None:
    made = [
        numbered(n, prediction=(n * 7) % 10, source="training" if n % 5 == 0 else None)
        for n in range(30)
    ]
    everything = Tally()
    for record in made:
        everything.add(record)
    await save(store, *made[:20])
    await compaction.compact_all(store)
    await save(store, *made[20:25])
    await compaction.compact_all(store)
    await save(store, *made[25:], made[0])

    assert await snapshot.summary(store, 0) == everything.summary(quarantined=0, looked_at=0)


async def test_a_commit_whose_answer_is_lost_is_not_done_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is tried again by the client of S3, and finds its own manifest there."""
    create = Numbered.create

    async def created_twice(log: Numbered, store: Store, number: int, content: bytes) -> bool:
        await create(log, store, number, content)
        return await create(log, store, number, content)

    monkeypatch.setattr(Numbered, "create", created_twice)
    await save(store, *(numbered(n) for n in range(5)))

    current = await compaction.compact_all(store)

    assert current.generation == 1
    assert await downloaded(store) == list(range(5))
    assert await keys(store, arrivals.ROWS) == []


async def test_a_commit_on_a_generation_of_long_ago_is_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may succeed, when old manifests were removed; it must not lead to removing rows."""
    monkeypatch.setattr(compaction, "_SWEEP_EVERY", 1)
    monkeypatch.setattr(compaction, "_KEPT_GENERATIONS", 1)
    await save(store, numbered(0))
    stale = await manifest.in_force(store)
    waiting = await arrivals.waiting(store, 100)
    for n in range(1, 4):
        await save(store, numbered(n))
        await compaction.compact_all(store)

    late = compaction._one_by_one([numbered(9)])
    assert await compaction._commit(store, stale, late) is None
    assert await store.size(manifest.GENERATIONS.key(1)) is not None
    assert await compaction._take(store, stale, waiting) is None
    assert each_once(await downloaded(store)) == {0, 1, 2, 3}


async def test_what_was_never_committed_is_swept_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = f"{segments.SEGMENTS}/00000001-never.csv"
    await store.create(orphan, b"")
    await save(store, numbered(0))
    monkeypatch.setattr(compaction, "_SWEEP_EVERY", 1)

    await compaction.compact_all(store)
    assert await store.size(orphan) == 0
    await save(store, numbered(1))
    monkeypatch.setattr(compaction, "_ORPHAN_AFTER", timedelta(seconds=-60))
    await compaction.compact_all(store)

    assert await store.size(orphan) is None
    assert await downloaded(store) == [0, 1]


async def test_a_row_that_is_committed_and_removed_while_a_download_begins_is_in_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(store, *(numbered(n) for n in range(5)))
    in_force = manifest.in_force

    async def overtaken(store: Store) -> manifest.Manifest:
        current = await in_force(store)
        monkeypatch.setattr(manifest, "in_force", in_force)
        await compaction.compact_all(store)
        return current

    monkeypatch.setattr(manifest, "in_force", overtaken)

    assert await downloaded(store) == list(range(5))


async def test_ids_are_looked_up_only_in_segments_of_their_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(store, *(numbered(n, id=id_from(100 - n)) for n in range(9)))
    await compaction.compact_all(store)
    asked: list[str] = []
    get_many = Store.get_many

    async def noted(self: Store, keys: Any) -> list[bytes | None]:
        asked.extend(key for key in keys if key.endswith(".ids"))
        return await get_many(self, keys)

    monkeypatch.setattr(Store, "get_many", noted)
    await save(store, numbered(9), numbered(10, id=id_from(200)))
    assert await downloaded(store) == [*range(9), 10, 9]
    assert asked == []
    await save(store, numbered(4, id=id_from(96)))
    await downloaded(store)
    assert len(asked) <= 1


def test_a_few_outliers_do_not_stretch_a_segments_time() -> None:
    hour = 3_600_000
    times = [5, 6, 1000 * hour, *(2000 * hour + n for n in range(50)), 9000 * hour]
    index = bytearray(b"".join(time.to_bytes(6, "big") + bytes(10) for time in times))

    assert segments._runs(index) == (
        (5, 6),
        (1000 * hour, 1000 * hour),
        (2000 * hour, 2000 * hour + 49),
        (9000 * hour, 9000 * hour),
    )


async def test_a_manifest_comes_back_as_it_was_stored(store: Store) -> None:
    await save(store, *(numbered(n, prediction=n) for n in range(4)))
    await compaction.compact_all(store)
    await save(store, numbered(4))
    current = await compaction.compact_all(store)

    assert manifest.Manifest.from_json(current.to_json()) == current
    assert json.loads(current.to_json())["format"] == 1
