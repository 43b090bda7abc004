"""kill -9 at any request of any operation: what was acknowledged is there, and all goes on."""

import copy
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from digit_recognizer.store.storage import Store
from tests.layers.faults.beginning import Beginning
from tests.layers.faults.conftest import Stores
from tests.layers.faults.killed import WHEN
from tests.layers.faults.machine import Machine, run
from tests.layers.faults.operations import Answer, Operation
from tests.layers.faults.places import Helper, InAFolder, OnS3, Place


@pytest.fixture
def helper(small: Stores, s3_server: str) -> Iterator[Helper]:
    helper = Helper(s3_server)
    yield helper
    helper.end()


@pytest.fixture(params=["S3", "folder"])
def place(request: pytest.FixtureRequest, small: Stores, tmp_path: Path) -> Place:
    return OnS3(small) if request.param == "S3" else InAFolder(tmp_path)


@pytest.mark.timeout(3600)
async def test_whichever_request_a_process_is_killed_at_the_same_can_be_done_again(
    place: Place, helper: Helper, beginning: Beginning
) -> None:
    everything = hypothesis.settings().max_examples > 1000  # make fuzz
    lot = random.Random(1)
    for about, operation in beginning.operations.items():
        if about == "join" and isinstance(place, InAFolder):
            continue
        nth = 0
        is_killed = True
        while is_killed:
            nth += 1 if everything or not nth else lot.randint(1, 5)
            is_killed = False
            for when in WHEN if everything else [lot.choice(WHEN)]:
                is_killed |= await killed_at(place, helper, beginning, operation, nth, when)
    # Of one request the lot may take a moment that does not come.
    assert helper.killed >= 3 * len(beginning.operations) // 4


async def killed_at(
    place: Place,
    helper: Helper,
    beginning: Beginning,
    operation: Operation,
    nth: int,
    when: str,
) -> bool:
    """Kill the operation there, then do it again; False if it is done before that."""
    url = place.new(beginning.objects)
    world = copy.deepcopy(beginning.world)
    world.begin(operation)
    got = helper(url, operation, nth, when)
    world.note(operation, got)
    await world.check(place.sound(url))
    if got.error != "killed":
        return False
    again = replace(operation, number=operation.number + 2 * operation.is_decision)
    world.begin(again)
    got = helper(url, again)
    assert got.error not in ("StoreUnavailable", "killed"), (operation, nth, when, got)
    world.note(again, got)
    await world.check(place.sound(url))
    return True


@pytest.mark.timeout(3600)
def test_whoever_is_killed_in_whatever_order_what_was_acknowledged_is_there_once(
    place: Place, helper: Helper
) -> None:
    class Killed(Machine):
        """Operations are done by the helper."""

        troubles = st.tuples(st.integers(1, 4) | st.integers(1, 40), st.sampled_from(WHEN))
        joins = isinstance(place, OnS3)

        def __init__(self) -> None:
            super().__init__()
            self.url = place.new({})

        def sound(self) -> Store:
            return place.sound(self.url)

        def live(self) -> Store:
            return place.live(self.url)

        def attempt(self, operation: Operation, trouble: tuple[int, str] | None) -> Answer:
            return helper(self.url, operation, *(trouble or ()))

    run(Killed, examples=9, steps=10)

    assert helper.killed > 5
