"""Starts the local server: `python -m local`; HOST, PORT and WORKERS are read from the environment.

ALLOWED_HOSTS and CLIENT_RATE, too: see `local.visitors` and `local.client_limit`.

It prints its address once it answers, ends with status 0 on Ctrl-C or SIGTERM, and says in one
sentence what to do when it can't start. What the app itself may be told is in
`digit_recognizer.settings`.
"""

import asyncio
import errno
import os
import signal
import socket
import sys
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NoReturn

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess

from local import exposure
from local.security_headers import HEADERS

_START_S = 60.0  # a worker needs one second on a machine with nothing else to do


class _Server(uvicorn.Server):
    """The server in this process, which says when it is ready."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            _say_ready(sockets[0])


class _Workers(Multiprocess):
    """Servers in processes of their own on one socket; one that dies is replaced."""

    def init_processes(self) -> None:
        super().init_processes()
        if all(each.wait_until_ready(_START_S, self.should_exit) for each in self.processes):
            _say_ready(self.sockets[0])


def main() -> None:
    """Serve until told to stop."""
    # uvicorn raises the signal that stopped it once more when it has cleaned up.
    signal.signal(signal.SIGINT, _leave)
    signal.signal(signal.SIGTERM, _leave)
    workers = _number("WORKERS", "1", least=1, most=64)
    port = _number("PORT", "8000", least=0, most=65535)
    listener = _listen(os.environ.get("HOST") or "127.0.0.1", port)
    # The matrices of `normalise` are small: more threads than one would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imported late, so that a port that is taken is said at once.
    from digit_recognizer.errors import StoreUnavailable, UnfitStore
    from digit_recognizer.settings import settings
    from digit_recognizer.store import condition, opening
    from local.client_limit import rate_from_environment
    from local.protocol import Protocol
    from local.visitors import Hosts

    try:
        Hosts.from_environment()
        rate_from_environment()
        asyncio.run(condition.check(opening.configured()))
    except (ValueError, UnfitStore) as error:
        sys.exit(str(error))
    except StoreUnavailable:
        unsaved = (
            "The data store does not answer, or is read-only: feedback can't be saved for now."
        )
        print(unsaved, file=sys.stderr)
    if workers > 1 and settings().data_store.startswith("memory"):
        sys.exit("With DATA_STORE=memory:// each worker would have a store of its own: WORKERS=1.")
    has_token = bool(settings().download_token)
    if exposed := exposure.warning(listener.getsockname()[0], has_token):
        print(exposed, file=sys.stderr, flush=True)
    config = uvicorn.Config(
        "local.worker:create_app",
        factory=True,
        loop="local.listening:Loop",
        http=Protocol,
        ws="none",
        workers=workers,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        headers=HEADERS,
        proxy_headers=False,
    )
    if workers > 1:
        with TemporaryDirectory(prefix="digit-metrics-") as folder:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # see `local.metrics`
            _Workers(config, [listener]).run()
    else:
        _Server(config).run(sockets=[listener])


def _number(variable: str, default: str, least: int, most: int) -> int:
    """A variable's number; ends the process with a sentence where it holds none."""
    given = os.environ.get(variable) or default
    if not given.isdecimal() or not least <= int(given) <= most:
        sys.exit(f"{variable} is {given!r}; it must be a number from {least} to {most}.")
    return int(given)


def _listen(host: str, port: int) -> socket.socket:
    """The socket to serve on; ends the process with a sentence where there is none to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host, port)  # create_server hides what kind of error it is
        return socket.create_server((host, port), family=family, backlog=2048)
    except (socket.gaierror, UnicodeError):  # a name that DNS does not know, or can't be one
        reason = "there is no such address"
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(
                f"Can't listen on port {port} of {host}: it is already taken. Choose another port,"
                f" for example: PORT={port % 65535 + 1} make run"
            )
        reason = (error.strerror or str(error)).lower()
    sys.exit(
        f"Can't listen on port {port} of {host}: {reason}. Choose another HOST or PORT: 127.0.0.1"
        " is this machine only, 0.0.0.0 the whole network; ports below 1024 are the system's."
    )


def _say_ready(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Digit recogniser: http://{shown}:{port}", flush=True)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
