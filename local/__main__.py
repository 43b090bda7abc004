"""Starts the local server: `python -m local`, with HOST, PORT and DATA_STORE from the environment.

It prints its address once it answers, ends with status 0 on Ctrl-C or SIGTERM, and says in one
sentence what to do when it can't start.
"""

import errno
import os
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import uvicorn


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(f"Digit recogniser: http://{shown}:{port}", flush=True)


def main() -> None:
    """Serve until told to stop."""
    # uvicorn raises the signal that stopped it once more when it has cleaned up.
    signal.signal(signal.SIGINT, _leave)
    signal.signal(signal.SIGTERM, _leave)
    listener = _listen(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
    # Imported late, so that a port that is taken is said at once.
    from local.app import create_local_app

    try:
        app = create_local_app()
    except ValueError as error:
        sys.exit(str(error))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", server_header=False
    )
    _Server(config).run(sockets=[listener])


def _listen(host: str, port: str) -> socket.socket:
    """The socket to serve on; ends the process with a sentence where there is none to be had."""
    if not port.isdecimal() or int(port) > 65535:
        sys.exit(f"PORT is {port!r}; it must be a number from 0 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family, backlog=2048)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "it is already taken" if taken else (error.strerror or str(error)).lower()
        sys.exit(
            f"Can't listen on port {port} of {host}: {reason}. Choose another port,"
            f" for example: PORT={int(port) % 65535 + 1} make run"
        )


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
