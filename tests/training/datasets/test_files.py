"""Where the files of the data sets are found."""

from dataclasses import replace
from pathlib import Path

import pytest

from training.datasets import files, mnist
from training.datasets.files import SHARED
from training.datasets.mnist import load_mnist


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file .*mnist\.npz: give the path"):
        load_mnist(tmp_path / "mnist.npz")


def test_what_was_downloaded_is_checked_and_nothing_half_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    (served / "mnist.npz").write_bytes(b"an error page")
    monkeypatch.setattr(files, "SHARED", tmp_path / "nowhere")
    monkeypatch.setattr(files, "DOWNLOADS", tmp_path / "downloads")
    page = replace(mnist.MNIST, url=(served / "mnist.npz").as_uri())
    monkeypatch.setattr(mnist, "MNIST", page)
    with pytest.raises(ValueError, match=r"is not mnist\.npz as it was published"):
        load_mnist()
    assert list((tmp_path / "downloads").iterdir()) == []

    whole = SHARED / "mnist.npz"
    if whole.exists():
        monkeypatch.setattr(mnist, "MNIST", replace(page, url=whole.as_uri()))
        train, test = load_mnist()
        assert (len(train.y), len(test.y)) == (60_000, 10_000)
        assert [file.name for file in (tmp_path / "downloads").iterdir()] == ["mnist.npz"]
