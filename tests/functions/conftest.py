"""How tests reach the functions: over ASGI as a browser would, and as Lambda would."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from functions.download import app as download
from functions.feedback import app as feedback
from functions.predict import app as predict

FUNCTIONS = {
    ("POST", "/predict"): predict,
    ("GET", "/model"): predict,
    ("POST", "/save_feedback"): feedback,
    ("GET", "/download_csv"): download,
    ("GET", "/feedback/summary"): download,
    ("GET", "/health"): predict,
}

Invoke = Callable[..., dict[str, Any]]


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client of one app that sees what a browser would, also when the app fails."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture
async def predicting() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(predict.app) as client:
        yield client


@pytest.fixture
async def saving() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(feedback.app) as client:
        yield client


@pytest.fixture
async def downloading() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(download.app) as client:
        yield client


@pytest.fixture
def invoke() -> Iterator[Invoke]:
    """Invoke a function as API Gateway's HTTP API does, with an event of version 2.0.

    Lambda's process has one event loop for life; tests before this one may have closed theirs.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield _invoke
    loop.close()
    asyncio.set_event_loop(None)


def _invoke(
    method: str,
    path: str,
    body: object = None,
    *,
    in_base64: bool = False,
    function: Any = None,
    **fields: object,
) -> dict[str, Any]:
    """The function's answer; `body` is sent as JSON unless it is a string already."""
    event = http_api_event(method, path, body, in_base64=in_base64) | fields
    function = function or FUNCTIONS[method, path]
    answer: dict[str, Any] = json.loads(json.dumps(function.handler(event, None)))  # as Lambda does
    return answer


def http_api_event(
    method: str, path: str, body: object = None, *, in_base64: bool = False
) -> dict[str, Any]:
    """An HTTP API event of version 2.0 as AWS documents it; without cookies, it has no such key."""
    event = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example", "content-type": "application/json"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "id",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795348800000,
        },
        "isBase64Encoded": in_base64,
    }
    if body is not None:
        text = body if isinstance(body, str) else json.dumps(body)
        event["body"] = base64.b64encode(text.encode()).decode() if in_base64 else text
    return event
