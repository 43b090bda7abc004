"""The three functions and the built page under one origin, in one process."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from digit_recognizer import storage, telemetry
from digit_recognizer.errors import NotFound
from digit_recognizer.http import create_app
from digit_recognizer.settings import PROJECT, settings
from functions.download.app import app as download
from functions.feedback.app import app as feedback
from functions.predict.app import app as predict
from local import metrics

PAGE = PROJECT / "web" / "dist"
_NOT_BUILT = "The page is not built yet; `make run` builds it (Node 20.19 or newer is needed)."


class _Assets(StaticFiles):
    """Files whose names carry a hash of their content: a browser never asks twice."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_local_app(page: Path = PAGE) -> FastAPI:
    """The functions' own routes, one OpenAPI for all of them, and the page.

    Raises:
        ValueError: the settings name no store.
    """
    storage.in_service()
    observers = [metrics.count, telemetry.write] if settings().log_requests else [metrics.count]
    app = create_app("Digit recogniser", *observers)
    for function in (predict, feedback, download):
        # Their routes as they are: a sub-mount would have errors and documentation of its own.
        app.router.routes.extend(r for r in function.routes if isinstance(r, APIRoute))
    # For the operator, not part of the contract.
    app.router.routes.append(Route("/metrics", metrics.metrics))
    app.router.routes.extend(_page_routes(page))
    return app


def _page_routes(page: Path) -> list[BaseRoute]:
    """A route for each file of the built page, so that any other address is an unknown one."""
    if not (page / "index.html").is_file():
        return [Route("/", _not_built)]
    # As the content delivery network does it; the API's answers are too short to gain from it.
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
