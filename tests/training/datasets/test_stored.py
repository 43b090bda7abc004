"""Data sets go to the store once and come back undamaged."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from digit_recognizer.errors import InvalidRequest, NotFound, StoreUnavailable
from digit_recognizer.settings import PROJECT
from digit_recognizer.store.storage import Store
from training.datasets import stored
from training.datasets.stored import DATASETS, fetch, upload

NAMES = ("a.npz", "b.unp")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = []
    for number, name in enumerate(NAMES, 1):
        file = tmp_path / "here" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(bytes([number]) * 3_000_000)
        made.append(file)
    return made


async def keys(store: Store) -> list[str]:
    return sorted([entry.key async for page in store.pages(DATASETS) for entry in page])


async def test_what_was_uploaded_is_fetched(
    store: Store, files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await upload(store, files)
    folder = tmp_path / "there"
    await fetch(store, folder, NAMES)

    assert sorted(file.name for file in folder.iterdir()) == list(NAMES)
    for file in files:
        assert (folder / file.name).read_bytes() == file.read_bytes()
    assert capsys.readouterr().out.splitlines() == [
        "Uploading a.npz, 3.0 MB …",
        "Uploading b.unp, 3.0 MB …",
    ]


async def test_a_second_upload_changes_nothing(
    store: Store, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    await upload(store, files)
    before = await keys(store)
    capsys.readouterr()

    await upload(store, files)

    assert await keys(store) == before
    sha256 = hashlib.sha256(files[0].read_bytes()).hexdigest()
    assert f"datasets/{sha256}/a.npz" in before
    assert capsys.readouterr().out.splitlines() == [f"{name} is there already." for name in NAMES]


async def test_another_file_of_the_same_name_is_refused(store: Store, files: list[Path]) -> None:
    await upload(store, files)
    before = await keys(store)
    files[0].write_bytes(b"corrected")

    with pytest.raises(InvalidRequest, match=r"Another a\.npz is on the store; delete datasets/"):
        await upload(store, files)

    assert await keys(store) == before


async def test_only_what_is_missing_or_damaged_here_is_fetched_again(
    store: Store, files: list[Path], tmp_path: Path
) -> None:
    await upload(store, files)
    folder = tmp_path / "there"
    await fetch(store, folder, NAMES)
    (folder / "a.npz").write_bytes(b"half")
    inode = (folder / "b.unp").stat().st_ino

    await fetch(store, folder, NAMES)

    assert (folder / "a.npz").read_bytes() == files[0].read_bytes()
    assert (folder / "b.unp").stat().st_ino == inode


async def test_a_file_that_was_never_uploaded_is_named(
    store: Store, files: list[Path], tmp_path: Path
) -> None:
    await upload(store, files[:1])

    with pytest.raises(NotFound, match=r"b\.unp is not on the store; run `make upload-datasets`"):
        await fetch(store, tmp_path / "there", NAMES)


async def test_a_file_that_is_damaged_on_the_store_is_not_taken(
    store: Store, tmp_path: Path
) -> None:
    await store.create(f"{DATASETS}/{'0' * 64}/a.npz", b"damaged")

    with pytest.raises(StoreUnavailable, match="is damaged"):
        await fetch(store, tmp_path / "there", ["a.npz"])

    assert not (tmp_path / "there").exists()


async def test_an_upload_that_finds_something_else_under_its_name_says_so(
    store: Store, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = hashlib.sha256(files[0].read_bytes()).hexdigest()

    async def nothing_yet(_: Store) -> dict[str, str]:
        await store.create(f"{DATASETS}/{sha256}/a.npz", b"damaged")
        return {}

    monkeypatch.setattr(stored, "_stored", nothing_yet)

    with pytest.raises(StoreUnavailable, match="is damaged; delete it there"):
        await upload(store, files)


def test_the_command_names_a_wrong_store() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "training.datasets.stored"],
        cwd=PROJECT,
        env={**os.environ, "DATA_STORE": "ftp://nowhere"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("DATA_STORE is 'ftp://nowhere'; it must be")
    assert done.stderr.count("\n") == 1
