"""Readers that know no manifest find the rows in force, each once, by the published lists."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from digit_recognizer.commands import store_check
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.rows import (
    arrivals,
    compaction,
    manifest,
    published,
    reprocessing,
    segments,
    snapshot,
)
from digit_recognizer.rows.manifest import GENERATIONS, Manifest
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import as_files, each_once, listed, numbered

LISTS = ((published.CSV, "csv"), (published.RECORDS, "jsonl"))


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "6000")


async def save(store: Store, *numbers: int, **fields: Any) -> None:
    for number in numbers:
        await arrivals.save(store, numbered(number, **fields))


async def compacted(store: Store, *numbers: int, **fields: Any) -> Manifest:
    await save(store, *numbers, **fields)
    return await compaction.compact_all(store)


async def assert_in_force(store: Store) -> Manifest:
    """The lists name the segments in force, in their order, and nothing else."""
    current = await manifest.in_force(store)
    for key, kind in LISTS:
        named = [f"{segments.SEGMENTS}/{each.name}.{kind}" for each in current.segments]
        assert await listed(store, key) == named
    return current


def numbers_by_duckdb(files: list[str], folder: Path) -> list[int]:
    """What DuckDB reads of segments' CSV: of each row the number in its first three pixels."""
    columns = {"label": "VARCHAR"} | {f"pixel{n}": "UTINYINT" for n in range(784)}
    with duckdb.connect(str(folder / "duck.db")) as database:
        rows = database.execute(
            "SELECT pixel0 * 65536 + pixel1 * 256 + pixel2"
            " FROM read_csv($files, header = false, columns = $columns, delim = ',')",
            {"files": files, "columns": columns},
        ).fetchall()
    return [number for (number,) in rows]


async def test_each_compaction_publishes_what_is_in_force(store: Store) -> None:
    for generation in range(1, 5):
        current = await compacted(store, *range(10 * generation, 10 * generation + 5))
        assert (await assert_in_force(store)).generation == current.generation == generation


async def test_duckdb_counts_the_rows_in_force_though_replaced_segments_lie_beside_them(
    store: Store, drawing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(9):
        await compacted(store, number, image=drawing)
    files = await as_files(store, await listed(store, published.CSV), tmp_path / "before")
    assert each_once(numbers_by_duckdb(files, tmp_path)) == {*range(9)}

    monkeypatch.setattr(reprocessing, "PREPROCESSING_VERSION", 2)
    assert (await reprocessing.reprocess(store)).anew == 9
    current = await assert_in_force(store)

    everything = [
        entry.key
        async for page in store.pages(segments.SEGMENTS)
        for entry in page
        if entry.key.endswith(".csv")
    ]
    files = await as_files(store, everything, tmp_path / "all")
    assert len(numbers_by_duckdb(files, tmp_path)) > 2 * current.rows
    files = await as_files(store, await listed(store, published.CSV), tmp_path / "after")
    assert len(numbers_by_duckdb(files, tmp_path)) == current.rows == 9


@pytest.mark.parametrize("name", ["store", "with a space", "percent%20, Ünïcode"])
async def test_duckdb_reads_a_folders_list_as_it_stands(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    store = open_store(f"file://{str(folder).replace('%', '%25')}")
    await compacted(store, *range(7))
    addresses = (folder / published.CSV).read_text("utf-8").splitlines()

    assert numbers_by_duckdb(addresses, tmp_path) == [*range(7)]
    for address in addresses:
        assert address.startswith(f"file://{folder}/feedback/segments/")


async def test_the_lists_have_a_prefix_of_their_own_each_and_nothing_else_is_there(
    store: Store,
) -> None:
    await compacted(store, 1)
    await compacted(store, 2)

    for key, _ in LISTS:
        folder = key.rpartition("/")[0]
        found = [entry.key async for page in store.pages(folder) for entry in page]
        assert found == [key]
        for known in (arrivals.ROWS, segments.SEGMENTS, GENERATIONS.prefix, arrivals.QUARANTINE):
            assert not key.startswith(f"{known}/")
    assert (await snapshot.summary(store, 0))["rows"] == 2


class Killed(BaseException):
    """The process has ended here."""


async def killed(_store: Store) -> bool:
    raise Killed


@pytest.mark.parametrize("mend", [compaction.compact_all, store_check.repair])
async def test_after_a_crash_between_commit_and_publication_it_is_published(
    store: Store, mend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await compacted(store, *range(4))
    before = await listed(store, published.CSV)
    with monkeypatch.context() as patch:
        patch.setattr(published, "publish", killed)
        with pytest.raises(Killed):
            await compacted(store, 4)
    assert await listed(store, published.CSV) == before  # whole, and a row behind
    assert None not in await store.get_many(before)

    await mend(store)

    assert (await assert_in_force(store)).rows == 5


async def test_a_slow_publisher_puts_no_older_list_in_the_place_of_a_newer_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await compacted(store, *range(4))
    in_force = manifest.in_force
    seen: list[int] = []

    async def overtaken(store: Store) -> Manifest:
        current = await in_force(store)
        seen.append(current.generation)
        if len(seen) == 1:
            await compacted(store, 4)
        return current

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "in_force", overtaken)
        assert await published.publish(store)

    assert seen[0] == 1
    assert (await assert_in_force(store)).generation == 2


class Refusing(Store):
    """A store that takes no lists, as where a role lacks the right."""

    refuses = True

    async def create(self, key: str, content: bytes | bytearray) -> bool:
        return await super().create(self._allowed(key), content)

    async def swap(self, key: str, seen: bytes | None, content: bytes) -> bool:
        return await super().swap(self._allowed(key), seen, content)

    def _allowed(self, key: str) -> str:
        if self.refuses and key in (published.CSV, published.RECORDS):
            raise StoreUnavailable("No.")
        return key


async def test_where_nothing_can_be_published_rows_are_compacted_and_no_listed_segment_goes(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compaction, "_KEPT_FOR", timedelta(0))
    monkeypatch.setattr(compaction, "_SWEEP_EVERY", 1)
    monkeypatch.setattr(compaction, "_ORPHAN_AFTER", timedelta(seconds=-60))
    await compacted(store, 0)
    (old,) = await listed(store, published.CSV)
    refusing = Refusing(store._objects, store.bucket)

    for number in range(1, 5):
        current = await compacted(refusing, number)
        assert "for other readers is behind" in caplog.text
        assert await store.size(old) is not None
    assert current.rows == 5
    assert [page async for page in store.pages(arrivals.ROWS)] == []

    refusing.refuses = False
    await compacted(refusing, 5)
    assert (await assert_in_force(store)).rows == 6
    assert await store.size(old) is None
