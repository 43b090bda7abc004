"""A stand-in for Docker's API: it takes a build as the daemon does, and keeps what came."""

import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_VERSION = {"ApiVersion": "1.44", "MinAPIVersion": "1.24", "Version": "25.0", "Os": "linux"}


class DockerApi:
    """Listens on a port of this machine.

    Attributes:
        url: for DOCKER_HOST.
        options: of the build that came, as its query has them.
        members: of its context, by name.
    """

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self.members: dict[str, tarfile.TarInfo] = {}
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.endswith("/_ping"):
                    self._answer(b"OK")
                elif self.path.endswith(("/version", "/info")):
                    self._answer(json.dumps(_VERSION).encode())
                else:  # the image that was built
                    self._answer(b'{"Id": "sha256:built", "RepoTags": []}')

            do_HEAD = do_GET  # noqa: N815

            def do_POST(self) -> None:
                body = self._body()
                address = urlsplit(self.path)
                if not address.path.endswith("/build"):
                    self._answer(b"{}")
                else:
                    api.options = {name: v[0] for name, v in parse_qs(address.query).items()}
                    with tarfile.open(fileobj=io.BytesIO(body)) as context:
                        api.members = {member.name: member for member in context}
                    self._answer(b'{"stream": "Successfully built 0123456789ab\\n"}\n')
                self._answer(b"{}")

            def _body(self) -> bytes:
                if self.headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length") or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _answer(self, content: bytes) -> None:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"tcp://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
