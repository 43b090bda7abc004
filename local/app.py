"""The three functions and the built page under one origin, in one process."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from digit_recognizer.api import log_line
from digit_recognizer.api.app import create_app
from digit_recognizer.api.head import Head
from digit_recognizer.errors import NotFound
from digit_recognizer.settings import PROJECT, settings
from digit_recognizer.store import opening
from functions.download.app import app as download
from functions.feedback.app import app as feedback
from functions.predict.app import app as predict
from local import metrics
from local.open_answers import OpenAnswers
from local.visitors import Hosts, Visitors

PAGE = PROJECT / "web" / "dist"
_NOT_BUILT = "The page is not built yet; `make run` builds it (Node 20.19 or newer is needed)."


class _Assets(StaticFiles):
    """Files whose names carry a hash of their content: a browser never asks twice."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["path"] != f"{scope['root_path']}/{path}":  # a slash too many, or a way around
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_local_app(page: Path = PAGE) -> FastAPI:
    """The functions' own routes, one OpenAPI for all of them, and the page.

    Raises:
        ValueError: the settings name no store, or hosts that are none.
    """
    opening.configured()
    observers = [metrics.count, log_line.write] if settings().log_requests else [metrics.count]
    app = create_app("Digit recogniser", *observers)
    for function in (predict, feedback, download):
        # Their routes as they are: a sub-mount would have errors and documentation of its own.
        app.router.routes.extend(r for r in function.routes if isinstance(r, APIRoute))
    # For the operator, not part of the contract.
    app.router.routes.append(Route("/metrics", metrics.metrics))
    app.router.routes.extend(_page_routes(page))
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    taking_json = {route.path for route in routes if "POST" in (route.methods or ())}
    app.add_middleware(Visitors, Hosts.from_environment(), taking_json)
    app.add_middleware(_Compressed)
    app.add_middleware(OpenAnswers)
    _show_page_for_unknown_addresses(app, page / "index.html")
    return app


class _Compressed:
    """Compresses the answers of the API that hold pictures; others are too short, or a file."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._compressed = app, Head(GZipMiddleware(app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        long = scope["type"] == "http" and scope["path"] in ("/feedback/summary", "/model")
        await (self._compressed if long else self._plain)(scope, receive, send)


def _show_page_for_unknown_addresses(app: FastAPI, index: Path) -> None:
    """Answer a browser that opens an unknown address with the page, which says so."""
    is_built = index.is_file()
    in_json = cast(
        "Callable[[Request, Exception], Awaitable[Response]]", app.exception_handlers[HTTPException]
    )

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        opened = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if error.status_code == 404 and opened and is_built:
            return FileResponse(index, 404, headers={"cache-control": "no-cache"})
        return await in_json(request, error)

    app.add_exception_handler(HTTPException, answer)


def _page_routes(page: Path) -> list[BaseRoute]:
    """A route for each file of the built page, so that any other address is an unknown one."""
    if not (page / "index.html").is_file():
        return [Route("/", _not_built)]
    # As the content delivery network does it.
    compressed = [Middleware(GZipMiddleware)]
    routes: list[BaseRoute] = [Route("/", _file(page / "index.html"), middleware=compressed)]
    for entry in sorted(page.iterdir()):
        if entry.is_dir():
            assets = _Assets(directory=entry)
            routes.append(Mount(f"/{entry.name}", assets, middleware=compressed))
        else:
            routes.append(Route(f"/{entry.name}", _file(entry), middleware=compressed))
    return routes


def _file(file: Path) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return FileResponse(file, headers={"cache-control": "no-cache"})

    return answer


async def _not_built(_request: Request) -> Response:
    raise NotFound(_NOT_BUILT)
