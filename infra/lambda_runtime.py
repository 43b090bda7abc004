"""Lambda as a process sees it: the runtime's own client on the built artefacts, and nothing else.

`Runtime` unpacks a function and its layer as Lambda does (`/var/task`, `/opt/python`), starts
`awslambdaric`, AWS's own runtime client, on them, and serves it the Runtime API
(docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Tests prove the artefacts with it and
benchmarks measure the cold start.
"""

import io
import itertools
import json
import os
import platform
import queue
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from infra.packaging import bytecode, tree, wheels
from infra.packaging.artefacts import LAYER_NAME as LAYER
from infra.packaging.artefacts import PROJECT
from infra.packaging.target import Target

# awslambdaric and what it imports, from the tests' pins; on Lambda they are in /var/runtime.
_CLIENT = {"awslambdaric", "simplejson", "snapshot-restore-py"}
_API = "/2018-06-01/runtime"


def machine_target(python: str) -> Target:
    """The target that runs on this machine with a Python such as "3.13"."""
    return Target(python, "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64")


def install_client(into: Path, target: Target) -> None:
    """Put the runtime's client into a folder.

    Raises:
        PackagingError: its wheels can't be had.
    """
    pins = PROJECT / "tests" / "requirements.txt"
    wheels.install(pins, into, target, without=wheels.names(pins) - _CLIENT)


def unpack(built: Path, function: str, into: Path) -> Path:
    """Unpack a function and its layer as Lambda does, read-only.

    Args:
        built: a folder that `sam build` made.
        function: the function's logical id, such as "PredictFunction".
        into: a folder that is made, with `task/` and `opt/`.

    Returns:
        The same folder.
    """
    into.mkdir(parents=True)
    _unpack_one(built / function, into / "task")
    # All functions have the same layer, and the same folder for it.
    layer = into.parent / LAYER
    if not layer.exists():
        _unpack_one(built / LAYER, layer)
    (into / "opt").symlink_to(layer)
    return into


def _unpack_one(artefact: Path, into: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(tree.zipped(artefact, zipfile.ZIP_STORED))) as archive:
        archive.extractall(into)
    for path in [*into.rglob("*"), into]:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)


