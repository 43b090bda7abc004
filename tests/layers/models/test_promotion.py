"""The log of promotions: one wins, nothing is lost, back is always possible."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore

from digit_recognizer.errors import Conflict, InvalidRequest, StoreUnavailable, UnfitModel
from digit_recognizer.models import promotion, promotion_log, versions
from digit_recognizer.models.promotion import BUILT_IN, promote, rollback
from digit_recognizer.models.promotion_log import PROMOTIONS, SUMMARISED, Entry
from digit_recognizer.recognition.model import LITERT_FILE, Model, built_in
from digit_recognizer.store import storage
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests import tiny_models
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.layers.rows.stepped_store import SteppedStore, Turns
from tests.layers.store.faulty_s3 import Asked, FaultyS3, faulty_s3


async def publish(store: Store, *names: str, **on_card: Any) -> None:
    for version in names:
        await versions.publish(store, version, tiny_models.files(version, **on_card))


async def versions_in(store: Store) -> list[str]:
    return [entry.version for entry in await promotion_log.log(store)]


async def test_at_first_the_model_of_the_package_is_in_service(store: Store) -> None:
    entry = await promotion_log.current(store)

    assert (entry.number, entry.kind, entry.built_in) == (0, "built-in", True)
    assert entry.version == built_in().version
    assert entry.about["figures"]["mnist_accuracy"] > 99
    assert await promotion_log.log(store) == [entry]


async def test_a_promotion_says_what_why_and_instead_of_what(store: Store) -> None:
    await publish(store, "v1")

    made = await promote(store, "v1", "It reads sevens with two bars.", expected=0)

    assert made == await promotion_log.current(store)
    assert (made.number, made.kind, made.version) == (1, "promotion", "v1")
    assert made.replaced == built_in().version
    assert made.reason == "It reads sevens with two bars."
    assert made.about == {
        "created": "2026-11-23T12:00:00+00:00",
        "figures": {"mnist_accuracy": 99.7, "writers_accuracy": 99.8},
        "rows": 40,
    }
    (before,) = made.before
    assert before["version"] == built_in().version
    assert before["since"] == built_in().card["created"]
    assert before["until"] == made.at


async def test_rolling_back_goes_a_step_back_each_time_and_then_says_so(store: Store) -> None:
    await publish(store, "v1", "v2", "v3")
    for version in ("v1", "v2", "v3"):
        await promote(store, version, "Better.")

    back = [(await rollback(store, "Worse after all.")).version for _ in range(2)]
    assert back == ["v2", "v1"]
    await promote(store, "v3", "Once more.")
    back = [(await rollback(store, "No.")).version for _ in range(2)]
    assert back == ["v1", built_in().version]

    with pytest.raises(InvalidRequest, match="nothing to roll back"):
        await rollback(store, "Further.")
    last = await promotion_log.current(store)
    assert (last.kind, last.built_in, last.replaced) == ("rollback", True, "v1")
    assert await versions_in(store) == [
        *(built_in().version, "v1", "v2", "v3", "v2", "v1", "v3", "v1", built_in().version)
    ]


@pytest.mark.parametrize("name", [BUILT_IN, built_in().version])
async def test_the_model_of_the_package_can_be_promoted_too(store: Store, name: str) -> None:
    await publish(store, "v1")
    await promote(store, "v1", "Better.")

    made = await promote(store, name, "The new package is better still.")

    assert (made.version, made.built_in, made.sha256) == (built_in().version, True, None)
    assert (await rollback(store, "No.")).version == "v1"


async def test_a_new_package_brings_its_own_version(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(store, "v1")
    await promote(store, "v1", "Better.")
    await rollback(store, "No.")
    old = built_in().version

    newer = Model(built_in().litert, {**built_in().card, "version": "of-a-new-package"})
    monkeypatch.setattr(promotion_log, "built_in", lambda: newer)

    entry = await promotion_log.current(store)
    assert entry.version == "of-a-new-package"
    assert [before["version"] for before in entry.before] == ["v1", old]


async def test_what_is_in_service_already_is_not_promoted_again(store: Store) -> None:
    await publish(store, "v1")
    with pytest.raises(InvalidRequest, match="is in service already"):
        await promote(store, BUILT_IN, "Again.")
    await promote(store, "v1", "Better.")

    with pytest.raises(InvalidRequest, match="v1 is in service already"):
        await promote(store, "v1", "Again.")

    assert await promotion_log.PROMOTIONS.numbers(store) == [1]


@pytest.mark.parametrize(
    ("content", "on_card", "sentence"),
    [
        (None, {"preprocessing_version": 0}, "Train it anew"),
        ({"side": 32}, {}, "must make float32"),
        ({"bias": float("nan")}, {}, "not finite"),
        (None, {"smoke_test": [{"pixels": "AAAA" * 261 + "AA==", "digit": 4}]}, "smoke test"),
    ],
)
async def test_what_is_not_fit_is_not_promoted(
    store: Store, content: dict[str, Any] | None, on_card: dict[str, Any], sentence: str
) -> None:
    litert = tiny_models.litert(**(content or {}))
    await versions.publish(store, "v1", tiny_models.files("v1", litert, **on_card))

    with pytest.raises(UnfitModel, match=sentence):
        await promote(store, "v1", "Better.")

    assert await promotion_log.PROMOTIONS.numbers(store) == []


async def test_a_version_that_is_not_there_or_not_complete_is_not_promoted(store: Store) -> None:
    await store.create(f"models/v1/{LITERT_FILE}", tiny_models.litert())

    for version in ("v1", "v2"):
        with pytest.raises(UnfitModel, match="or it is not complete"):
            await promote(store, version, "Better.")


async def test_a_version_that_has_gone_is_not_rolled_back_to(store: Store) -> None:
    await publish(store, "v1", "v2")
    await promote(store, "v1", "Better.")
    await promote(store, "v2", "Better.")
    await store.delete([f"models/v1/{LITERT_FILE}"])

    with pytest.raises(UnfitModel, match=r"Promote another version instead; built-in is"):
        await rollback(store, "Worse.")

    assert (await promotion_log.current(store)).version == "v2"


async def test_who_was_overtaken_is_told_and_changes_nothing(store: Store) -> None:
    await publish(store, "v1", "v2")
    await promote(store, "v1", "Better.")

    for overtaken in (promote(store, "v2", "Mine.", expected=0), rollback(store, "No.", 0)):
        with pytest.raises(Conflict, match=r"version v1 is in service \(promotion: Better\.\)"):
            await overtaken

    assert await promotion_log.PROMOTIONS.numbers(store) == [1]


async def test_of_many_at_once_one_wins_and_the_others_say_so(store: Store) -> None:
    names = [f"v{n}" for n in range(6)]
    await publish(store, *names)

    done = await asyncio.gather(
        *(promote(store, name, "Mine.", expected=0) for name in names), return_exceptions=True
    )

    won = [entry for entry in done if isinstance(entry, Entry)]
    assert len(won) == 1
    assert all(isinstance(other, Conflict) for other in done if other not in won)
    assert await promotion_log.current(store) == won[0]
    assert await promotion_log.PROMOTIONS.numbers(store) == [1]


async def test_two_who_promote_the_same_version_know_who_did_it(store: Store) -> None:
    await publish(store, "v1")

    done = await asyncio.gather(
        *(promote(store, "v1", "Mine.", expected=0) for _ in range(4)), return_exceptions=True
    )

    assert sum(isinstance(entry, Entry) for entry in done) == 1


async def test_an_entry_tells_of_the_twenty_before_it(store: Store) -> None:
    await publish(store, "v1")
    for number in range(SUMMARISED + 3):
        await promote(store, "v1" if number % 2 == 0 else BUILT_IN, f"Number {number + 1}.")

    entry = await promotion_log.current(store)
    assert len(entry.before) == SUMMARISED
    expected = [f"Number {number}." for number in range(SUMMARISED + 2, 2, -1)]
    assert [before["reason"] for before in entry.before] == expected
    untils = [before["until"] for before in entry.before]
    assert untils == [entry.at, *(before["since"] for before in entry.before[:-1])]


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"[" * 100_000,
    b'{"format": 2}',
    b'{"format": 1}',
    b"<html>502 Bad Gateway</html>",
    b'{"format": 1, "number": 2, "below": 1e999}',
]


@pytest.mark.parametrize("content", DAMAGED)
async def test_beside_an_entry_that_can_not_be_read_the_last_good_one_is_in_force(
    store: Store, content: bytes
) -> None:
    await publish(store, "v1", "v2", "v3")
    good = await promote(store, "v1", "Better.")
    await store.create(PROMOTIONS.key(2), content)

    in_force = await promotion_log.in_force(store)
    assert (in_force.entry, in_force.last) == (good, 2)
    assert in_force.broken == [
        "models/promotions/0000000002.json is not an entry of the log that this code can read."
    ]
    assert (await versions_in(store))[1:] == ["v1"]

    # Promoting and rolling back go on beside it.
    assert (await promote(store, "v2", "Better still.")).number == 3
    assert (await rollback(store, "No.")).version == "v1"
    assert (await rollback(store, "No.")).built_in
    assert (await promote(store, "v3", "At last.", expected=5)).number == 6


async def test_a_rollback_passes_over_an_entry_that_can_not_be_read(store: Store) -> None:
    await publish(store, "v1", "v2")
    await promote(store, "v1", "Better.")
    await promote(store, "v2", "Better still.")
    await store.delete([PROMOTIONS.key(1)])
    await store.create(PROMOTIONS.key(1), b"{")

    assert (await rollback(store, "No.")).built_in


def test_figures_that_are_none_are_not_told() -> None:
    card = {"figures": {"a": 1.5, "b": "90 px", "c": [1], "d": float("nan")}, "data": "mnist"}

    assert promotion_log.card_facts(card) == {"created": "", "figures": {"a": 1.5}, "rows": 0}
    assert promotion_log.card_facts({})["figures"] == {}


@pytest.fixture
def proxy(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    with faulty_s3(s3_server, seed=5) as proxy:
        for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": proxy.address}.items():
            monkeypatch.setenv(name, value)
        yield proxy


async def test_a_failing_store_leaves_a_log_of_what_was_told(
    proxy: FaultyS3, tmp_path: Path
) -> None:
    store = open_store(f"s3://{BUCKET}/{tmp_path.name}")
    await publish(store, "v1")
    proxy.share = 0.3
    told: list[Entry] = []
    failed = 0
    for number in range(40):
        try:
            told.append(await promote(store, BUILT_IN if number % 2 else "v1", f"{number}"))
        except StoreUnavailable:
            failed += 1
        except InvalidRequest:  # an earlier one was committed, its answer lost
            pass
    proxy.share = 0.0

    kept = await promotion_log.log(store)
    assert [entry.number for entry in kept] == list(range(len(kept)))
    assert {entry.id for entry in told} <= {entry.id for entry in kept}
    assert len(kept) <= len(told) + failed + 1
    assert len(told) > 5
    assert proxy.faults["answer lost"] > 0


async def test_a_rollback_whose_answer_is_lost_is_told_as_what_it_was(
    proxy: FaultyS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_PAUSES", (0.02,))
    store = open_store(f"s3://{BUCKET}/{tmp_path.name}")
    await publish(store, "v1")
    for version in ("v1", BUILT_IN):
        await promote(store, version, "Better.")

    proxy.scripts[tmp_path.name] = lambda asked: (
        "500 stored" if asked.operation == "PutObject" else None
    )
    assert (await rollback(store, "No.")).version == "v1"

    asked_before: list[str] = []

    def all_after_the_first_put(asked: Asked) -> str | None:
        asked_before.append(asked.operation)
        return "500 stored" if "PutObject" in asked_before else None

    proxy.scripts[tmp_path.name] = all_after_the_first_put
    with pytest.raises(StoreUnavailable, match="may be in service all the same; look at it with"):
        await rollback(store, "No again.")

    proxy.scripts.clear()
    package = built_in().version
    assert await versions_in(store) == [package, "v1", package, "v1", package]


@pytest.mark.parametrize("seed", range(40))
async def test_whoever_is_killed_whenever_the_log_is_whole(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishers, promoters and who rolls back take turns at single requests; some die."""
    monkeypatch.setattr(promotion, "accept", lambda _: None)
    lots = random.Random(seed)
    objects, turns = MemoryStore(), Turns(seed)

    async def work(actor: int) -> list[Entry]:
        store = SteppedStore(objects, turns, lots.choice([None, lots.randrange(40)]))
        made = []
        for step in range(4):
            version = f"v{actor}-{step}"
            try:
                await versions.publish(store, version, tiny_models.files(version, b"litert"))
                made.append(await promote(store, version, "Better."))
                if lots.random() < 0.5:
                    made.append(await rollback(store, "No."))
            except Conflict:
                pass
        return made

    done = await turns.run(*(work(actor) for actor in range(3)))

    store = Store(objects)
    kept = await promotion_log.log(store)
    assert [entry.number for entry in kept] == list(range(len(kept)))
    complete = await versions.names(store)
    for entry, following in pairwise(kept):
        assert following.replaced == entry.version
        assert following.built_in or following.version in complete
    returned = {entry.id for made in done if isinstance(made, list) for entry in made}
    assert returned <= {entry.id for entry in kept}


