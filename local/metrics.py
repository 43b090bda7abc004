"""`GET /metrics`: what the workers have answered since the server started, for Prometheus.

Workers in processes of their own write their figures to files in the folder that
PROMETHEUS_MULTIPROC_DIR names, and whichever of them is asked adds all of them up.
"""

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as in_text
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from digit_recognizer.api import access
from digit_recognizer.api.telemetry import Measured
from digit_recognizer.errors import Unauthorized
from local.client_limit import is_this_machine

_OF_PROXIES = ("forwarded", "via", "x-forwarded-for")
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.002, 0.003, 0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
_CONFIDENCES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1)

_here = CollectorRegistry()
_requests = Counter("digit_requests", "Answers.", ["route", "status"], registry=_here)
_unread = Counter("digit_unread", "Answers given up: nobody read them.", registry=_here)
_duration = Histogram(
    "digit_request_seconds", "From request to answer.", ["route"], buckets=_SECONDS, registry=_here
)
_stage = Counter("digit_stage_seconds", "Of the answers of /predict.", ["stage"], registry=_here)
_predictions = Counter("digit_predictions", "Answers of /predict.", ["digit"], registry=_here)
_not_sure = Counter("digit_not_sure", "Those that had better be asked about.", registry=_here)
_confidence = Histogram("digit_confidence", "Of the answers.", buckets=_CONFIDENCES, registry=_here)
_feedback = Counter(
    "digit_feedback",
    "Saved; the agreement rate is confirmed / (confirmed + corrected).",
    ["label", "source"],
    registry=_here,
)


def count(measured: Measured) -> None:
    """Count a request that has been answered."""
    _requests.labels(measured.route, str(measured.status)).inc()
    _duration.labels(measured.route).observe(measured.duration / 1000)
    for stage, milliseconds in measured.stages.items():
        _stage.labels(stage).inc(milliseconds / 1000)
    if measured.digit is not None:
        _predictions.labels(str(measured.digit)).inc()
        _not_sure.inc(measured.uncertain)
        _confidence.observe(measured.confidence)
    if measured.label is not None:
        _feedback.labels(measured.label, measured.source).inc()


def count_refused(status: int) -> None:
    """Count a request that was refused before the app heard of it."""
    _requests.labels("refused", str(status)).inc()


def count_unread() -> None:
    """Count an answer that was given up because nobody read it."""
    _unread.inc()


async def metrics(request: Request) -> Response:
    """Prometheus' text format; of all workers together.

    They are the operator's: told to those who have the token for the feedback, and where there is
    none, to this machine.

    Raises:
        Unauthorized: the request is somebody else's.
    """
    await access.check(request)
    if not access.token_is_needed() and not _is_from_here(request):
        raise Unauthorized(
            "The figures are told to the server's own machine, or, where it is started with"
            " DOWNLOAD_TOKEN, to those who send the token as Authorization: Bearer <token>."
        )
    registry = _here
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(in_text(registry), media_type=CONTENT_TYPE_LATEST)


def _is_from_here(request: Request) -> bool:
    """Whether this machine asks, and not a proxy on it for somebody else."""
    if request.client is None or any(name in request.headers for name in _OF_PROXIES):
        return False
    return is_this_machine(request.client.host)
