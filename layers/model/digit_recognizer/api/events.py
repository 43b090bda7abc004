"""What a function is invoked with: requests of API Gateway, and now and then something else."""

from collections.abc import Callable, Mapping
from typing import Any

Handler = Callable[[Any, Any], Any]


def only_requests(handler: Handler) -> Handler:
    """A handler of HTTP events that answers all other events quietly.

    A ping that keeps a function warm, a schedule's event or a test in the console is no failure: it
    starts the process, and there is nothing else to do.
    """

    def handle(event: Any, context: Any) -> Any:
        if _is_request(event):
            return handler(event, context)
        return {"ignored": "This event is no HTTP request."}

    return handle


def _is_request(event: Any) -> bool:
    """Whether it is an event of an HTTP API, or in the older form of a REST API."""
    if not isinstance(event, Mapping) or not isinstance(event.get("requestContext"), Mapping):
        return False
    return "http" in event["requestContext"] or "httpMethod" in event
