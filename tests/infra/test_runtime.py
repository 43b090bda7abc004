"""The artefacts under the Lambda runtime's own client: a clean folder, read-only, nothing else."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from digit_recognizer.models import promotion, versions
from digit_recognizer.recognition.model import built_in
from digit_recognizer.store import opening
from infra.lambda_runtime import Invocation, Runtime
from infra.packaging import tree
from tests import tiny_models
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.infra.conftest import Unpack
from tests.infra.events import ANSWERS, check_shape, event

Start = Callable[..., Runtime]


@pytest.fixture
def start(python: str, runtime_client: Path, unpacked: Unpack, tmp_path: Path) -> Iterator[Start]:
    """Starts a function with an empty store of this test."""
    with ExitStack() as running:

        def start_one(
            function: str, environment: dict[str, str] | None = None, **how: Any
        ) -> Runtime:
            variables = {"DATA_STORE": (tmp_path / "store").as_uri(), **(environment or {})}
            log = tmp_path / "log"
            folder = unpacked(function)
            runtime = Runtime(python, runtime_client, folder, variables, log=log, **how)
            return running.enter_context(runtime)

        yield start_one


def answer_of(invocation: Invocation) -> dict[str, Any]:
    assert invocation.error is None
    answer: dict[str, Any] = invocation.answer
    return answer


@pytest.fixture
def _unchanged(unpacked: Unpack) -> Iterator[None]:
    """Nothing is written into the code, not even by root, whom no permission stops."""
    before = {function: tree.digest(unpacked(function)) for function in ANSWERS}
    yield
    assert before == {function: tree.digest(unpacked(function)) for function in ANSWERS}


@pytest.mark.usefixtures("_unchanged")
def test_each_event_is_answered_by_the_built_function(start: Start) -> None:
    for function, answers in ANSWERS.items():
        running = start(function)
        for name, status in answers.items():
            check_shape(answer_of(running.invoke(event(name))), status)


def test_a_request_is_one_line_that_names_it_as_lambda_does(start: Start, tmp_path: Path) -> None:
    running = start("PredictFunction")
    for _ in range(2):
        answer_of(running.invoke(event("predict")))

    written = (tmp_path / "log").read_text("utf-8").splitlines()
    lines = [json.loads(line) for line in written if line.startswith("{")]
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2)]
    assert [(line["request_id"], line["digit"]) for line in lines] == [(each, "7") for each in ids]


def test_answers_are_right(start: Start, tmp_path: Path) -> None:
    answer = answer_of(start("PredictFunction").invoke(event("predict-explain")))
    body = json.loads(answer["body"])
    assert body["prediction"] == 7
    assert body["confidence"] > 0.9
    assert len(body["probabilities"]) == 10
    assert body["input"].startswith("data:image/png;base64,")

    saving = start("FeedbackFunction")
    for name in ("save-feedback", "save-feedback-not-a-digit"):
        assert json.loads(answer_of(saving.invoke(event(name)))["body"])["status"] == "success"
    answer = answer_of(start("DownloadFunction").invoke(event("download-csv")))
    assert answer["headers"]["content-type"].startswith("text/csv")
    assert [line.split(",")[0] for line in answer["body"].split("\r\n")] == [
        "label",
        "7",
        "NaN",
        "",
    ]

    log = [line for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    assert {json.loads(line)["level"] for line in log} == {"INFO"}


def test_an_event_that_is_no_request_is_answered_quietly_and_harms_nothing(
    start: Start, tmp_path: Path
) -> None:
    for function in ANSWERS:
        running = start(function)
        for other in ({}, {"warmup": True}, {"source": "aws.events", "detail": {}}):
            assert answer_of(running.invoke(other)) == {"ignored": "This event is no HTTP request."}
        name, status = next(iter(ANSWERS[function].items()))
        check_shape(answer_of(running.invoke(event(name))), status)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_failed_invocation_does_not_harm_the_next_one(start: Start) -> None:
    running = start("PredictFunction")

    failed = running.invoke({"requestContext": {"http": "no request"}})
    assert failed.error is not None
    assert failed.error["errorType"] == "RuntimeError"
    assert running.process is not None
    process = running.process.pid

    for _ in range(2):
        check_shape(answer_of(running.invoke(event("predict"))), 200)
    assert running.process.pid == process
    assert running.process.poll() is None


def test_a_wrong_setting_is_told_as_an_error_of_the_contracts_shape(start: Start) -> None:
    running = start("FeedbackFunction", {"DATA_STORE": "ftp://nowhere"})

    check_shape(answer_of(running.invoke(event("save-feedback"))), 500)


def test_compaction_runs_on_its_schedule(start: Start) -> None:
    check_shape(answer_of(start("FeedbackFunction").invoke(event("save-feedback"))), 200)

    compacting = start("CompactFunction", handler="app.compact_handler")

    for _ in range(2):
        assert answer_of(compacting.invoke({}))["rows"] == 1


class Credentials:
    """The endpoint that Lambda gives a function from a snapshot instead of an access key."""

    def __init__(self) -> None:
        self.asked_with: list[str | None] = []
        endpoint = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint.asked_with.append(self.headers.get("authorization"))
                names = ("AccessKeyId", "SecretAccessKey", "Token")
                given = dict.fromkeys(names, "testing") | {"Expiration": "2099-01-01T00:00:00Z"}
                content = json.dumps(given).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/2021-08-23/credentials"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_function_from_a_snapshot_reaches_s3(
    start: Start, s3_server: str, tmp_path: Path
) -> None:
    endpoint = Credentials()
    environment = {
        "DATA_STORE": f"s3://{BUCKET}/{tmp_path.name}",
        "AWS_REGION": AWS_VARIABLES["AWS_REGION"],
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token-of-the-snapshot",
    }
    saving = start("FeedbackFunction", environment, snap_start=True)
    assert saving.restored.wait(30)
    assert endpoint.asked_with == []  # they would have expired in the snapshot

    check_shape(answer_of(saving.invoke(event("save-feedback"))), 200)
    downloading = start("DownloadFunction", environment, snap_start=True)
    answer = answer_of(downloading.invoke(event("download-csv")))
    endpoint.close()

    assert answer["body"].count("\r\n") == 2
    assert set(endpoint.asked_with) == {"token-of-the-snapshot"}


def test_a_version_that_was_promoted_answers_also_from_a_snapshot_and_after_a_rollback(
    start: Start, s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = Credentials()
    url = f"s3://{BUCKET}/{tmp_path.name}"
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    store = opening.open_store(url)
    asyncio.run(versions.publish(store, "v1", tiny_models.files("v1")))
    asyncio.run(promotion.promote(store, "v1", "Better."))
    environment = {
        "DATA_STORE": url,
        "AWS_REGION": AWS_VARIABLES["AWS_REGION"],
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token-of-the-snapshot",
    }
    predicting = start("PredictFunction", environment, snap_start=True)
    assert predicting.restored.wait(30)
    assert endpoint.asked_with == []  # nobody looked before the snapshot

    assert in_service(predicting) == "v1"
    body = json.loads(answer_of(predicting.invoke(event("predict")))["body"])
    assert (body["prediction"], body["model_version"]) == (3, "v1")

    asyncio.run(promotion.rollback(store, "Worse."))
    again = start("PredictFunction", environment, snap_start=True)
    assert in_service(again) == built_in().version
    endpoint.close()


def in_service(predicting: Runtime) -> str:
    """The version that it has once it has looked; a slow machine may need more than one call."""
    for _ in range(20):
        card = json.loads(answer_of(predicting.invoke(event("model")))["body"])
        if card["in_service"]["kind"] != "built-in":
            break
    version: str = card["version"]
    return version
