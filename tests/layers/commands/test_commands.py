"""`python -m digit_recognizer`: import-csv, export-csv, compact and reprocess."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from digit_recognizer import settings
from digit_recognizer.__main__ import main
from digit_recognizer.feedback.csv_format import COLUMNS
from digit_recognizer.feedback.record import PIXELS_AS_GIVEN, Feedback
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.recognition import preprocessing
from digit_recognizer.rows import arrivals, compaction, manifest, reprocessing, segments, snapshot
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import numbered, numbers_in


def save(folder: Path, *records: Feedback) -> None:
    async def all_of_them() -> None:
        store = open_store(folder.as_uri())
        for record in records:
            await arrivals.save(store, record)

    asyncio.run(all_of_them())


def test_rows_go_out_to_a_file_and_into_another_store(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    save(folder, *(numbered(n) for n in range(5)))
    file = tmp_path / "out.csv"

    assert main(["export-csv", str(file)]) == 0
    assert numbers_in(file.read_bytes()) == list(range(5))
    monkeypatch.setenv("DATA_STORE", (tmp_path / "other").as_uri())
    settings.settings.cache_clear()
    assert main(["import-csv", str(file)]) == 0
    assert main(["import-csv", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"{file} has 5 rows; 5 of them were new.",
        f"{file} has 5 rows; 0 of them were new.",
    ]
    assert not list(tmp_path.glob("*.part"))


def test_what_was_passed_over_and_refused_is_said_with_its_place(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ",".join(["5", *["0"] * 784])
    file = tmp_path / "mixed.csv"
    file.write_text("\n".join([",".join(COLUMNS), line, "", f"x{line}", "\x1a"]))

    assert main(["import-csv", str(file)]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [
        "Nothing was taken; --skip-bad (make: SKIP_BAD=1) takes the other rows."
    ]
    assert main(["import-csv", "--skip-bad", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{file} has 1 rows; 1 of them were new.",
        "2 of its lines hold nothing.",
        "Line 4, column label: 'x5' must be a digit from 0 to 9, or NaN.",
        f"1 lines were refused; they are in {tmp_path / 'mixed.refused.csv'}.",
    ]


def test_compact_says_how_it_stands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(folder, numbered(1), numbered(2))

    assert main(["compact"]) == 0
    assert capsys.readouterr().out == "2 rows are in 1 segments.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export-csv", "out.csv"], "CSV file not found. Submit some feedback first."),
        (["import-csv", "no-such.csv"], "no-such.csv: No such file or directory."),
        (["import-csv", __file__], "Line 1"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("*.csv*"))


def test_a_store_that_names_none_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_STORE", "ftp://x")

    assert main(["compact"]) == 2
    assert capsys.readouterr().err.startswith("DATA_STORE is 'ftp://x'; it must be")


def test_a_store_that_fails_is_told(
    unreachable_s3: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compact"]) == 1
    assert "can't be reached right now" in capsys.readouterr().err


async def test_old_rows_get_the_pixels_of_todays_normalise(
    store: Store, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "4000")
    monkeypatch.setattr(reprocessing, "PREPROCESSING_VERSION", 2)
    old = [numbered(n, image=drawing) for n in range(7)]
    unreadable = numbered(7)
    given = replace(numbered(8), preprocessing_version=PIXELS_AS_GIVEN)
    today = replace(numbered(9), preprocessing_version=2)
    for record in (*old, unreadable, given, today):
        await arrivals.save(store, record)

    done = await reprocessing.reprocess(store)

    assert (done.anew, done.left) == (7, 1)
    current = await manifest.in_force(store)
    rows = [r for segment in current.segments async for r in segments.records(store, segment)]
    pixels = preprocessing.preprocess(drawing).tobytes()
    made = [replace(r, pixels=pixels, preprocessing_version=2) for r in old]
    assert rows == [*made, unreadable, given, today]
    figures = Tally()
    for row in rows:
        figures.add(row)
    assert await snapshot.summary(store, 0) == figures.summary(0, 0)


async def test_reprocessing_meets_a_compaction_and_is_done_once(
    store: Store, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reprocessing, "PREPROCESSING_VERSION", 2)
    await arrivals.save(store, numbered(1, image=drawing))
    late = numbered(2, image=drawing)
    create = Numbered.create

    async def overtaken(log: Numbered, store: Store, number: int, content: bytes) -> bool:
        monkeypatch.setattr(Numbered, "create", create)
        await arrivals.save(store, late)
        await compaction.compact_all(store)
        return await create(log, store, number, content)

    await compaction.compact_all(store)
    monkeypatch.setattr(Numbered, "create", overtaken)

    done = await reprocessing.reprocess(store)

    assert (done.anew, done.left) == (2, 0)
    assert (await reprocessing.reprocess(store)).anew == 0
    current = await manifest.in_force(store)
    assert {version for s in current.segments for version in s.versions} == {2}
    assert len(await ids(store)) == 2


async def ids(store: Store) -> list[str]:
    current = await manifest.in_force(store)
    return [r.id for segment in current.segments async for r in segments.records(store, segment)]
