"""A log of numbered objects: whoever appends comes after all that are kept."""

import asyncio

import pytest

from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store

LOG = Numbered("things")


async def test_what_is_appended_comes_after_what_is_kept(store: Store) -> None:
    assert await LOG.append(store, b"first")
    assert await LOG.create(store, 7, b"seventh")
    assert await LOG.append(store, b"eighth")

    assert await LOG.numbers(store) == [1, 7, 8]
    assert await LOG.newest(store) == (8, b"eighth")


async def test_of_two_who_append_at_the_same_moment_one_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = asyncio.Barrier(2)
    numbers = Numbered.numbers

    async def looked(self: Numbered, store: Store, after: int = 0) -> list[int]:
        found = await numbers(self, store, after)
        await both_have_looked.wait()
        return found

    monkeypatch.setattr(Numbered, "numbers", looked)
    done = await asyncio.gather(LOG.append(store, b"one"), LOG.append(store, b"other"))
    monkeypatch.undo()

    assert sorted(done) == [False, True]
    assert await LOG.newest(store) == (1, b"one" if done[0] else b"other")
