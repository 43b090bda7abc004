"""What is told of each request: how it went and how long each stage took, never who sent what.

A request is one line of JSON. On Lambda it holds CloudWatch's metrics, too, in the embedded metric
format (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
CloudWatch_Embedded_Metric_Format_Specification.html): CloudWatch makes them of the line, so that no
request waits for it. Only what `Measured` names is told, and none of that is a client's own words.
"""

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digit_recognizer.ids import new_id

NAMESPACE = "DigitRecogniser"

_KEY = "digit_recognizer.measured"

# Mangum's own line of each request has the path as it was sent.
logging.getLogger("mangum.http").setLevel(logging.WARNING)


@dataclass(slots=True)
class Measured:
    """What is known of a request.

    Attributes:
        request_id: Lambda's own, so that its other lines are found; else one made here.
        api_request_id: API Gateway's, which the client sees, too.
        route: the path of the route that took it, or "unknown": never the path that was sent.
        status: of the answer.
        duration: from the request's arrival in the app to the end of the answer, in ms.
        stages: ms of each stage; what they leave of the duration is the framework's.
        model_version: of the model that answered.
        digit, confidence, uncertain: the answer.
        label, source: of the feedback (see `feedback.Feedback`).
    """

    request_id: str
    api_request_id: str | None = None
    route: str = "unknown"
    status: int = 500
    duration: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    model_version: str | None = None
    digit: int | None = None
    confidence: float = 0.0
    uncertain: bool = False
    label: str | None = None
    source: str | None = None
    _since: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """A stage ends, which began when the one before it did."""
        now = time.perf_counter()
        self.stages[stage] = 1000 * (now - self._since)
        self._since = now

    @property
    def agreed(self) -> bool | None:
        """Whether a person found the answer right; None where none was asked about."""
        return None if self.source in (None, "training") else self.source == "confirmed"


Observer = Callable[[Measured], None]
"""Is told of each request when it has been answered."""


class Telemetry:
    """Measures the requests of an app, and tells observers."""

    def __init__(self, app: ASGIApp, *observers: Observer) -> None:
        self._app = app
        self._observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        measured = scope[_KEY] = _begun(scope)
        began = measured._since

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                measured.status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            measured.duration = 1000 * (time.perf_counter() - began)
            measured.route = getattr(scope.get("route"), "path", measured.route)
            for observe in self._observers:
                observe(measured)


def of(request: Request) -> Measured:
    """What is measured of a request, for its route to add to."""
    measured: Measured = request.scope[_KEY]
    return measured


def write(measured: Measured) -> None:
    """Print the line of a request."""
    print(line(measured, os.environ.get("AWS_LAMBDA_FUNCTION_NAME")), flush=True)


def line(measured: Measured, function: str | None) -> str:
    """The line of a request; with the name of a Lambda function, its metrics are in it."""
    told: dict[str, Any] = {
        "level": "INFO",
        "request_id": measured.request_id,
        "route": measured.route,
        "status": measured.status,
        "failed": int(measured.status >= 500),
        "duration_ms": round(measured.duration, 3),
    }
    metrics = [_OF_ALL]
    if measured.api_request_id is not None:
        told["api_request_id"] = measured.api_request_id
    if measured.stages:
        told["stages_ms"] = {name: round(ms, 3) for name, ms in measured.stages.items()}
    if measured.digit is not None:
        metrics.append(_OF_PREDICTIONS)
        told |= {
            "model_version": measured.model_version,
            "digit": str(measured.digit),
            "confidence": round(measured.confidence, 4),
            "not_sure": int(measured.uncertain),
            "predictions": 1,
        }
    if measured.label is not None:
        metrics.append(_OF_FEEDBACK)
        told |= {"label": measured.label, "source": measured.source, "feedback": 1}
    if measured.agreed is not None:
        metrics.append(_OF_AGREEMENT)
        told["agreed"] = int(measured.agreed)
    if function is None:
        return json.dumps(told)
    told["function"] = function
    # What says which fields are metrics is half of the line, and always the same: encoded once.
    aws = f'{{"Timestamp": {1000 * time.time():.0f}, "CloudWatchMetrics": [{",".join(metrics)}]}}'
    return f'{json.dumps(told)[:-1]}, "_aws": {aws}}}'


def _begun(scope: Scope) -> Measured:
    if "aws.event" not in scope:
        return Measured(new_id())
    request_id = getattr(scope["aws.context"], "aws_request_id", None)
    return Measured(request_id or new_id(), scope["aws.event"]["requestContext"].get("requestId"))


def _by(*dimensions: str, **units: str) -> str:
    """Metrics by function, and by one more dimension: each of its values is one to pay."""
    return json.dumps(
        {
            "Namespace": NAMESPACE,
            "Dimensions": [["function", *dimensions]],
            "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
        }
    )


_OF_ALL = _by("route", duration_ms="Milliseconds", failed="Count")
_OF_PREDICTIONS = f"{_by('digit', predictions='Count')},{_by(confidence='None', not_sure='Count')}"
_OF_FEEDBACK = _by("label", feedback="Count")
_OF_AGREEMENT = _by(agreed="Count")
