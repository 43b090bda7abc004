"""The local server as a process of its own, as `make run` starts it."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.app import create_local_app
from tests.local.conftest import Start, address_of


def ask(url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_it_answers_as_soon_as_it_prints_its_address(start: Start, drawing: str) -> None:
    address = address_of(start())

    assert ask(f"{address}/predict", {"image": drawing})["prediction"] == 7


def test_what_is_saved_is_there_after_a_restart(start: Start, drawing: str) -> None:
    server = start()
    ask(f"{address_of(server)}/save_feedback", {"image": drawing, "label": 5})
    server.terminate()
    server.wait(10)

    address = address_of(start())

    with urllib.request.urlopen(f"{address}/download_csv") as answer:
        assert answer.read().splitlines()[1].startswith(b"5,")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told_to(start: Start, how: signal.Signals) -> None:
    server = start()
    ask(f"{address_of(server)}/health")

    server.send_signal(how)
    _, errors = server.communicate(timeout=10)

    assert server.returncode == 0
    assert "Traceback" not in errors


def test_a_port_that_is_taken_is_named_with_a_way_out(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        _, errors = (server := start(PORT=str(port))).communicate(timeout=10)

    assert server.returncode == 1
    assert errors == (
        f"Can't listen on port {port} of 127.0.0.1: it is already taken."
        f" Choose another port, for example: PORT={port % 65535 + 1} make run\n"
    )


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT is 'eighty'; it must be a number from 0 to 65535."),
        ("PORT", "70000", "PORT is '70000'; it must be a number from 0 to 65535."),
        ("WORKERS", "0", "WORKERS is '0'; it must be a number from 1 to 64."),
        (
            "HOST",
            "256.1.1.1",
            "Can't listen on port 0 of 256.1.1.1: there is no such address. Choose",
        ),
        ("HOST", "a..b", "Can't listen on port 0 of a..b: there is no such address. Choose"),
        ("HOST", "192.0.2.7", "Can't listen on port 0 of 192.0.2.7: cannot assign"),
        ("DATA_STORE", "ftp://x", "DATA_STORE is 'ftp://x'; it must be file:///"),
        ("MAX_BODY_BYTES", "six", "MAX_BODY_BYTES is 'six'; it must be a number of bytes."),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    start: Start, variable: str, value: str, sentence: str
) -> None:
    server = start(**{variable: value})
    _, errors = server.communicate(timeout=20)

    assert server.returncode == 1
    assert errors.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in errors


def test_workers_do_not_share_a_store_in_memory(start: Start) -> None:
    server = start(WORKERS="2", DATA_STORE="memory://")
    _, errors = server.communicate(timeout=20)

    assert server.returncode == 1
    assert "each worker would have a store of its own" in errors


def test_workers_share_a_port_and_one_that_dies_is_replaced(start: Start) -> None:
    server = start(WORKERS="2")
    address = address_of(server)
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    workers = [pid for pid in children.read_text().split() if is_worker(pid)]
    assert len(workers) == 2

    os.kill(int(workers[0]), signal.SIGKILL)
    for _ in range(600):
        now = [pid for pid in children.read_text().split() if is_worker(pid)]
        if len(now) == 2 and now != workers:
            break
        time.sleep(0.1)

    assert len({*now} - {*workers}) == 1
    assert [ask(f"{address}/health")["status"] for _ in range(20)] == ["healthy"] * 20
    server.terminate()
    _, errors = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Traceback" not in errors


def is_worker(pid: str) -> bool:
    """Whether it serves: a process beside them only counts what they share."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False  # it has ended meanwhile


def test_a_large_body_is_refused_and_the_connection_goes_on(start: Start) -> None:
    with httpx.Client(base_url=address_of(start()), trust_env=False) as client:
        as_json = {"content-type": "application/json"}
        too_large = client.post("/predict", content=bytes(8_000_000), headers=as_json)
        next_one = client.get("/health")

    assert (too_large.status_code, next_one.status_code) == (413, 200)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page of one document, one asset and one icon."""
    page = tmp_path / "dist"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<title>Digits</title>")
    (page / "favicon.svg").write_text("<svg/>")
    (page / "assets" / "index-3f2a.js").write_text("draw()")
    return page


@pytest.fixture
def client(folder: Path, page: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_local_app(page))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def test_the_page_is_always_fresh_and_its_assets_are_kept_for_ever(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/")
    icon = await client.get("/favicon.svg")
    asset = await client.get("/assets/index-3f2a.js")

    assert (page.text, icon.text, asset.text) == ("<title>Digits</title>", "<svg/>", "draw()")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == icon.headers["cache-control"] == "no-cache"
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"


ANSWERED = [
    "/", "/favicon.svg", "/assets/index-3f2a.js", "/assets/missing.js", "/docs", "/openapi.json",
    "/health", "/model", "/feedback/summary", "/download_csv", "/metrics", "/nothing", "/predict",
]  # fmt: skip


@pytest.mark.parametrize("path", ANSWERED)
async def test_head_is_answered_wherever_get_is(client: httpx.AsyncClient, path: str) -> None:
    head, get = await client.head(path), await client.get(path)

    if path == "/metrics":  # the first of them is counted in the second
        del head.headers["content-length"], get.headers["content-length"]
    assert head.content == b""
    assert (head.status_code, head.headers) == (get.status_code, get.headers)


def test_a_monitor_that_asks_with_head_may_go_on(start: Start) -> None:
    with httpx.Client(base_url=address_of(start()), trust_env=False) as client:
        answers = [client.request(method, "/health") for method in ("HEAD", "GET") * 3]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["content-length"] for answer in answers}) == 1
    assert [len(answer.content) > 0 for answer in answers] == [False, True] * 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("GET", "/assets/missing.js", 404),
        ("GET", "/assets/index-3f2a.js/", 404),
        ("GET", "/assets//index-3f2a.js", 404),
        ("GET", "/assets/../index.html/x", 404),
        ("GET", "/assets/%2e%2e/%2e%2e/pyproject.toml", 404),
        ("GET", "/predict", 405),
        ("POST", "/", 405),
    ],
)
async def test_any_other_address_is_told_in_the_contracts_shape(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)

    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


async def test_the_page_that_is_not_built_is_told_how_to_build(
    folder: Path, tmp_path: Path
) -> None:
    transport = httpx.ASGITransport(create_local_app(tmp_path / "no" / "dist"))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/")
        healthy = await client.get("/health")

    assert answer.status_code == 404
    assert "`make run` builds it" in answer.json()["error"]
    assert healthy.status_code == 200


async def test_one_document_describes_all_routes(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert set(document["paths"]) == {
        "/predict",
        "/model",
        "/save_feedback",
        "/download_csv",
        "/feedback/summary",
        "/health",
    }
    assert (await client.get("/docs")).status_code == 200
