"""The log of retrainings, and the rows that wait for the next one."""

import asyncio
from dataclasses import replace

import pytest

from digit_recognizer.models import retraining_log
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.rows import arrivals, compaction, snapshot
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import numbered


def retraining(
    rows: int, outcome: retraining_log.Outcome = "refused", version: str = "v"
) -> Retraining:
    return Retraining("2026-11-24T02:00:00.000+00:00", rows, f"id-{rows}", outcome, version, "So.")


async def log(store: Store) -> list[Retraining]:
    """All retrainings, which are numbered from 1 without a gap."""
    keys = [e.key async for page in store.pages(retraining_log.RETRAININGS.prefix) for e in page]
    assert sorted(keys) == [retraining_log.RETRAININGS.key(n + 1) for n in range(len(keys))]
    contents = await store.get_many(sorted(keys))
    return [Retraining.from_json(content or b"") for content in contents]


async def test_the_newest_is_the_one_that_was_added_last(store: Store) -> None:
    assert await retraining_log.newest(store) is None

    for rows in (3, 5, 4):
        await retraining_log.append(store, retraining(rows))

        assert await retraining_log.newest(store) == retraining(rows)
    assert await log(store) == [retraining(n) for n in (3, 5, 4)]


async def test_another_process_sees_it_too(store_url: str, store: Store) -> None:
    other = store if store_url == "memory://" else open_store(store_url)
    await retraining_log.append(store, retraining(1))
    assert await retraining_log.newest(other) == retraining(1)

    await retraining_log.append(store, retraining(2))
    await retraining_log.append(store, retraining(3))

    assert await retraining_log.newest(other) == retraining(3)


async def test_one_that_was_skipped_has_looked_at_nothing(store: Store) -> None:
    assert (await retraining_log.append(store, retraining(7, "skipped"))).rows == 0
    await retraining_log.append(store, retraining(50, "promoted"))

    skipped = await retraining_log.append(store, retraining(60, "skipped"))

    assert (skipped.rows, skipped.newest_id) == (50, "id-50")
    assert await retraining_log.newest(store) == skipped


async def test_two_that_end_at_once_are_both_in_the_log(store: Store) -> None:
    made = [retraining(n) for n in range(6)]

    await asyncio.gather(*(retraining_log.append(store, each) for each in made))

    assert sorted(r.rows for r in await log(store)) == list(range(6))


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"rows": 3}',
        retraining(3).to_json().replace(b'"refused"', b'"lost"'),
        retraining(3).to_json().replace(b'"rows": 3', b'"rows": "3"'),
    ],
)
async def test_an_entry_that_is_none_is_passed_over(store: Store, damaged: bytes) -> None:
    await retraining_log.append(store, retraining(2))
    await store.create(retraining_log.RETRAININGS.key(2), damaged)

    assert await retraining_log.newest(store) == retraining(2)
    await retraining_log.append(store, retraining(4))
    assert await retraining_log.newest(store) == retraining(4)
    assert await store.get(retraining_log.RETRAININGS.key(2)) == damaged


async def test_rows_wait_until_a_retraining_has_looked_at_them(store: Store) -> None:
    async def waiting() -> int:
        retrained = await retraining_log.newest(store)
        looked_at = retrained.rows if retrained else 0
        count: int = (await snapshot.summary(store, looked_at))["waiting_for_retraining"]
        return count

    assert await waiting() == 0
    for number in range(5):
        await arrivals.save(store, numbered(number))
    assert await waiting() == 5
    await compaction.compact_all(store)
    assert await waiting() == 5

    await retraining_log.append(store, retraining(5, "refused"))
    assert await waiting() == 0
    await arrivals.save(store, numbered(5))
    await retraining_log.append(store, retraining(6, "skipped"))
    assert await waiting() == 1
    # A log that knows of more rows than there are.
    await retraining_log.append(store, retraining(99, "promoted"))
    assert await waiting() == 0


class Counting(Store):
    """Counts what is asked of the log."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._objects, store.bucket)
        self.requests = 0

    async def get(self, key: str) -> bytes | None:
        self.requests += key.startswith(retraining_log.RETRAININGS.prefix)
        return await super().get(key)


async def test_asking_again_is_one_request_however_many_there_are(store: Store) -> None:
    counting = Counting(store)
    for rows in range(30):
        await retraining_log.append(store, retraining(rows))
    assert await retraining_log.newest(counting) == retraining(29)
    assert counting.requests == 2

    assert await retraining_log.newest(counting) == retraining(29)

    assert counting.requests == 3


async def test_one_that_is_added_again_after_a_failure_is_there_once(store: Store) -> None:
    await retraining_log.append(store, retraining(1))
    await retraining_log.append(store, retraining(2))

    assert await retraining_log.append(store, retraining(2)) == retraining(2)

    assert await log(store) == [retraining(1), retraining(2)]


def test_a_record_of_earlier_code_is_read_and_one_of_today_says_more() -> None:
    earlier = (
        b'{"at": "2026-11-24T02:00:00+00:00", "rows": 3, "newest_id": "id", "outcome": "refused",'
        b' "version": "v", "reason": "So."}'
    )
    found = Retraining.from_json(earlier)
    assert (found.rows, found.newest_at, found.taken_back, found.sample_key) == (3, "", 0, "")
    today = replace(found, newest_at="2026-11-24", taken_back=2, sample_key="00ff")
    assert Retraining.from_json(today.to_json()) == today
