"""What is measured of each request: how it went and how long each stage took, never who sent what.

Only what `Measured` names is told to observers, and none of that is a client's own words.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digit_recognizer.ids import new_id

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
        label, source: of the feedback (see `feedback.record.Feedback`).
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


def _begun(scope: Scope) -> Measured:
    if "aws.event" not in scope:
        return Measured(new_id())
    request_id = getattr(scope["aws.context"], "aws_request_id", None)
    return Measured(request_id or new_id(), scope["aws.event"]["requestContext"].get("requestId"))
