"""A proxy in front of an S3 server that fails at random, as networks and services do."""

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

STALL_S = 4.0

_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your rate.</Message></Error>"
_INTERNAL = b"<Error><Code>InternalError</Code><Message>We had a problem.</Message></Error>"

FAULTS = ("500", "503", "reset", "answer lost", "stall")


class FaultyS3(ThreadingHTTPServer):
    """The proxy.

    Attributes:
        share: of the requests that fail, 0 to 1.
        delay: of every request, on its way there and on its way back (s).
        requests: how many came in, by method.
        faults: how many of each kind there were.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: str, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.share = 0.0
        self.delay = 0.0
        self.requests: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._random = random.Random(seed)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault(self) -> str | None:
        """What goes wrong with a request; a stall is rare, since it takes its time."""
        if self._random.random() >= self.share:
            return None
        (kind,) = self._random.choices(FAULTS, weights=(16, 16, 16, 16, 1))
        self.faults[kind] += 1
        return kind

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave are no surprise here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyS3

    def _serve(self) -> None:
        self.server.requests[self.command] += 1
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        fault = self.server.fault()
        if fault == "500":
            return self._answer(500, {}, _INTERNAL)
        if fault == "503":
            return self._answer(503, {}, _SLOW_DOWN)
        if fault == "reset":
            return self._reset()
        if fault == "stall":
            time.sleep(STALL_S)
            return self._reset()
        time.sleep(self.server.delay)
        upstream = HTTPConnection(self.server.upstream, timeout=30)
        upstream.request(self.command, self.path, body, dict(self.headers.items()))
        answer = upstream.getresponse()
        content = answer.read()
        time.sleep(self.server.delay)
        if fault == "answer lost":
            return self._reset()
        return self._answer(answer.status, dict(answer.getheaders()), content)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        size = headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("content-length", size or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _reset(self) -> None:
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def faulty_s3(upstream: str, seed: int) -> Iterator[FaultyS3]:
    """The proxy, while it is needed."""
    proxy = FaultyS3(upstream, seed)
    threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
