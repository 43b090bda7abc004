"""All rows, one by one, as a retraining reads them."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from digit_recognizer import compaction, feedback_rows, reading
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import Feedback
from digit_recognizer.storage import Store, open_store
from tests.layers.rows import PICTURE, id_from, numbered

CONTRIBUTOR = "mBx0n8-rWq_5tY2kLc9ZvQ"


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "4000")


async def save(store: Store, *records: Feedback) -> None:
    for record in records:
        await feedback_rows.save(store, record)


async def read(store: Store) -> list[Feedback]:
    return [record async for record in reading.rows(store)]


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
    assert await reading.count(store) == 9
    assert made[1].image == PICTURE


async def test_no_rows_are_no_rows(store: Store) -> None:
    assert await read(store) == []
    assert await reading.count(store) == 0


async def test_a_row_is_read_once_however_often_it_was_sent(store: Store) -> None:
    late = numbered(0, id=id_from(400))
    made = [late, numbered(1), numbered(2)]
    await save(store, *made)
    await compaction.compact_all(store)
    await save(store, late, numbered(3))

    assert [record.pixels[2] for record in await read(store)] == [0, 1, 2, 3]
    assert await reading.count(store) == 4


async def test_an_object_that_is_no_row_is_passed_over(store: Store) -> None:
    await save(store, numbered(0), numbered(1))
    broken = numbered(2)
    await store.create(feedback_rows.key_of(broken.id), b"{")

    assert [record.pixels[2] for record in await read(store)] == [0, 1]


class Watched(Store):
    """A store where something happens when the first row object is fetched."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._objects, store.bucket)
        self.overtaken_by: AsyncIterator[object] | None = None

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        if self.overtaken_by is not None and keys and keys[0].startswith(feedback_rows.ROWS):
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

    found = [record.pixels[2] async for record in reading.rows(watched)]

    assert watched.overtaken_by is None
    assert sorted(found) == list(range(9))


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
from digit_recognizer import reading
from digit_recognizer.storage import open_store

async def read():
    return sum([1 async for _ in reading.rows(open_store(sys.argv[1]))])

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
