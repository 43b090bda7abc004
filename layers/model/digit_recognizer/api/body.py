"""The body of a request: a JSON object, read up to a limit."""

import json
from typing import Any, NoReturn

from starlette.requests import Request

from digit_recognizer import errors
from digit_recognizer.settings import settings

# Of a body's values, lists and objects; the routes know of eight. Two million empty ones in 6 MB
# would take a second and 155 MB.
_MOST_PARTS = 1000
_MOST_DIGITS = 18  # of a length: Python refuses to read numbers of thousands of them


async def json_object(request: Request) -> dict[str, Any]:
    """The request's body, which must be a JSON object, whatever its content type says.

    Raises:
        InvalidRequest: there is no body, it is not JSON, it is not an object, or too much is in it.
        TooLarge: the body is longer than the settings allow.
    """
    body = await _limited_body(request)
    if not body:
        raise errors.InvalidRequest("The body is missing; send a JSON object.")
    if body.count(b",") + body.count(b"[") + body.count(b"{") > _MOST_PARTS:
        raise errors.InvalidRequest(
            "The body has too many parts; send a JSON object of the fields that /docs lists."
        )
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


async def _limited_body(request: Request) -> bytes:
    """The body's bytes, as they come in, until there are too many."""
    limit = settings().max_body_bytes
    declared = request.headers.get("content-length", "")
    size = 0
    if declared.isdecimal():
        size = int(declared) if len(declared) <= _MOST_DIGITS else limit + 1
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
