"""A store that overwrites where it should refuse is told apart from one that can be relied on."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from digit_recognizer.__main__ import main
from digit_recognizer.errors import UnfitStore
from digit_recognizer.settings import PROJECT
from digit_recognizer.store import condition
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from functions.download.app import compact_handler
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.layers.store.faulty_s3 import faulty_s3


async def test_a_store_that_refuses_is_fit_however_often_it_is_tried(store: Store) -> None:
    for _ in range(3):
        await condition.check(store)

    assert [listed.key async for page in store.pages("feedback") for listed in page] == [
        condition.KEY
    ]


@pytest.fixture
def ignoring(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a store on an S3 server that ignores If-None-Match."""
    with faulty_s3(s3_server, seed=1) as proxy:
        proxy.ignored_headers = {"if-none-match"}
        for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": proxy.address}.items():
            monkeypatch.setenv(name, value)
        url = f"s3://{BUCKET}/{tmp_path.name}"
        monkeypatch.setenv("DATA_STORE", url)
        yield url


async def test_a_store_that_overwrites_is_refused_with_a_sentence(ignoring: str) -> None:
    with pytest.raises(UnfitStore, match="ignores the condition If-None-Match"):
        await condition.check(open_store(ignoring))


@pytest.mark.usefixtures("ignoring")
def test_a_command_that_writes_refuses_such_a_store(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compact"]) == 2
    assert "If-None-Match" in capsys.readouterr().err
    assert main(["models"]) == 0


@pytest.mark.usefixtures("ignoring")
def test_the_schedule_refuses_such_a_store() -> None:
    with pytest.raises(UnfitStore):
        compact_handler({}, None)


@pytest.mark.usefixtures("ignoring")
def test_the_local_server_does_not_start_on_such_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "0")
    ended = subprocess.run(
        [sys.executable, "-m", "local"], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 1
    assert re.search("^This store overwrites an object", ended.stderr)
    assert "Traceback" not in ended.stderr
