"""Events of API Gateway's HTTP API (version 2.0) into each `handler`."""

import asyncio
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from digit_recognizer.rows import arrivals
from digit_recognizer.settings import PROJECT
from functions.download import app as download
from functions.feedback import app as feedback
from functions.predict import app as predict
from tests.functions.conftest import FUNCTIONS, Invoke


def body_of(answer: dict[str, Any]) -> Any:
    return json.loads(answer["body"])


@pytest.mark.parametrize("in_base64", [False, True])
def test_predict_takes_text_and_base64(invoke: Invoke, drawing: str, in_base64: bool) -> None:
    answer = invoke("POST", "/predict", {"image": drawing}, in_base64=in_base64)

    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "application/json"
    assert answer["isBase64Encoded"] is False
    assert "cookies" not in answer
    assert body_of(answer)["prediction"] == 7


@pytest.mark.usefixtures("store")
def test_feedback_is_saved_and_downloaded_by_consecutive_invocations(
    invoke: Invoke, drawing: str
) -> None:
    assert invoke("GET", "/download_csv")["statusCode"] == 404
    for label in (5, "NaN"):
        saved = invoke("POST", "/save_feedback", {"image": drawing, "label": label})
        assert (saved["statusCode"], body_of(saved)["status"]) == (200, "success")

    answer = invoke("GET", "/download_csv")

    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"] is False
    assert answer["headers"]["content-disposition"].endswith('filename="user_pixel_data.csv"')
    labels = [line.split(",")[0] for line in answer["body"].splitlines()]
    assert labels == ["label", "5", "NaN"]


@pytest.mark.usefixtures("store")
def test_each_invocation_may_have_an_event_loop_of_its_own(invoke: Invoke, drawing: str) -> None:
    for rows in range(1, 4):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        saved = invoke("POST", "/save_feedback", {"image": drawing, "label": 5})
        downloaded = invoke("GET", "/download_csv")
        loop.close()
        assert saved["statusCode"] == 200
        assert downloaded["body"].count("\r\n") == 1 + rows


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", ["/model", "/health"])
def test_the_other_routes_answer(invoke: Invoke, path: str) -> None:
    assert invoke("GET", path)["statusCode"] == 200


def test_a_cookie_that_some_browser_sends_is_no_harm(invoke: Invoke, folder: Path) -> None:
    answer = invoke("POST", "/save_feedback", "{}", cookies=["a=b", "c=d"])

    assert answer["statusCode"] == 400


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 404)])
def test_an_unknown_route_is_told_in_the_contracts_shape(
    invoke: Invoke, method: str, status: int
) -> None:
    answer = invoke(method, "/nothing", function=feedback)

    assert answer["statusCode"] == status
    assert list(body_of(answer)) == ["error"]


def test_an_unexpected_error_is_logged_and_kills_no_later_invocation(
    invoke: Invoke,
    drawing: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("disk on fire")

    request = {"image": drawing, "label": 5}
    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(arrivals, "save", broken)
        failed = invoke("POST", "/save_feedback", request)

    assert failed["statusCode"] == 500
    assert list(body_of(failed)) == ["error"]
    assert "disk on fire" in caplog.text
    assert drawing not in caplog.text
    assert invoke("POST", "/save_feedback", request)["statusCode"] == 200


NO_REQUESTS = [
    {},
    {"warmup": True},
    {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": []},
    {"Records": [{"s3": {}}]},
    {"requestContext": {"connectionId": "a", "routeKey": "$connect"}},
    {"requestContext": None},
    [],
    "ping",
    None,
]


@pytest.mark.parametrize("event", NO_REQUESTS, ids=str)
@pytest.mark.parametrize("function", [predict, feedback, download])
def test_an_event_that_is_no_request_is_answered_quietly(
    function: Any,
    event: object,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert function.handler(event, None) == {"ignored": "This event is no HTTP request."}
    assert not caplog.records
    assert capsys.readouterr() == ("", "")


GETS = [path for method, path in FUNCTIONS if method == "GET"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("rows", [0, 1])
def test_head_is_answered_as_get_is_without_the_body(
    invoke: Invoke, drawing: str, path: str, rows: int
) -> None:
    for _ in range(rows):
        invoke("POST", "/save_feedback", {"image": drawing, "label": 5})

    head = invoke("HEAD", path, function=FUNCTIONS["GET", path])
    get = invoke("GET", path)

    assert head["body"] == ""
    assert get["body"]
    assert (head["statusCode"], head["headers"]) == (get["statusCode"], get["headers"])
    assert int(head["headers"]["content-length"]) == len(get["body"].encode())


def test_head_of_what_takes_no_get_says_what_is_allowed(invoke: Invoke) -> None:
    head = invoke("HEAD", "/predict", function=predict)
    post = invoke("POST", "/model", function=predict)

    assert (head["statusCode"], head["body"], head["headers"]["allow"]) == (405, "", "POST")
    assert (post["statusCode"], post["headers"]["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("function", ["predict", "feedback", "download"])
def test_a_function_is_imported_as_lambda_does(function: str) -> None:
    """From its own folder, as the module `app`, without this project on the path."""
    subprocess.run(
        [sys.executable, "-c", "import app; assert callable(app.handler)"],
        cwd=PROJECT / "functions" / function,
        check=True,
        timeout=60,
    )
