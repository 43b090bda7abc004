"""The tables and questions of the template, on what compactions really write."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb
import pytest

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.rows import arrivals, compaction, published
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.store.storage import Store
from tests.infra.template import resource, template
from tests.layers.rows.examples import as_files, listed, numbered

CONTRIBUTOR = "mBx0n8-rWq_5tY2kLc9ZvQ"
TYPES = {"string": "VARCHAR", "int": "INTEGER", "double": "DOUBLE"}
TABLES = {"RecordsTable": published.RECORDS, "CsvTable": published.CSV}
QUERIES = ("RowsPerDay", "ConfusedPairs", "ContributorsRows")
# Label, prediction, day and contributor of some rows.
ANSWERS: list[tuple[int | str, int | None, str, str | None]] = [
    (7, 7, "2026-11-25", None),
    (7, 1, "2026-11-25", CONTRIBUTOR),
    (7, 1, "2026-11-26", None),
    (3, 8, "2026-11-26", CONTRIBUTOR),
    ("NaN", 8, "2026-11-26", None),
    (5, None, "2026-11-27", CONTRIBUTOR),
]


def columns(table: str) -> dict[str, str]:
    listed = resource(table)["TableInput"]["StorageDescriptor"]["Columns"]
    return {column["Name"]: column["Type"] for column in listed}


@pytest.fixture
async def in_force(store: Store, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    """Rows in segments, and segments that they have replaced."""
    monkeypatch.setenv("SEGMENT_BYTES", "4000")
    for number, (label, prediction, day, contributor) in enumerate(ANSWERS):
        said: dict[str, Any] = {"label": label, "prediction": prediction, "confidence": 0.5}
        record = numbered(number, **said, contributor=contributor)
        record = Feedback.from_json(record.to_json().replace(record.day.encode(), day.encode(), 1))
        await arrivals.save(store, record)
        current = await compaction.compact_all(store)
    assert current.retired
    return current


async def answer(store: Store, query: str, folder: Path) -> list[tuple[Any, ...]]:
    """What a question of the template answers, over the published list, by the table's columns."""
    files = await as_files(store, await listed(store, published.RECORDS), folder / "records")
    types = {name: TYPES[kind] for name, kind in columns("RecordsTable").items()}
    with duckdb.connect(str(folder / "duck.db")) as database:
        database.execute(
            "CREATE OR REPLACE TEMP TABLE records AS SELECT * FROM"
            " read_json($files, format = 'newline_delimited', columns = $types)",
            {"files": files, "types": types},
        )
        text = resource(query)["QueryString"].replace("THE-CONTRIBUTORS-NAME", CONTRIBUTOR)
        return database.execute(text).fetchall()


async def test_rows_per_day_and_label(store: Store, in_force: Manifest, tmp_path: Path) -> None:
    assert await answer(store, "RowsPerDay", tmp_path) == [
        ("2026-11-25", "7", 2),
        ("2026-11-26", "3", 1),
        ("2026-11-26", "7", 1),
        ("2026-11-26", "NaN", 1),
        ("2026-11-27", "5", 1),
    ]
    assert in_force.rows == len(ANSWERS)


@pytest.mark.usefixtures("in_force")
async def test_the_most_confused_pairs(store: Store, tmp_path: Path) -> None:
    assert await answer(store, "ConfusedPairs", tmp_path) == [
        (1, "7", 2, 0.5),
        (8, "3", 1, 0.5),
        (8, "NaN", 1, 0.5),
    ]


@pytest.mark.usefixtures("in_force")
async def test_one_contributors_rows(store: Store, tmp_path: Path) -> None:
    rows = await answer(store, "ContributorsRows", tmp_path)

    assert [row[2] for row in rows] == ["7", "3", "5"]
    assert [row[3] for row in rows] == [1, 8, None]


def test_each_question_has_a_test_here() -> None:
    kinds = {name: each["Type"] for name, each in template()["Resources"].items()}
    assert {name for name, kind in kinds.items() if kind == "AWS::Athena::NamedQuery"} == {*QUERIES}
    for query in QUERIES:
        assert resource(query)["WorkGroup"] == {"Ref": "QueryWorkgroup"}
        assert resource(query)["Database"] == {"Ref": "QueryDatabase"}


def test_the_table_of_records_has_what_a_record_has() -> None:
    assert list(columns("RecordsTable")) == [field.name for field in fields(Feedback)]


async def test_the_table_of_the_csv_takes_each_line_of_a_segment(
    store: Store, in_force: Manifest
) -> None:
    serde = resource("CsvTable")["TableInput"]["StorageDescriptor"]["SerdeInfo"]
    pattern = re.compile(serde["Parameters"]["input.regex"])
    labels = []
    for key in await listed(store, published.CSV):
        content = await store.get(key)
        assert content is not None
        for line in content.decode("ascii").splitlines():
            for end in ("\r", ""):  # whichever of CRLF a reader leaves
                found = pattern.fullmatch(line + end)
                assert found is not None
                label, pixels = found.groups()
                assert len(pixels.split(",")) == 784
            labels.append(label)
    assert labels == [str(label) for label, *_ in ANSWERS]
    assert pattern.groups == len(columns("CsvTable"))
    assert not pattern.fullmatch("label,pixel0")


@pytest.mark.parametrize(("table", "key"), TABLES.items())
def test_a_table_lies_where_its_list_is_and_reads_it_as_a_list(table: str, key: str) -> None:
    storage = resource(table)["TableInput"]["StorageDescriptor"]
    folder = key.rpartition("/")[0]

    assert storage["Location"]["Fn::Sub"][0] == f"s3://${{Bucket}}/{folder}/"
    assert storage["InputFormat"] == "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"


def test_there_are_no_tables_unless_they_are_asked_for_and_a_question_has_a_limit() -> None:
    made = [
        name
        for name, each in template()["Resources"].items()
        if each["Type"].startswith(("AWS::Glue::", "AWS::Athena::"))
    ]
    assert len(made) == 7
    for name in made:
        assert template()["Resources"][name]["Condition"] == "HasQueryTables"
    parameters = template()["Parameters"]
    assert parameters["QueryTables"]["Default"] == "off"
    workgroup = resource("QueryWorkgroup")["WorkGroupConfiguration"]
    assert workgroup["EnforceWorkGroupConfiguration"] is True
    assert workgroup["BytesScannedCutoffPerQuery"] == {"Ref": "QueryBytes"}
    assert parameters["QueryBytes"]["MinValue"] == 10_000_000  # Athena takes no less


def test_answers_are_kept_beside_the_data_and_go_by_themselves() -> None:
    where = resource("QueryWorkgroup")["WorkGroupConfiguration"]["ResultConfiguration"]
    prefix = where["OutputLocation"]["Fn::Sub"][0].removeprefix("s3://${Bucket}/")
    rules = resource("DataBucket")["LifecycleConfiguration"]["Rules"]

    assert [rule["Status"] for rule in rules if rule.get("Prefix") == prefix] == ["Enabled"]
