"""What API Gateway keeps from the functions in the cloud, the local server keeps from them here.

Requests that are no HTTP, never end or have endless headers are refused before the app hears of
them, a flood is refused with a quick 503, so that what was accepted is answered in time, and a
client that sends too much with 429. All in the contract's error shape. An answer that nobody reads
is given up.
"""

import asyncio
import json
import socket
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
from local.client_limit import ClientLimit, rate_from_environment

# Headers of a request, with its address (bytes); API Gateway takes 10,240.
MAX_HEAD = 32_768
# From a connection's, or a request's, first byte to the last (s). Megabytes of a picture from the
# same machine or network take a fraction of it. As long an answer, or a piece of it (see
# `local.open_answers`), has to leave.
PATIENCE = 30.0
# Of an answer, so much is in the system on its way to a client (bytes; Linux takes twice as much).
# By itself it would be megabytes, and nothing of them would leave here for as long as a slow client
# takes to read a third of them.
SENT_AHEAD = 1 << 17
# Requests that wait for an answer, in one process. At two milliseconds each the last one of them
# waits for a quarter of a second; what comes on top is told to come again.
MAX_WAITING = 128
# Of those, so many begin in one turn of the event loop. Between the turns it is heard who asks
# whether all is well, and who must be refused.
AT_ONCE = 4

_TOO_MANY = b'{"error":"Too many requests at once; try again in a moment."}'
_TOO_MANY_OF_YOURS = b'{"error":"Too many requests from your address; wait %d s, then try again."}'


class _Line:
    """The requests of a process that wait to begin, and how often each client may add to them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.limit = ClientLimit(rate_from_environment())
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
    _read_by: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        if connection := transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT_AHEAD)
        if self.server_state not in _lines:
            _lines[self.server_state] = _Line(self.loop)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        self._leaves()
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

    def pause_writing(self) -> None:
        """More is to be sent than the client takes; it has so long to take it."""
        super().pause_writing()
        self._is_to_leave()

    def resume_writing(self) -> None:
        """It took (nearly) all."""
        super().resume_writing()
        self._leaves()
        if self.transport.is_closing():
            self._is_to_leave()

    def on_response_complete(self) -> None:
        """The answer is made; where it was the last one, the connection ends when it has left."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._is_to_leave()

    def timeout_keep_alive_handler(self) -> None:
        """No other request came."""
        super().timeout_keep_alive_handler()
        self._is_to_leave()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        line = _lines[self.server_state]
        client = cycle.scope["client"]
        wait_s = line.limit.wait_s(client[0]) if client else 0
        if wait_s:
            body = _TOO_MANY_OF_YOURS % wait_s
            self.loop.call_soon(self._send_away, cycle, 429, wait_s, body)
            return
        # Whether all is well can always be asked.
        few = len(self.tasks) < AT_ONCE and not line
        if few or cycle.scope["path"] == "/health":
            super()._start_asgi_task(cycle, app)
        elif len(self.tasks) + len(line) < MAX_WAITING:
            line.append(partial(super()._start_asgi_task, cycle, app))
        else:
            # Not at once, or thousands of requests on one connection would be as many calls deep.
            self.loop.call_soon(self._send_away, cycle, 503, 1, _TOO_MANY)

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

    def _is_to_leave(self) -> None:
        """What has been written must leave in time, if it has not left already."""
        if self._read_by is None and self.transport.get_write_buffer_size():
            self._read_by = self.loop.call_later(PATIENCE, self._give_up_reader)

    def _leaves(self) -> None:
        if self._read_by is not None:
            self._read_by.cancel()
            self._read_by = None

    def _give_up_reader(self) -> None:
        """Forget what has not left: to close the connection would wait for it."""
        metrics.count_unread()
        self.transport.abort()

    def _send_away(
        self, cycle: RequestResponseCycle, status: int, wait_s: int, sentence: bytes
    ) -> None:
        """Refuse a request without asking the app: a flood must cost little."""
        metrics.count_refused(status)
        if self.transport.is_closing():
            return
        body = b"" if cycle.scope["method"] == "HEAD" else sentence
        close = b"" if cycle.keep_alive else b"connection: close\r\n"
        head = self._head_of(status, len(sentence)) + b"retry-after: %d\r\n" % wait_s
        self.transport.write(head + close + b"\r\n" + body)
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
            head = self._head_of(status, len(body)) + b"connection: close\r\n\r\n"
            self.transport.write(head + body)
        self.transport.close()
        self._is_to_leave()

    def _head_of(self, status: int, length: int) -> bytes:
        """A refusal's head but for its end, with the headers that all answers have."""
        of_all = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        about = b"content-type: application/json\r\ncontent-length: %d\r\n" % length
        return STATUS_LINE[status] + of_all + about
