"""`python -m digit_recognizer`: models, promote and rollback."""

import asyncio
from pathlib import Path

import pytest

from digit_recognizer.__main__ import main
from digit_recognizer.models import promotion_log, trials, versions
from digit_recognizer.models.trials import Trial
from digit_recognizer.recognition.model import CARD_FILE, built_in
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests import tiny_models


@pytest.fixture
def local(folder: Path) -> Store:
    """A folder with two versions, newer than the package's, that were published, not promoted."""
    store = open_store(folder.as_uri())
    for version, created in (("v1", "2124-11-24T01:02:03"), ("v2", "2124-11-25T01:02:03")):
        files = tiny_models.files(version, created=created)
        asyncio.run(versions.publish(store, version, files))
    return store


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """The table's cells that are not empty."""
    return [
        [cell.strip() for cell in line.split("  ") if cell]
        for line in capsys.readouterr().out.splitlines()
    ]


def test_models_are_listed_with_figures_and_what_was_done_with_them(
    local: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["promote", "v1", "--reason", "Reads 'barred' sevens."]) == 0
    assert main(["promote", "v2"]) == 0
    assert main(["rollback", "--reason", "Too slow."]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Version v1 is in service, instead of {built_in().version}.",
        "Version v2 is in service, instead of v1.",
        "Version v1 is in service again, instead of v2.",
    ]
    _, first, second, third = [
        entry.at[:16].replace("T", " ") for entry in asyncio.run(promotion_log.log(local))
    ]

    assert main(["models"]) == 0

    head, *rows = lines(capsys)
    assert head[0] == "version"
    figures = ["99.70 %", "99.80 %", "40"]
    assert rows[:2] == [
        ["v2", "2124-11-25 01:02", *figures, f"promotion, {second}: Promoted by hand."],
        ["v1", "2124-11-24 01:02", *figures, f"since {third}", f"rollback, {third}: Too slow."],
    ]
    assert rows[2][0] == built_in().version
    assert rows[2][-1].endswith("It is part of the package.")
    assert first <= second <= third


def test_a_version_that_is_damaged_is_listed_as_such(
    local: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["promote", "v1"]) == 0
    (folder / "models" / "v1" / CARD_FILE).unlink()
    (folder / "models" / "v2" / CARD_FILE).write_bytes(b"{")
    capsys.readouterr()

    assert main(["models"]) == 0

    damaged = {row[0]: row for row in lines(capsys) if "damaged or gone" in row}
    assert damaged.keys() == {"v1", "v2"}
    assert damaged["v1"][2].startswith("since ")
    assert damaged["v2"][-1] == "never promoted"


def test_a_version_on_trial_is_listed_as_such(
    local: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    began = Trial("2124-11-26T02:15:00+00:00", "v2", entry=0, days=2, running=True)
    asyncio.run(trials.put(local, began, after=0))
    assert main(["models"]) == 0
    last = {row[0]: row[-1] for row in lines(capsys)}
    assert last["v2"] == "on trial since 2124-11-26 02:15"
    assert last["v1"] == "never promoted"

    assert main(["promote", "v1"]) == 0
    capsys.readouterr()
    assert main(["models"]) == 0
    assert {row[0]: row[-1] for row in lines(capsys)}["v2"] == "never promoted"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["rollback"], "There is nothing to roll back"),
        (["promote", "v9"], "There is no version v9, or it is not complete; `make models` lists"),
        (["promote", "../v1"], "'../v1' is not the name of a version; `make models` lists"),
        (["promote", "built-in"], "is in service already."),
    ],
)
def test_what_can_not_be_done_is_said_with_status_2(
    local: Store, command: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2

    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""
    assert asyncio.run(promotion_log.PROMOTIONS.numbers(local)) == []


def test_a_store_that_can_not_be_reached_is_status_1(
    unreachable_s3: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["models"], ["promote", "v1"], ["rollback"]):
        assert main(command) == 1
    assert "can't be reached" in capsys.readouterr().err
