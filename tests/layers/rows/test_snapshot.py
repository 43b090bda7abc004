"""All rows, one by one, as a retraining reads them."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.rows import arrivals, compaction, segments, snapshot
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import PICTURE, downloaded, id_from, numbered

CONTRIBUTOR = "mBx0n8-rWq_5tY2kLc9ZvQ"


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "4000")


async def save(store: Store, *records: Feedback) -> None:
    for record in records:
        await arrivals.save(store, record)


async def read(store: Store) -> list[Feedback]:
    return [record async for record in snapshot.rows(store)]


async def test_rows_come_whole_from_segments_and_from_the_tail(store: Store) -> None:
    made = [
        numbered(n, prediction=3, confidence=0.5, model_version="v1", contributor=CONTRIBUTOR + "x")
        if n % 3
        else numbered(n, label="NaN")
        for n in range(9)
    ]
    await save(store, *made[:7])
    await compaction.compact_all(store)
    await save(store, *made[7:])

    assert await read(store) == made
    assert (await snapshot.counted(store)).rows == 9
    assert made[1].image == PICTURE


async def test_no_rows_are_no_rows(store: Store) -> None:
    assert await read(store) == []
    assert (await snapshot.counted(store)).rows == 0


async def test_a_row_is_read_once_however_often_it_was_sent(store: Store) -> None:
    late = numbered(0, id=id_from(400))
    made = [late, numbered(1), numbered(2)]
    await save(store, *made)
    await compaction.compact_all(store)
    await save(store, late, numbered(3))

    assert [record.pixels[2] for record in await read(store)] == [0, 1, 2, 3]
    assert (await snapshot.counted(store)).rows == 4


async def test_an_object_that_is_no_row_is_passed_over(store: Store) -> None:
    await save(store, numbered(0), numbered(1))
    broken = numbered(2)
    await store.create(arrivals.key_of(broken.id), b"{")

    assert [record.pixels[2] for record in await read(store)] == [0, 1]


class Watched(Store):
    """A store where something happens when the first row object is fetched."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._objects, store.bucket)
        self.overtaken_by: AsyncIterator[object] | None = None

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        if self.overtaken_by is not None and keys and keys[0].startswith(arrivals.ROWS):
            overtaken_by, self.overtaken_by = self.overtaken_by, None
            await anext(overtaken_by)
        return await super().get_many(keys)


async def test_rows_that_are_compacted_while_they_are_read_are_read_all_the_same(
    store: Store,
) -> None:
    await save(store, *(numbered(n) for n in range(4)))
    await compaction.compact_all(store)
    await save(store, *(numbered(n) for n in range(4, 9)))

    async def compacted_and_more_came() -> AsyncIterator[None]:
        await save(store, numbered(9))
        await compaction.compact_all(store)
        yield

    watched = Watched(store)
    watched.overtaken_by = compacted_and_more_came()

    found = [record.pixels[2] async for record in snapshot.rows(watched)]

    assert watched.overtaken_by is None
    assert sorted(found) == list(range(9))


async def test_a_later_opinion_is_read_whether_it_waits_or_is_compacted_meanwhile(
    store: Store,
) -> None:
    rows = [numbered(n) for n in range(4)]
    await save(store, *rows)
    await compaction.compact_all(store)
    await save(store, replace(rows[1], label=7), replace(rows[2], label=8), numbered(4))

    async def opinions(store: Store) -> list[tuple[int, object]]:
        return sorted([(r.pixels[2], r.label) async for r in snapshot.rows(store)])

    async def compacted() -> AsyncIterator[None]:
        await compaction.compact_all(store)
        yield

    said = [(0, 0), (1, 1), (1, 7), (2, 2), (2, 8), (3, 3), (4, 4)]
    assert await opinions(store) == said
    watched = Watched(store)
    watched.overtaken_by = compacted()
    assert await opinions(watched) == said
    assert watched.overtaken_by is None
    assert await opinions(store) == said


@pytest.mark.parametrize("left", [0, 0.5])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "ids"])
async def test_a_segment_that_was_cut_short_is_not_taken_for_whole(
    folder: Path, suffix: str, left: float
) -> None:
    store = open_store(folder.as_uri())
    rows = [numbered(n) for n in range(2)]
    await save(store, *rows)
    await compaction.compact_all(store)
    (file,) = (folder / segments.SEGMENTS).glob(f"*.{suffix}")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * left)])
    await save(store, rows[1], numbered(2))

    with pytest.raises(StoreUnavailable, match="is not as long"):
        await compaction.compact_all(store)
    with pytest.raises(StoreUnavailable, match="is not as long"):
        await (read(store) if suffix == "jsonl" else downloaded(store))

    file.write_bytes(whole)
    assert await downloaded(store) == [0, 1, 2]
    assert (await compaction.compact_all(store)).rows == 3


async def test_more_than_can_be_held_is_said_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(store, *(numbered(n) for n in range(3)))
    monkeypatch.setattr(compaction, "AT_ONCE", 2)

    with pytest.raises(StoreUnavailable, match=r"More than 2 rows .* run `make compact` first"):
        await read(store)


# Reads a store as a retraining does and prints the most memory that Python's objects took (bytes).
READER = """
import asyncio, sys, tracemalloc
from digit_recognizer.rows import snapshot
from digit_recognizer.store.opening import open_store

async def read():
    return sum([1 async for _ in snapshot.rows(open_store(sys.argv[1]))])

tracemalloc.start()
rows = asyncio.run(read())
print(rows, tracemalloc.get_traced_memory()[1])
"""


def test_ten_thousand_rows_take_no_more_memory_than_two_thousand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", str(1 << 20))
    peaks = {}
    for count in (2000, 10_000):
        url = (tmp_path / str(count)).as_uri()
        asyncio.run(fill(open_store(url), count))
        done = subprocess.run(
            [sys.executable, "-c", READER, url], capture_output=True, text=True, check=True
        )
        rows, peaks[count] = map(int, done.stdout.split())
        assert rows == count

    # Were they kept, 8,000 more rows would be 40 MB more.
    assert peaks[10_000] < peaks[2000] + 4_000_000


async def fill(store: Store, count: int) -> None:
    """Rows as large as the page's, all but the last thousand in segments."""
    picture = "data:image/png;base64," + "A" * 4000
    made = [numbered(n, image=picture) for n in range(count)]
    await compaction.append(store, made[:-1000])
    await save(store, *made[-1000:])
