"""Arbitrary interleavings of saves, retries, late rows, compactions, crashes and downloads.

Each row that was acknowledged is in the download exactly once, at every point, unless it was taken
back: then it is in no download that begins after that was acknowledged.
"""

import asyncio
import os
from base64 import b64encode
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from obstore.store import MemoryStore

from digit_recognizer import settings
from digit_recognizer.errors import Conflict, StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.rows import arrivals, compaction, manifest, published, segments, snapshot
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, each_once, id_from, listed, numbered
from tests.layers.rows.stepped_store import Killed, SteppedStore, Turns

lives = st.none() | st.integers(0, 40)
actions = st.tuples(
    st.sampled_from(
        [
            "save",
            "save late",
            "retry",
            "say otherwise",
            "take back",
            "take back early",
            "compact",
            "compact",
            "be busy",
            "download",
            "read",
        ]
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
        self.asked_back: set[str] = set()
        self.taken_back: set[str] = set()
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
            assert result is None or isinstance(result, Killed | StoreUnavailable | Conflict), (
                result
            )

    def act(self, store: SteppedStore, what: str, chosen: int) -> Coroutine[Any, Any, None]:
        if what == "download":
            return self.download(store)
        if what == "read":
            return self.read(store)
        if what == "count":
            return self.count(store)
        if what == "compact":
            return self.compact(store)
        if what == "be busy":
            return self.be_busy(store)
        if what == "retry" and self.sent:
            return self.save(store, chosen % len(self.sent))
        if what == "say otherwise" and self.sent:
            return self.save(store, self.new(self.sent[chosen % len(self.sent)].id))
        if what == "take back" and self.sent:
            return self.take_back(store, self.sent[chosen % len(self.sent)].id)
        if what == "take back early":
            return self.take_back(store, self.sent[self.new()].id)
        return self.save(store, self.new(id_from(chosen) if what == "save late" else None))

    def new(self, id_: str | None = None) -> int:
        number = len(self.sent)
        picture = (
            f"data:image/png;base64,{b64encode(bytes([number // 256, number % 256])).decode()}"
        )
        self.sent.append(numbered(number, id=id_, prediction=number % 7, image=picture))
        return number

    async def save(self, store: SteppedStore, number: int) -> None:
        await arrivals.save(store, self.sent[number])
        self.acknowledged.add(number)

    async def take_back(self, store: SteppedStore, id_: str) -> None:
        self.asked_back.add(id_)
        await arrivals.take_back(store, id_)
        self.taken_back.add(id_)

    def under(self, ids: set[str]) -> set[int]:
        """The numbers of the rows that were sent under some ids."""
        return {number for number, record in enumerate(self.sent) if record.id in ids}

    async def compact(self, store: SteppedStore) -> None:
        await compaction.compact_all(store)

    async def be_busy(self, store: SteppedStore) -> None:
        for _ in range(4):
            await self.save(store, self.new())
            await compaction.compact_all(store)

    async def download(self, store: SteppedStore) -> None:
        before, without = set(self.acknowledged), set(self.taken_back)
        found = each_once(await downloaded(store))
        self.hold(before, without, found)

    async def read(self, store: SteppedStore) -> None:
        """As a retraining does."""
        before, without = set(self.acknowledged), set(self.taken_back)
        rows = [(r.id, r.pixels[:3]) async for r in snapshot.rows(store)]
        found = each_once([int.from_bytes(number, "big") for _, number in rows])
        self.hold(before, without, found)
        each_once([UUID(id_).int for id_, _ in rows])

    def hold(self, before: set[int], without: set[str], found: set[int]) -> None:
        """Hold what a reader found against what was acknowledged before it began."""
        assert before - self.under(self.asked_back) <= found <= set(range(len(self.sent)))
        assert not found & self.under(without)

    async def count(self, store: SteppedStore) -> None:
        rows = [each async for each in snapshot.rows(store)]
        summary = await snapshot.summary(store, 0)
        assert summary["rows"] == summary["waiting_for_retraining"] == len(rows)
        assert sum(summary["labels"].values()) == len(rows)
        assert sum(summary["days"].values()) == len(rows)
        if len({record.id for record in self.sent}) == len(self.sent):  # see `snapshot.counted`
            assert (await snapshot.counted(store)).rows == len(rows)
            assert (await snapshot.counted(store)).not_looked_at(0) == len(rows)
            assert (await snapshot.counted(store)).places == len(rows) + (
                await snapshot.counted(store)
            ).left.empty

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

    @rule()
    def a_compaction_that_nobody_disturbs(self) -> None:
        """Whatever was left undone before, other readers have the rows in force then."""
        self.run(0, ("compact", 0, None))
        store = Store(self.objects)
        current = self.loop.run_until_complete(manifest.in_force(store))
        for key, kind in ((published.CSV, "csv"), (published.RECORDS, "jsonl")):
            assert self.loop.run_until_complete(listed(store, key)) == [
                f"{segments.SEGMENTS}/{segment.name}.{kind}" for segment in current.segments
            ]

    @invariant()
    def what_is_published_is_there(self) -> None:
        store = Store(self.objects)
        for key in (published.CSV, published.RECORDS):
            keys = self.loop.run_until_complete(listed(store, key))
            assert None not in self.loop.run_until_complete(store.get_many(keys))

    @invariant()
    def each_acknowledged_row_is_in_the_download_once(self) -> None:
        self.run(0, ("download", 0, None))

    @invariant()
    def each_acknowledged_row_is_read_once(self) -> None:
        self.run(0, ("read", 0, None))

    @invariant()
    def all_is_counted(self) -> None:
        self.run(0, ("count", 0, None))


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
