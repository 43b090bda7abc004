"""Who may talk to the local server: its page and programs, no other origin, by no other name."""

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from digit_recognizer.rows import snapshot
from digit_recognizer.store import opening
from local.app import create_local_app
from local.visitors import Hosts
from tests.local.conftest import Start, address_of

HERE = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "digits.localhost",
    "127.0.0.1",
    "127.9.9.9",
    "[::1]",
]
ELSEWHERE = [
    "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost", "",
    "192.168.1.5", "[fe80::1]", "0.0.0.0", "localhost:8000:9", "local host", "localhost/x",
    "user@localhost", "localhost,evil.example", "2130706433", "[::1", "[]", "*",
]  # fmt: skip


def hosts(**environment: str) -> Hosts:
    return Hosts.from_environment(environment)


@pytest.mark.parametrize("port", ["", ":8000"])
@pytest.mark.parametrize("host", HERE)
def test_the_names_of_this_machine_are_ours(host: str, port: str) -> None:
    assert hosts().are_ours(host + port)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_no_other_name_is_ours(host: str) -> None:
    assert not hosts().are_ours(host)


@pytest.mark.parametrize("listening", ["0.0.0.0", "::"])
def test_who_listens_to_the_whole_network_is_reached_by_its_addresses_and_its_own_name(
    listening: str,
) -> None:
    ours = hosts(HOST=listening)

    for host in [*HERE, "192.168.1.5:8000", "10.0.0.7", "[fe80::1]:8000", socket.gethostname()]:
        assert ours.are_ours(host), host
    assert not ours.are_ours("evil.example")
    assert not ours.are_ours("192.168.1.5.evil.example")


def test_the_address_or_name_that_is_listened_on_is_ours_and_what_the_setting_names() -> None:
    assert hosts(HOST="192.168.1.5").are_ours("192.168.1.5:8000")
    assert not hosts(HOST="192.168.1.5").are_ours("192.168.1.6:8000")
    assert hosts(HOST="fd00::7").are_ours("[fd00::7]:8000")
    assert hosts(HOST="digits").are_ours("Digits:8000")
    named = hosts(ALLOWED_HOSTS="Digits.example.org, 10.0.0.7,")
    assert named.are_ours("digits.example.org")
    assert named.are_ours("10.0.0.7:80")
    assert not named.are_ours("example.org")
    assert hosts(ALLOWED_HOSTS="*").are_ours("whatever.example")


@pytest.mark.parametrize("value", ["http://a.example", "a.example:80", "a b", "a;b", "*.example"])
def test_what_is_no_list_of_names_is_named(start: Start, value: str) -> None:
    server = start(ALLOWED_HOSTS=value)
    _, errors = server.communicate(timeout=20)

    assert server.returncode == 1
    assert errors.splitlines()[-1].startswith(f"ALLOWED_HOSTS is {value!r}; it must be names")


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_local_app(folder / "not-built")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


OWN = "http://localhost:8000"
OTHER = "http://127.0.0.1:8001"

MAY = {
    "a program": {},
    "its own page": {"origin": OWN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"},
    "its own page behind a proxy": {"origin": "https://a.example", "sec-fetch-site": "same-origin"},
    "its own page in a browser that does not say": {"origin": OWN},
    "a person who typed the address": {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
}
MAY_NOT = {
    "another site": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "origin": OTHER},
    "another port": {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "origin": OTHER},
    "a form elsewhere": {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "origin": OTHER,
    },
    "a picture elsewhere": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    "a browser that does not say": {"origin": OTHER},
    "another port of this host": {"origin": "http://localhost:3000"},
    "a page without an origin": {"origin": "null"},
    "something new": {"sec-fetch-site": "near-by"},
}


@pytest.mark.parametrize("who", MAY)
async def test_its_own_page_and_programs_may_save(
    client: httpx.AsyncClient, drawing: str, who: str
) -> None:
    body = {"image": drawing, "label": 7}
    answer = await client.post("/save_feedback", json=body, headers=MAY[who])

    assert answer.status_code == 200


@pytest.mark.parametrize("who", MAY_NOT)
async def test_nobody_else_may_save_or_read(
    client: httpx.AsyncClient, drawing: str, who: str
) -> None:
    answers = [
        await client.post(
            "/save_feedback", json={"image": drawing, "label": 7}, headers=MAY_NOT[who]
        )
    ]
    if who != "a form elsewhere":
        paths = ("/feedback/summary", "/download_csv", "/metrics", "/", "/docs")
        answers += [await client.get(path, headers=MAY_NOT[who]) for path in paths]

    for answer in answers:
        assert answer.status_code == 403
        assert answer.json() == {
            "error": "Only this server's own page may ask for that, not one of another origin."
        }
    assert not await snapshot.any_rows(opening.configured())


async def test_a_link_elsewhere_may_lead_here_but_no_frame(client: httpx.AsyncClient) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}

    to_a_page = await client.get("/health", headers=link | {"sec-fetch-dest": "document"})
    to_a_frame = await client.get("/health", headers=link | {"sec-fetch-dest": "iframe"})

    assert (to_a_page.status_code, to_a_frame.status_code) == (200, 403)


