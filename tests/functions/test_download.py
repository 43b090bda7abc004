"""The download when there is much, the summary, and the entry that a schedule calls."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from digit_recognizer.api import contract
from digit_recognizer.download import csv_file
from digit_recognizer.feedback import csv_format
from digit_recognizer.rows import arrivals, manifest
from digit_recognizer.store.storage import Store
from functions.download.app import compact_handler
from tests.layers.rows.examples import numbered, numbers_in

on_s3 = pytest.mark.parametrize("store_url", ["s3"], indirect=True)
elsewhere = pytest.mark.parametrize("store_url", ["folder", "memory"], indirect=True)


@pytest.fixture
def nothing_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "IN_RESPONSE", 0)


async def save(store: Store, *numbers: int) -> None:
    for number in numbers:
        await arrivals.save(store, numbered(number, prediction=number % 7))


async def followed(answer: httpx.Response, method: str = "GET") -> httpx.Response:
    """What S3 answers to a browser that was sent there."""
    assert answer.status_code == 307
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.request(method, answer.headers["location"])).raise_for_status()


@on_s3
@pytest.mark.usefixtures("nothing_is_short")
async def test_a_large_file_is_fetched_from_s3_whatever_was_compacted(
    store: Store, downloading: httpx.AsyncClient
) -> None:
    await save(store, 0, 1)
    first = await followed(await downloading.get("/download_csv"))
    await save(store, 2)
    second = await followed(await downloading.get("/download_csv"))

    assert numbers_in(first.content) == [0, 1]
    assert numbers_in(second.content) == [0, 1, 2]
    assert second.headers["content-disposition"] == csv_format.DISPOSITION


@on_s3
@pytest.mark.usefixtures("nothing_is_short")
async def test_the_object_is_used_again_while_nothing_is_new(
    store: Store, downloading: httpx.AsyncClient
) -> None:
    await save(store, 0)
    places = [(await downloading.get("/download_csv")).headers["location"] for _ in range(2)]

    assert len({place.partition("?")[0] for place in places}) == 1
    assert (await manifest.in_force(store)).generation == 1


@on_s3
@pytest.mark.usefixtures("nothing_is_short")
async def test_head_on_a_large_file_is_sent_to_an_address_that_takes_head(
    store: Store, downloading: httpx.AsyncClient
) -> None:
    await save(store, 0)

    answer = await followed(await downloading.head("/download_csv"), "HEAD")

    assert int(answer.headers["content-length"]) > len(csv_format.HEADER)


@elsewhere
@pytest.mark.usefixtures("nothing_is_short")
async def test_a_large_file_of_a_local_store_is_streamed_and_tells_its_length(
    store: Store, downloading: httpx.AsyncClient
) -> None:
    await save(store, *range(4))
    compact_in_thread = asyncio.to_thread(compact_handler, {}, None)
    assert await compact_in_thread == {"generation": 1, "rows": 4, "more": False}
    await save(store, 4)

    answer = await downloading.get("/download_csv")

    assert answer.status_code == 200
    assert numbers_in(answer.content) == [0, 1, 2, 3, 4]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["content-disposition"] == csv_format.DISPOSITION


async def test_head_tells_what_get_would_without_the_file(
    store: Store, downloading: httpx.AsyncClient
) -> None:
    assert (await downloading.head("/download_csv")).status_code == 404
    await save(store, 0, 1)

    head = await downloading.head("/download_csv")
    get = await downloading.get("/download_csv")

    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


async def test_downloads_at_the_same_time_are_all_complete(
    store: Store, downloading: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "_FETCHED_AT_ONCE", 3)
    await save(store, *range(10))

    answers = await asyncio.gather(*(downloading.get("/download_csv") for _ in range(4)))

    assert [numbers_in(answer.content) for answer in answers] == [list(range(10))] * 4


async def test_a_client_that_leaves_early_costs_nothing_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "1000")
    read: list[str] = []
    chunks = Store.chunks

    async def noted(self: Store, key: str, size: int = 1 << 20) -> AsyncIterator[bytes]:
        read.append(key)
        async for chunk in chunks(self, key, size):
            yield chunk

    await save(store, *range(5))
    await asyncio.to_thread(compact_handler, {}, None)
    monkeypatch.setattr(Store, "chunks", noted)
    stream = (await csv_file.assemble(store)).chunks()
    await anext(stream)
    await anext(stream)
    await stream.aclose()

    assert len(read) == 1


@pytest.mark.usefixtures("store")
async def test_an_empty_store_has_a_summary(downloading: httpx.AsyncClient) -> None:
    answer = await downloading.get("/feedback/summary")

    assert answer.status_code == 200
    summary = contract.FeedbackSummary.model_validate(answer.json())
    assert summary.rows == summary.quarantined == 0
    assert summary.recent == []
    assert set(summary.means.values()) == {None}


async def test_the_summary_counts_rows_wherever_they_are(
    store: Store, downloading: httpx.AsyncClient
) -> None:
    await save(store, *range(10))
    await asyncio.to_thread(compact_handler, {}, None)
    await save(store, 10, 11)

    summary = (await downloading.get("/feedback/summary")).json()

    assert summary["rows"] == 12
    assert summary["labels"] == {str(n): 2 if n < 2 else 1 for n in range(10)} | {"NaN": 0}
    assert summary["confusion"][3][3] == 1
    assert summary["confusion"][0][7] == 1
    assert summary["sources"] == {"confirmed": 7, "corrected": 5}
    assert [drawing["label"] for drawing in summary["recent"][:3]] == [1, 0, 9]
