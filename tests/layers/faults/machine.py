"""What people and schedules do with a store in any order, while something goes wrong each time."""

import asyncio
from typing import Any
from unittest.mock import patch

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from digit_recognizer.rows import compaction
from digit_recognizer.store.storage import Store
from tests.layers.faults.operations import Answer, Operation
from tests.layers.faults.world import World, put_broken, row_key
from tests.layers.rows.examples import id_from

chosen = st.integers(0, 1000)


class Machine(RuleBasedStateMachine):
    """The rules; a subclass says where the store is and what goes wrong.

    Attributes:
        troubles: draws what goes wrong with an operation.
        joins: whether the store can join files.
    """

    troubles: st.SearchStrategy[Any]
    joins = True

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.loop = asyncio.new_event_loop()
        self.numbers = 0

    def teardown(self) -> None:
        self.loop.close()

    def sound(self) -> Store:
        """A copy of the objects, or a sound way to them."""
        raise NotImplementedError

    def live(self) -> Store:
        """A sound way to the objects themselves."""
        raise NotImplementedError

    def put(self, key: str, content: bytes) -> None:
        """Put something on the store, as a stranger may."""
        self.loop.run_until_complete(put_broken(self.world, self.live(), key, content))

    def attempt(self, operation: Operation, trouble: Any) -> Answer:
        """Do something while something goes wrong, or nothing (None)."""
        raise NotImplementedError

    def do(self, name: str, data: st.DataObject, number: int = 0, id_: str = "") -> None:
        """Do it; if that failed, once more, and then nothing goes wrong."""
        trouble = data.draw(st.none() | self.troubles | self.troubles, label="trouble")
        for attempt in (trouble, None):
            operation = Operation(name, number, id_)
            self.world.begin(operation)
            got = self.attempt(operation, attempt)
            self.world.note(operation, got)
            if got.error not in ("StoreUnavailable", "killed"):
                return
            assert attempt is not None, (operation, got)
            if operation.is_decision:
                number = self.new_number()

    def new_number(self) -> int:
        self.numbers += 1
        return self.numbers

    @rule(data=st.data(), late=st.none() | st.integers(0, 100))
    def save(self, data: st.DataObject, late: int | None) -> None:
        self.do("save", data, self.new_number(), id_from(late or 0))

    @rule(data=st.data())
    def save_some_and_compact(self, data: st.DataObject) -> None:
        for _ in range(4):
            self.do("save", data, self.new_number(), id_from(0))
        self.do("compact", data)

    @precondition(lambda self: self.world.sent)
    @rule(data=st.data(), chosen=chosen)
    def save_again(self, data: st.DataObject, chosen: int) -> None:
        number = [*self.world.sent][chosen % len(self.world.sent)]
        self.do("save", data, number, self.world.sent[number])

    @precondition(lambda self: self.world.sent)
    @rule(data=st.data(), chosen=chosen)
    def save_another_opinion(self, data: st.DataObject, chosen: int) -> None:
        id_ = [*self.world.sent.values()][chosen % len(self.world.sent)]
        self.do("save", data, self.new_number(), id_)

    @precondition(lambda self: self.world.sent)
    @rule(data=st.data(), chosen=chosen)
    def take_back(self, data: st.DataObject, chosen: int) -> None:
        id_ = [*self.world.sent.values()][chosen % len(self.world.sent)]
        self.do("take back", data, id_=id_)

    @rule(data=st.data())
    def take_back_early(self, data: st.DataObject) -> None:
        id_ = id_from(0)
        self.do("take back", data, id_=id_)
        self.do("save", data, self.new_number(), id_)

    @rule(data=st.data(), is_taken=st.booleans())
    def save_where_something_broken_is(self, data: st.DataObject, is_taken: bool) -> None:
        id_ = id_from(0)
        self.put(row_key(id_), b'{"id": %d' % self.new_number())
        if is_taken:
            self.do("save", data, self.new_number(), id_)

    @rule(name=st.sampled_from(["a.json", "b.txt"]), content=st.sampled_from([b"", b"stray"]))
    def a_stray_appears(self, name: str, content: bytes) -> None:
        self.put(f"feedback/rows/00/{name}", content)

    @rule(data=st.data(), name=st.sampled_from(["compact", "compact", "compact a day later"]))
    def compact(self, data: st.DataObject, name: str) -> None:
        self.do(name, data)

    @rule(data=st.data(), name=st.sampled_from(["download", "read", "summary"]))
    def read(self, data: st.DataObject, name: str) -> None:
        self.do(name, data)

    @precondition(lambda self: self.joins and self.world.saved)
    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        self.do("join", data)

    @rule(data=st.data(), number=st.integers(0, 1))
    def publish(self, data: st.DataObject, number: int) -> None:
        self.do("publish", data, number)

    @rule(data=st.data(), name=st.sampled_from(["promote", "promote", "rollback"]))
    def decide(self, data: st.DataObject, name: str) -> None:
        self.do(name, data, self.new_number())

    @rule(data=st.data(), name=st.sampled_from(["retrained", "upload"]))
    def add(self, data: st.DataObject, name: str) -> None:
        self.do(name, data, self.new_number())

    @invariant()
    def what_was_acknowledged_is_there_once(self) -> None:
        self.loop.run_until_complete(self.world.check(self.sound()))


def run(machine: type[Machine], examples: int, steps: int) -> None:
    """Run a machine; in `make fuzz` longer and more often."""
    if hypothesis.settings().max_examples > 1000:
        examples, steps = 20 * examples, 2 * steps
    with (
        patch.object(compaction, "_SWEEP_EVERY", 2),
        patch.object(compaction, "_KEPT_GENERATIONS", 1),
    ):
        run_state_machine_as_test(
            machine,
            settings=hypothesis.settings(
                max_examples=examples,
                stateful_step_count=steps,
                suppress_health_check=list(HealthCheck),
            ),
        )
