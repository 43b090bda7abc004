"""What answers follows the log of promotions: no restart, no lost request, no wrong model."""

import asyncio
import json
import logging
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from obstore.store import MemoryStore

from digit_recognizer.api import contract
from digit_recognizer.models import follower, promotion_log, versions
from digit_recognizer.models.promotion import promote, rollback
from digit_recognizer.recognition.model import CARD_FILE, LITERT_FILE, Model, built_in
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Listed, Store
from tests import tiny_models
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.functions.conftest import Invoke
from tests.layers.store.faulty_s3 import faulty_s3

PACKAGE = built_in().version


async def publish(store: Store, version: str, digit: int = 3) -> None:
    files = tiny_models.files(version, tiny_models.litert(digit))
    await versions.publish(store, version, files)


async def put_in_service(store: Store, version: str, litert: bytes, **on_card: Any) -> None:
    """Promote without any check."""
    await versions.publish(store, version, tiny_models.files(version, litert, **on_card))
    model = Model(litert, await versions.card(store, version))
    base = await promotion_log.in_force(store)
    await promotion_log.append(store, base, "promotion", "Better.", model, base.entry.number)


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request looks, and waits for it: as if each came after a long time without any."""
    monkeypatch.setattr(follower, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(follower, "STALE_AFTER", 0.0)
    for patience in ("PATIENCE_AT_START", "PATIENCE", "LOADING"):
        monkeypatch.setattr(follower, patience, 60.0)


Ask = Callable[[], Awaitable[tuple[int, str]]]


@pytest.fixture
def ask(predicting: httpx.AsyncClient, drawing: str) -> Ask:
    """Ask for a digit; the answer is the digit and the version."""

    async def ask_once() -> tuple[int, str]:
        answer = await predicting.post("/predict", json={"image": drawing})
        assert answer.status_code == 200
        return answer.json()["prediction"], answer.json()["model_version"]

    return ask_once


@pytest.mark.usefixtures("looking")
async def test_a_promotion_and_a_rollback_take_effect_without_a_restart(
    store: Store, ask: Ask
) -> None:
    await publish(store, "v1", 3)
    await publish(store, "v2", 5)
    assert await ask() == (7, PACKAGE)

    await promote(store, "v1", "Better.")
    assert await ask() == (3, "v1")
    await promote(store, "v2", "Better.")
    assert await ask() == (5, "v2")
    await rollback(store, "Worse.")
    assert await ask() == (3, "v1")
    await rollback(store, "Worse.")
    assert await ask() == (7, PACKAGE)


@pytest.mark.usefixtures("looking")
async def test_a_process_begins_with_what_was_promoted_before(store: Store, ask: Ask) -> None:
    await publish(store, "v1")
    await promote(store, "v1", "Better.")

    assert await ask() == (3, "v1")


class SlowStore(Store):
    """Lists nothing before it is let.

    Attributes:
        let: the next listings wait for it.
        asked: how often it was listed.
    """

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.let = threading.Event()
        self.let.set()
        self.asked = 0

    async def pages(
        self, prefix: str, page_size: int = 1000, after: str | None = None
    ) -> AsyncIterator[list[Listed]]:
        self.asked += 1
        let = self.let
        while not let.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        async for page in super().pages(prefix, page_size, after):
            yield page


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowStore]:
    store = SlowStore()
    monkeypatch.setattr(opening, "open_store", lambda _: store)
    yield store
    store.let.set()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of following the log, and of the store."""
    records = [each for each in caplog.records if each.name.startswith("digit_recognizer.")]
    assert all(each.levelno >= logging.WARNING for each in records)
    return [each.getMessage() for each in records]


async def until_nobody_looks() -> None:
    for thread in threading.enumerate():
        if thread.name == follower.THREAD:
            await asyncio.to_thread(thread.join)


async def test_while_requests_come_none_waits_for_the_store(
    slow: SlowStore, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "PATIENCE_AT_START", 60.0)
    await publish(slow, "v1")
    assert await ask() == (7, PACKAGE)
    await promote(slow, "v1", "Better.")

    asked = slow.asked
    assert [await ask() for _ in range(5)] == [(7, PACKAGE)] * 5
    assert slow.asked == asked  # the last look was just now

    monkeypatch.setattr(follower, "LOOK_EVERY", 0.0)
    slow.let.clear()
    assert await ask() == (7, PACKAGE)  # though the store does not answer at all
    monkeypatch.setattr(follower, "LOOK_EVERY", 60.0)
    slow.let.set()
    await until_nobody_looks()
    assert await ask() == (3, "v1")
    assert slow.asked == asked + 1


