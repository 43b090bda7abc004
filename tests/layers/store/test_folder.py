"""A folder on any file system, killed processes in it, and what is on the disk when."""

import asyncio
import errno
import fcntl
import hashlib
import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from digit_recognizer import settings
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.rows import compaction
from digit_recognizer.rows.arrivals import save
from digit_recognizer.settings import PROJECT
from digit_recognizer.store import folder as folder_module
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, numbered

WITHOUT_LINKS = Path(__file__).parent / "without_links.py"
REFUSALS = [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS]


def python(program: str, *arguments: str, refusal: int | None = None) -> subprocess.Popen[str]:
    """A Python of its own; with a refusal, in a system without hard links."""
    without = [] if refusal is None else [sys.executable, str(WITHOUT_LINKS), str(refusal)]
    return subprocess.Popen(
        [*without, sys.executable, "-c", program, *arguments],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_kernel_refuses_hard_links_in_these_tests(tmp_path: Path, refusal: int) -> None:
    (tmp_path / "a").touch()
    program = """
import os, sys
try:
    os.link(sys.argv[1], sys.argv[1] + "2")
except OSError as error:
    print(error.errno)
"""
    said, _ = python(program, str(tmp_path / "a"), refusal=refusal).communicate(timeout=60)

    assert said.split() == [str(refusal)]


# Creates the keys 0 to 99 in an order of its own, and prints those that it was the first for.
CREATOR = """
import asyncio, os, random, sys
from digit_recognizer.store.opening import open_store

async def main():
    store = open_store(sys.argv[1])
    keys = random.sample(range(100), 100)
    content = str(os.getpid()).encode() * 10_000
    made = await asyncio.gather(*(store.create(f"log/{key}", content) for key in keys))
    print(*[key for key, mine in zip(keys, made) if mine])

asyncio.run(main())
"""


@pytest.mark.parametrize("refusal", [None, *REFUSALS])
async def test_of_many_processes_one_creates_an_object_with_hard_links_and_without(
    folder: Path, refusal: int | None
) -> None:
    creators = [python(CREATOR, folder.as_uri(), refusal=refusal) for _ in range(4)]
    made = {str(each.pid): each.communicate(timeout=100)[0].split() for each in creators}

    store = open_store(folder.as_uri())
    assert sorted(int(key) for keys in made.values() for key in keys) == list(range(100))
    for pid, keys in made.items():
        for key in keys:
            assert await store.get(f"log/{key}") == pid.encode() * 10_000
    assert len([e async for page in store.pages("log") for e in page]) == 100
    assert not [each for each in (folder / "log").iterdir() if "#" in each.name]


# Creates objects that say themselves whether they are whole, until it is killed.
KILLED = """
import asyncio, hashlib, os, sys
from digit_recognizer.store.opening import open_store

async def one(store, n):
    content = os.urandom(300_000)
    await store.create(f"o/{n % 7}/{os.getpid()}-{n}", hashlib.sha256(content).digest() + content)

async def main():
    store = open_store(sys.argv[1])
    print("ready", flush=True)
    for n in range(0, 10**9, 4):
        await asyncio.gather(*(one(store, n + each) for each in range(4)))

asyncio.run(main())
"""


@pytest.mark.parametrize("refusal", [None, errno.EPERM])
async def test_whoever_is_killed_leaves_nothing_half_written_and_nobody_waiting(
    folder: Path, refusal: int | None
) -> None:
    for _ in range(4):
        process = python(KILLED, folder.as_uri(), refusal=refusal)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        await asyncio.sleep(random.uniform(0.02, 0.3))
        process.kill()
        process.communicate()

    store = open_store(folder.as_uri())
    keys = [entry.key async for page in store.pages("o") for entry in page]
    assert keys
    for key in keys:
        content = await store.get(key)
        assert content is not None
        assert hashlib.sha256(content[32:]).digest() == content[:32]
    next_one = python(CREATOR, folder.as_uri(), refusal=refusal)
    assert len(next_one.communicate(timeout=30)[0].split()) == 100


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(place: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted", str(place))

    monkeypatch.setattr(Path, "hardlink_to", refuse)


@pytest.mark.usefixtures("no_links")
async def test_rows_are_kept_and_compacted_without_hard_links(folder: Path) -> None:
    store = open_store(folder.as_uri())
    for n in range(20):
        await save(store, numbered(n))
    again = numbered(20)
    await save(store, again)
    await save(store, again)

    assert (await compaction.compact_all(store)).rows == 21
    assert await downloaded(store) == list(range(21))


@pytest.mark.usefixtures("no_links")
async def test_a_lock_that_somebody_holds_is_a_store_that_is_busy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "_PATIENCE", 0.1)
    store = open_store(folder.as_uri())
    await save(store, numbered(1))

    with (folder / ".commits#0").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreUnavailable):
            await save(store, numbered(2))
    await save(store, numbered(3))

    assert await downloaded(store) == [1, 3]


