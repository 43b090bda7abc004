"""`HEAD` wherever `GET` is answered: the same status and headers, no body (RFC 9110, 9.3.2)."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEY = "digit_recognizer.head"


class Head:
    """Asks an app with GET for what it is asked with HEAD, and keeps the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET", _KEY: True}, receive, keeping)


def is_head(request: Request) -> bool:
    """Whether nobody will see the body, so that it need not be made."""
    return _KEY in request.scope
