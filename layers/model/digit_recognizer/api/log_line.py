"""How a request is told: one line of JSON.

On Lambda it holds CloudWatch's metrics, too, in the embedded metric format
(docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
CloudWatch_Embedded_Metric_Format_Specification.html): CloudWatch makes them of the line, so that no
request waits for it.
"""

import json
import os
import time
from typing import Any

from digit_recognizer.api.telemetry import Measured

NAMESPACE = "DigitRecogniser"


def write(measured: Measured) -> None:
    """Print the line of a request."""
    print(line(measured, os.environ.get("AWS_LAMBDA_FUNCTION_NAME")), flush=True)


def line(measured: Measured, function: str | None) -> str:
    """The line of a request; with the name of a Lambda function, its metrics are in it."""
    fields: dict[str, Any] = {
        "level": "INFO",
        "request_id": measured.request_id,
        "route": measured.route,
        "status": measured.status,
        "failed": int(measured.status >= 500),
        "duration_ms": round(measured.duration, 3),
    }
    metrics = [_OF_ALL]
    if measured.api_request_id is not None:
        fields["api_request_id"] = measured.api_request_id
    if measured.stages:
        fields["stages_ms"] = {name: round(ms, 3) for name, ms in measured.stages.items()}
    if measured.digit is not None:
        metrics.append(_OF_PREDICTIONS)
        fields |= {
            "model_version": measured.model_version,
            "digit": str(measured.digit),
            "confidence": round(measured.confidence, 4),
            "not_sure": int(measured.uncertain),
            "predictions": 1,
        }
    if measured.label is not None:
        metrics.append(_OF_FEEDBACK)
        fields |= {"label": measured.label, "source": measured.source, "feedback": 1}
    if measured.agreed is not None:
        metrics.append(_OF_AGREEMENT)
        fields["agreed"] = int(measured.agreed)
    if function is None:
        return json.dumps(fields)
    fields["function"] = function
    # What says which fields are metrics is half of the line, and always the same: encoded once.
    aws = f'{{"Timestamp": {1000 * time.time():.0f}, "CloudWatchMetrics": [{",".join(metrics)}]}}'
    return f'{json.dumps(fields)[:-1]}, "_aws": {aws}}}'


def _by(*dimensions: str, **units: str) -> str:
    """Metrics by function, and by one more dimension: each of its values is one to pay."""
    return json.dumps(
        {
            "Namespace": NAMESPACE,
            "Dimensions": [["function", *dimensions]],
            "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
        }
    )


# Failures also of a whole function, which its alarm asks for.
_OF_ALL = f"{_by('route', duration_ms='Milliseconds', failed='Count')},{_by(failed='Count')}"
_OF_PREDICTIONS = f"{_by('digit', predictions='Count')},{_by(confidence='None', not_sure='Count')}"
_OF_FEEDBACK = _by("label", feedback="Count")
_OF_AGREEMENT = _by(agreed="Count")
