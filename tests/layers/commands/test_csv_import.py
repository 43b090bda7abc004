"""A `user_pixel_data.csv` goes in once and comes out the same."""

import io
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from digit_recognizer.commands import csv_import
from digit_recognizer.commands.csv_import import import_file
from digit_recognizer.download import csv_file
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.feedback import csv_format
from digit_recognizer.feedback.csv_format import COLUMNS
from digit_recognizer.rows import arrivals, compaction, snapshot
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import numbered


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


async def taken(store: Store, path: Path) -> tuple[int, int]:
    """How many rows a file has, and how many of them are new."""
    done = await import_file(store, path)
    return done.rows, done.new


async def content(store: Store) -> bytes:
    return b"".join([chunk async for chunk in (await csv_file.assemble(store)).chunks()])


async def test_what_pandas_wrote_comes_out_the_same(store: Store, tmp_path: Path) -> None:
    made = table(20)

    assert await taken(store, written(tmp_path, made)) == (20, 20)

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

    assert await taken(store, path) == (10, 0)
    assert await content(store) == before
    grown = pd.concat([table(10).iloc[::-1], table(2, seed=1)])
    assert await taken(store, written(tmp_path, grown)) == (12, 2)


async def test_rows_that_are_in_the_file_twice_stay_two(store: Store, tmp_path: Path) -> None:
    made = pd.concat([table(2), table(2)])

    assert await taken(store, written(tmp_path, made)) == (4, 4)
    assert await taken(store, written(tmp_path, made)) == (4, 0)
    assert len(pd.read_csv(io.BytesIO(await content(store)))) == 4


async def test_the_export_of_one_store_is_the_import_of_another(tmp_path: Path) -> None:
    first, second = open_store("memory://"), open_store("memory://")
    for n in range(5):
        await arrivals.save(first, numbered(n, label="NaN" if n == 3 else n))
    path = tmp_path / "moved.csv"
    path.write_bytes(await content(first))

    await import_file(second, path)

    assert await content(second) == await content(first)
    assert (await snapshot.summary(second, 0))["labels"]["NaN"] == 1


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
        (f"{GOOD}5\r\n", "Line 3 has 1 columns; it must have 785."),
        (f"\r\n{GOOD}5\r\n", "Line 4 has 1 columns; it must have 785."),
        (f"{GOOD}5,0,256{LINE[5:]}\r\n", "Line 3, column pixel1: '256' must be a whole number"),
        (f"{GOOD}5,0,-1{LINE[5:]}\r\n", "Line 3, column pixel1: '-1' must be a whole number"),
        (f"{GOOD}5,0,٣{LINE[5:]}\r\n", "Line 3, column pixel1: '٣' must be a whole number"),
        (f"{GOOD}5,0,1_0{LINE[5:]}\r\n", "Line 3, column pixel1: '1_0' must be a whole number"),
        (f"{GOOD}5,0.5{LINE[3:]}\r\n", "Line 3, column pixel0: '0.5' must be a whole number"),
        (f'{GOOD}"5{LINE[1:]}\r\n', "Line 3 is not CSV: unexpected end of data."),
        (f"{GOOD}5,nan{LINE[3:]}\r\n", "Line 3, column pixel0: 'nan' must be a whole number"),
        (f"{GOOD}5,{LINE[3:]}\r\n", "Line 3, column pixel0: '' must be a whole number"),
        (f"{GOOD}5,1e9{LINE[3:]}\r\n", "Line 3, column pixel0: '1e9' must be a whole number"),
        (f"{GOOD}5,0x1{LINE[3:]}\r\n", "Line 3, column pixel0: '0x1' must be a whole number"),
        (f"{GOOD}3.5{LINE[1:]}\r\n", "Line 3, column label: '3.5' must be a digit from 0 to 9"),
        (f"{GOOD}{'x' * 60_000}\r\n", "Line 3 is longer than 50000 characters."),
        (f"sep=;\r\n{GOOD}", "Line 1, column 1 is 'sep=', not label; "),
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
    assert not await snapshot.any_rows(store)


