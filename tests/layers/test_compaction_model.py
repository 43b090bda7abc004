"""Arbitrary interleavings of saves, retries, late rows, compactions, crashes and downloads.

Each row that was acknowledged is in the download exactly once, at every point.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from obstore.store import MemoryStore

from digit_recognizer import compaction, feedback_rows, reading, settings
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import Feedback
from tests.layers.rows import downloaded, each_once, id_from, numbered
from tests.layers.stepped_store import Killed, SteppedStore, Turns

lives = st.none() | st.integers(0, 40)
actions = st.tuples(
    st.sampled_from(
        ["save", "save late", "retry", "compact", "compact", "be busy", "download", "read"]
    ),
    st.integers(0, 1000),
    lives,
)


class Feedbacks(RuleBasedStateMachine):
    """The store, and what its clients know of it."""

    def __init__(self) -> None:
        super().__init__()
        self.objects = MemoryStore()
        self.sent: list[Feedback] = []
        self.acknowledged: set[int] = set()
        self.loop = asyncio.new_event_loop()
        # Three rows a segment; old manifests go as soon as possible.
        small = {"SEGMENT_BYTES": "4000", "COMPACT_AT": "4", "DATA_STORE": "memory://"}
        self.patches: list[Any] = [
            patch.dict(os.environ, small),
            patch.object(compaction, "_SWEEP_EVERY", 2),
            patch.object(compaction, "_KEPT_GENERATIONS", 1),
        ]
        for each in self.patches:
            each.start()
        settings.settings.cache_clear()

    def teardown(self) -> None:
        for each in self.patches:
            each.stop()
        settings.settings.cache_clear()
        self.loop.close()

    def run(self, order: int | Turns, *acts: tuple[str, int, int | None]) -> None:
        turns = Turns(order) if isinstance(order, int) else order
        actors = (
            self.act(SteppedStore(self.objects, turns, lives_for), what, chosen)
            for what, chosen, lives_for in acts
        )
        for result in self.loop.run_until_complete(turns.run(*actors)):
            assert result is None or isinstance(result, Killed | StoreUnavailable), result

    def act(self, store: SteppedStore, what: str, chosen: int) -> Coroutine[Any, Any, None]:
        if what == "download":
            return self.download(store)
        if what == "read":
            return self.read(store)
        if what == "compact":
            return self.compact(store)
        if what == "be busy":
            return self.be_busy(store)
        if what == "retry" and self.sent:
            return self.save(store, chosen % len(self.sent))
        return self.save(store, self.new(id_from(chosen) if what == "save late" else None))

    def new(self, id_: str | None = None) -> int:
        number = len(self.sent)
        self.sent.append(numbered(number, id=id_, prediction=number % 7))
        return number

    async def save(self, store: SteppedStore, number: int) -> None:
        await feedback_rows.save(store, self.sent[number])
        self.acknowledged.add(number)

    async def compact(self, store: SteppedStore) -> None:
        await compaction.compact_all(store)

    async def be_busy(self, store: SteppedStore) -> None:
        for _ in range(4):
            await self.save(store, self.new())
            await compaction.compact_all(store)

    async def download(self, store: SteppedStore) -> None:
        before = set(self.acknowledged)
        found = each_once(await downloaded(store))
        assert before <= found <= set(range(len(self.sent)))

    async def read(self, store: SteppedStore) -> None:
        """As a retraining does."""
        before = set(self.acknowledged)
        ids = [record.id async for record in reading.rows(store)]
        found = each_once([self.number_of(id_) for id_ in ids])
        assert before <= found
        assert await reading.count(store) >= len(before)

    def number_of(self, id_: str) -> int:
        return next(n for n, record in enumerate(self.sent) if record.id == id_)

    @rule(act=actions, seed=st.integers(0, 1000))
    def alone(self, act: tuple[str, int, int | None], seed: int) -> None:
        self.run(seed, act)

    @rule(acts=st.lists(actions, min_size=2, max_size=5), seed=st.integers(0, 1 << 32))
    def at_the_same_time(self, acts: list[tuple[str, int, int | None]], seed: int) -> None:
        self.run(seed, *acts)

    @rule(count=st.integers(1, 8), lives_for=lives)
    def many_and_a_compaction(self, count: int, lives_for: int | None) -> None:
        self.run(0, *[("save", n, None) for n in range(count)])
        self.run(0, ("compact", 0, lives_for))

    @rule(
        count=st.integers(1, 4),
        what=st.sampled_from(["download", "compact", "read"]),
        other=st.sampled_from(["compact", "be busy"]),
        head_start=st.integers(0, 30),
    )
    def one_is_overtaken(self, count: int, what: str, other: str, head_start: int) -> None:
        self.run(0, *[("save", n, None) for n in range(count)])
        self.run(Turns(0, head_start), (what, 0, None), (other, 0, None))

    @rule()
    def a_day_passes(self) -> None:
        """What is kept for readers, and what was never committed, is old enough to go."""
        with (
            patch.object(compaction, "_KEPT_FOR", timedelta(0)),
            patch.object(compaction, "_ORPHAN_AFTER", timedelta(seconds=-60)),
        ):
            self.run(0, ("save", 0, None))
            self.run(0, ("compact", 0, None))

    @invariant()
    def each_acknowledged_row_is_in_the_download_once(self) -> None:
        self.run(0, ("download", 0, None))

    @invariant()
    def each_acknowledged_row_is_read_once(self) -> None:
        self.run(0, ("read", 0, None))


@pytest.mark.timeout(600)
def test_each_acknowledged_row_is_in_the_download_exactly_once() -> None:
    run_state_machine_as_test(
        Feedbacks,
        settings=hypothesis_settings(
            max_examples=40,
            stateful_step_count=16,
            suppress_health_check=list(HealthCheck),
        ),
    )