async def test_folders_may_go_while_objects_come(folder: Path) -> None:
    """Whoever deletes the last object of a folder removes the folder."""
    store = open_store(folder.as_uri())

    async def come_and_go(n: int) -> None:
        for m in range(15):
            key = f"a/b/c/{n}-{m}"
            assert await store.create(key, b"x")
            await store.delete([key])

    await asyncio.gather(*(come_and_go(n) for n in range(6)))

    assert [each.name for each in folder.iterdir()] == []


async def test_a_folder_may_go_while_it_is_being_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = os.mkdir

    def disturbed(path: Path, *args: Any) -> None:
        made.append(Path(path).name)
        if made.count("c") in (2, 4) and made[-1] == "c":
            Path(path).parent.rmdir()  # what stood above it goes again
        make(path, *args)
        if made.count("c") == 5:
            Path(path).rmdir()  # it is there, and is gone when it is looked at
            raise FileExistsError(path)

    monkeypatch.setattr(os, "mkdir", disturbed)
    store = open_store(folder.as_uri())

    assert await store.create("a/b/c/1", b"x")

    assert await store.get("a/b/c/1") == b"x"
    assert made.count("c") > 5


class Disk:
    """What is on the disk when, as far as the program has seen to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: list[str] = []

    def fsync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        with suppress(ValueError):
            name = str(path.relative_to(self.folder))
            self.done.append(name.partition("#")[0] + "#" if "#" in name else name)

    def syncfs(self, path: Path) -> None:
        self.done.append(f"all of {path.name}")


@pytest.fixture
def disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(folder)
    monkeypatch.setattr(os, "fsync", disk.fsync)
    monkeypatch.setattr(folder_module, "_sync_all", disk.syncfs)
    return disk


@pytest.fixture
def durable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DURABILITY", "fsync")
    settings.settings.cache_clear()
    return open_store(folder.as_uri())


async def test_with_fsync_an_object_and_its_folders_are_on_the_disk_before_it_is_told(
    durable: Store, disk: Disk
) -> None:
    assert await durable.create("a/b/c.json", b"content")

    # The content before it has its name; then the names, up to the store's own folder.
    assert disk.done == ["a/b/c.json#", "a/b", "a", "."]


async def test_a_disk_that_can_not_be_written_is_told_and_leaves_nothing(
    durable: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        with pytest.raises(StoreUnavailable):
            await durable.create("a/b.json", b"content")

    assert await durable.get("a/b.json") is None
    assert await durable.create("a/b.json", b"content")


async def test_without_fsync_nobody_waits_for_the_disk_but_who_deletes(
    folder: Path, disk: Disk
) -> None:
    store = open_store(folder.as_uri())
    for n in range(3):
        await save(store, numbered(n))
    assert disk.done == []

    await compaction.compact_all(store)

    assert disk.done
    assert set(disk.done) == {"all of store"}


async def test_nothing_is_deleted_while_what_was_written_before_is_not_on_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    store = open_store(folder.as_uri())
    await save(store, numbered(1))
    rows = [each for each in folder.rglob("*.json") if "rows" in each.parts]
    monkeypatch.setattr(folder_module, "_sync_all", fail)
    with suppress(StoreUnavailable):
        await compaction.compact_all(store)

    assert [each.exists() for each in rows] == [True]
    monkeypatch.undo()
    folder_module._sync_all(folder)
    assert await downloaded(store) == [1]