@pytest.mark.parametrize("path", ["/", "/download_csv", "/health", "/predict", "/nothing"])
async def test_a_name_that_is_not_ours_gets_nothing(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"host": "evil.example:8000"})

    assert answer.status_code == 403
    assert answer.json()["error"].startswith("This server is not evil.example:8000: ask for local")


async def test_of_two_names_both_must_be_ours(client: httpx.AsyncClient) -> None:
    for pair in (("localhost", "evil.example"), ("evil.example", "localhost")):
        answer = await client.get("/health", headers=[("host", name) for name in pair])
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonp", 415),
        ("", 415),
        (None, 415),
    ],
)
@pytest.mark.parametrize("path", ["/save_feedback", "/predict"])
async def test_json_is_asked_for_by_its_content_type(
    client: httpx.AsyncClient, dot: str, path: str, given: str | None, status: int
) -> None:
    body = f'{{"image": "{dot}", "label": 7}}'.encode()
    headers = {} if given is None else {"content-type": given}

    answer = await client.post(path, content=body, headers=headers)

    assert answer.status_code == status
    if status == 415:
        assert "Send JSON with the header content-type: application/json" in answer.json()["error"]
        assert not await snapshot.any_rows(opening.configured())


COUNTER = 'digit_requests_total{route="refused",status="403"}'


async def test_refusals_are_counted(client: httpx.AsyncClient) -> None:
    async def refused() -> str:
        lines = (await client.get("/metrics")).text.splitlines()
        (line,) = [each for each in lines if each.startswith(COUNTER)]
        return line.rpartition(" ")[2]

    await client.get("/health", headers={"host": "evil.example"})
    before = float(await refused())
    await client.get("/health", headers={"host": "evil.example"})

    assert float(await refused()) == before + 1


def test_a_phone_in_the_same_network_gets_the_page(start: Start) -> None:
    """By the machine's address, when the server listens to all of them."""
    server = start(HOST="0.0.0.0")
    assert server.stdout is not None
    port = server.stdout.readline().strip().rpartition(":")[2]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        address = probe.getsockname()[0]

    origin = {"origin": f"http://{address}:{port}"}
    with httpx.Client(base_url=f"http://{address}:{port}", trust_env=False) as phone:
        assert phone.get("/health").status_code == 200
        assert phone.post("/predict", json={}, headers=origin).status_code == 400
        assert phone.post("/predict", json={}, headers={"origin": OTHER}).status_code == 403


README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


async def test_the_commands_of_the_readme_work_as_they_stand(
    start: Start, drawing: str, tmp_path: Path
) -> None:
    commands = README.partition("# any picture of a digit")[2].partition("```")[0]
    (tmp_path / "digit.png").write_bytes(base64.b64decode(drawing.partition(",")[2]))
    address = address_of(start()).removeprefix("http://")
    script = "#" + commands.replace("localhost:8000", address)

    process = await asyncio.create_subprocess_exec(
        "bash", "-ec", script, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, env=environment()
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 0
    assert b'"prediction":7' in said
    assert b"Feedback saved successfully." in said
    assert (tmp_path / "user_pixel_data.csv").read_bytes().count(b"\r\n") == 2


def environment() -> dict[str, Any]:
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