def test_many_wrong_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(GOOD + "x\r\n" * 25)

    with pytest.raises(InvalidRequest) as error:
        csv_import.check(path)

    lines = str(error.value).splitlines()
    assert len(lines) == 12
    assert lines[0].startswith("Line 3 ")
    assert lines[-2] == "And 15 more lines are wrong."
    assert lines[-1].startswith("Nothing was taken; --skip-bad ")


def test_a_picture_is_no_csv(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))

    with pytest.raises(InvalidRequest, match="Line 1"):
        csv_import.check(path)


def rows_of(made: pd.DataFrame) -> list[list[int]]:
    return [[int(value) for value in row] for row in made.to_numpy()]


def lines_of(made: pd.DataFrame, separator: str = ",", form: str = "{}") -> list[str]:
    fields = [[form.format(value) for value in row] for row in rows_of(made)]
    return [separator.join(each) for each in [list(COLUMNS), *fields]]


WRITTEN = {
    "as we do": (lambda made: "\r\n".join([*lines_of(made), ""]).encode()),
    "with floats": (lambda made: "\n".join(lines_of(made, form="{}.0")).encode()),
    "with floats that end in a point": (
        lambda made: "\n".join(lines_of(made, form="{}.")).encode()
    ),
    "as NumPy does": (lambda made: "\n".join(lines_of(made, form="{:.18e}")).encode()),
    "in quotes": (lambda made: "\n".join(lines_of(made, form='"{}"')).encode()),
    "with spaces": (lambda made: "\n".join(lines_of(made, separator=", ")).encode()),
    "with a byte-order mark": (lambda made: "\n".join(lines_of(made)).encode("utf-8-sig")),
    "in UTF-16": (lambda made: "\r\n".join(lines_of(made)).encode("utf-16")),
    "with semicolons": (lambda made: "\r\n".join(lines_of(made, ";", "{},0")).encode()),
    "with tabs": (lambda made: "\n".join(lines_of(made, "\t")).encode()),
    "with CR alone": (lambda made: "\r".join(lines_of(made)).encode()),
    "with CR alone and one at the end": (lambda made: "\r".join([*lines_of(made), ""]).encode()),
    "with Ctrl-Z at once": (lambda made: "\r\n".join([*lines_of(made)]).encode() + b"\x1a"),
    "with zeros at once": (lambda made: "\n".join(lines_of(made)).encode() + bytes(200_000)),
}


@pytest.mark.parametrize("how", WRITTEN)
async def test_a_file_is_taken_however_a_program_writes_it(tmp_path: Path, how: str) -> None:
    store, made = open_store("memory://"), table(5)
    path = tmp_path / "elsewhere.csv"
    path.write_bytes(WRITTEN[how](made))

    done = await import_file(store, path)

    assert (done.rows, done.new, done.empty, done.refused) == (5, 5, 0, 0)
    assert rows_of(pd.read_csv(io.BytesIO(await content(store)))) == rows_of(made)


HOLD_NOTHING = {
    "a blank line": b"\r\n",
    "spaces": b"   \n",
    "zero bytes": b"\0\0\0\0\n",
    "Ctrl-Z": b"\x1a",
    "Ctrl-Z and more of them": b"\x1a\x1a\x1a\n",
    "separators only": b",,,,,\n",
    "empty fields in quotes": b'"","",""\n',
    "the rest of a disk's block": bytes(300_000),
}


@pytest.mark.parametrize("what", HOLD_NOTHING)
@pytest.mark.parametrize("where", ["before", "between", "after"])
async def test_lines_that_hold_nothing_are_counted_and_passed_over(
    tmp_path: Path, what: str, where: str
) -> None:
    store, nothing = open_store("memory://"), HOLD_NOTHING[what]
    if where != "after" and not nothing.endswith(b"\n"):
        nothing += b"\n"
    header, *lines = [line.encode() + b"\n" for line in lines_of(table(4))]
    parts = {
        "before": [nothing, header, *lines],
        "between": [header, *lines[:2], nothing, *lines[2:]],
        "after": [header, *lines, nothing],
    }
    path = tmp_path / "elsewhere.csv"
    path.write_bytes(b"".join(parts[where]))

    done = await import_file(store, path)

    assert (done.rows, done.new, done.empty, done.refused) == (4, 4, 1, 0)


