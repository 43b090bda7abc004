"""How often one client may ask: the counting alone, and over real sockets."""

from pathlib import Path

import httpx
import pytest

from local import client_limit, protocol
from local.app import create_local_app
from local.client_limit import DEFAULT_RATE, ClientLimit, client_of, rate_from_environment
from tests.local.conftest import Start, served

PUPIL = "192.0.2.7"


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_ten_seconds_worth_may_come_at_once_and_then_the_rate(clock: Clock) -> None:
    limit = ClientLimit(5, clock)

    assert [limit.wait_s(PUPIL) for _ in range(51)] == [0] * 50 + [1]
    clock.now += 0.2
    assert [limit.wait_s(PUPIL), limit.wait_s(PUPIL)] == [0, 1]
    clock.now += 1000
    assert [limit.wait_s(PUPIL) for _ in range(51)] == [0] * 50 + [1]


def test_who_waits_as_long_as_told_is_answered(clock: Clock) -> None:
    limit = ClientLimit(1, clock)
    while not (wait_s := limit.wait_s(PUPIL)):
        pass

    clock.now += wait_s

    assert limit.wait_s(PUPIL) == 0


def test_one_client_takes_nothing_from_another(clock: Clock) -> None:
    limit = ClientLimit(5, clock)
    while not limit.wait_s(PUPIL):
        pass

    assert limit.wait_s("192.0.2.8") == 0


def test_a_class_behind_one_address_stays_below_the_default(clock: Clock) -> None:
    limit = ClientLimit(DEFAULT_RATE, clock)
    for _ in range(45 * 60):  # a lesson: thirty load the page at once, then draw without a pause
        requests = 30 * 25 if clock.now == 1000 else 30 * 3
        assert not any(limit.wait_s(PUPIL) for _ in range(requests))
        clock.now += 1


def test_no_more_clients_are_remembered_than_fit(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_limit, "_MOST_CLIENTS", 100)
    limit = ClientLimit(5, clock)
    while not limit.wait_s(PUPIL):
        pass
    for number in range(99):
        limit.wait_s(f"198.51.100.{number}")
        assert limit.wait_s(PUPIL) == 1

    for number in range(10_000):
        limit.wait_s(f"10.0.{number // 250}.{number % 250}")

    assert len(limit) == 100


def test_without_a_rate_nobody_waits(clock: Clock) -> None:
    limit = ClientLimit(0, clock)

    assert not any(limit.wait_s(PUPIL) for _ in range(100_000))
    assert len(limit) == 0


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::1", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("127.0.0.1", None),
        ("127.8.8.8", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("testclient", None),
    ],
)
def test_who_a_client_is(address: str, client: str | None) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize(
    ("given", "rate"), [("", DEFAULT_RATE), ("1", 1), ("0", 0), ("100000", 100_000)]
)
def test_the_rate_is_a_variable(given: str, rate: int) -> None:
    assert rate_from_environment({"CLIENT_RATE": given}) == rate


@pytest.mark.parametrize("given", ["-1", "1.5", "many", "\uff11", "9" * 5000])
def test_a_rate_that_is_none_is_named(given: str) -> None:
    with pytest.raises(ValueError, match="it must be a number of requests a second"):
        rate_from_environment({"CLIENT_RATE": given})


def test_a_wrong_rate_ends_the_start_with_a_sentence(start: Start) -> None:
    server = start(CLIENT_RATE="many")
    _, errors = server.communicate(timeout=30)

    assert server.returncode == 1
    assert errors.splitlines()[-1].startswith("CLIENT_RATE is 'many'; it must be a number")


async def test_who_sends_too_much_gets_429_and_this_machine_never_does(
    folder: Path, drawing: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_RATE", "1")
    monkeypatch.setattr(protocol, "ClientLimit", lambda rate: ClientLimit(rate, clock))
    body = {"image": drawing}
    app = create_local_app(folder / "not-built")
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        from_here = [(await client.post("/predict", json=body)).status_code for _ in range(30)]
    monkeypatch.setattr(client_limit, "client_of", lambda address: address)
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = [await client.post("/predict", json=body) for _ in range(30)]
        told = await client.head("/health")
        clock.now += 1
        later = await client.get("/health")

    assert from_here == [200] * 30
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 20
    assert (told.status_code, told.content, later.status_code) == (429, b"", 200)
    refused = answers[-1]
    assert refused.json() == {
        "error": "Too many requests from your address; wait 1 s, then try again."
    }
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["content-type"] == "application/json"
