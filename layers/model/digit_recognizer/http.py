"""What the functions have in common over HTTP: the app, the error shape, the JSON body.

Every error is `{"error": "<what is wrong and what would be right>"}`. Which error has which status
is said once, in `STATUS`; routes raise and contain no `try`.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from digit_recognizer import contract, errors, telemetry
from digit_recognizer.settings import settings

STATUS: dict[type[errors.DigitRecognizerError], int] = {
    errors.InvalidRequest: 400,
    errors.Unauthorized: 401,
    errors.NotFound: 404,
    errors.TooLarge: 413,
    errors.StoreUnavailable: 503,
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
    app = FastAPI(title=title, version="0.1.0", redirect_slashes=False)
    app.router.route_class = _Route
    app.add_middleware(telemetry.Telemetry, *observers)
    for error, status in STATUS.items():
        app.add_exception_handler(error, _answer_with(status))
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    # Starlette raises it again after this answer; Mangum and uvicorn log the traceback.
    app.add_exception_handler(Exception, _answer_unexpected)
    return app


async def json_object(request: Request) -> dict[str, Any]:
    """The request's body, which must be a JSON object, whatever its content type says.

    Raises:
        InvalidRequest: there is no body, it is not JSON, or it is not an object.
        TooLarge: the body is longer than the settings allow.
    """
    body = await _limited_body(request)
    if not body:
        raise errors.InvalidRequest("The body is missing; send a JSON object.")
    try:
        parsed = _JSON.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        encoding = request.headers.get("content-encoding", "identity")
        how = "" if encoding == "identity" else ", and without a content-encoding"
        raise errors.InvalidRequest(f"The body is not JSON; send a JSON object{how}.") from None
    if not isinstance(parsed, dict):
        raise errors.InvalidRequest(
            'The JSON in the body is not an object; send one, such as {"image": "data:…"}.'
        )
    return parsed


def documented(
    answer: type[contract.Model] | str, *statuses: int, body: type[contract.Model] | None = None
) -> dict[str, Any]:
    """What OpenAPI says of a route, as keyword arguments of its decorator.

    Routes read their body and write their answer themselves: validating both a second time would
    cost more than recognising the digit.

    Args:
        answer: the shape of the answer with status 200, or its media type where it is a file.
        statuses: the redirects and errors that the route can answer with, besides 500.
        body: the shape of the request's body.
    """
    file = isinstance(answer, str)
    responses: dict[int, dict[str, Any]] = {
        200: {"content": {answer: {"schema": {"type": "string"}}}} if file else {"model": answer}
    }
    for status in (*statuses, 500):
        responses[status] = {"model": contract.Error} if status >= 400 else {}
    if body is None:
        return {"responses": responses}
    content = {"application/json": {"schema": body.model_json_schema()}}
    return {
        "responses": responses,
        "openapi_extra": {"requestBody": {"required": True, "content": content}},
    }


async def _limited_body(request: Request) -> bytes:
    """The body's bytes, as they come in, until there are too many."""
    limit = settings().max_body_bytes
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isdecimal() else 0
    chunks = []
    if size <= limit:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                break
            chunks.append(chunk)
    if size > limit:
        raise errors.TooLarge(f"The body is too large; send at most {limit / 1_000_000:g} MB.")
    return b"".join(chunks)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Python's decoder takes NaN and Infinity, JSON doesn't.
_JSON = json.JSONDecoder(parse_constant=_refuse_constant)


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
    return _error(error.status_code, sentence, dict(error.headers or {}))


async def _answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return _error(400, f"{'.'.join(map(str, first['loc']))}: {first['msg']}.")


async def _answer_nobody(_request: Request, _error_: Exception) -> JSONResponse:
    # Nobody hears it; without it every client that leaves would be a traceback in the log.
    return _error(400, "The request ended before its body did; send it again.")


async def _answer_unexpected(_request: Request, _error_: Exception) -> JSONResponse:
    return _error(500, "Something went wrong on our side; try again in a moment.")
