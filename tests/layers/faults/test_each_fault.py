"""Each operation on S3, with each fault at each of its requests, once and for ever.

Whatever fails: the answer is honest, nothing acknowledged is lost or doubled, nothing is deleted
whose successor is not there, and the same can be done again afterwards.
"""

import asyncio
import copy
import random
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import replace

import httpx
import hypothesis
import pytest

from digit_recognizer.ids import new_id
from digit_recognizer.rows import snapshot
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Store
from tests.layers.faults.beginning import OPERATIONS, Beginning
from tests.layers.faults.conftest import Plan, Stores
from tests.layers.faults.operations import answer
from tests.layers.rows.examples import numbers_in
from tests.layers.store.faulty_s3 import SCRIPTED, Asked

AT_ONCE = 8


@pytest.mark.parametrize("about", OPERATIONS)
async def test_whatever_fails_the_answer_is_honest_and_nothing_is_lost(
    small: Stores, beginning: Beginning, about: str
) -> None:
    operation = beginning.operations[about]

    async def case(plan: Plan) -> None:
        world = copy.deepcopy(beginning.world)
        root = small.new(beginning.objects)
        store = small.open(root, is_patient=not plan.is_about_time)
        small.fail(root, plan)
        world.begin(operation)
        got = await answer(store, operation)
        small.heal(root)
        world.note(operation, got)
        copied = small.copied(root)
        await world.check(copied)
        if plan.is_passing:
            assert got.error in ("", "Conflict"), (plan, got)

        if got.error == "StoreUnavailable":  # once more, now that nothing fails
            again = replace(operation, number=operation.number + 2 * operation.is_decision)
            world.begin(again)
            got = await answer(small.open(root), again)
            world.note(again, got)
            assert got.error != "StoreUnavailable", (plan, got)
            await world.check(small.copied(root))
        small.forget(root)

    await _each(small, beginning, lambda root: answer(small.open(root), operation), case, about)


# Over HTTP.

_store: ContextVar[Store] = ContextVar("store")


@pytest.fixture
def in_service() -> Iterator[None]:
    """The functions use the store of the case that calls them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "configured", _store.get)
        yield


async def asked(method: str, path: str, body: object = None) -> httpx.Response:
    from tests.functions.conftest import FUNCTIONS

    transport = httpx.ASGITransport(FUNCTIONS[method, path].app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        return await client.request(method, path, json=body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/save_feedback"),
        ("GET", "/download_csv"),
        ("GET", "/feedback/summary"),
        ("GET", "/health"),
    ],
)
async def test_a_client_is_told_200_only_if_it_is_so(
    small: Stores, beginning: Beginning, in_service: None, drawing: str, method: str, path: str
) -> None:
    async def case(plan: Plan) -> None:
        id_ = new_id()
        body = {"image": drawing, "label": 7, "id": id_} if method == "POST" else None
        root = small.new(beginning.objects)
        _store.set(small.open(root, is_patient=not plan.is_about_time))
        small.fail(root, plan)
        answered = await asked(method, path, body)
        small.heal(root)
        assert answered.status_code in (200, 503), (plan, answered)
        if answered.status_code == 503:
            assert "try again" in answered.json()["error"], plan
        elif method == "POST":
            found = [record.id async for record in snapshot.rows(small.copied(root))]
            assert found.count(id_) == 1, plan
        elif path == "/download_csv":
            assert beginning.world.certain == {*numbers_in(answered.content)}, plan
        elif path == "/feedback/summary":
            assert answered.json()["rows"] == len(beginning.world.certain), plan
        small.forget(root)

    async def healthy(root: str) -> object:
        _store.set(small.open(root))
        body = {"image": drawing, "label": 7} if method == "POST" else None
        return await asked(method, path, body)

    await _each(small, beginning, healthy, case, path)


async def _each(
    small: Stores,
    beginning: Beginning,
    healthy: Callable[[str], Awaitable[object]],
    case: Callable[[Plan], Awaitable[None]],
    about: str,
) -> None:
    """Try each fault at each request that an operation makes; in `make test`, some of each."""
    requests: list[Asked] = []
    root = small.new(beginning.objects)
    small.fail(root, requests.append)
    await healthy(root)
    small.heal(root)
    small.forget(root)
    assert requests
    plans = list(_plans(requests, about))
    some = asyncio.Semaphore(AT_ONCE)

    async def tried(plan: Plan) -> Exception | None:
        async with some:
            try:
                await case(plan)
            except Exception as error:
                error.add_note(f"{about}: {plan}")
                return error
        return None

    failed = [error for error in await asyncio.gather(*map(tried, plans)) if error]
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {len(plans)} cases failed", failed)
    # How many requests there are differs a little from time to time.
    assert sum(bool(plan.met) for plan in plans) > len(plans) / 2


def _plans(requests: list[Asked], about: str) -> Iterator[Plan]:
    everything = hypothesis.settings().max_examples > 1000  # make fuzz
    lot = random.Random(about)
    for fault in SCRIPTED:
        places = range(1, 1 + sum(asked.can_fail_by(fault) for asked in requests))
        each = [(nth, for_ever) for nth in places for for_ever in (False, True)]
        for nth, for_ever in each if everything else lot.sample(each, min(1, len(each))):
            yield Plan(fault, nth, for_ever)
