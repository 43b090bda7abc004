"""Whether a request came through the site in front of the API: CloudFront, on AWS.

The API has an address of its own, past the site's cache and firewall. The site sends a secret that
nobody else knows (the setting ORIGIN_SECRET); without it, or with a wrong one, the answer is 403.
"""

import hmac

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from digit_recognizer.settings import settings

HEADER = b"x-origin-secret"


class Origin:
    """Lets requests through that the site sent, or all where the settings name no secret."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        expected = settings().origin_secret.encode()
        if scope["type"] != "http" or not expected or _sent(scope, expected):
            await self._app(scope, receive, send)
            return
        sentence = "This is not the site's own address; ask there, it has the whole API."
        await JSONResponse({"error": sentence}, 403)(scope, receive, send)


def _sent(scope: Scope, expected: bytes) -> bool:
    given = [value for name, value in scope["headers"] if name == HEADER]
    return any(hmac.compare_digest(value, expected) for value in given)
