"""How connections are taken, so that workers share them and a flood of them is not kept waiting.

All workers listen on one socket. uvloop takes one connection in a turn of its loop, at once: so of
workers with nothing to do the first to wake up takes all of a burst, and keeps them for as long as
they last; and while a flood makes turns long, a new connection waits for many of them. Here a
worker that has connections leaves a moment to one that has fewer, and then takes several. What is
too many for the process is closed at once, and counted as refused with 503.
"""

import asyncio
import logging
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvloop

from local import metrics
from local.protocol import Protocol

# A worker leaves so much to the others for each connection that it has (s), at most for so many.
_MOMENT = 0.001
_MOMENTS = 4
_SEVERAL = 4
# Until it tries again where the system has no files left, for all of its processes (s).
_PAUSE = 1.0

_log = logging.getLogger(__name__)


class Loop(uvloop.Loop):  # type: ignore[misc]
    """uvloop's event loop, but for how it takes connections on a socket that others share."""

    async def create_server(
        self,
        protocol_factory: Callable[[], Protocol],
        *address: Any,
        sock: socket.socket | None = None,
        **options: Any,
    ) -> Any:
        """Listen."""
        if sock is None:
            return await super().create_server(protocol_factory, *address, **options)
        return _Listening(self, protocol_factory, sock)


class _Listening:
    """Takes connections until it is closed, as an `asyncio.Server` does."""

    def __init__(
        self, loop: Loop, protocol_factory: Callable[[], Protocol], listener: socket.socket
    ) -> None:
        self._loop = loop
        self._protocol_factory = protocol_factory
        self._listener = listener
        # Half of the files that a process may have open; the store needs some, too.
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
        self._connections: set[Any] = set()  # that are open; a protocol says which
        self._beginning: dict[Protocol, asyncio.Task[None]] = {}
        self._waiting: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._listener)
        if self._waiting is not None:
            self._waiting.cancel()

    async def wait_closed(self) -> None:
        """There is nothing to wait for."""

    def _listen(self) -> None:
        self._loop.add_reader(self._listener, self._leave_a_moment)

    def _leave_a_moment(self) -> None:
        self._loop.remove_reader(self._listener)
        moments = min(len(self._connections), _MOMENTS)
        self._waiting = self._loop.call_later(moments * _MOMENT, self._take)

    def _take(self) -> None:
        """Take one, or, after a moment for others, several: of a flood more and more of them."""
        open_now = len(self._connections)
        # What has begun may be open already, before its task has ended.
        taken = open_now + sum(each not in self._connections for each in self._beginning)
        try:
            for _ in range(max(_SEVERAL, open_now // 2) if open_now else 1):
                connection, _ = self._listener.accept()
                if taken >= self._most:
                    metrics.count_refused(503)
                    connection.close()
                    continue
                taken += 1
                self._begin(connection)
        except (BlockingIOError, ConnectionAbortedError):
            pass  # another worker was faster, or the client has gone
        except OSError as error:
            _log.warning("No connection can be taken: %s.", error.strerror)
            self._waiting = self._loop.call_later(_PAUSE, self._listen)
            return
        self._listen()

    def _begin(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        protocol = self._protocol_factory()
        self._connections = protocol.connections
        task = self._loop.create_task(self._connect(protocol, connection))
        self._beginning[protocol] = task
        task.add_done_callback(lambda _: self._beginning.pop(protocol, None))

    async def _connect(self, protocol: Protocol, connection: socket.socket) -> None:
        with suppress(OSError):  # it has gone
            await self._loop.connect_accepted_socket(lambda: protocol, connection)
