"""Clients that ask and don't read, over real sockets: what they can hold, and for how long."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from digit_recognizer.rows import compaction
from digit_recognizer.rows.arrivals import save
from digit_recognizer.store import opening
from local import open_answers, protocol
from local.app import create_local_app
from local.open_answers import PIECE, OpenAnswers
from tests.layers.rows.examples import numbered
from tests.local.conftest import served

ROWS = 1200  # more bytes than the system takes for a client that does not read
ASK = b"GET /download_csv HTTP/1.1\r\nhost: localhost\r\n\r\n"


@pytest.fixture
async def address(folder: Path) -> AsyncIterator[str]:
    """A server in this process, with a CSV that is short but for a client that does not read it."""
    store = opening.configured()
    for begin in range(0, ROWS, 200):
        await asyncio.gather(*(save(store, numbered(begin + each)) for each in range(200)))
    await compaction.compact_all(store)
    async with served(create_local_app(folder / "not-built")) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as client:
        yield client


async def asking(address: str, sent: bytes = ASK, buffer: int = 4096) -> socket.socket:
    """A client that has asked, and has read nothing but how the answer begins."""
    url = urlsplit(address)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, (url.hostname, url.port))
    await loop.sock_sendall(connection, sent)
    assert await loop.sock_recv(connection, 13) == b"HTTP/1.1 200 "
    return connection


async def until(holds: Callable[[], Any]) -> None:
    for _ in range(3000):
        if await holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("It did not come to that.")


async def rest_of(connection: socket.socket) -> int:
    """How many bytes still come; a connection that is cut off has an end, too."""
    came = 0
    try:
        while data := await asyncio.get_running_loop().sock_recv(connection, 1 << 16):
            came += len(data)
    except ConnectionResetError:
        pass
    return came


async def test_a_client_that_does_not_read_is_given_up(
    address: str, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "PATIENCE", 0.5)
    whole = len((await client.get("/download_csv")).content)
    before = await unread(client)

    with await asking(address) as connection:

        async def is_given_up() -> bool:
            return await unread(client) == before + 1

        await until(is_given_up)
        came = await rest_of(connection)

    assert came < whole


async def unread(client: httpx.AsyncClient) -> float:
    told = (await client.get("/metrics")).text
    return next(
        float(line.split()[1]) for line in told.splitlines() if line.startswith("digit_unread_t")
    )


async def test_what_a_closed_connection_has_still_to_send_is_given_up_too(
    address: str, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await unread(client)
    card = len((await client.get("/model")).content)
    with await asking(address, b"GET /model HTTP/1.1\r\nhost: localhost\r\n\r\n") as connection:
        monkeypatch.setattr(protocol, "PATIENCE", 0.5)
        last = b"GET /model HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        many = ASK.replace(b"/download_csv", b"/model") * (1_000_000 // card)
        await asyncio.get_running_loop().sock_sendall(connection, many + last)

        async def is_given_up() -> bool:
            return await unread(client) == before + 1

        await until(is_given_up)


async def test_a_client_that_reads_slowly_gets_all_of_it(
    address: str, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (await client.get("/download_csv")).content
    monkeypatch.setattr(protocol, "PATIENCE", 3.0)

    came = bytearray()
    ask = b"GET /download_csv HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    with await asking(address, ask, buffer=1 << 17) as connection:
        while data := await asyncio.get_running_loop().sock_recv(connection, len(whole) // 16):
            came += data
            await asyncio.sleep(0.2)  # for longer than the patience, all pauses together

    assert came.endswith(whole)


async def test_too_many_downloads_at_once_are_refused_and_the_rest_goes_on(
    address: str, client: httpx.AsyncClient, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_answers, "MOST_DOWNLOADS", 3)
    with ExitStack() as opened:
        for _ in range(3):
            opened.enter_context(await asking(address))

        refused = await client.get("/download_csv")
        predicted = await client.post("/predict", json={"image": drawing})

    async def is_free() -> bool:
        return (await client.get("/download_csv")).status_code == 200

    await until(is_free)
    assert refused.status_code == 503
    assert refused.json() == {"error": "Too many downloads at once; try again in a moment."}
    assert refused.headers["retry-after"] == "5"
    assert predicted.json()["prediction"] == 7


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
async def test_an_answer_of_any_length_goes_out_in_pieces(size: int) -> None:
    body = bytes(each % 251 for each in range(size))
    sent: list[Any] = []

    async def app(_scope: object, _receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message: Any) -> None:
        sent.append(message)

    await OpenAnswers(app)({"type": "http", "path": "/"}, None, send)  # type: ignore[arg-type]

    pieces = sent[1:]
    assert b"".join(piece["body"] for piece in pieces) == body
    assert max(len(piece["body"]) for piece in pieces) <= PIECE
    more = [piece.get("more_body", False) for piece in pieces]
    assert more == [True] * (len(more) - 1) + [False]
