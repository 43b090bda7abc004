"""PySpark's local mode and Hugging Face's `datasets` read an export (`make verify-parquet`).

The recipes of `docs/queries.md`, in a process and a virtual environment of their own.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.rows import arrivals, compaction, snapshot
from digit_recognizer.settings import PROJECT
from digit_recognizer.store.opening import open_store
from tests.layers.rows.examples import numbered
from training import export_parquet

PYTHON = PROJECT / ".venv-readers" / "bin" / "python"
DAYS = ("2026-11-25", "2026-11-26")
ROWS = 30

SPARK, DATASETS = re.findall(
    r"```python\n(# (?:Spark|Hugging Face).*?)```",
    (PROJECT / "docs/queries.md").read_text(),
    re.S,
)

pytestmark = pytest.mark.skipif(
    not PYTHON.exists() or shutil.which("java") is None,
    reason="PySpark is half a gigabyte and needs Java: `make verify-parquet` tries it.",
)


@pytest.fixture
def counted(tmp_path: Path) -> Counter[tuple[str, str]]:
    """An export in this folder; how many rows of each day and label the manifest counts."""
    return asyncio.run(exported(tmp_path))


async def exported(tmp_path: Path) -> Counter[tuple[str, str]]:
    store = open_store((tmp_path / "data").as_uri())
    expected: Counter[tuple[str, str]] = Counter()
    for number in range(ROWS):
        label = "NaN" if number % 7 == 4 else number % 10
        day = DAYS[number % 2]
        stored = json.loads(numbered(number, label=label).to_json())
        stored["received_at"] = f"{day}T10:00:00+00:00"
        await arrivals.save(store, Feedback.from_json(json.dumps(stored).encode()))
        expected[day, str(label)] += 1
    manifest = await compaction.compact_all(store)
    assert manifest.rows == ROWS
    assert manifest.figures["days"] == Counter(day for day, _ in expected.elements())
    await export_parquet.export(snapshot.rows(store), tmp_path / "user_pixel_data.parquet")
    return expected


def given(recipe: str, and_then: str, folder: Path) -> Any:
    """What a recipe gives, as JSON from its process."""
    (folder / "recipe.py").write_text(f"import json\n{recipe}\nprint(json.dumps({and_then}))\n")
    done = subprocess.run(
        [PYTHON, "recipe.py"],
        cwd=folder,
        env={
            **os.environ,
            "PYSPARK_PYTHON": str(PYTHON),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "HF_HOME": str(folder / "huggingface"),
            "HF_HUB_OFFLINE": "1",
        },
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_spark_counts_what_the_manifest_counts_and_knows_the_types(
    tmp_path: Path, counted: Counter[tuple[str, str]]
) -> None:
    rows, types, first = given(
        SPARK,
        "[[(str(row.day), row.label, row['count']) for row in by_day], dict(rows.dtypes),"
        " [str(rows.orderBy('id').first().received_at), rows.orderBy('id').first().pixels]]",
        tmp_path,
    )

    found = {(day, "NaN" if label is None else str(label)): n for day, label, n in rows}
    assert found == counted
    assert {name: types[name] for name in ("received_at", "label", "image", "pixels", "day")} == {
        "received_at": "timestamp",
        "label": "tinyint",
        "image": "binary",
        "pixels": "array<smallint>",
        "day": "date",
    }
    assert first == ["2026-11-25 10:00:00", [*numbered(0).pixels]]


def test_datasets_counts_what_the_manifest_counts_and_knows_the_types(
    tmp_path: Path, counted: Counter[tuple[str, str]]
) -> None:
    rows, types, pixels = given(
        DATASETS,
        "[[(str(at.date()), label) for at, label in zip(data['received_at'], data['label'])],"
        " {name: str(of) for name, of in data.features.items()}, data.sort('id')[0]['pixels']]",
        tmp_path,
    )

    assert counted == Counter((day, "NaN" if of is None else str(of)) for day, of in rows)
    assert types["received_at"] == "Value('timestamp[us, tz=UTC]')"
    assert types["label"] == "Value('int8')"
    assert types["pixels"] == "List(Value('uint8'))"
    assert pixels == [*numbered(0).pixels]
