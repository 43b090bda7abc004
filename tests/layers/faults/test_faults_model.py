"""Saves, downloads, compactions, promotions in any order through an S3 server that fails."""

import random

import pytest
from hypothesis import strategies as st

from digit_recognizer.store.storage import Store
from tests.layers.faults.conftest import Plan, Stores
from tests.layers.faults.machine import Machine, run
from tests.layers.faults.operations import Answer, Operation, answer
from tests.layers.store.faulty_s3 import SCRIPTED, Asked, Script

_QUICK = tuple(fault for fault in SCRIPTED if fault not in ("late", "stall"))


class Weather:
    """Requests fail by lot, in any way but those that take long."""

    def __init__(self, seed: int, share: float) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._said = f"Weather({seed}, {share})"

    def __call__(self, asked: Asked) -> str | None:
        if self._random.random() >= self._share:
            return None
        return self._random.choice([fault for fault in _QUICK if asked.can_fail_by(fault)])

    def __repr__(self) -> str:
        return self._said


def machine_on(stores: Stores) -> type[Machine]:
    class Faults(Machine):
        """On an S3 server behind the proxy."""

        troubles = st.builds(
            Plan, st.sampled_from(SCRIPTED), st.integers(1, 20), st.booleans()
        ) | st.builds(Weather, st.integers(0, 1000), st.sampled_from([0.1, 0.3]))

        def __init__(self) -> None:
            super().__init__()
            self.root = stores.new({})
            self.ways = [stores.open(self.root), stores.open(self.root, is_patient=False)]

        def teardown(self) -> None:
            super().teardown()
            stores.forget(self.root)

        def sound(self) -> Store:
            return stores.copied(self.root)

        def live(self) -> Store:
            return self.ways[0]

        def attempt(self, operation: Operation, trouble: Script | None) -> Answer:
            is_about_time = isinstance(trouble, Plan) and trouble.is_about_time
            if trouble is not None:
                stores.fail(self.root, trouble)
            got = self.loop.run_until_complete(answer(self.ways[is_about_time], operation))
            stores.heal(self.root)
            return got

    return Faults


@pytest.mark.timeout(3600)
def test_whatever_fails_in_whatever_order_what_was_acknowledged_is_there_once(
    small: Stores,
) -> None:
    run(machine_on(small), examples=20, steps=15)