async def test_the_first_request_waits_but_not_for_long(
    slow: SlowStore, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(slow, "v1")
    await promote(slow, "v1", "Better.")
    slow.let.clear()

    assert [await ask() for _ in range(5)] == [(7, PACKAGE)] * 5
    slow.let.set()
    await until_nobody_looks()
    assert await ask() == (3, "v1")


async def test_after_a_long_time_a_request_waits_for_a_look_of_its_own(
    slow: SlowStore, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function stood still: the look that was under way gets no answer any more."""
    await publish(slow, "v1")
    let, slow.let = slow.let, (dead_let := threading.Event())
    assert await ask() == (7, PACKAGE)
    dead = follower.follower()._look
    slow.let = let
    assert dead is not None
    assert not dead.ended
    await promote(slow, "v1", "Better.")

    monkeypatch.setattr(follower, "PATIENCE", 60.0)
    dead.began -= follower.LOOK_EVERY
    assert await ask() == (3, "v1")

    assert not dead.ended
    dead_let.set()
    await until_nobody_looks()
    assert await ask() == (3, "v1")  # whoever comes late changes nothing


async def test_a_look_that_fails_since_it_stood_still_is_made_up_for(
    slow: SlowStore, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(follower, "AT_MOST", 0.2)
    await publish(slow, "v1")
    slow.let.clear()
    assert await ask() == (7, PACKAGE)
    look = follower.follower()._look
    assert look is not None
    look.began -= follower.LOOK_EVERY
    await until_nobody_looks()  # it has failed
    slow.let.set()
    await promote(slow, "v1", "Better.")

    monkeypatch.setattr(follower, "AT_MOST", 60.0)
    monkeypatch.setattr(follower, "PATIENCE", 60.0)
    assert await ask() == (3, "v1")
    assert told(caplog) == []


@pytest.mark.usefixtures("looking")
@pytest.mark.parametrize(
    ("content", "on_card", "sentence"),
    [
        (None, {}, "lacks digit_recognizer_model.tflite"),
        (b"damaged", {}, "instead of"),
        ("flipped", {}, "another SHA-256"),
        ({"side": 32}, {}, "must make float32"),
        ({"classes": 11}, {}, "must make float32"),
        ({"bias": float("nan")}, {}, "not finite"),
        ({"softmax": False}, {}, "don't sum to 1"),
        ({}, {"preprocessing_version": 0}, "Train it anew"),
        ({}, {"smoke_test": [{"pixels": "AAAA" * 261 + "AA==", "digit": 4}]}, "smoke test"),
    ],
)
async def test_an_unfit_version_leaves_the_one_in_service_and_is_logged_once(
    store: Store,
    ask: Ask,
    caplog: pytest.LogCaptureFixture,
    content: Any,
    on_card: dict[str, Any],
    sentence: str,
) -> None:
    await publish(store, "good", 5)
    await promote(store, "good", "Better.")
    assert await ask() == (5, "good")

    litert = tiny_models.litert(**content) if isinstance(content, dict) else tiny_models.litert()
    await put_in_service(store, "unfit", litert, **on_card)
    if not isinstance(content, dict):
        await store.delete([f"models/unfit/{LITERT_FILE}"])
        if content is not None:
            damaged = litert[:-1] + b"?" if content == "flipped" else content
            await store.create(f"models/unfit/{LITERT_FILE}", damaged)
    assert [await ask() for _ in range(4)] == [(5, "good")] * 4

    (message,) = told(caplog)
    assert message.startswith("Version good stays in service: ")
    assert sentence in message

    await publish(store, "next", 3)
    await promote(store, "next", "It works.")
    assert await ask() == (3, "next")


@pytest.mark.usefixtures("looking")
async def test_a_process_that_starts_with_an_unfit_version_takes_the_one_before(
    store: Store, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    await publish(store, "good", 5)
    await promote(store, "good", "Better.")
    await put_in_service(store, "unfit", b"damaged")
    await put_in_service(store, "unfit-too", b"damaged")

    assert [await ask() for _ in range(3)] == [(5, "good")] * 3
    assert [message.partition(":")[0] for message in told(caplog)] == [
        "Version good stays in service"
    ]


@pytest.mark.usefixtures("looking")
async def test_a_rollback_from_an_unfit_version_is_followed(store: Store, ask: Ask) -> None:
    await publish(store, "good", 5)
    await promote(store, "good", "Better.")
    assert await ask() == (5, "good")
    await put_in_service(store, "unfit", b"damaged")
    assert await ask() == (5, "good")

    await rollback(store, "It does not even start.")

    assert await ask() == (5, "good")
    current = await follower.follower().in_service()
    assert (current.entry.kind, current.entry.reason) == ("rollback", "It does not even start.")


@pytest.mark.usefixtures("looking")
async def test_where_nothing_is_fit_the_model_of_the_package_answers(
    store: Store, ask: Ask
) -> None:
    for number in range(6):
        await put_in_service(store, f"unfit-{number}", b"damaged")

    assert await ask() == (7, PACKAGE)


@pytest.mark.usefixtures("looking")
async def test_an_entry_that_can_not_be_read_is_logged_once(
    store: Store, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    await store.create(promotion_log.PROMOTIONS.key(1), b"{")

    assert [await ask() for _ in range(4)] == [(7, PACKAGE)] * 4

    (message,) = told(caplog)
    assert message.endswith("0000000001.json is not an entry of the log that this code can read.")


@pytest.mark.usefixtures("looking")
async def test_a_new_process_serves_the_last_version_whose_entry_can_be_read(
    store: Store, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    await put_in_service(store, "v1", tiny_models.litert(3))
    for number in (2, 3):
        await store.create(promotion_log.PROMOTIONS.key(number), b"<html>")

    assert [await ask() for _ in range(3)] == [(3, "v1")] * 3
    (message,) = told(caplog)
    assert message.endswith("0000000003.json is not an entry of the log that this code can read.")
    await put_in_service(store, "v2", tiny_models.litert(3))
    assert await ask() == (3, "v2")


@pytest.mark.usefixtures("looking")
async def test_health_names_the_version_that_answers(
    store: Store, ask: Ask, predicting: httpx.AsyncClient
) -> None:
    async def version() -> str:
        return str((await predicting.get("/health")).json()["model_version"])

    assert await version() == PACKAGE
    await put_in_service(store, "v1", tiny_models.litert(3))
    assert await version() == "v1"
    await put_in_service(store, "unfit", b"damaged")
    assert await version() == "v1"
    assert await ask() == (3, "v1")
    await rollback(store, "No.")
    await rollback(store, "No.")
    assert await version() == PACKAGE


@pytest.mark.usefixtures("looking")
@pytest.mark.parametrize("number", ["1e999", "NaN", "[" * 2000 + "]" * 2000])
async def test_a_card_that_no_answer_could_say_is_not_served(
    store: Store, ask: Ask, predicting: httpx.AsyncClient, number: str
) -> None:
    await put_in_service(store, "v1", tiny_models.litert(3))
    await ask()
    files = tiny_models.files("v2", tiny_models.litert(4))
    card = files[CARD_FILE].decode()
    files[CARD_FILE] = f'{{"odd": {number}, {card.lstrip()[1:]}'.encode()
    for name, content in files.items():
        await store.create(f"models/v2/{name}", content)
    base = await promotion_log.in_force(store)
    model = Model(files[LITERT_FILE], json.loads(card))
    await promotion_log.append(store, base, "promotion", "Better.", model, base.entry.number)

    assert await ask() == (3, "v1")
    answer = await predicting.get("/model")
    assert (answer.status_code, answer.json()["version"]) == (200, "v1")


@pytest.mark.usefixtures("looking")
async def test_a_store_that_comes_and_goes_is_logged_once_each_time(
    s3_server: str,
    tmp_path: Path,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with faulty_s3(s3_server, seed=6) as proxy:
        for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": proxy.address}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DATA_STORE", f"s3://{BUCKET}/{tmp_path.name}")
        proxy.share = 1.0
        assert [await ask() for _ in range(3)] == [(7, PACKAGE)] * 3
        proxy.share = 0.0
        await publish(opening.configured(), "v1")
        await promote(opening.configured(), "v1", "Better.")
        assert await ask() == (3, "v1")
        assert len(told(caplog)) == 1

        proxy.share = 1.0
        assert [await ask() for _ in range(3)] == [(3, "v1")] * 3
    assert [message.partition(":")[0] for message in told(caplog)] == [
        f"Version {PACKAGE} stays in service",
        "Version v1 stays in service",
    ]


@pytest.mark.usefixtures("looking")
@pytest.mark.parametrize("url", ["ftp://nowhere", "file:///proc/nothing/here"])
async def test_without_a_store_the_model_of_the_package_answers(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    monkeypatch.setenv("DATA_STORE", url)

    assert [await ask() for _ in range(3)] == [(7, PACKAGE)] * 3

    assert len(told(caplog)) == 1


async def test_a_store_that_never_answers_keeps_no_request(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": endpoint}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DATA_STORE", f"s3://{BUCKET}/prefix")
        monkeypatch.setattr(follower, "AT_MOST", 1.0)

        assert [await ask() for _ in range(3)] == [(7, PACKAGE)] * 3
        look = follower.follower()._look
        assert look is not None
        assert not look.ended  # it was answered all the same
        await until_nobody_looks()
    late = "the store did not answer within 1 seconds."
    assert told(caplog) == [f"Version {PACKAGE} stays in service: {late}"]


async def test_no_request_fails_while_versions_change(
    store: Store, predicting: httpx.AsyncClient, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "LOOK_EVERY", 0.02)
    digits = {"v1": 3, "v2": 5, PACKAGE: 7}
    await publish(store, "v1", 3)
    await publish(store, "v2", 5)
    answered: Counter[tuple[str, int]] = Counter()
    last = PACKAGE

    async def hammer() -> None:
        nonlocal last
        while changing:
            answer = await predicting.post("/predict", json={"image": drawing})
            assert answer.status_code == 200, answer.text
            last = answer.json()["model_version"]
            answered[last, answer.json()["prediction"]] += 1
            await asyncio.sleep(0)  # without a network nothing else lets the others go on

    changing = [asyncio.create_task(hammer()) for _ in range(4)]
    for step in range(9):
        if step % 3 == 2:
            await rollback(store, "Worse.")
            expected = (await rollback(store, "Worse.")).version
        else:
            expected = (await promote(store, ("v1", "v2")[step % 3], "Better.")).version
        while last != expected:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    hammering, changing = changing, []
    await asyncio.gather(*hammering)

    # Each answer is that of the version that it names.
    assert answered.keys() == set(digits.items())


@pytest.mark.usefixtures("looking")
def test_each_invocation_may_have_an_event_loop_of_its_own(
    store: Store, invoke: Invoke, drawing: str
) -> None:
    versions = []
    for step in (publish(store, "v1"), promote(store, "v1", "Better."), rollback(store, "No.")):
        aside(step)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        answer = invoke("POST", "/predict", {"image": drawing})
        loop.close()
        versions.append(json.loads(answer["body"])["model_version"])
    assert versions == [PACKAGE, "v1", PACKAGE]


def aside(step: Coroutine[Any, Any, object]) -> None:
    """Run it beside the event loop of the invocations."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, step).result()


@pytest.mark.usefixtures("looking")
async def test_the_model_tells_how_it_came_into_service_and_what_was_before(
    store: Store, predicting: httpx.AsyncClient
) -> None:
    files = tiny_models.files("v1", smoke_test=[])
    await versions.publish(store, "v1", files)
    card = (await predicting.get("/model")).json()
    assert card["version"] == PACKAGE
    assert card["in_service"]["kind"] == "built-in"
    assert card["previous"] == []

    await promote(store, "v1", "Reads sevens with two bars.")
    after = (await predicting.get("/model")).json()
    await rollback(store, "Misreads ones.")
    back = (await predicting.get("/model")).json()

    assert after["version"] == "v1"
    assert after["data"] == {"feedback_rows": 40}
    assert "smoke_test" not in after
    since = after["in_service"]["since"]
    assert after["in_service"] == {
        "kind": "promotion",
        "reason": "Reads sevens with two bars.",
        "since": since,
    }
    assert [(old["version"], old["until"]) for old in after["previous"]] == [(PACKAGE, since)]
    assert back["version"] == PACKAGE
    assert back["figures"] == card["figures"]
    assert back["in_service"]["reason"] == "Misreads ones."
    newest, oldest = back["previous"]
    assert newest == {
        "version": "v1",
        "kind": "promotion",
        "reason": "Reads sevens with two bars.",
        "since": since,
        "until": back["in_service"]["since"],
        "created": "2026-11-23T12:00:00+00:00",
        "figures": {"mnist_accuracy": 99.7, "writers_accuracy": 99.8},
        "rows": 40,
    }
    assert oldest == after["previous"][0]
    for answer in (card, after, back):
        contract.ModelCard.model_validate(answer, strict=True)
