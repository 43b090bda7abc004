"""S3 that fails over HTTP: nothing acknowledged is lost, retries are bounded, clients are told."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.rows import arrivals, compaction
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.layers.rows.examples import downloaded, each_once, numbered
from tests.layers.store.faulty_s3 import FAULTS, FaultyS3, faulty_s3

ROWS = 150
ATTEMPTS = 10


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in AWS_VARIABLES.items():
        monkeypatch.setenv(name, value)
    url = f"s3://{BUCKET}/{tmp_path.name}"
    monkeypatch.setenv("DATA_STORE", url)
    monkeypatch.setenv("SEGMENT_BYTES", "100000")
    return url


@pytest.fixture
def proxy(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    with faulty_s3(s3_server, seed=4) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.address)
        yield proxy


@pytest.fixture
def faulty(proxy: FaultyS3, url: str) -> Store:
    return open_store(url, timeout=timedelta(seconds=3))


async def test_nothing_acknowledged_is_lost_or_doubled(
    proxy: FaultyS3, faulty: Store, url: str
) -> None:
    proxy.share = 0.3
    acknowledged: set[int] = set()
    waiting = list(range(ROWS))

    async def save() -> None:
        while waiting:
            number = waiting.pop()
            record = numbered(number)
            for _ in range(2):  # the page offers it again once
                with suppress(StoreUnavailable):
                    await arrivals.save(faulty, record)
                    acknowledged.add(number)
                    break

    async def compact() -> None:
        while waiting:
            with suppress(StoreUnavailable):
                await compaction.compact_all(faulty)

    await asyncio.gather(*(save() for _ in range(8)), compact(), compact())
    proxy.share = 0.0

    healthy = open_store(url, timeout=timedelta(minutes=1))
    found = each_once(await downloaded(healthy))
    assert acknowledged <= found <= set(range(ROWS))
    assert (await compaction.compact_all(healthy)).rows == len(found)
    assert each_once(await downloaded(healthy)) == found
    assert len(acknowledged) > ROWS / 2
    assert len(proxy.faults) >= len(FAULTS) - 1  # stalls are rare


async def test_retries_are_bounded(proxy: FaultyS3, faulty: Store) -> None:
    proxy.share = 1.0

    with pytest.raises(StoreUnavailable):
        await arrivals.save(faulty, numbered(1))

    assert 1 <= proxy.requests["PUT"] <= ATTEMPTS


async def test_a_slow_store_is_a_store(proxy: FaultyS3, faulty: Store) -> None:
    proxy.delay = 0.5
    await asyncio.gather(*(arrivals.save(faulty, numbered(number)) for number in range(8)))

    assert each_once(await downloaded(faulty)) == {*range(8)}


async def test_a_store_that_is_too_slow_has_not_saved_and_trying_again_doubles_nothing(
    proxy: FaultyS3, faulty: Store, url: str
) -> None:
    record = numbered(1)
    proxy.delay = 4.0  # the client gives up after three

    with pytest.raises(StoreUnavailable):
        await arrivals.save(faulty, record)
    proxy.delay = 0.0
    await arrivals.save(faulty, record)

    assert await downloaded(faulty) == [1]


async def test_clients_are_told_when_it_is_over(proxy: FaultyS3, url: str, drawing: str) -> None:
    from functions.download.app import app as download
    from functions.feedback.app import app as feedback

    proxy.share = 1.0
    sentence = "The data store can't be reached right now; try again in a moment."
    started = time.monotonic()
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(feedback), base_url="http://f") as saving,
        httpx.AsyncClient(transport=httpx.ASGITransport(download), base_url="http://d") as loading,
    ):
        answers = [
            await saving.post("/save_feedback", json={"image": drawing, "label": 7}),
            await loading.get("/download_csv"),
            await loading.get("/feedback/summary"),
        ]
    assert [(a.status_code, a.json()) for a in answers] == [(503, {"error": sentence})] * 3
    assert time.monotonic() - started < 20
