"""What can't be read is neither "empty" nor served in part, and nothing is swept for it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore

from digit_recognizer import settings
from digit_recognizer.commands import store_check
from digit_recognizer.download import csv_file
from digit_recognizer.errors import DamagedStore, StoreUnavailable
from digit_recognizer.feedback import csv_format
from digit_recognizer.models import retraining_log
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.rows import arrivals, compaction, manifest, opinions, segments, snapshot
from digit_recognizer.rows.manifest import GENERATIONS
from digit_recognizer.store.folder import Folder
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, each_once, numbered

Damage = Callable[[Store], Awaitable[None]]


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "20000")
    settings.settings.cache_clear()


async def save(store: Store, *numbers: int) -> None:
    for number in numbers:
        await arrivals.save(store, numbered(number, prediction=number % 7))


async def keys(store: Store, prefix: str) -> list[str]:
    return sorted([listed.key async for page in store.pages(prefix) for listed in page])


async def segment_names(store: Store) -> set[str]:
    stored = await keys(store, segments.SEGMENTS)
    return {key.rpartition("/")[2].partition(".")[0] for key in stored}


async def overwrite(store: Store, key: str, content: bytes) -> None:
    await store.delete([key])
    assert await store.create(key, content)


async def two_generations(store: Store) -> None:
    await save(store, *range(30))
    await compaction.compact_all(store)
    await save(store, *range(30, 47))
    await compaction.compact_all(store)


async def all_manifests_gone(store: Store) -> None:
    await store.delete(await keys(store, GENERATIONS.prefix))


async def the_newest_manifest_gone(store: Store) -> None:
    await store.delete([GENERATIONS.key(2)])


def newest_manifest(content: bytes) -> Damage:
    async def damage(store: Store) -> None:
        await overwrite(store, GENERATIONS.key(2), content)

    return damage


async def half_a_manifest(store: Store) -> None:
    content = await store.get(GENERATIONS.key(2))
    assert content is not None
    await overwrite(store, GENERATIONS.key(2), content[: len(content) // 2])


DAMAGES: dict[str, tuple[Damage, str]] = {
    "all manifests are gone": (all_manifests_gone, "a later manifest is gone"),
    "the newest manifest is gone": (the_newest_manifest_gone, "a later manifest is gone"),
    "an empty manifest": (newest_manifest(b""), r"0000000002\.json is damaged"),
    "an empty object": (newest_manifest(b"{}"), r"0000000002\.json is damaged"),
    "garbage": (newest_manifest(b"\x00\xff" * 99), r"0000000002\.json is damaged"),
    "very deep lists": (newest_manifest(b"[" * 100_000), r"0000000002\.json is damaged"),
    "another format": (newest_manifest(b'{"format": 2}'), r"0000000002\.json is damaged"),
    "half a manifest": (half_a_manifest, r"0000000002\.json is damaged"),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES.values(), ids=DAMAGES)
async def test_a_damaged_store_is_named_and_mended_with_every_row(
    store: Store, damage: Damage, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_generations(store)
    before = await snapshot.summary(store, 0)
    await damage(store)
    await save(store, 47)

    lost = await keys(store, segments.SEGMENTS)
    for reading in (
        csv_file.assemble(store),
        snapshot.summary(store, 0),
        compaction.compact_all(store),
        store_check.check(store),
    ):
        with pytest.raises(DamagedStore, match=sentence):
            await reading
    with pytest.raises(DamagedStore, match=sentence):
        assert [row async for row in snapshot.rows(store)]
    assert await keys(store, segments.SEGMENTS) == lost  # and nothing was swept or written
    await save(store, 48)  # rows are still taken

    said = await store_check.repair(store)

    assert said == "Manifest 3 has all 47 rows that could be read."
    assert each_once(await downloaded(store)) == {*range(49)}
    after = await snapshot.summary(store, 0)
    assert {**after["labels"]} == {
        label: count + (label in "78") for label, count in before["labels"].items()
    }
    assert (await compaction.compact_all(store)).rows == 49
    assert await store_check.repair(store) == "The manifest is whole; nothing was changed."
    # What is named no more goes one day.
    monkeypatch.setattr(compaction, "_ORPHAN_AFTER", timedelta(seconds=-60))
    monkeypatch.setattr(compaction, "_SWEEP_EVERY", 1)
    await save(store, 49)
    current = await compaction.compact_all(store)
    kept = {segment.name for segment in (*current.segments, *(r.segment for r in current.retired))}
    names = {
        key.rpartition("/")[2].partition(".")[0] for key in await keys(store, segments.SEGMENTS)
    }
    assert names == kept
    assert each_once(await downloaded(store)) == {*range(50)}
    assert (await store_check.check(store)).startswith("All is well: 50 rows")


async def test_exports_without_a_manifest_are_no_empty_store(store: Store) -> None:
    await store.create("exports/7/user_pixel_data.csv", csv_format.HEADER)

    with pytest.raises(DamagedStore, match=r"exports/7/user_pixel_data\.csv is there"):
        await csv_file.assemble(store)


async def test_segments_whose_rows_are_nowhere_else_are_never_swept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a repair by hand that put an older manifest in force."""
    await two_generations(store)
    old = await store.get(GENERATIONS.key(1))
    assert old is not None
    lost = await manifest.in_force(store)
    stored: dict[str, Any] = {"generation": 3}
    rewritten = old.replace(b'"generation":1', f'"generation":{stored["generation"]}'.encode())
    assert await GENERATIONS.create(store, 3, rewritten)
    monkeypatch.setattr(compaction, "_ORPHAN_AFTER", timedelta(seconds=-60))
    monkeypatch.setattr(compaction, "_SWEEP_EVERY", 1)

    await save(store, 50)
    await compaction.compact_all(store)

    names = {
        key.rpartition("/")[2].partition(".")[0] for key in await keys(store, segments.SEGMENTS)
    }
    assert lost.names() - (await manifest.in_force(store)).names() <= names


