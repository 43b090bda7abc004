"""The server dies or loses its store while it works: clients know what is kept and what is not."""

import asyncio
import os
import random
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from digit_recognizer import compaction, ids
from digit_recognizer.feedback_rows import save, waiting
from digit_recognizer.storage import open_store
from local.app import create_local_app
from tests.layers.rows import numbered
from tests.local.conftest import Start, address_of, served

ROUNDS = 4
CLIENTS = 8


async def test_what_was_acknowledged_is_there_when_the_server_was_killed(
    start: Start, folder: Path, drawing: str
) -> None:
    acknowledged: set[str] = set()
    asked: set[str] = set()
    enough = asyncio.Event()

    async def label(client: httpx.AsyncClient) -> None:
        with suppress(httpx.TransportError):
            while True:
                asked.add(id_ := ids.new_id())
                body = {"image": drawing, "label": 7, "id": id_}
                answer = await client.post("/save_feedback", json=body)
                if answer.status_code == 200:
                    acknowledged.add(answer.json()["id"])
                if len(acknowledged) >= wanted:
                    enough.set()

    for _ in range(ROUNDS):
        server = start(WORKERS="2")
        wanted = len(acknowledged) + random.randrange(1, 60)
        enough.clear()
        async with httpx.AsyncClient(base_url=address_of(server), timeout=30) as client:
            clients = [asyncio.create_task(label(client)) for _ in range(CLIENTS)]
            await enough.wait()
            os.killpg(server.pid, signal.SIGKILL)
            await asyncio.gather(*clients)

    store = open_store(folder.as_uri())
    kept = set((await waiting(store, 100_000)).ids)
    assert acknowledged <= kept <= asked
    assert (await compaction.compact_all(store)).rows == len(kept)


async def test_a_download_whose_store_goes_away_is_cut_short_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "200000")
    store = open_store(folder.as_uri())
    await asyncio.gather(*(save(store, numbered(number)) for number in range(3000)))
    await compaction.compact_all(store)

    async with (
        served(create_local_app(folder / "not-built")) as address,
        httpx.AsyncClient(base_url=address, timeout=30) as client,
    ):
        whole = await client.get("/download_csv")
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):  # noqa: PT012
            async with client.stream("GET", "/download_csv") as answer:
                async for _ in answer.aiter_bytes(1000):
                    shutil.rmtree(folder / "feedback" / "segments", ignore_errors=True)
        gone = await client.get("/health")

    assert int(answer.headers["content-length"]) == len(whole.content)
    assert gone.status_code == 200
