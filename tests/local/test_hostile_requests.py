"""What the network can send to the local server, byte by byte over real sockets."""

import asyncio
import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from digit_recognizer.settings import PROJECT
from local import protocol
from local.app import create_local_app
from local.protocol import MAX_HEAD, MAX_WAITING
from tests.local.conftest import address_of, end, served, started_server

EMPTY = b"connection: close\r\ncontent-length: 0\r\n\r\n"
POST = b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


class Address(NamedTuple):
    host: str
    port: int


class Answer(NamedTuple):
    status: int
    content: Any
    headers: dict[str, str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A server for all tests here; none may leave it ill."""
    process = started_server(DATA_STORE=tmp_path_factory.mktemp("store").as_uri())
    url = urlsplit(address_of(process))
    yield Address(url.hostname or "", url.port or 0)
    process.terminate()
    _, errors = process.communicate(timeout=20)
    end(process)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.fixture(autouse=True)
def _it_is_well_afterwards(server: Address) -> Iterator[None]:
    yield
    assert [answer.status for answer in exchange(server, HEALTH)] == [200]


def exchange(server: Address, sent: bytes) -> list[Answer]:
    """All that comes back for some bytes, once the server closes or has no more to say."""
    came = b""
    with (
        closing(socket.create_connection(server, timeout=30)) as connection,
        suppress(TimeoutError, ConnectionResetError),
    ):
        connection.sendall(sent)
        while data := connection.recv(1 << 16):
            came += data
            connection.settimeout(0.3)  # one answer is enough; a second would be a finding
    return list(_answers(came, has_body=not sent.startswith(b"HEAD")))


def _answers(came: bytes, has_body: bool) -> Iterator[Answer]:
    while came:
        head, _, came = came.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        length = int(headers["content-length"]) if has_body else 0
        body, came = came[:length], came[length:]
        assert len(body) == length
        is_json = headers["content-type"] == "application/json" and has_body
        yield Answer(int(first.split()[1]), json.loads(body) if is_json else body, headers)


def one_error(server: Address, sent: bytes) -> int:
    """The status of the one answer, which has the contract's shape."""
    (answer,) = exchange(server, sent)
    assert list(answer.content) == ["error"], answer
    assert answer.content["error"].endswith(".")
    assert answer.headers["content-type"] == "application/json"
    return answer.status


AMBIGUOUS = {
    "two lengths": b"content-length: 0\r\ncontent-length: %d\r\n\r\n",
    "a length and chunks": b"content-length: %d\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"transfer-encoding: chunked\r\ncontent-length: %d\r\n\r\n0\r\n\r\n",
    "a signed length": b"content-length: +%d\r\n\r\n",
    "a negative length": b"content-length: -%d\r\n\r\n",
    "a length in words": b"content-length: x%d\r\n\r\n",
    "two lengths in one": b"content-length: 0, %d\r\n\r\n",
    "an endless length": b"content-length: 99999999999999999999999%d\r\n\r\n",
    "chunked twice": b"transfer-encoding: chunked, chunked\r\nx: %d\r\n\r\n0\r\n\r\n",
    "chunked by another name": b"transfer-encoding: xchunked\r\nx: %d\r\n\r\n0\r\n\r\n",
    "chunked, then not": b"transfer-encoding: chunked, identity\r\nx: %d\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"content-length : 0\r\nx: %d\r\n\r\n",
    "a folded header": b"x: a\r\n content-length: %d\r\n\r\n",
    "a header without a name": b": %d\r\n\r\n",
    "a zero byte in a header": b"x: a\0%d\r\n\r\n",
    "a chunk of no size": b"transfer-encoding: chunked\r\nx: %d\r\n\r\nzz\r\n",
    "a chunk of a negative size": b"transfer-encoding: chunked\r\nx: %d\r\n\r\n-1\r\n",
    "a chunk too large for any machine": (
        b"transfer-encoding: chunked\r\nx: %d\r\n\r\nffffffffffffffffff\r\n"
    ),
}


@pytest.mark.parametrize("headers", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_request_gets_one_refusal_and_nothing_is_smuggled(
    server: Address, headers: bytes
) -> None:
    head = b"POST /predict HTTP/1.1\r\nhost: localhost\r\n" + headers % len(HEALTH)

    assert one_error(server, head + HEALTH) == 400


NOT_HTTP = {
    "noise": bytes(range(256)),
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "the next version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown version": b"GET /health HTTP/9.9\r\n\r\n",
    "an unknown method": b"FETCH /health HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a space in the address": b"GET /he alth HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "letters of no alphabet in the address": b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "an address of no form": b"GET health HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a port of no form": b"GET http://a:port/health HTTP/1.1\r\nhost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("sent", NOT_HTTP.values(), ids=NOT_HTTP.keys())
def test_what_is_no_http_is_refused(server: Address, sent: bytes) -> None:
    assert one_error(server, sent) == 400


TRICKS = [
    "//predict", "/predict/", "/./predict", "/x/../predict", "/predict%00", "/predict%2f",
    "/predict;a=b", "/%2e%2e/predict", "/..", "/../../../../etc/passwd", "/%2e%2e%2f%2e%2e%2fetc",
    "/..%5c..%5c", "/assets/..%2f..%2fpackage.json", "/assets/%2e%2e/%2e%2e/pyproject.toml",
    "/assets//etc/passwd", "/assets/%00", "/assets/" + "a" * 5000, "/assets/", "/assets",
    "/.git/config", "/data", "/feedback//summary", "/%ff%fe", "/%zz", "/%", "/" + "a" * 20_000,
    "/" + "../" * 3000, "http://elsewhere.example/etc/passwd", "*",
]  # fmt: skip


def test_no_path_leads_astray(server: Address) -> None:
    assert (PROJECT / "pyproject.toml").exists()
    for path in TRICKS:
        for method in ("GET", "POST"):
            sent = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n".encode() + EMPTY
            assert one_error(server, sent) in (400, 404, 405), (method, path)


def test_an_address_of_another_spelling_is_the_same(server: Address) -> None:
    for path in ("/health?x=%00", "/%68ealth", "http://elsewhere.example/health", "/health#x"):
        sent = f"GET {path} HTTP/1.1\r\nhost: localhost\r\n".encode() + EMPTY
        assert [answer.status for answer in exchange(server, sent)] == [200], path


METHODS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "PURGE"]


@pytest.mark.parametrize("method", METHODS)
def test_another_method_is_refused(server: Address, method: str) -> None:
    (answer,) = exchange(
        server, f"{method} /predict HTTP/1.1\r\nhost: localhost\r\n".encode() + EMPTY
    )

    assert answer.status in (400, 405)
    assert method == "HEAD" or list(answer.content) == ["error"]


@pytest.mark.parametrize("where", ["one long", "many", "the address"])
def test_a_flood_of_headers_is_cut_short(server: Address, where: str) -> None:
    head = {
        "one long": b"GET /health HTTP/1.1\r\nx: " + b"a" * 5_000_000,
        "many": b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 500_000,
        "the address": b"GET /health?" + b"a" * 5_000_000,
    }[where]
    with closing(socket.create_connection(server, timeout=30)) as connection:
        try:
            connection.sendall(head)
        except OSError:
            return  # it closed before it had heard all: so it should
        answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 431 ") or not answer


def test_headers_up_to_the_limit_are_taken(server: Address) -> None:
    head = b"GET /health HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * (MAX_HEAD - 200) + b"\r\n\r\n"

    assert [answer.status for answer in exchange(server, head)] == [200]


def test_a_body_in_another_encoding_is_refused(server: Address, drawing: str) -> None:
    plain = json.dumps({"image": drawing}).encode()
    for encoding, body in (
        ("gzip", gzip.compress(plain)),
        ("gzip", gzip.compress(bytes(100_000_000))),
        ("gzip", b"no gzip"),
        ("br", plain[::-1]),
        ("identity", plain.decode().encode("utf-16")),
    ):
        head = POST + f"connection: close\r\ncontent-encoding: {encoding}\r\n".encode()
        sent = head + b"content-length: %d\r\n\r\n" % len(body) + body
        assert one_error(server, sent) == 400


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("", 415), ("text/plain", 415), ("application/json;", 200), ("application/json\x7f", 400)],
)
def test_a_body_comes_as_json_or_not_at_all(
    server: Address, drawing: str, content_type: str, status: int
) -> None:
    body = json.dumps({"image": drawing}).encode()
    head = POST.replace(b"application/json", content_type.encode())
    (answer,) = exchange(server, head + b"content-length: %d\r\n\r\n" % len(body) + body)

    assert answer.status == status
    assert next(iter(answer.content)) == ("prediction" if status == 200 else "error")


