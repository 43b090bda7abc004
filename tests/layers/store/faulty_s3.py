"""A proxy in front of an S3 server that fails as networks and services do: at random, or by script.

The server behind it stays honest, so what a client was told can be held against what is there.
"""

import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

STALL_S = 4.0

FAULTS = ("500", "503", "reset", "answer lost", "stall")
"""What goes wrong at random."""

_REFUSALS = {
    "403": (403, "AccessDenied", "Access Denied"),
    "409 conflict": (
        409,
        "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this"
        " resource.",
    ),
    "409 aborted": (
        409,
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource."
        " Please try again.",
    ),
    "412": (
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    ),
    "500": (500, "InternalError", "We encountered an internal error. Please try again."),
    "503": (503, "SlowDown", "Please reduce your request rate."),
}

SCRIPTED = (
    *_REFUSALS,
    "500 stored",  # it was carried out all the same
    "reset",
    "answer lost",  # it was carried out, then the connection broke
    "cut short",  # the answer ends in its middle
    "late",  # it is carried out, and the answer comes after the client's patience
    "stall",
    "error in 200",
)
"""What a script can let go wrong."""

_ERROR_IN_200 = ("CompleteMultipartUpload", "UploadPartCopy", "DeleteObjects")
"""Operations whose answers S3 begins before it knows how they end, or that have many ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a script sees it.

    Attributes:
        operation: its name in S3's reference.
        key: of the object, or the prefix that is listed, or the first of the keys to be deleted.
    """

    operation: str
    key: str

    def can_fail_by(self, fault: str) -> bool:
        """Whether S3 or a network ever does that to such a request."""
        if fault == "412":
            return self.operation == "PutObject"
        if fault == "409 conflict":
            return self.operation in ("PutObject", "CompleteMultipartUpload")
        if fault == "409 aborted":
            return not self.operation.startswith(("Get", "Head", "List"))
        if fault == "error in 200":
            return self.operation in _ERROR_IN_200
        if fault == "cut short":
            return self.operation not in ("HeadObject", "PutObject", "AbortMultipartUpload")
        return True


Script = Callable[[Asked], str | None]
"""Says of each request what goes wrong with it, if anything."""


class FaultyS3(ThreadingHTTPServer):
    """The proxy.

    Attributes:
        share: of the requests that fail at random, 0 to 1.
        scripts: what fails by plan, by the first segment of the keys: many tests at once.
        delay: of every request, on its way there and on its way back (s).
        ignored_headers: in small letters; what these ask for is not passed on.
        late: how long an answer takes that is late (s).
        stall: how long a request is held that never arrives (s).
        requests: how many came in, by method.
        faults: how many of each kind there were.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: str, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.share = 0.0
        self.scripts: dict[str, Script] = {}
        self.delay = 0.0
        self.ignored_headers: set[str] = set()
        self.late = STALL_S
        self.stall = STALL_S
        self.requests: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._scripted = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault(self, asked: Asked) -> str | None:
        """What goes wrong with a request; a stall at random is rare, since it takes its time."""
        script = self.scripts.get(asked.key.partition("/")[0])
        if script is not None:
            with self._scripted:
                kind = script(asked)
        elif self._random.random() < self.share:
            (kind,) = self._random.choices(FAULTS, weights=(16, 16, 16, 16, 1))
        else:
            kind = None
        if kind is not None:
            self.faults[kind] += 1
        return kind

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave are no surprise here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultyS3

    def _serve(self) -> None:
        self.server.requests[self.command] += 1
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = self._asked(body)
        fault = self.server.fault(asked)
        if fault in _REFUSALS:
            status, code, message = _REFUSALS[fault]
            return self._answer(status, {}, _error(code, message))
        if fault == "error in 200":
            return self._answer(200, {"Content-Type": "application/xml"}, _in_200(asked, body))
        if fault == "reset":
            return self._reset()
        if fault == "stall":
            time.sleep(self.server.stall)
            return self._reset()
        time.sleep(self.server.delay)
        status, headers, content = self._upstream(body)
        time.sleep(self.server.delay)
        if fault == "answer lost":
            return self._reset()
        if fault == "500 stored":
            _, code, message = _REFUSALS["500"]
            return self._answer(500, {}, _error(code, message))
        if fault == "late":
            time.sleep(self.server.late)
        return self._answer(status, headers, content, is_cut=fault == "cut short")

    def _asked(self, body: bytes) -> Asked:
        address = urlsplit(self.path)
        key = unquote(address.path).lstrip("/").partition("/")[2]
        query = parse_qs(address.query, keep_blank_values=True)
        if self.command == "POST":
            if "delete" in query:
                found = re.search(rb"<Key>([^<]*)</Key>", body)
                return Asked("DeleteObjects", found[1].decode() if found else "")
            return Asked(f"{'Create' if 'uploads' in query else 'Complete'}MultipartUpload", key)
        if self.command == "GET" and not key:
            return Asked("ListObjectsV2", query.get("prefix", [""])[0])
        if "partNumber" in query:
            is_copied = "x-amz-copy-source" in self.headers
            return Asked("UploadPartCopy" if is_copied else "UploadPart", key)
        if self.command == "DELETE" and "uploadId" in query:
            return Asked("AbortMultipartUpload", key)
        return Asked(f"{self.command.capitalize()}Object", key)

    def _upstream(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = HTTPConnection(self.server.upstream, timeout=30)
        ignored = {"expect", *self.server.ignored_headers}
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in ignored
        }
        upstream.request(self.command, self.path, body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        return answer.status, dict(answer.getheaders()), content

    def _answer(
        self, status: int, headers: dict[str, str], content: bytes, is_cut: bool = False
    ) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        size = headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("content-length", size or str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(content[: len(content) // 2] if is_cut else content)
        if is_cut:
            self.close_connection = True

    def _reset(self) -> None:
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _error(code: str, message: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


def _in_200(asked: Asked, body: bytes) -> bytes:
    """The body of an answer that begins well; of many deletions, each has its own error."""
    _, code, message = _REFUSALS["500"]
    if asked.operation != "DeleteObjects":
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + _error(code, message)
    errors = b"".join(
        b"<Error>" + key + f"<Code>{code}</Code><Message>{message}</Message></Error>".encode()
        for key in re.findall(rb"<Key>[^<]*</Key>", body)
    )
    return b'<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult>' + errors + b"</DeleteResult>"


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
