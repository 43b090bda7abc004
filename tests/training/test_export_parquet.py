"""All rows as Parquet: as many as there are, and read by others without a word about types."""

import asyncio
import base64
import json
import re
import runpy
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from pyarrow import parquet

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.rows import arrivals, compaction, snapshot
from digit_recognizer.settings import PROJECT
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import numbered
from training import export_parquet

DAYS = ("2026-11-25", "2026-11-26", "2026-11-27")


def made(number: int, **fields: Any) -> Feedback:
    """The row of a number, received on one of the days."""
    record = numbered(number, **fields)
    stored = {**json.loads(record.to_json()), "received_at": f"{DAYS[number % 3]}T10:00:00+00:00"}
    return Feedback.from_json(json.dumps(stored).encode())


@pytest.fixture
async def rows(store: Store, monkeypatch: pytest.MonkeyPatch, drawing: str) -> list[Feedback]:
    """Rows in segments, replaced segments beside them, and rows that wait."""
    monkeypatch.setenv("SEGMENT_BYTES", "6000")
    saved = []
    for number in range(20):
        label = "NaN" if number == 4 else number % 10
        contributor = "mBx0n8-rWq_5tY2kLc9ZvQ" if number % 2 else None
        record = made(
            number, label=label, prediction=3, confidence=0.25, contributor=contributor,
            image=drawing,
        )  # fmt: skip
        await arrivals.save(store, record)
        saved.append(record)
        if number < 15 and number % 5 == 0:
            await compaction.compact_all(store)
    return saved


async def exported(store: Store, folder: Path) -> Path:
    await export_parquet.export(snapshot.rows(store), folder)
    return folder


async def test_duckdb_counts_what_the_manifest_counts(
    store: Store, rows: list[Feedback], tmp_path: Path
) -> None:
    current = await compaction.compact_all(store)
    folder = await exported(store, tmp_path / "out")
    files = f"{folder}/*/*.parquet"

    (count,) = duckdb.execute(f"SELECT count(*) FROM '{files}'").fetchall()
    by_day = duckdb.execute(
        f"SELECT day, count(*) FROM '{files}' GROUP BY day ORDER BY day"
    ).fetchall()
    labels = duckdb.execute(f"SELECT label, count(*) FROM '{files}' GROUP BY label").fetchall()

    assert count == (current.rows,) == (len(rows),)
    assert {str(day): n for day, n in by_day} == current.figures["days"]
    counted = {"NaN" if label is None else str(label): n for label, n in labels}
    assert counted == current.figures["labels"]


async def test_rows_that_wait_are_in_it_too(
    store: Store, rows: list[Feedback], tmp_path: Path
) -> None:
    folder = await exported(store, tmp_path / "out")

    table = parquet.read_table(folder)
    assert sorted(table["id"].to_pylist()) == sorted(record.id for record in rows)


async def test_each_row_comes_out_as_it_is_in_pandas_polars_and_duckdb(
    store: Store, rows: list[Feedback], tmp_path: Path
) -> None:
    folder = await exported(store, tmp_path / "out")
    by_id = {record.id: record for record in rows}

    def same(id_: str, label: Any, image: bytes, pixels: list[int], at: datetime) -> None:
        record = by_id[id_]
        assert (None if pd.isna(label) else int(label)) == (
            None if record.label == "NaN" else record.label
        )
        assert image == base64.b64decode(record.image.partition(",")[2])
        assert bytes(pixels) == record.pixels
        assert at == datetime.fromisoformat(record.received_at)

    columns = ["id", "label", "image", "pixels", "received_at"]
    in_pandas = pd.read_parquet(folder)
    assert [*in_pandas.columns] == [*export_parquet.SCHEMA.names, "day"]
    in_polars = pl.read_parquet(folder)
    assert in_polars.schema["label"] == pl.Int8
    assert in_polars.schema["pixels"] == pl.List(pl.UInt8)
    assert in_polars.schema["received_at"] == pl.Datetime("us", "UTC")
    in_duckdb = duckdb.execute(f"SELECT {', '.join(columns)} FROM '{folder}/*/*.parquet'")
    for read in (
        in_pandas[columns].itertuples(index=False),
        in_polars.select(columns).iter_rows(),
        in_duckdb.fetchall(),
    ):
        found = list(read)
        assert len(found) == len(rows)
        for id_, label, image, pixels, at in found:
            same(id_, label, image, list(pixels), at.astimezone(UTC))


