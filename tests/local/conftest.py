"""The local server as a process of its own, as `make run` starts it."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp

from digit_recognizer.settings import PROJECT
from local.protocol import Protocol

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start the server with variables of its own; whatever still runs is ended afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start_one(most_files: int | None = None, **variables: str) -> subprocess.Popen[str]:
        started.append(started_server(most_files, **variables))
        return started[-1]

    yield start_one
    for process in started:
        end(process)


def started_server(most_files: int | None = None, **variables: str) -> subprocess.Popen[str]:
    """The server's process, on a port of its own; it may have so many files open."""
    limit = ["prlimit", f"--nofile={most_files}"] if most_files else []
    return subprocess.Popen(
        [*limit, sys.executable, "-m", "local"],
        cwd=PROJECT,
        env={**os.environ, "PORT": "0", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Kill a server with its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def address_of(server: subprocess.Popen[str]) -> str:
    """The address that the server prints when it is ready."""
    assert server.stdout is not None
    assert select.select([server.stdout], [], [], 30)[0], "the server did not get ready"
    line = server.stdout.readline()
    assert line.startswith("Digit recogniser: http://127.0.0.1:")
    return line.removeprefix("Digit recogniser: ").strip()


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The address of an app that is served in this process, where a test can change things."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http=Protocol, ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield "http://{}:{}".format(*listener.getsockname())
        server.should_exit = True
        await serving
