"""What API Gateway keeps from the functions in the cloud, the local server keeps from them here.

Requests that are no HTTP, never end or have endless headers are refused before the app hears of
them, and a flood is refused with a quick 503, so that what was accepted is answered in time. All
in the contract's error shape.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from local import metrics

# Headers of a request, with its address (bytes); API Gateway takes 10,240.
MAX_HEAD = 32_768
# From a connection's, or a request's, first byte to the last (s). Megabytes of a picture from the
# same machine or network take a fraction of it.
PATIENCE = 30.0
# Requests that wait for an answer, in one process. At two milliseconds each the last one of them
# waits for a quarter of a second; what comes on top is told to come again.
MAX_WAITING = 128
# Of those, so many begin in one turn of the event loop. Between the turns it is heard who asks
# whether all is well, and who must be refused.
AT_ONCE = 4


_TOO_MANY = b'{"error":"Too many requests at once; try again in a moment."}'
_TOO_MANY_HEAD = STATUS_LINE[503] + (
    b"retry-after: 1\r\ncontent-type: application/json\r\ncontent-length: %d\r\n" % len(_TOO_MANY)
)


class _Line:
    """The requests of a process that wait to begin."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def append(self, begin: Callable[[], None]) -> None:
        """Take a place at the end."""
        self._waiting.append(begin)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        for _ in range(min(AT_ONCE, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._loop.call_soon(self._turn)


_lines: WeakKeyDictionary[ServerState, _Line] = WeakKeyDictionary()


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with bounds on what it takes from one connection."""

    _head = 0
    _in_head = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        if self.server_state not in _lines:
            _lines[self.server_state] = _Line(self.loop)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take some bytes, unless they make the headers too long."""
        if self.transport.is_closing():
            return
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > MAX_HEAD:
            self._refuse(431, f"The headers are too long; send at most {MAX_HEAD} bytes of them.")

    def on_message_begin(self) -> None:
        """A request begins; it has so long to end."""
        super().on_message_begin()
        self._in_head, self._head = True, 0
        self._wait()

    def on_headers_complete(self) -> None:
        """What comes now is the body."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._wait_no_more()
        self._in_head, self._head = True, 0
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        line = _lines[self.server_state]
        # Whether all is well can always be asked.
        few = len(self.tasks) < AT_ONCE and not line
        if few or cycle.scope["path"] == "/health":
            super()._start_asgi_task(cycle, app)
        elif len(self.tasks) + len(line) < MAX_WAITING:
            line.append(partial(super()._start_asgi_task, cycle, app))
        else:
            # Not at once, or thousands of requests on one connection would be as many calls deep.
            self.loop.call_soon(self._send_away, cycle)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or ambiguous HTTP."""
        self._refuse(400, "That is not a valid HTTP request; the API is described at /docs.")

    def _wait(self) -> None:
        self._wait_no_more()
        self._deadline = self.loop.call_later(PATIENCE, self._give_up)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _send_away(self, cycle: RequestResponseCycle) -> None:
        """Refuse a request without asking the app: a flood must cost little."""
        metrics.count_refused(503)
        if self.transport.is_closing():
            return
        body = b"" if cycle.scope["method"] == "HEAD" else _TOO_MANY
        close = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(_TOO_MANY_HEAD + close + b"\r\n" + body)
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _give_up(self) -> None:
        self._refuse(408, f"The request did not end within {PATIENCE:g} s; send it again.")

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer and close; where an answer has begun already, only close."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            metrics.count_refused(status)
            body = json.dumps({"error": sentence}).encode()
            head = (
                b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            )
            self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        self.transport.close()
