"""Drawings that wait for a person, and what is decided about them."""

import asyncio
from pathlib import Path

import pytest

from digit_recognizer.__main__ import main
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.models import reviews
from digit_recognizer.models.reviews import Region
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store

REGION = Region("abcd", 2, 1, 40, ("id-1", "id-2"), (bytes(784), bytes([255]) * 784))


async def test_what_waits_is_what_the_last_retraining_found(store: Store) -> None:
    assert await reviews.waiting(store) == []
    await reviews.put(store, [REGION])
    assert await reviews.waiting(store) == [REGION]
    await reviews.put(store, [])
    assert await reviews.waiting(store) == []


async def test_what_was_decided_waits_no_more(store: Store) -> None:
    await reviews.put(store, [REGION])
    await reviews.decide(store, "abcd", accepted=False, reason="Ones.")
    (decision,) = await reviews.decisions(store)
    assert (decision.accepted, decision.region) == (False, REGION)
    assert await reviews.waiting(store) == []
    with pytest.raises(InvalidRequest, match="wait"):
        await reviews.decide(store, "abcd", accepted=True, reason="")


async def test_a_damaged_decision_decides_nothing(store: Store) -> None:
    await reviews.DECISIONS.create(store, 1, b'{"at": ""}')
    assert await reviews.decisions(store) == []


def test_the_command_shows_a_sheet_and_takes_a_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = (tmp_path / "store").as_uri()
    monkeypatch.setenv("DATA_STORE", url)
    asyncio.run(reviews.put(open_store(url), [REGION]))
    sheet = tmp_path / "made" / "review.html"
    assert main(["review", "--sheet", str(sheet)]) == 0
    assert "abcd  2 drawings by 40 contributors" in capsys.readouterr().out
    assert sheet.read_text("utf-8").count('src="data:image/png;base64,') == 2
    assert main(["review", "--reject", "abcd", "--sheet", str(sheet)]) == 0
    assert "2 drawings are rejected" in capsys.readouterr().out
    assert main(["review", "--sheet", str(sheet)]) == 0
    assert "Nothing waits" in capsys.readouterr().out
