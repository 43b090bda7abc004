"""S3 as a role sees it: a proxy before moto that evaluates the deployed policies of who asks.

moto evaluates nothing. What IAM would refuse is refused here with 403, and as S3 does it where
nothing lies under a key, for who may not list the bucket. Who asks is told by the access key in
the signature, of a header or of a presigned address, as `sts:AssumeRole` gave it.
"""

import fnmatch
import http.client
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.infra.s3_requests import Needed, rights

Statement = Mapping[str, Any]
_REFUSED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_INVOCATION = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_SIGNER = re.compile(r"Credential=([^/%]+)")


@dataclass(frozen=True, slots=True)
class Right:
    """One action on one resource, as a policy's statement lists them."""

    action: str
    resource: str

    def covers(self, bucket: str, needed: Needed) -> bool:
        """Whether it allows an action on a key of the bucket; listing is of the bucket itself."""
        action, key = needed
        if action == "lambda:InvokeFunction":
            return (action, key) == (self.action, self.resource)
        place = f"arn:aws:s3:::{bucket}" + ("" if action == "s3:ListBucket" else f"/{key}")
        return action == self.action and fnmatch.fnmatchcase(place, self.resource)


def rights_in(statements: Sequence[Statement]) -> set[Right]:
    """All that some statements allow; none of them may have what this doesn't evaluate."""
    found = set()
    for statement in statements:
        assert statement["Effect"] == "Allow"
        assert not statement.keys() - {"Sid", "Effect", "Action", "Resource"}
        actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
        found |= {Right(action, resource) for action in actions for resource in resources}
    return found


class Gate:
    """Lets a role's requests through to S3 as far as its rights go.

    Attributes:
        needed: what each role's requests needed, allowed or not.
        refused: what each role was refused.
        compactor: what the invocation of a Lambda function calls.
    """

    def __init__(self, server: str, bucket: str) -> None:
        self.needed: dict[str, set[Needed]] = {}
        self.refused: dict[str, set[Needed]] = {}
        self._rights: dict[str, set[Right]] = {}
        self._roles: dict[str, str] = {}
        self._bucket = bucket
        self.compactor: Callable[[Any], Any] | None = None
        upstream = urlsplit(server)
        gate = self

        class Relay(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                signed = self.headers.get("authorization", "") + unquote(self.path)
                signer = _SIGNER.search(signed)
                role = gate._roles.get(signer[1] if signer else "", "nobody")
                if found_function := _INVOCATION.match(unquote(self.path)):
                    return self.invoked(role, found_function[1], body)
                asked = rights(self.command, self.path, dict(self.headers), body)
                if not gate._passes(role, asked):
                    return self.answer(403, _REFUSED, {})
                connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port)
                connection.request(self.command, self.path, body, dict(self.headers))
                found = connection.getresponse()
                content, headers = found.read(), dict(found.getheaders())
                connection.close()
                if found.status == 404 and not gate.allows(role, ("s3:ListBucket", "")):
                    return self.answer(403, _REFUSED, {})
                return self.answer(found.status, content, headers)

            def invoked(self, role: str, function: str, body: bytes) -> None:
                if not gate._passes(role, {("lambda:InvokeFunction", function)}):
                    return self.answer(403, b'{"Message": "AccessDenied"}', {})
                assert gate.compactor is not None
                said = gate.compactor(json.loads(body))
                failed = {"x-amz-function-error": "Unhandled"} if "error" in said else {}
                return self.answer(200, json.dumps(said).encode(), failed)

            def answer(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                length = str(len(content))
                for name, value in headers.items():
                    if name.lower() == "content-length" and self.command == "HEAD":
                        length = value
                    elif name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                self.send_header("content-length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = relay  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def admit(self, role: str, access_key: str, allowed: set[Right]) -> None:
        """Know who signs with an access key, and what he may do."""
        self._roles[access_key] = role
        self._rights[role] = set(allowed)
        self.needed.setdefault(role, set())
        self.refused[role] = set()

    def allows(self, role: str, needed: Needed) -> bool:
        """Whether the rights of a role cover an action."""
        return covered(self._rights.get(role, set()), self._bucket, needed)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _passes(self, role: str, asked: set[Needed]) -> bool:
        refused = {need for need in asked if not self.allows(role, need)}
        self.needed.setdefault(role, set()).update(asked)
        self.refused.setdefault(role, set()).update(refused)
        return not refused


def covered(allowed: set[Right], bucket: str, needed: Needed) -> bool:
    """Whether one of some rights covers an action on the bucket."""
    return any(right.covers(bucket, needed) for right in allowed)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
