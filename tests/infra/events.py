"""The sample events of `infra/events/`, and what each must be answered with."""

import json
from typing import Any

from digit_recognizer.settings import PROJECT

EVENTS = PROJECT / "infra" / "events"

# By function, in this order: what is saved is there to be downloaded.
ANSWERS = {
    "PredictFunction": {
        "predict": 200,
        "predict-explain": 200,
        "predict-in-base64": 200,
        "predict-no-body": 400,
        "predict-not-json": 400,
        "predict-no-image": 400,
        "predict-wrong-type": 400,
        "predict-not-base64": 400,
        "predict-not-an-image": 400,
        "predict-empty-canvas": 400,
        "predict-too-many-pixels": 413,
        "health": 200,
        "health-head": 200,
        "model": 200,
        "model-head": 200,
        "unknown-route": 404,
        "wrong-method": 405,
    },
    "FeedbackFunction": {
        "save-feedback": 200,
        "save-feedback-not-a-digit": 200,
        "save-feedback-no-label": 400,
        "save-feedback-wrong-label": 400,
        "save-feedback-wrong-id": 400,
        "save-feedback-take-back": 200,
    },
    "DownloadFunction": {
        "download-csv": 200,
        "download-csv-head": 200,
        "feedback-summary": 200,
        "feedback-summary-head": 200,
    },
}


def event(name: str) -> dict[str, Any]:
    """The event of a file."""
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return loaded


def check_shape(answer: dict[str, Any], status: int) -> None:
    """Whether an answer has a status, and the contract's shape if it is an error."""
    assert answer["statusCode"] == status, answer
    if status >= 400:
        body = json.loads(answer["body"])
        assert list(body) == ["error"]
        assert body["error"].endswith(".")
