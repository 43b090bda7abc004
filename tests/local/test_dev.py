"""`make dev`, on a copy of the tree that a test can change."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from digit_recognizer.settings import PROJECT
from tests.local.conftest import end


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The code that is watched, and the page as it is."""
    for name in ("local", "functions"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    (tmp_path / "layers" / "model").mkdir(parents=True)
    (tmp_path / "web").symlink_to(PROJECT / "web")
    return tmp_path


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tree: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.dev"],
        cwd=tree,
        env={**os.environ, "PORT": str(port), "DATA_STORE": "memory://", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    end(process)


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        yield client


def wait_for(client: httpx.Client, text: str) -> None:
    """Wait until the API's own description has a text in it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if text in client.get("/openapi.json").text:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The server did not come to say {text!r}.")


def test_page_and_api_have_one_address_and_end_together(
    server: subprocess.Popen[str], client: httpx.Client, port: int
) -> None:
    wait_for(client, "Digit recogniser")

    assert "/src/main.tsx" in client.get("/").text
    assert client.get("/health").json()["status"] == "healthy"
    # As browsers ask that say no more than that, from the page and from elsewhere.
    for origin, status in ((f"http://127.0.0.1:{port}", 400), ("http://127.0.0.1:1", 403)):
        answer = client.post("/predict", json={}, headers={"origin": origin})
        assert answer.status_code == status

    os.killpg(server.pid, signal.SIGINT)  # as Ctrl-C does
    said, _ = server.communicate(timeout=20)

    assert server.returncode == 0
    assert f"http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said
    with pytest.raises(httpx.ConnectError):
        client.get("/")


def test_a_change_of_python_is_served_without_a_restart(
    server: subprocess.Popen[str], client: httpx.Client, tree: Path
) -> None:
    wait_for(client, '"Digit recogniser"')
    app = tree / "local" / "app.py"

    app.write_text("this is no Python\n")
    time.sleep(1)  # a server that fell over comes back
    app.write_text((PROJECT / "local" / "app.py").read_text().replace("Digit rec", "Another rec"))

    wait_for(client, '"Another recogniser"')


def test_it_ends_when_the_page_cannot_be_served(server: subprocess.Popen[str], port: int) -> None:
    vite = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    deadline = time.monotonic() + 60
    while not (pages := [pid for pid in vite.read_text().split() if is_vite(pid)]):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    os.kill(int(pages[0]), signal.SIGKILL)

    server.communicate(timeout=20)
    assert server.returncode == 1


def is_vite(pid: str) -> bool:
    return b"vite" in Path(f"/proc/{pid}/cmdline").read_bytes()