def remove(root: Path) -> None:
    """Remove a folder in which `unpack` made others."""
    for path in [root, *root.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(root)


@dataclass(frozen=True, slots=True)
class Invocation:
    """What came of an event.

    Attributes:
        answer: what the handler returned; None if it failed.
        error: the error that the runtime's client reported, with errorType and errorMessage.
        at: when the answer came, on the clock of `time.perf_counter`.
    """

    answer: Any
    error: dict[str, Any] | None
    at: float


class _Server(ThreadingHTTPServer):
    """A server that takes it in silence when a process that is killed hangs up."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Runtime:
    """One execution environment of Lambda; use it as a context manager.

    Args:
        python: the interpreter, which runs without site-packages.
        client: the folder with the runtime's client.
        unpacked: the folder that `unpack` made.
        environment: the function's variables, as its template sets them.
        handler: the handler's name.
        snap_start: whether the process is restored from a snapshot after its initialisation.
        log: a file for what the process prints.
        core: the one processor that it may use; None for all.
        within_s: an answer that takes longer is none.
    """

    def __init__(
        self,
        python: str,
        client: Path,
        unpacked: Path,
        environment: Mapping[str, str],
        *,
        handler: str = "app.handler",
        snap_start: bool = False,
        log: Path | None = None,
        core: int | None = None,
        within_s: float = 60.0,
    ) -> None:
        self._python = python
        self._client = client
        self._unpacked = unpacked
        self._environment = environment
        self._handler = handler
        self._snap_start = snap_start
        self._log = log
        self._core = core
        self._within_s = within_s
        self._events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._results: queue.Queue[tuple[str, Invocation]] = queue.Queue()
        self._numbers = itertools.count(1)
        self.restored = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._api())
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    def __enter__(self) -> "Runtime":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        output = self._log.open("ab") if self._log else subprocess.DEVNULL
        pinned = ["taskset", "--cpu-list", str(self._core)] if self._core is not None else []
        command = [*pinned, self._python, "-S", "-s", "-m", "awslambdaric", self._handler]
        self.started_at = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            cwd=self._unpacked / "task",
            env=self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        if not isinstance(output, int):
            output.close()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self._server.shutdown()
        self._server.server_close()

    def invoke(self, event: object) -> Invocation:
        """Hand an event to the function and wait for what comes of it.

        Raises:
            TimeoutError: nothing came, or the process ended.
        """
        request = f"00000000-0000-4000-8000-{next(self._numbers):012d}"
        self._events.put((request, json.dumps(event).encode()))
        deadline = time.monotonic() + self._within_s
        while time.monotonic() < deadline:
            try:
                answered, invocation = self._results.get(timeout=0.2)
            except queue.Empty:
                assert self.process is not None
                if self.process.poll() is None:
                    continue
                raise TimeoutError(f"It ended with {self.process.returncode}.") from None
            if answered in (request, ""):
                return invocation
        raise TimeoutError(f"No answer within {self._within_s:.0f} s.")

    def _variables(self) -> dict[str, str]:
        """The environment that Lambda gives, and nothing of this machine's."""
        host, port = self._server.server_address[:2]
        path = [self._unpacked / "task", self._unpacked / "opt" / "python", self._client]
        kind = "snap-start" if self._snap_start else "on-demand"
        return {
            "AWS_LAMBDA_RUNTIME_API": f"{host!s}:{port}",
            "AWS_LAMBDA_FUNCTION_NAME": "digits",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "LAMBDA_TASK_ROOT": str(self._unpacked / "task"),
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "TZ": ":UTC",
            "_HANDLER": self._handler,
            **self._environment,
        }

    def _api(self) -> type[BaseHTTPRequestHandler]:
        """The Runtime API: the next event, its answer or error, an error at the start."""
        runtime = self

        class Api(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == f"{_API}/restore/next":
                    runtime.restored.set()
                    runtime.started_at = time.perf_counter()
                    return self._reply(200, b"")
                request, event = runtime._events.get()
                deadline = str(round((time.time() + runtime._within_s) * 1000))
                arn = "arn:aws:lambda:eu-central-1:123456789012:function:digits:live"
                headers = {
                    "Lambda-Runtime-Aws-Request-Id": request,
                    "Lambda-Runtime-Deadline-Ms": deadline,
                    "Lambda-Runtime-Invoked-Function-Arn": arn,
                    "Content-Type": "application/json",
                }
                return self._reply(200, event, headers)

            def do_POST(self) -> None:
                at = time.perf_counter()
                content = json.loads(
                    self.rfile.read(int(self.headers.get("content-length", 0))) or b"null"
                )
                match self.path.removeprefix(f"{_API}/").split("/"):
                    case ["invocation", request, "response"]:
                        runtime._results.put((request, Invocation(content, None, at)))
                    case ["invocation", request, "error"]:
                        runtime._results.put((request, Invocation(None, content, at)))
                    case _:  # the process could not start; every invocation fails
                        runtime._results.put(("", Invocation(None, content, at)))
                self._reply(202, b"")

            def _reply(
                self, status: int, content: bytes, headers: Mapping[str, str] | None = None
            ) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Api


def main() -> None:
    """Say whether this machine has LAMBDA_PYTHON; end with a sentence where it has not."""
    version = os.environ.get("LAMBDA_PYTHON") or Target().python
    found = bytecode.interpreter(version)
    if found is None:
        sys.exit(
            f"Nothing was verified: there is no Python {version} on this machine and none could be"
            f" fetched. Install it (uv python install {version}, pyenv, or a Debian that has it, in"
            " a chroot made by debootstrap), or name another: make verify-lambda PYTHON_VERSION=…"
        )
    print(f"Verifying under Python {version} ({platform.machine()}) …")


if __name__ == "__main__":
    main()
