"""Which version is on trial."""

import json

import pytest

from digit_recognizer.errors import Conflict
from digit_recognizer.models import trials
from digit_recognizer.models.trials import TRIALS, Trial
from digit_recognizer.store.storage import Store

BEGAN = Trial("2026-11-25T02:15:00+00:00", "v1", entry=3, running=True)


async def test_a_trial_runs_until_it_is_ended(store: Store) -> None:
    assert await trials.running(store) is None
    await trials.put(store, BEGAN)
    assert await trials.running(store) == BEGAN
    await trials.put(store, BEGAN.ended("2026-11-26T02:15:00+00:00"))
    assert await trials.running(store) is None


async def test_of_two_that_begin_at_once_one_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken(*_: object) -> bool:
        return False

    monkeypatch.setattr(type(store), "create", taken)
    with pytest.raises(Conflict, match="at the same moment"):
        await trials.put(store, BEGAN)


async def test_what_a_later_version_added_is_passed_over_and_nonsense_is_not(store: Store) -> None:
    stored = json.loads(BEGAN.to_json())
    await TRIALS.create(store, 1, json.dumps({**stored, "sampled": 0.5}).encode())
    assert await trials.running(store) == BEGAN
    for nonsense in ({**stored, "entry": "3"}, {"version": "v1"}):
        with pytest.raises(ValueError, match="trial"):
            Trial.from_json(json.dumps(nonsense).encode())
