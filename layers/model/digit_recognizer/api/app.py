"""What the functions have in common over HTTP: the app and the shape of its errors.

Every error is `{"error": "<what is wrong and what would be right>"}`. Which error has which status
is said once, in `STATUS`; routes raise and contain no `try`.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from digit_recognizer import errors
from digit_recognizer.api import contract, head, origin, reference, telemetry

VERSION = "0.1.0"

STATUS: dict[type[errors.DigitRecognizerError], int] = {
    errors.InvalidRequest: 400,
    errors.Unauthorized: 401,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.StoreUnavailable: 503,
    errors.Busy: 503,
}

_SENTENCES = {
    404: "There is nothing at this address; the API is described at /docs.",
    405: "This address does not take that method; the API is described at /docs.",
}


class _Route(APIRoute):
    """A route whose function takes the request and makes the answer, as all do here.

    So FastAPI has nothing to resolve, to validate or to encode for it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


def create_app(title: str, *observers: telemetry.Observer) -> FastAPI:
    """An app whose errors all have the contract's shape, and which tells observers of requests.

    A slash too many is an unknown route, not a redirect: behind a proxy the redirect would name
    the wrong host.
    """
    app = FastAPI(
        title=title, version=VERSION, redirect_slashes=False, docs_url=None, redoc_url=None
    )
    reference.add_to(app)
    app.router.route_class = _Route
    app.add_middleware(origin.Origin)
    app.add_middleware(telemetry.Telemetry, *observers)
    app.add_middleware(head.Head)
    for error, status in STATUS.items():
        app.add_exception_handler(error, _answer_with(status))
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    # Starlette raises it again after this answer; Mangum and uvicorn log the traceback.
    app.add_exception_handler(Exception, _answer_unexpected)
    return app


def documented(
    answer: type[contract.Shape] | str, *statuses: int, body: tuple[type[contract.Shape], ...] = ()
) -> dict[str, Any]:
    """What OpenAPI says of a route, as keyword arguments of its decorator.

    Routes read their body and write their answer themselves: validating both a second time would
    cost more than recognising the digit.

    Args:
        answer: the shape of the answer with status 200, or its media type where it is a file.
        statuses: the redirects and errors that the route can answer with, besides 429 and 500; what
            only the local server answers with (415), too.
        body: the shapes that the request's body may have, the usual one first.
    """
    file = isinstance(answer, str)
    responses: dict[int, dict[str, Any]] = {
        200: {"content": {answer: {"schema": {"type": "string"}}}} if file else {"model": answer}
    }
    for status in (*statuses, 429, 500):
        responses[status] = {"model": contract.Error} if status >= 400 else {}
    if not body:
        return {"responses": responses}
    shapes = [each.model_json_schema() for each in body]
    schema = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    content = {"application/json": {"schema": schema}}
    return {
        "responses": responses,
        "openapi_extra": {"requestBody": {"required": True, "content": content}},
    }


def _error(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": sentence}, status, headers)


def _answer_with(status: int) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    # RFC 9110 asks that a 401 says how to authenticate.
    headers = {"www-authenticate": "Bearer"} if status == 401 else None

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return _error(status, str(error), headers)

    return answer


async def _answer_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(error.status_code, error.detail)
    headers = dict(error.headers or {})
    if headers.get("Allow") == "GET":
        headers["Allow"] = "GET, HEAD"  # see `head`
    return _error(error.status_code, sentence, headers)


async def _answer_nobody(_request: Request, _error_: Exception) -> JSONResponse:
    # Nobody hears it; without it every client that leaves would be a traceback in the log.
    return _error(400, "The request ended before its body did; send it again.")


async def _answer_unexpected(_request: Request, _error_: Exception) -> JSONResponse:
    return _error(500, "Something went wrong on our side; try again in a moment.")
