"""How the local server takes connections, over real sockets."""

import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from tests.local.conftest import Start, address_of
from tests.local.test_local_server import is_worker

HEALTH = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
FILES = 256


def sockets_of(pid: int) -> int:
    files = Path(f"/proc/{pid}/fd").iterdir()
    return sum(str(file.readlink()).startswith("socket:") for file in files)


def connected(address: str) -> socket.socket:
    url = urlsplit(address)
    return socket.create_connection((url.hostname, url.port), timeout=30)


def answer(connection: socket.socket) -> bytes:
    """What comes back; nothing from a connection that is closed."""
    try:
        connection.sendall(HEALTH)
        return connection.recv(10_000)
    except ConnectionError:
        return b""


def test_workers_share_the_connections_that_stay_open(start: Start) -> None:
    server = start(WORKERS="2")
    address = address_of(server)
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    workers = [int(pid) for pid in children if is_worker(pid)]
    before = [sockets_of(pid) for pid in workers]

    with ExitStack() as opened:
        for _ in range(20):
            assert answer(opened.enter_context(connected(address))).startswith(b"HTTP/1.1 200 ")
        taken = [sockets_of(pid) - had for pid, had in zip(workers, before, strict=True)]

    assert len(taken) == 2
    assert min(taken) >= 2


def test_more_connections_than_files_are_closed_at_once_and_the_others_go_on(start: Start) -> None:
    address = address_of(start(most_files=FILES))
    with ExitStack() as opened:
        connections = [opened.enter_context(connected(address)) for _ in range(FILES // 2 + 20)]
        answers = [answer(connection) for connection in connections]
    afterwards = connected(address)

    assert answers.count(b"") == 20
    assert sum(each.startswith(b"HTTP/1.1 200 ") for each in answers) == FILES // 2
    assert answer(afterwards).startswith(b"HTTP/1.1 200 ")
