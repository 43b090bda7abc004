"""The recipes of docs/csv.md, as they stand there, on the file that a store hands out."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from digit_recognizer.feedback import csv_format
from digit_recognizer.settings import PROJECT
from tests.layers.rows.examples import numbered

RECIPES = {
    code.splitlines()[0].removeprefix("# "): code
    for code in re.findall(
        r"```python\n(.*?)```", (PROJECT / "docs/csv.md").read_text("utf-8"), re.S
    )
}

# Whoever guesses from the first lines guesses wrong.
LABELS = [*range(10)] * 30 + ["NaN", 3, "NaN"]


def test_there_is_a_recipe_for_each() -> None:
    assert set(RECIPES) == {"pandas", "Polars", "DuckDB"}


@pytest.mark.parametrize("reader", RECIPES)
def test_a_recipe_gives_the_digits_and_leaves_out_what_is_none(
    reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [csv_format.line(numbered(n, label=label)) for n, label in enumerate(LABELS)]
    (tmp_path / csv_format.FILE_NAME).write_bytes(csv_format.HEADER + b"".join(rows))
    (tmp_path / "recipe.py").write_text(RECIPES[reader])
    monkeypatch.chdir(tmp_path)

    given = runpy.run_path("recipe.py")

    assert given["labels"].dtype == np.int8
    assert given["images"].dtype == np.uint8
    assert given["labels"].tolist() == [label for label in LABELS if label != "NaN"]
    assert given["images"].shape == (301, 28, 28)
    assert given["images"][:, 0, 2].tolist() == [*(n % 256 for n in range(300)), 301 % 256]
