"""Starts what a developer looks at: `make dev`. A change of a file is in service at once.

Vite serves the page at HOST and PORT (127.0.0.1 and 5173) and hands the API's routes on to the
three apps, which wait on a port of their own: so `make run` may run beside it. Both end together.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import uvicorn
from uvicorn.supervisors.statreload import StatReload

from local.protocol import Protocol

PROJECT = Path(__file__).resolve().parents[1]


class _Reload(StatReload):
    """Starts the server again after each change, and ends when the page's server has ended."""

    def __init__(self, config: uvicorn.Config, api: socket.socket, page: subprocess.Popen[bytes]):
        super().__init__(config, uvicorn.Server(config).run, [api])
        self._page = page

    def should_restart(self) -> list[Path] | None:
        if self._page.poll() is not None:
            raise StopIteration
        return super().should_restart()


def main() -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        "local.worker:create_app",
        factory=True,
        http=Protocol,
        ws="none",
        lifespan="off",
        reload=True,
        reload_dirs=[str(PROJECT / name) for name in ("layers/model", "functions", "local")],
    )
    api = socket.create_server(("127.0.0.1", 0))
    page = _start_page("http://{}:{}".format(*api.getsockname()))
    server = _Reload(config, api, page)
    try:
        server.run()
        failed = page.poll() and not server.should_exit.is_set()
    finally:
        page.terminate()
        page.wait()
    sys.exit(1 if failed else 0)


def _start_page(api: str) -> subprocess.Popen[bytes]:
    """Vite, which says its address by itself."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "5173"
    return subprocess.Popen(
        ["node_modules/.bin/vite", "--host", host, "--port", port, "--clearScreen", "false"],
        cwd=PROJECT / "web",
        env={**os.environ, "API": api},
    )


if __name__ == "__main__":
    main()