# Publishes and promotes versions for ever, each with all its checks.
PROMOTER = """
import asyncio, os, random, signal, sys, time
from digit_recognizer.models import promotion, versions
from digit_recognizer.store import opening
from digit_recognizer.errors import Conflict
from tests import tiny_models

async def promote(name, content):
    store = opening.configured()
    number = 0
    while True:
        number += 1
        version = f"{name}-{number}"
        try:
            await versions.publish(store, version, tiny_models.files(version, content))
            await promotion.promote(store, version, "Better.")
            if number % 3 == 0:
                await promotion.rollback(store, "No.")
        except Conflict:
            pass

content = open(sys.argv[3], "rb").read()
random.seed(int(sys.argv[1]))
until = time.time() + float(sys.argv[2])
killed = 0
while time.time() < until:
    child = os.fork()
    if not child:
        asyncio.run(promote(f"v{sys.argv[1]}-{killed}", content))
    time.sleep(random.uniform(0.02, 0.4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    killed += 1
print(killed)
"""


def test_processes_that_are_killed_leave_a_log_whose_last_version_serves(
    folder: Path, tmp_path: Path
) -> None:
    litert = tmp_path / LITERT_FILE
    litert.write_bytes(tiny_models.litert())
    promoters = [
        subprocess.Popen(
            [sys.executable, "-c", PROMOTER, str(seed), "6", litert], stdout=subprocess.PIPE
        )
        for seed in (1, 2)
    ]
    killed = [int(promoter.communicate(timeout=60)[0]) for promoter in promoters]

    store = open_store(folder.as_uri())
    kept = asyncio.run(promotion_log.log(store))
    assert [entry.number for entry in kept] == list(range(len(kept)))
    for entry in kept[1:]:
        if not entry.built_in:
            model = asyncio.run(versions.load(store, entry.version, entry.sha256))
            assert model.litert == litert.read_bytes()
    asyncio.run(rollback(store, "It goes on."))
    # It did happen: versions were promoted, promoters died.
    assert len(kept) > 10
    assert min(killed) > 3
