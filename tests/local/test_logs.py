"""What the server says of its users while it works and while it fails: nothing."""

import json
import socket
from pathlib import Path

import httpx
import pytest

from digit_recognizer.recognition import preprocessing
from local.app import create_local_app
from tests.conftest import AWS_VARIABLES
from tests.local.conftest import Start, address_of, served

TOKEN = "a-token-of-the-operator"
COOKIE = "a-cookie-of-another-page"
CONTRIBUTOR = "contributor-0123456789"
VERSION = "a-version-that-a-client-made-up"
QUERY = "a-query-with-a-name"
SECRET = "a-secret-of-amazon"
FORWARDED = "203.0.113.77"


async def use(client: httpx.AsyncClient, drawing: str) -> list[int]:
    """Every route, right and wrong, with what must not be told in each place it may stand in."""
    client.headers.update(
        {
            "authorization": f"Bearer {TOKEN}",
            "cookie": f"session={COOKIE}",
            "x-forwarded-for": FORWARDED,
            "forwarded": f"for={FORWARDED}",
        }
    )
    as_json = {"content-type": "application/json"}
    saved = {"image": drawing, "label": 7, "contributor": CONTRIBUTOR, "model_version": VERSION}
    broken = drawing[:200]
    answers = [
        await client.post("/predict", json={"image": drawing, "explain": True}),
        await client.post("/predict", json={"image": broken}),
        await client.post("/predict", content=json.dumps({"image": drawing})[:-1], headers=as_json),
        await client.post("/save_feedback", json=saved),
        await client.post("/save_feedback", json=saved | {"label": broken}),
        await client.post("/save_feedback", json=saved | {"contributor": f"{CONTRIBUTOR}!"}),
        await client.post("/save_feedback", content=bytes(7_000_000), headers=as_json),
        await client.post("/save_feedback", content=drawing),
        *[
            await client.get(f"{path}?{QUERY}")
            for path in ("/download_csv", "/feedback/summary", "/model", "/health", f"/{QUERY}")
        ],
        await client.put("/predict", content=drawing),
    ]
    return [answer.status_code for answer in answers]


def assert_nothing_is_told(said: str, drawing: str) -> None:
    for secret in (TOKEN, COOKIE, CONTRIBUTOR, VERSION, QUERY, SECRET, FORWARDED, "127.0.0.1"):
        assert secret not in said
    payload = drawing.partition(",")[2]
    for start in range(0, len(payload) - 24, 12):
        assert payload[start : start + 24] not in said
    assert ":base64," not in said.replace(";", ":")


@pytest.mark.parametrize("works", [True, False], ids=["store works", "store fails"])
async def test_users_are_not_in_the_log(start: Start, drawing: str, works: bool) -> None:
    variables = {"LOG_REQUESTS": "on"} if works else {
        "LOG_REQUESTS": "on",
        **AWS_VARIABLES,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": "http://localhost:9",
        "DATA_STORE": "s3://digits/prefix",
    }  # fmt: skip
    server = start(**variables)
    async with httpx.AsyncClient(base_url=address_of(server), timeout=60) as client:
        statuses = await use(client, drawing)
        stranger = socket.create_connection((client.base_url.host, client.base_url.port or 0))
        stranger.sendall(f"no HTTP at all {TOKEN}\r\n\r\n".encode())
        assert stranger.recv(100).startswith(b"HTTP/1.1 400 ")
        stranger.close()
    server.terminate()
    said, errors = server.communicate(timeout=20)

    assert {200, 400, 404, 405, 413} <= {*statuses}
    assert (503 in statuses) is not works
    assert ("The store failed" in errors) is not works
    assert_nothing_is_told(said + errors, drawing)


async def test_an_error_of_ours_is_logged_without_what_was_sent(
    folder: Path, drawing: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_grey: object, _coloured: object) -> None:
        raise RuntimeError("It broke.")

    monkeypatch.setattr(preprocessing, "normalise", fail)
    app = create_local_app(folder / "not-built")
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        statuses = await use(client, drawing)

    assert 500 in statuses
    assert "RuntimeError: It broke." in caplog.text
    logged = "\n".join(line for line in caplog.text.splitlines() if "httpx" not in line)
    assert_nothing_is_told(logged, drawing)
