"""Reading the data sets and holding writers out."""

from pathlib import Path

import numpy as np
import pytest

from training import datasets
from training.datasets import (
    SHARED,
    WRITER_FOLDS,
    load_mnist,
    load_pen_digits,
    parse_unipen,
    split_writers,
)

UNIPEN = """
.LEXICON "0" "1"
.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 267  333
 266  342
.PEN_UP
.DT 100
.PEN_DOWN
 10  20
.PEN_UP
.SEGMENT DIGIT    1 ? "3"
.COMMENT 3 7  225
.PEN_DOWN
.PEN_UP
.SEGMENT DIGIT    2 ? "1"
.COMMENT 1 7  226
.PEN_DOWN
 5  6
.PEN_UP
"""


def test_unipen_gives_label_writer_and_strokes_with_y_down() -> None:
    eight, one = parse_unipen(UNIPEN)
    assert (eight.label, eight.writer, len(eight.strokes)) == (8, 12, 2)
    assert np.array_equal(eight.strokes[0], [[267, -333], [266, -342]])
    assert (one.label, one.writer) == (1, 7)


def test_no_writer_is_on_both_sides_of_a_split() -> None:
    digits = parse_unipen(UNIPEN)
    kept, held_out = split_writers(digits, [7])
    assert {digit.writer for digit in kept} == {12}
    assert {digit.writer for digit in held_out} == {7}


def test_the_two_folds_share_no_writer() -> None:
    assert not set(WRITER_FOLDS[0]) & set(WRITER_FOLDS[1])


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file .*mnist\.npz: give the path"):
        load_mnist(tmp_path / "mnist.npz")


@pytest.mark.skipif(not SHARED.exists(), reason="needs the data sets in ../shared/data")
def test_the_pen_set_is_whole() -> None:
    digits = load_pen_digits()
    assert len(digits) == 7494
    assert {digit.writer for digit in digits} == set(range(1, 31))


def test_what_was_downloaded_is_checked_and_nothing_half_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    (served / "mnist.npz").write_bytes(b"an error page")
    monkeypatch.setattr(datasets, "SHARED", tmp_path / "nowhere")
    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setattr(datasets, "MNIST_URL", (served / "mnist.npz").as_uri())
    with pytest.raises(ValueError, match=r"is not mnist\.npz as it was published"):
        datasets.load_mnist()
    assert list((tmp_path / "downloads").iterdir()) == []

    whole = SHARED / "mnist.npz"
    if whole.exists():
        monkeypatch.setattr(datasets, "MNIST_URL", whole.as_uri())
        train, test = datasets.load_mnist()
        assert (len(train.y), len(test.y)) == (60_000, 10_000)
        assert [file.name for file in (tmp_path / "downloads").iterdir()] == ["mnist.npz"]
