"""A `user_pixel_data.csv` goes in once and comes out the same."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from digit_recognizer import assembly, compaction, csv_file, csv_import, feedback_rows, reading
from digit_recognizer.csv_file import COLUMNS
from digit_recognizer.csv_import import import_file
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.storage import Store, open_store
from tests.layers.rows import numbered


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Rows of random labels and pixels."""
    random = np.random.default_rng(seed)
    made = pd.DataFrame(random.integers(0, 256, (rows, 784)), columns=pd.Index(COLUMNS[1:]))
    made.insert(0, "label", random.integers(0, 10, rows))
    return made


def written(folder: Path, made: pd.DataFrame) -> Path:
    path = folder / "elsewhere.csv"
    made.to_csv(path, index=False)
    return path


async def content(store: Store) -> bytes:
    return b"".join([chunk async for chunk in (await assembly.assemble(store)).chunks()])


async def test_what_pandas_wrote_comes_out_the_same(store: Store, tmp_path: Path) -> None:
    made = table(20)

    assert await import_file(store, written(tmp_path, made)) == (20, 20)

    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(await content(store))), made)


async def test_labels_that_pandas_made_floats_are_digits_and_nan(
    store: Store, tmp_path: Path
) -> None:
    made = table(3)
    made["label"] = [5.0, np.nan, 0.0]

    await import_file(store, written(tmp_path, made))

    lines = (await content(store)).split(b"\r\n")[1:-1]
    assert [line.split(b",")[0] for line in lines] == [b"5", b"NaN", b"0"]


async def test_a_file_is_taken_once_however_often_it_is_read(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_import, "_AT_ONCE", 4)
    path = written(tmp_path, table(10))
    await import_file(store, path)
    before = await content(store)

    assert await import_file(store, path) == (10, 0)
    assert await content(store) == before
    grown = pd.concat([table(10).iloc[::-1], table(2, seed=1)])
    assert await import_file(store, written(tmp_path, grown)) == (12, 2)


async def test_rows_that_are_in_the_file_twice_stay_two(store: Store, tmp_path: Path) -> None:
    made = pd.concat([table(2), table(2)])

    assert await import_file(store, written(tmp_path, made)) == (4, 4)
    assert await import_file(store, written(tmp_path, made)) == (4, 0)
    assert len(pd.read_csv(io.BytesIO(await content(store)))) == 4


async def test_the_export_of_one_store_is_the_import_of_another(tmp_path: Path) -> None:
    first, second = open_store("memory://"), open_store("memory://")
    for n in range(5):
        await feedback_rows.save(first, numbered(n, label="NaN" if n == 3 else n))
    path = tmp_path / "moved.csv"
    path.write_bytes(await content(first))

    await import_file(second, path)

    assert await content(second) == await content(first)
    assert (await reading.summary(second))["labels"]["NaN"] == 1


LINE = ",".join(["5", *["0"] * 784])
GOOD = f"{','.join(COLUMNS)}\r\n{LINE}\r\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1 has 0 columns, not 785; the header must be label,pixel0,…,pixel783."),
        (GOOD.replace("label", "digit", 1), "Line 1, column 1 is 'digit', not label; "),
        (GOOD.replace("pixel7,", "pixel07,", 1), "Line 1, column 9 is 'pixel07', not pixel7; "),
        (f"{GOOD}10{LINE[1:]}\r\n", "Line 3, column label: '10' must be a digit from 0 to 9"),
        (f"{GOOD}{LINE},0\r\n", "Line 3 has 786 columns; it must have 785."),
        (f"{GOOD}\r\n", "Line 3 has 0 columns; it must have 785."),
        (f"{GOOD}5,0,256{LINE[5:]}\r\n", "Line 3, column pixel1: '256' must be a whole number"),
        (f"{GOOD}5,0,-1{LINE[5:]}\r\n", "Line 3, column pixel1: '-1' must be a whole number"),
        (f"{GOOD}5,0,٣{LINE[5:]}\r\n", "Line 3, column pixel1: '٣' must be a whole number"),
        (f"{GOOD}5,0,1_0{LINE[5:]}\r\n", "Line 3, column pixel1: '1_0' must be a whole number"),
        (f"{GOOD}5,0.5{LINE[3:]}\r\n", "Line 3, column pixel0: '0.5' must be a whole number"),
        (f'{GOOD}"5{LINE[1:]}\r\n', "is not CSV in UTF-8"),
    ],
)
async def test_what_is_wrong_is_named_with_its_line_and_column_and_nothing_is_taken(
    store: Store, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text, encoding="utf-8", newline="")

    with pytest.raises(InvalidRequest) as error:
        await import_file(store, path)

    assert sentence in str(error.value)
    assert not await reading.any_rows(store)


def test_many_wrong_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(GOOD + "x\r\n" * 25)

    with pytest.raises(InvalidRequest) as error:
        csv_import.check(path)

    lines = str(error.value).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("Line 3 ")
    assert lines[-1] == "And 15 more lines are wrong."


def test_a_picture_is_no_csv(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))

    with pytest.raises(InvalidRequest, match="Line 1"):
        csv_import.check(path)


GOLDEN = Path(__file__).parent / "golden" / csv_file.FILE_NAME


async def test_the_csv_of_fixed_records_is_the_same_byte_for_byte(store: Store) -> None:
    """Compacted or not; the file was written once and is compared ever since."""
    for n, label in enumerate([0, 9, "NaN", 4]):
        pixels = bytes((n * 31 + position * 7) % 256 for position in range(784))
        record = numbered(n, label=label, id=f"0190e3d0-0000-7000-8000-00000000000{n}")
        await feedback_rows.save(store, replace(record, pixels=pixels))

    assert await content(store) == GOLDEN.read_bytes()
    await compaction.compact_all(store)
    assert await content(store) == GOLDEN.read_bytes()
