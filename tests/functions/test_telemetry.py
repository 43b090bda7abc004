"""What is told of each request: one line, with CloudWatch's metrics in it on Lambda."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from digit_recognizer.api.log_line import NAMESPACE
from digit_recognizer.recognition.model import built_in
from digit_recognizer.rows import arrivals
from functions.feedback import app as feedback
from functions.predict import app as predict
from tests.functions.conftest import Invoke, http_api_event

FUNCTION = "digits-PredictFunction-A1"
STAGES = ["parse", "decode", "normalise", "model", "infer", "serialise"]


@pytest.fixture
def on_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", FUNCTION)


def only_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def metrics(line: dict[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    """By the values of their dimensions: names and values, as CloudWatch reads them."""
    read: dict[tuple[str, ...], dict[str, Any]] = {}
    assert line["_aws"]["Timestamp"] // 1000 in range(1_700_000_000, 4_000_000_000)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == NAMESPACE
        for dimensions in directive["Dimensions"]:
            values = tuple(line[name] for name in dimensions)
            assert all(isinstance(value, str) and value for value in values)
            for metric in directive["Metrics"]:
                assert metric["Unit"] in {"Count", "Milliseconds", "None"}
                assert type(line[metric["Name"]]) in (int, float)
                read.setdefault(values, {})[metric["Name"]] = line[metric["Name"]]
    return read


@pytest.mark.usefixtures("on_lambda", "folder")
def test_a_prediction_is_one_line_with_its_stages_and_metrics(
    invoke: Invoke, drawing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke("POST", "/predict", {"image": drawing})

    line = only_line(capsys)
    assert (line["route"], line["status"], line["digit"]) == ("/predict", 200, "7")
    assert line["model_version"] == built_in().version
    assert line["api_request_id"] == "id"
    assert list(line["stages_ms"]) == STAGES
    assert 0 < sum(line["stages_ms"].values()) <= line["duration_ms"]
    assert metrics(line) == {
        (FUNCTION, "/predict"): {"duration_ms": line["duration_ms"], "failed": 0},
        (FUNCTION, "7"): {"predictions": 1},
        (FUNCTION,): {"failed": 0, "confidence": line["confidence"], "not_sure": 0},
    }


@pytest.mark.usefixtures("on_lambda", "folder")
@pytest.mark.parametrize(
    ("label", "prediction", "agreed"), [(7, 7, 1), ("NaN", 7, 0), (3, None, None)]
)
def test_feedback_is_counted_by_label_and_by_agreement(
    invoke: Invoke,
    drawing: str,
    capsys: pytest.CaptureFixture[str],
    label: object,
    prediction: int | None,
    agreed: int | None,
) -> None:
    body = {"image": drawing, "label": label, "prediction": prediction}
    invoke("POST", "/save_feedback", body)

    told = metrics(only_line(capsys))
    assert told[FUNCTION, str(label)] == {"feedback": 1}
    assert told[FUNCTION,].get("agreed") == agreed


@pytest.mark.usefixtures("on_lambda", "folder")
@pytest.mark.parametrize("path", ["/nothing", "/predict/a-name", "/PREDICT"])
def test_a_path_that_is_no_route_makes_no_metric_of_its_own(
    invoke: Invoke, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    invoke("GET", path, function=predict)

    line = only_line(capsys)
    assert (line["route"], line["status"]) == ("unknown", 404)
    assert list(metrics(line)) == [(FUNCTION, "unknown"), (FUNCTION,)]


@pytest.mark.usefixtures("on_lambda", "folder")
def test_bad_input_is_no_failure_and_no_prediction(
    invoke: Invoke, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke("POST", "/predict", {"image": "a-secret"})

    line = only_line(capsys)
    assert (line["status"], line["failed"]) == (400, 0)
    assert "digit" not in line
    assert "a-secret" not in json.dumps(line)


@pytest.mark.usefixtures("on_lambda", "folder")
def test_what_breaks_is_a_failure(
    invoke: Invoke,
    drawing: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(arrivals, "save", broken)
    invoke("POST", "/save_feedback", {"image": drawing, "label": 5})

    line = only_line(capsys)
    assert (line["status"], line["failed"]) == (500, 1)
    assert "label" not in line


@pytest.mark.usefixtures("folder")
def test_elsewhere_a_line_has_no_metrics(
    invoke: Invoke, drawing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke("POST", "/predict", {"image": drawing})

    assert "_aws" not in only_line(capsys)


@pytest.mark.usefixtures("folder", "invoke")
def test_the_id_is_that_of_lambdas_other_lines(capsys: pytest.CaptureFixture[str]) -> None:
    event = http_api_event("POST", "/save_feedback", {})
    feedback.handler(event, SimpleNamespace(aws_request_id="an-invocation"))

    assert only_line(capsys)["request_id"] == "an-invocation"