def test_a_body_in_chunks_is_a_body(server: Address, drawing: str) -> None:
    body = json.dumps({"image": drawing}).encode()
    chunks = b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in body) + b"0\r\nx: y\r\n\r\n"
    head = POST + b"transfer-encoding: chunked\r\n\r\n"

    (answer,) = exchange(server, head + chunks)

    assert answer.content["prediction"] == 7


def test_chunks_without_end_are_counted(server: Address) -> None:
    head = POST + b"transfer-encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"

    assert one_error(server, head + chunk * 8 + b"0\r\n\r\n") == 413


def test_a_client_that_leaves_in_the_middle_harms_nobody(server: Address) -> None:
    for sent in (
        b"",
        b"POST /pre",
        POST + b"content-length: 1000\r\n\r\n{",
        POST.replace(b"/predict", b"/save_feedback") + b"transfer-encoding: chunked\r\n\r\n5\r\n{",
        b"GET /download_csv HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ):
        for _ in range(20):
            with closing(socket.create_connection(server, timeout=30)) as connection:
                connection.sendall(sent)


def test_many_requests_at_once_on_one_connection_are_answered_in_turn(
    server: Address,
) -> None:
    ask = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
    last = b"GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"

    answers = exchange(server, ask * 300 + last)

    assert [answer.status for answer in answers] == [200] * 300 + [404]


def test_a_request_to_speak_another_protocol_is_answered_in_this_one(
    server: Address,
) -> None:
    for other in (b"websocket", b"h2c"):
        sent = (
            b"GET /health HTTP/1.1\r\nhost: localhost\r\n"
            b"connection: upgrade, close\r\nupgrade: %s\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
        )
        assert [answer.status for answer in exchange(server, sent % other)] == [200]


async def test_a_flood_is_refused_at_once_and_health_goes_on(server: Address, drawing: str) -> None:
    body = json.dumps({"image": drawing}).encode()
    head = POST + b"content-length: %d\r\n\r\n" % len(body)
    clients = [await asyncio.open_connection(*server) for _ in range(400)]
    for _, writer in clients:
        writer.write(head + body[:-1])
    await asyncio.gather(*(writer.drain() for _, writer in clients))
    reader, writer = await asyncio.open_connection(*server)

    writer.write(HEALTH)
    health = await asyncio.wait_for(reader.read(), 30)
    for _, each in clients:
        each.write(body[-1:])
        each.write(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    answers = await asyncio.wait_for(asyncio.gather(*(r.read() for r, _ in clients)), 60)

    assert health.startswith(b"HTTP/1.1 200 ")
    refused = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503 ")]
    answered = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200 ")]
    assert len(answered) >= MAX_WAITING
    assert refused
    assert len(answered) + len(refused) == 400
    for answer in refused:
        assert b"retry-after: 1" in answer
        assert b'{"error":"Too many requests at once; try again in a moment."}' in answer
    for _, writer in clients:
        writer.close()


async def test_in_a_flood_thousands_of_requests_on_one_connection_are_refused_in_turn(
    server: Address,
) -> None:
    unfinished = POST + b"content-length: 9\r\n\r\n{"
    ask = b"%s /nothing HTTP/1.1\r\nhost: localhost\r\n%s\r\n"
    clients = [await asyncio.open_connection(*server) for _ in range(MAX_WAITING)]
    for _, each in clients:
        each.write(unfinished)
        await each.drain()
    while exchange(server, ask % (b"GET", b"connection: close\r\n"))[0].status != 503:
        pass  # they have not all been heard yet
    reader, writer = await asyncio.open_connection(*server)

    writer.write(3000 * ask % ((b"GET", b"") * 3000))
    writer.write(ask % (b"HEAD", b"connection: close\r\n"))
    came = await asyncio.wait_for(reader.read(), 60)

    *answers, last = came.split(b"HTTP/1.1 503 ")[1:]
    assert len(answers) == 3000
    assert all(
        answer.endswith(b'{"error":"Too many requests at once; try again in a moment."}')
        for answer in answers
    )
    assert last.endswith(b"\r\nconnection: close\r\n\r\n")
    for _, each in [*clients, (reader, writer)]:
        each.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        POST,
        POST + b"content-length: 9\r\n\r\n{",
    ],
    ids=["nothing", "half a head", "half a body"],
)
async def test_a_request_that_never_ends_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(protocol, "PATIENCE", 0.3)
    async with served(create_local_app(folder / "not-built")) as address:
        url = urlsplit(address)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(sent)

        came = await asyncio.wait_for(reader.read(), 30)
        writer.close()

    assert came.startswith(b"HTTP/1.1 408 ")
    assert came.endswith(b'{"error": "The request did not end within 0.3 s; send it again."}')
