"""What a function asks of S3: a recording proxy, and the IAM action of each request."""

import fnmatch
import http.client
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Needed = tuple[str, str]
"""An action and what it is done to: the key, or the prefix of a listing."""


class Recorder:
    """Hands requests on to an S3 server and keeps what rights they need."""

    def __init__(self, server: str) -> None:
        self.needed: set[Needed] = set()
        address = urlsplit(server)
        recorder = self

        class Relay(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                recorder.needed |= rights(self.command, self.path, dict(self.headers), body)
                upstream = http.client.HTTPConnection(address.hostname or "", address.port)
                upstream.request(self.command, self.path, body, dict(self.headers))
                answer = upstream.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                length = answer.getheader("content-length") if self.command == "HEAD" else None
                self.send_header("content-length", length or str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                upstream.close()

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = relay  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def taken(self) -> set[Needed]:
        """What was needed since this was last asked."""
        taken, self.needed = self.needed, set()
        return taken

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def rights(method: str, target: str, headers: dict[str, str], body: bytes) -> set[Needed]:
    """The actions that a request to S3 needs (Service Authorization Reference, Amazon S3)."""
    address = urlsplit(target)
    _, _, key = unquote(address.path).lstrip("/").partition("/")
    query = parse_qs(address.query, keep_blank_values=True)
    if not key and "delete" in query:
        keys = re.findall(r"<Key>([^<]+)</Key>", body.decode())
        return {("s3:DeleteObject", deleted) for deleted in keys}
    if not key:
        return {("s3:ListBucket", query.get("prefix", [""])[0])}
    if method in ("GET", "HEAD"):
        return {("s3:GetObject", key)}
    if method == "DELETE":
        action = "s3:AbortMultipartUpload" if "uploadId" in query else "s3:DeleteObject"
        return {(action, key)}
    needed = {("s3:PutObject", key)}
    lower = {name.lower(): value for name, value in headers.items()}
    if source := lower.get("x-amz-copy-source"):
        needed.add(("s3:GetObject", unquote(source).lstrip("/").partition("/")[2]))
    return needed


def allows(statements: list[dict[str, Any]], needed: Needed) -> bool:
    """Whether a policy's statements allow an action on the data bucket."""
    action, where = needed
    for statement in statements:
        if action not in _listed(statement["Action"]):
            continue
        if action == "s3:ListBucket":
            return True
        subs = [resource["Fn::Sub"] for resource in _listed(statement["Resource"])]
        resources = [sub if isinstance(sub, str) else sub[0] for sub in subs]
        patterns = [resource.partition("/")[2] for resource in resources]
        if any(fnmatch.fnmatchcase(where, pattern) for pattern in patterns):
            return True
    return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
