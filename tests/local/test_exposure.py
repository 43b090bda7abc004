"""Who can read what: the token, the figures, the warning at the start, the security headers."""

import json
import select
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.app import create_local_app
from local.exposure import warning
from local.security_headers import HEADERS
from tests.infra.template import resource
from tests.local.conftest import Start, address_of

TOKEN = "correct-horse-battery-staple"
WITH_TOKEN = {"authorization": f"Bearer {TOKEN}"}


def client_from(address: str, page: Path) -> httpx.AsyncClient:
    """A client of the local app whose requests come from an address."""
    transport = httpx.ASGITransport(create_local_app(page), client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


@pytest.mark.parametrize("path", ["/download_csv", "/feedback/summary", "/metrics"])
async def test_with_a_token_the_feedback_and_the_figures_are_for_who_sends_it(
    folder: Path, path: str, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOWNLOAD_TOKEN", TOKEN)
    for address in ("127.0.0.1", "192.0.2.7"):
        async with client_from(address, folder) as client:
            await client.post("/save_feedback", json={"image": drawing, "label": 7})
            without = await client.get(path)
            wrong = await client.get(path, headers={"authorization": f"Bearer {TOKEN}x"})
            right = await client.get(path, headers=WITH_TOKEN)

        assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 200]
        assert without.headers["www-authenticate"] == "Bearer"
        assert "token" in without.json()["error"]


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 401),
        ("2001:db8::1", {}, 401),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 401),
        ("127.0.0.1", {"forwarded": "for=192.0.2.7"}, 401),
        ("127.0.0.1", {"via": "1.1 proxy"}, 401),
        ("192.0.2.7", {"x-forwarded-for": "127.0.0.1"}, 401),
    ],
)
async def test_without_a_token_the_figures_are_for_this_machine(
    folder: Path, address: str, headers: dict[str, str], status: int
) -> None:
    async with client_from(address, folder) as client:
        figures = await client.get("/metrics", headers=headers)
        feedback = await client.get("/feedback/summary", headers=headers)

    assert figures.status_code == status
    assert feedback.status_code == 200
    assert status == 200 or list(figures.json()) == ["error"]


@pytest.mark.parametrize("token", ["short", "with a space in it", "grün-ist-die-hoffnung"])
def test_a_token_that_no_header_can_hold_or_anyone_can_guess_is_refused(
    start: Start, token: str
) -> None:
    server = start(DOWNLOAD_TOKEN=token)
    _, errors = server.communicate(timeout=30)

    assert server.returncode == 1
    assert errors.splitlines()[-1].startswith("DOWNLOAD_TOKEN must be 8 or more ")
    assert token not in errors


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
def test_nothing_is_said_where_only_this_machine_can_ask(address: str) -> None:
    assert warning(address, has_token=False) is None


def test_the_warning_says_who_can_read_what() -> None:
    everywhere = warning("0.0.0.0", has_token=False)
    one = warning("192.0.2.7", has_token=False)
    with_token = warning("0.0.0.0", has_token=True)

    assert everywhere is not None
    assert "any of this machine's addresses" in everywhere
    assert "read all answers with their drawings (/download_csv, /feedback/summary)" in everywhere
    assert "make run DOWNLOAD_TOKEN=" in everywhere
    assert one is not None
    assert "192.0.2.7" in one
    assert warning("::", has_token=False) == everywhere
    assert with_token is not None
    assert "for those who have the token" in with_token


@pytest.mark.parametrize(("variables", "said"), [({}, "make run DOWNLOAD_TOKEN="), (
    {"DOWNLOAD_TOKEN": TOKEN}, "for those who have the token")])  # fmt: skip
def test_the_server_warns_before_it_serves_the_network(
    start: Start, variables: dict[str, str], said: str
) -> None:
    server = start(HOST="0.0.0.0", **variables)
    assert server.stdout is not None
    assert select.select([server.stdout], [], [], 30)[0]
    line = server.stdout.readline()
    server.terminate()
    _, errors = server.communicate(timeout=20)

    assert line.startswith("Digit recogniser: http://0.0.0.0:")
    assert said in errors
    assert TOKEN not in errors


def of_cloudfront() -> dict[str, str]:
    """The headers that `infra/template.yaml` has CloudFront send."""
    config: dict[str, Any] = resource("SecurityHeaders")["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    sent = {
        "content-security-policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "x-content-type-options": "nosniff" if "ContentTypeOptions" in security else "",
        "x-frame-options": security["FrameOptions"]["FrameOption"],
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "strict-transport-security": str(security["StrictTransportSecurity"]),
    }
    assert len(security) == len(sent)
    return sent | {each["Header"]: each["Value"] for each in config["CustomHeadersConfig"]["Items"]}


def test_the_headers_are_those_of_cloudfront_but_for_the_one_that_needs_tls() -> None:
    expected = of_cloudfront()
    del expected["strict-transport-security"]

    assert dict(HEADERS) == expected


def test_every_answer_has_them(start: Start) -> None:
    with httpx.Client(base_url=address_of(start()), timeout=30, trust_env=False) as client:
        answers = [
            client.get("/"),
            client.get("/health"),
            client.get("/download_csv"),
            client.get("/nothing"),
            client.post("/predict", json={}),
        ]
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as other:
            other.sendall(b"no HTTP at all\r\n\r\n")
            refused = other.recv(5000).decode()

    head, _, body = refused.partition("\r\n\r\n")
    assert list(json.loads(body)) == ["error"]
    for name, value in HEADERS:
        assert f"\r\n{name}: {value}" in head
        for answer in answers:
            assert answer.headers.get_list(name) == [value], answer.url
