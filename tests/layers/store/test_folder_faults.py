"""A folder that is full or read-only, and a clock that jumps: what was told to be kept is kept."""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from digit_recognizer import ids
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import request
from digit_recognizer.rows import arrivals, compaction
from digit_recognizer.rows.arrivals import save
from digit_recognizer.settings import PROJECT
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, each_once, numbered


@contextmanager
def no_room(for_more_than: int) -> Iterator[None]:
    """Files can't grow beyond so many bytes: a write stops in its middle, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (for_more_than, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def folder_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("SEGMENT_BYTES", "20000")
    return open_store(folder.as_uri())


@pytest.mark.parametrize("room", [0, 1, 700])
async def test_a_row_that_finds_no_room_is_refused_and_leaves_nothing(
    folder_store: Store, room: int
) -> None:
    await save(folder_store, numbered(1))
    refused = numbered(2)

    with no_room(room), pytest.raises(StoreUnavailable):
        await save(folder_store, refused)
    assert await downloaded(folder_store) == [1]

    await save(folder_store, refused)  # the page offers it again
    assert await downloaded(folder_store) == [1, 2]


@pytest.mark.parametrize("room", [0, 100, 1000, 5000, 15_000])
async def test_a_compaction_that_finds_no_room_loses_nothing(
    folder_store: Store, room: int
) -> None:
    await save_all(folder_store, range(20))
    await compaction.compact_all(folder_store)
    await save_all(folder_store, range(20, 50))

    with no_room(room), pytest.raises(StoreUnavailable):
        await compaction.compact_all(folder_store)

    assert each_once(await downloaded(folder_store)) == {*range(50)}
    assert (await compaction.compact_all(folder_store)).rows == 50
    assert each_once(await downloaded(folder_store)) == {*range(50)}


# Root may write everywhere, so it becomes nobody; who might not import any more what Python's own
# modules import late, so that all is done once before.
READER = """
import asyncio, os, sys
from digit_recognizer.rows import compaction, snapshot
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.rows.arrivals import save
from digit_recognizer.store.opening import open_store
from tests.layers.rows.examples import downloaded, numbered

async def main(url):
    store = open_store(url)
    print(await downloaded(store), (await snapshot.summary(store, 0))["rows"])
    for change in (save(store, numbered(9)), compaction.compact_all(store)):
        try:
            await change
        except StoreUnavailable as error:
            print(error)
    print(await downloaded(store))

asyncio.run(main(sys.argv[1]))
print("read-only")
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
asyncio.run(main(sys.argv[2]))
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that others may read; pytest's own are its user's alone."""
    path = Path(tempfile.mkdtemp())
    yield path
    for each in [path, *path.rglob("*")]:
        each.chmod(0o755)
    shutil.rmtree(path)


def test_a_read_only_folder_can_be_read_and_says_that_nothing_is_saved(
    shared_folder: Path, folder: Path
) -> None:
    for each in (folder, shared_folder):
        asyncio.run(save_all(open_store(each.as_uri()), range(3)))
    for each in [shared_folder, *shared_folder.rglob("*")]:
        each.chmod(0o555 if each.is_dir() else 0o444)

    done = subprocess.run(
        [sys.executable, "-c", READER, folder.as_uri(), shared_folder.as_uri()],
        cwd=PROJECT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )

    refusal = "The data store can't be reached right now; try again in a moment."
    said = done.stdout.partition("read-only\n")[2].splitlines()
    assert said == ["[0, 1, 2] 3", refusal, refusal, "[0, 1, 2]"], done.stderr
    assert not [entry for entry in shared_folder.rglob("*") if entry.stat().st_mode & 0o222]


@pytest.fixture
def turn_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator["type[Clock]"]:
    """A clock that ids and records are made by; `Clock.by` says how far it is off."""
    Clock.by = timedelta()
    for module in (ids, request):
        monkeypatch.setattr(module, "datetime", Clock)
    now = time.time_ns
    monkeypatch.setattr(
        time, "time_ns", lambda: now() + Clock.by // timedelta(microseconds=1) * 1000
    )
    yield Clock
    Clock.by = timedelta()


class Clock(datetime):
    by = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Clock":
        moment = datetime.now(tz) + cls.by
        return cls.fromtimestamp(moment.timestamp(), tz)


@pytest.mark.parametrize("jump", [timedelta(seconds=-2), timedelta(hours=-5), timedelta(days=-400)])
async def test_rows_of_a_clock_that_jumps_back_are_kept_like_all_others(
    folder_store: Store, turn_clock: type[Clock], jump: timedelta
) -> None:
    await save_all(folder_store, range(20))
    await compaction.compact_all(folder_store)
    turn_clock.by = jump
    await save_all(folder_store, range(20, 40))

    assert each_once(await downloaded(folder_store)) == {*range(40)}
    await compaction.compact_all(folder_store)
    turn_clock.by = timedelta()
    await save_all(folder_store, range(40, 60))
    assert (await compaction.compact_all(folder_store)).rows == 60
    assert each_once(await downloaded(folder_store)) == {*range(60)}


def test_ids_do_not_repeat_when_the_clock_stands_or_jumps_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    monkeypatch.setattr(time, "time_ns", lambda: int(moment.timestamp()) * 10**9)

    made = {ids.new_id() for _ in range(1000)}
    moment -= timedelta(days=1)
    made |= {ids.new_id() for _ in range(1000)}

    assert len(made) == 2000


@pytest.mark.parametrize("ahead", [timedelta(hours=23), timedelta(days=3), timedelta(days=40_000)])
async def test_a_row_of_a_clock_far_ahead_is_kept_once_whenever_it_is_sent(
    folder_store: Store, turn_clock: type[Clock], ahead: timedelta
) -> None:
    turn_clock.by = ahead
    id_ = ids.new_id()
    turn_clock.by = timedelta()
    await arrivals.save(folder_store, numbered(1, id=ids.checked_id(id_)))
    turn_clock.by = ahead
    await arrivals.save(folder_store, numbered(1, id=ids.checked_id(id_)))

    assert await downloaded(folder_store) == [1]
    turn_clock.by = timedelta()
    await save_all(folder_store, range(2, 5))
    assert (await compaction.compact_all(folder_store)).rows == 4
    await save_all(folder_store, range(5, 9))
    assert each_once(await downloaded(folder_store)) == {*range(1, 9)}


async def save_all(store: Store, numbers: range) -> None:
    for number in numbers:
        await save(store, numbered(number))
