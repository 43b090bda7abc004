"""Which version is on trial."""

import json
import logging

import pytest

from digit_recognizer.errors import Conflict
from digit_recognizer.models import trials
from digit_recognizer.models.trials import TRIALS, Trial
from digit_recognizer.store.storage import Store

BEGAN = Trial("2026-11-25T02:15:00+00:00", "v1", entry=3, days=2, running=True)


async def test_a_trial_runs_until_it_is_ended(store: Store) -> None:
    assert await trials.current(store) == (0, None)
    await trials.put(store, BEGAN, after=0)
    assert await trials.current(store) == (1, BEGAN)
    await trials.put(store, BEGAN.ended("2026-11-27T02:15:00+00:00", "It held."), after=1)
    assert await trials.current(store) == (2, None)


async def test_of_two_who_decide_on_the_same_log_one_is_late(store: Store) -> None:
    await trials.put(store, BEGAN, after=0)
    late = Trial("2026-11-25T02:16:00+00:00", "v2", entry=3, days=2, running=True)
    with pytest.raises(Conflict, match="meanwhile"):
        await trials.put(store, late, after=0)
    assert await trials.current(store) == (1, BEGAN)


def test_it_may_be_judged_after_its_days_and_is_void_after_twice_as_many() -> None:
    assert BEGAN.ends.isoformat() == "2026-11-27T02:15:00+00:00"
    assert BEGAN.is_void_from.isoformat() == "2026-11-29T02:15:00+00:00"


async def test_what_a_later_version_added_is_passed_over(store: Store) -> None:
    later = json.dumps({**json.loads(BEGAN.to_json()), "sampled": 0.5})
    await TRIALS.create(store, 1, later.encode())
    assert await trials.current(store) == (1, BEGAN)


@pytest.mark.parametrize(
    "damage",
    [{"entry": "3"}, {"at": "2026-11-25T02:15:00"}, {"at": "yesterday"}, {"version": None}],
)
async def test_what_is_no_trial_does_not_count_and_the_log_goes_on(
    store: Store, damage: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    stored = {**json.loads(BEGAN.to_json()), **damage}
    await TRIALS.create(store, 1, json.dumps(stored).encode())
    with caplog.at_level(logging.WARNING):
        assert await trials.current(store) == (1, None)
    assert "0000000001.json does not count" in caplog.text
    await trials.put(store, BEGAN, after=1)
    assert await trials.current(store) == (2, BEGAN)
