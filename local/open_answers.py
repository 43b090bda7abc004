"""Answers that are on their way to somebody: none is in memory whole, and downloads are counted.

An answer of any length goes out in pieces, each when the one before it has (nearly) left: so what a
client that does not read can hold is a piece, and what made the answer knows that it is not done.
That a piece leaves in time, and that a client's buffers in the system are short, is for `protocol`.
"""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local import metrics

# A piece (bytes). It has `protocol.PATIENCE` to leave: a client must read 9 kB a second at least.
PIECE = 1 << 18
# Downloads at once, in one process: a class of thirty that all want it now. Each keeps a piece and
# the rows that are in no segment yet, 2 MB at most (see `Settings.compact_at`).
MOST_DOWNLOADS = 32

_TOO_MANY = "Too many downloads at once; try again in a moment."


class OpenAnswers:
    """Sends answers in pieces, and refuses a download where too many are open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._downloads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def in_pieces(message: Message) -> None:
            body = message.get("body", b"")
            for begin in range(0, len(body) - PIECE, PIECE):
                piece = {"body": body[begin : begin + PIECE], "more_body": True}
                await send({**message, **piece})
            if len(body) > PIECE:
                message["body"] = body[(len(body) - 1) // PIECE * PIECE :]
            await send(message)

        if scope["type"] != "http" or scope["path"] != "/download_csv":
            await self._app(scope, receive, in_pieces)
        elif self._downloads >= MOST_DOWNLOADS:
            metrics.count_refused(503)
            refusal = JSONResponse({"error": _TOO_MANY}, 503, {"retry-after": "5"})
            await refusal(scope, receive, send)
        else:
            self._downloads += 1
            try:
                await self._app(scope, receive, in_pieces)
            finally:
                self._downloads -= 1