async def test_what_a_killed_compaction_left_is_no_damage(store: Store) -> None:
    await save(store, *range(20))
    writer = segments.SegmentWriter(store, 1, 8000)
    for number in range(5):
        record = numbered(number)
        await arrivals.save(store, record)
        await writer.add(record)
    await writer.close()

    assert len(await downloaded(store)) == 25
    assert (await compaction.compact_all(store)).rows == 25


async def test_a_later_opinion_in_a_killed_compaction_is_no_damage(store: Store) -> None:
    record = numbered(1)
    await arrivals.save(store, record)
    current = await compaction.compact_all(store)
    opinion = replace(record, label=9)
    await arrivals.save(store, opinion)
    writer = segments.SegmentWriter(store, current.generation + 1, 8000)
    await writer.add(replace(opinion, id=opinions.own_id(opinion)))
    await writer.close()

    assert (await snapshot.summary(store, 0))["rows"] == 2
    assert (await compaction.compact_all(store)).rows == 2


DEEP_ROWS = {
    "lists that never end": b"[" * 100_000,
    "deep lists": b'{"id": ' + b"[" * 500 + b"]" * 500 + b"}",
    "nothing": b"",
    "a page of a proxy": b"<html>502 Bad Gateway</html>",
}


@pytest.mark.parametrize("content", DEEP_ROWS.values(), ids=DEEP_ROWS)
async def test_a_row_that_can_not_be_read_is_set_aside_and_stops_nobody(
    store: Store, content: bytes
) -> None:
    await save(store, *range(3))
    bad = numbered(9)
    await store.create(arrivals.key_of(bad.id), content)

    assert each_once(await downloaded(store)) == {0, 1, 2}
    assert (await snapshot.summary(store, 0))["quarantined"] == 1
    with pytest.raises(DamagedStore, match="holds no row; the next compaction sets it aside"):
        await store_check.check(store)
    assert (await compaction.compact_all(store)).rows == 3
    assert await arrivals.quarantined(store) == 1
    assert await store_check.check(store)


class Proxied(Store):
    """A store behind something that answers with a page of its own, as long as it is `down`."""

    down = True

    async def get_many(self, keys: Any) -> list[bytes | None]:
        found = await super().get_many(keys)
        return [
            b"<html>502</html>" if self.down and "/rows/" in key else content
            for key, content in zip(keys, found, strict=True)
        ]


async def test_a_page_of_a_proxy_sends_no_good_row_to_the_quarantine() -> None:
    store = Proxied(MemoryStore())
    await save(store, *range(30))

    for reading in (compaction.compact_all(store), csv_file.assemble(store)):
        with pytest.raises(StoreUnavailable, match="what answers is not the store"):
            await reading
    store.down = False

    assert await arrivals.quarantined(store) == 0
    assert each_once(await downloaded(store)) == {*range(30)}


async def test_what_holds_a_row_after_all_is_not_set_aside(store: Store) -> None:
    await save(store, 1)
    (key,) = await keys(store, arrivals.ROWS)

    assert not await arrivals.set_aside(store, key)
    assert await downloaded(store) == [1]


class ReadOnly(Store):
    """A store that refuses to be written, as a full disk does."""

    full = False

    async def create(self, key: str, content: bytes | bytearray) -> bool:
        if self.full:
            raise StoreUnavailable("The disk is full.")
        return await super().create(key, content)


@pytest.fixture
async def full_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReadOnly:
    """A store with rows in segments and more waiting than are read at once."""
    monkeypatch.setenv("COMPACT_AT", "5")
    settings.settings.cache_clear()
    store = ReadOnly(Folder.at(tmp_path))
    await save(store, *range(20))
    await compaction.compact_all(store)
    await save(store, *range(20, 60))
    store.full = True
    return store


async def test_a_store_that_can_not_be_written_is_read_all_the_same(full_store: ReadOnly) -> None:
    file = await csv_file.assemble(full_store)
    assert file.size is None
    lines = b"".join([chunk async for chunk in file.chunks()]).splitlines()
    assert len(lines) == 1 + 60
    assert (await snapshot.summary(full_store, 0))["rows"] == 60

    full_store.full = False
    assert (await csv_file.assemble(full_store)).size == len(b"\r\n".join(lines)) + 2


async def test_a_retraining_that_has_seen_more_rows_than_there_are_is_told(store: Store) -> None:
    await save(store, 1)
    await retraining_log.append(
        store, Retraining("2026-11-25T00:00:00+00:00", 5, "", "refused", None, "No.")
    )

    with pytest.raises(DamagedStore, match="has looked at 5 rows, and there are 1 now"):
        await store_check.check(store)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "ids"])
async def test_a_segment_that_lost_its_end_is_named(store: Store, kind: str) -> None:
    await save(store, *range(5))
    current = await compaction.compact_all(store)
    key = f"{segments.SEGMENTS}/{current.segments[0].name}.{kind}"
    content = await store.get(key)
    assert content is not None
    await overwrite(store, key, content[:-7])

    with pytest.raises(DamagedStore, match="is not as long as when it was written"):
        await store_check.check(store)
    if kind == "csv":
        file = await csv_file.assemble(store)
        with pytest.raises(DamagedStore, match="not as long"):
            await file.content()