async def test_the_rows_are_taken_and_the_lines_that_are_none_are_written_beside(
    store: Store, tmp_path: Path
) -> None:
    header, *lines = lines_of(table(4))
    bad = [f"10{LINE[1:]}", f'"5{LINE[1:]}', "5,0", "Größe"]
    path = tmp_path / "elsewhere.csv"
    mixed = [header, *(line for pair in zip(lines, bad, strict=True) for line in pair), ""]
    path.write_bytes("\n".join(mixed).encode("utf-8") + b"\xff\xfe,5\n")

    done = await import_file(store, path, skip_bad=True)

    assert (done.rows, done.new, done.empty, done.refused) == (4, 4, 0, 5)
    assert [sentence.split(" ")[1].strip(",") for sentence in done.all_sentences()] == [
        "3", "5", "7", "9", "10",
    ]  # fmt: skip
    assert done.beside == tmp_path / "elsewhere.refused.csv"
    refused = done.beside.read_bytes().split(b"\r\n")
    assert refused == [header.encode(), *(each.encode() for each in bad), b"\xff\xfe,5", b""]
    assert rows_of(pd.read_csv(io.BytesIO(await content(store)))) == rows_of(table(4))


async def test_refused_lines_can_be_set_right_and_taken(store: Store, tmp_path: Path) -> None:
    header, *lines = lines_of(table(3))
    path = tmp_path / "elsewhere.csv"
    path.write_text("\n".join([header, lines[0], f"1x{lines[1][1:]}", lines[2]]))
    beside = (await import_file(store, path, skip_bad=True)).beside
    assert beside is not None

    beside.write_text(beside.read_text().replace("1x", lines[1][0]))
    again = await import_file(store, path, skip_bad=True)
    assert again.beside == tmp_path / "elsewhere.refused-2.csv"  # what is set right stays
    assert (again.rows, again.new) == (2, 0)
    assert (await import_file(store, path, skip_bad=True)).beside == again.beside

    assert await taken(store, beside) == (1, 1)
    assert sorted(rows_of(pd.read_csv(io.BytesIO(await content(store))))) == sorted(
        rows_of(table(3))
    )


async def test_nothing_is_written_beside_a_file_without_refused_lines(
    store: Store, tmp_path: Path
) -> None:
    path = written(tmp_path, table(2))

    assert (await import_file(store, path, skip_bad=True)).beside is None
    assert [each.name for each in tmp_path.glob("elsewhere*")] == ["elsewhere.csv"]


async def test_a_wrong_header_is_not_skipped(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.csv"
    path.write_text(GOOD.replace("label", "digit", 1))

    with pytest.raises(InvalidRequest, match="Line 1, column 1 is 'digit'"):
        await import_file(store, path, skip_bad=True)


def test_a_file_without_lines_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_text(GOOD + "0," * 20_000_000)

    tracemalloc.start()
    with pytest.raises(InvalidRequest, match="Line 3 is longer"):
        csv_import.check(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 5_000_000


GOLDEN = Path(__file__).parent / "golden" / csv_format.FILE_NAME


async def test_the_csv_of_fixed_records_is_the_same_byte_for_byte(store: Store) -> None:
    """Compacted or not; the file was written once and is compared ever since."""
    for n, label in enumerate([0, 9, "NaN", 4]):
        pixels = bytes((n * 31 + position * 7) % 256 for position in range(784))
        record = numbered(n, label=label, id=f"0190e3d0-0000-7000-8000-00000000000{n}")
        await arrivals.save(store, replace(record, pixels=pixels))

    assert await content(store) == GOLDEN.read_bytes()
    await compaction.compact_all(store)
    assert await content(store) == GOLDEN.read_bytes()