async def test_who_contributed_is_in_no_file(
    store: Store, rows: list[Feedback], tmp_path: Path
) -> None:
    folder = await exported(store, tmp_path / "out")

    assert any(record.contributor for record in rows)
    for file in folder.rglob("*.parquet"):
        assert b"mBx0n8-rWq_5tY2kLc9ZvQ" not in file.read_bytes()
        assert "contributor" not in parquet.read_schema(file).names


def test_the_recipes_of_the_docs_give_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PROJECT / "docs/queries.md").read_text("utf-8")
    # Those of PySpark and of Hugging Face come last: tests/readers.
    in_records, in_parquet, in_polars, *_ = re.findall(r"```python\n(.*?)```", text, re.S)
    store = open_store((tmp_path / "data").as_uri())

    async def fill() -> None:
        for number in range(7):
            await arrivals.save(store, made(number, label="NaN" if number == 4 else number))
            await compaction.compact_all(store)
        await exported(store, tmp_path / "user_pixel_data.parquet")

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)

    def given(recipe: str) -> dict[str, Any]:
        (tmp_path / "recipe.py").write_text(recipe)
        return runpy.run_path("recipe.py")

    of_records = {(day, label): n for day, label, n in given(in_records)["rows"]}
    assert of_records == {
        (DAYS[number % 3], "NaN" if number == 4 else str(number)): 1 for number in range(7)
    }
    of_files = {(str(day), label) for day, label, _ in given(in_parquet)["by_day"]}
    assert of_files == {(day, None if label == "NaN" else int(label)) for day, label in of_records}
    digits = given(in_polars)
    assert sorted(digits["labels"].tolist()) == [0, 1, 2, 3, 5, 6]
    assert digits["images"].shape == (6, 28, 28)
    assert digits["images"][:, 0, 2].tolist() == digits["labels"].tolist()


async def in_any_order() -> AsyncIterator[Feedback]:
    for number in range(60):
        day = f"2026-10-{1 + number * 7 % 30:02}"
        stored = json.loads(numbered(number).to_json()) | {"received_at": f"{day}T00:00:00+00:00"}
        yield Feedback.from_json(json.dumps(stored).encode())


async def test_late_rows_go_to_their_days_and_few_files_are_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parquet, "_OPEN_FILES", 4)
    monkeypatch.setattr(export_parquet, "_WAITING_BYTES", 2_000)

    done = await export_parquet.export(in_any_order(), tmp_path / "out")

    files = [*(tmp_path / "out").rglob("*.parquet")]
    assert (done.rows, len(done.days)) == (60, 30)
    assert len(files) == sum(done.days.values()) > 30
    days: Counter[str] = Counter()
    for file in files:
        table = parquet.ParquetFile(file).read()
        (day,) = {at.date().isoformat() for at in table["received_at"].to_pylist()}
        assert file.parent.name == f"day={day}"
        days[day] += len(table)
    assert [*days.values()] == [2] * 30


async def test_a_folder_that_is_there_is_left_alone_and_a_failure_leaves_nothing(
    tmp_path: Path,
) -> None:
    async def failing() -> AsyncIterator[Feedback]:
        yield numbered(1)
        raise OSError("the store")

    with pytest.raises(OSError, match="the store"):
        await export_parquet.export(failing(), tmp_path / "out")
    assert not [*tmp_path.iterdir()]
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError):
        await export_parquet.export(in_any_order(), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_command_says_what_it_did_or_what_is_wrong(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    assert export_parquet.main([str(out)]) == 0
    assert capsys.readouterr().out == f"{out} has 0 rows of 0 days.\n"
    assert export_parquet.main([str(out)]) == 2
    assert capsys.readouterr().err.startswith(f"{out}: It is there already; move it away")
