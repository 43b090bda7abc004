"""The server dies or loses its store while it works: clients know what is kept and what is not."""

import asyncio
import os
import random
import shutil
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from digit_recognizer import ids
from digit_recognizer.rows import compaction
from digit_recognizer.rows.arrivals import save, waiting
from digit_recognizer.store.opening import open_store
from local.app import create_local_app
from tests.layers.rows.examples import numbered
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


def test_workers_end_with_a_master_that_was_killed_and_the_port_is_free_again(start: Start) -> None:
    server = start(WORKERS="2")
    url = urlsplit(address_of(server))
    os.kill(server.pid, signal.SIGKILL)  # only the master, as a system without memory does

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not _is_free(url.port or 0):
        time.sleep(0.05)
    next_one = address_of(start(WORKERS="2", PORT=str(url.port)))

    assert httpx.get(f"{next_one}/health", timeout=30).json()["status"] == "healthy"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
    return True
