"""What a deployment asks of the functions: they say what they are, and know who sends to them."""

import tomllib

import httpx
import pytest

from digit_recognizer.api import app
from digit_recognizer.settings import PROJECT, Settings, settings
from functions.download import app as download
from functions.feedback import app as feedback
from functions.predict import app as predict
from tests.functions.conftest import client_of

SECRET = "a-secret-of-thirty-two-characters"


@pytest.fixture
def _behind_a_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGIN_SECRET", SECRET)
    settings.cache_clear()


async def test_health_says_which_revision_of_which_version_answers(
    predicting: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVISION", "0123456789abcdef")
    settings.cache_clear()

    said = (await predicting.get("/health")).json()

    assert (said["version"], said["revision"]) == (app.VERSION, "0123456789abcdef")
    package = tomllib.loads((PROJECT / "layers/model/pyproject.toml").read_text("utf-8"))
    assert package["project"]["version"] == app.VERSION


@pytest.mark.usefixtures("_behind_a_site")
@pytest.mark.parametrize("headers", [{}, {"x-origin-secret": ""}, {"x-origin-secret": SECRET[:-1]}])
async def test_who_goes_round_the_site_is_refused(headers: dict[str, str]) -> None:
    for each, method, path in [
        (predict, "POST", "/predict"),
        (predict, "GET", "/health"),
        (feedback, "POST", "/save_feedback"),
        (download, "GET", "/download_csv"),
        (download, "GET", "/feedback/summary"),
        (predict, "GET", "/docs"),
    ]:
        async with client_of(each.app) as client:
            answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 403, path
        assert list(answer.json()) == ["error"]
        assert SECRET not in answer.text


@pytest.mark.usefixtures("_behind_a_site")
async def test_what_the_site_sends_is_answered(predicting: httpx.AsyncClient) -> None:
    answer = await predicting.get("/health", headers={"x-origin-secret": SECRET})

    assert answer.status_code == 200


async def test_without_a_secret_everyone_may_ask(predicting: httpx.AsyncClient) -> None:
    assert (await predicting.get("/health")).status_code == 200


@pytest.mark.parametrize("exports", ["everywhere", "SITE"])
def test_exports_come_from_the_site_or_by_signature(exports: str) -> None:
    with pytest.raises(ValueError, match="EXPORTS is"):
        Settings.from_environment({"EXPORTS": exports})
