"""Load on the local server with two workers: how much it answers, how fast, in how much memory.

`benchmarks.load.step` sends the requests; LOAD_SECONDS says for how long in each case, by default a
minute. Then a flood: many more connections than the server takes requests at once. The store is a
fresh folder where TMPDIR says, so TMPDIR=/dev/shm leaves the disk out. Linux only.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.drawn import held_out_digits, plain
from benchmarks.load.step import Case
from benchmarks.sections import table
from digit_recognizer.settings import PROJECT
from local.protocol import MAX_WAITING
from training.evaluation.renditions import data_url

PATHS = ("/predict", "/save_feedback")
CLIENTS = (1, 8, 64)
WORKERS = 2
FLOOD = 600
DRAWINGS = 20
TO_REACH = 400  # predictions a second with 8 clients

_ASKED_EVERY_S = 0.1


@dataclass(frozen=True)
class Server:
    """The server's process, its port and the folder of its store."""

    pid: int
    port: int
    folder: Path


@dataclass(frozen=True)
class Load:
    """What came of a load.

    Attributes:
        measured: what `benchmarks.load.step` prints.
        megabytes: of the server's memory before, after a third, and afterwards.
        health: seconds that GET /health took, asked all the while.
    """

    measured: dict[str, Any]
    megabytes: tuple[float, float, float]
    health: list[float]

    @property
    def answered(self) -> dict[str, float]:
        """Of the answers with status 200: how many, median, 99th percentile and longest in ms."""
        none: dict[str, float] = {"n": 0, "p50": 0, "p99": 0, "max": 0}
        return dict(self.measured["answers"].get("200", none))

    @property
    def errors(self) -> dict[str, int]:
        """How many requests were not answered with 200, by what came instead."""
        others: dict[str, int] = {
            status: of["n"] for status, of in self.measured["answers"].items()
        }
        others.pop("200", None)
        others.update(self.measured["failed"])
        return others


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    seconds = float(os.environ.get("LOAD_SECONDS") or 60)
    bodies = _bodies()
    with server() as under_load:
        warm_up = [load(under_load, path, bodies, 8, min(seconds, 5)) for path in PATHS]
        loads = {
            (path, clients): load(under_load, path, bodies, clients, seconds)
            for path in PATHS
            for clients in CLIENTS
        }
        floods = {
            path: load(under_load, path, bodies, FLOOD, min(seconds, 10), ask_health=True)
            for path in PATHS
        }
        kept = sum(1 for _ in (under_load.folder / "feedback" / "rows").rglob("*.json"))
    saved = [each for (path, _), each in loads.items() if path == "/save_feedback"]
    saved += [warm_up[1], floods["/save_feedback"]]
    acknowledged = sum(each.answered["n"] for each in saved)
    own = max(each.measured["own"] for each in loads.values())
    rate = _rate(loads["/predict", 8])
    return "\n\n".join(
        [
            f"{WORKERS} workers, and what loads them on the same cores (at most {own:.0f} µs of a"
            f" core a request); {seconds:g} s a case. So many clients have one connection each and"
            f" send the next of {len(bodies)} drawings as soon as they have the answer. Memory is"
            " that of all the server's processes (PSS), after a warm-up: before the case, after a"
            " third of it, and after it:",
            table(
                ["route, clients", "requests/s", "p50, ms", "p99, ms", "errors", "memory, MB"],
                [_row(path, clients, each) for (path, clients), each in loads.items()],
            ),
            f"`POST /predict` with 8 clients: {rate:,.0f} a second (to reach: {TO_REACH}).",
            f"A flood: {FLOOD} clients, of whose requests the server takes"
            f" {WORKERS * MAX_WAITING} at once, and who ask again at once when they are refused,"
            f" for {min(seconds, 10):g} s. `GET /health` is asked ten times a second, each time on"
            " a new connection. Memory is that before the flood, at its end, and after it:",
            table(
                ["route", *_FLOOD],
                [_flood_row(path, each) for path, each in floods.items()],
            ),
            f"Rows acknowledged with 200: {acknowledged:,.0f}; on the store: {kept:,}.",
        ]
    )


@contextmanager
def server() -> Iterator[Server]:
    """The local server with a fresh folder.

    Raises:
        RuntimeError: it did not start, or said that something went wrong.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder, log = Path(scratch) / "store", Path(scratch) / "log"
        variables = {"WORKERS": str(WORKERS), "PORT": "0", "DATA_STORE": folder.as_uri()}
        with (
            log.open("w") as errors,
            subprocess.Popen(
                [sys.executable, "-m", "local"],
                cwd=PROJECT,
                env={**os.environ, **variables},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            try:
                address = process.stdout.readline()
                if not address:
                    raise RuntimeError(log.read_text("utf-8"))
                yield Server(process.pid, int(address.rstrip().rpartition(":")[2]), folder)
            finally:
                process.terminate()
                process.wait(30)
        lines = log.read_text("utf-8")
        if "Traceback" in lines or "WARNING" in lines or "ERROR" in lines:
            raise RuntimeError(lines)


def load(
    server: Server,
    path: str,
    bodies: Sequence[str],
    clients: int,
    seconds: float,
    ask_health: bool = False,
) -> Load:
    """Load a server for some time, and look how it fares."""
    before = memory(server.pid)
    case = Case(server.port, path, list(bodies), clients, seconds)
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load.step"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asdict(case)))
        process.stdin.close()
        process.stdout.readline()  # it begins
        if ask_health:
            health = _health(server.port, seconds)
            during = memory(server.pid)
        else:
            health = []
            time.sleep(seconds / 3)
            during = memory(server.pid)
        said = process.stdout.read()
    if process.returncode != 0:
        raise RuntimeError("What loads the server failed; it says above why.")
    result = Load(json.loads(said), (before, during, memory(server.pid)), health)
    print(" ", path, clients, result.answered, result.errors, result.megabytes, flush=True)
    return result


def memory(pid: int) -> float:
    """Megabytes of a process and its children; what they share is counted once."""
    return sum(map(_proportional, _with_children(pid)))


def _proportional(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    share = re.search(r"^Pss: +(\d+) kB$", rollup, re.MULTILINE)
    assert share is not None
    return int(share[1]) * 1024 / 1e6


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *(each for child in children for each in _with_children(int(child)))]


def _health(port: int, seconds: float) -> list[float]:
    """Ask again and again, whether or not the answer to the last time has come."""
    with ThreadPoolExecutor(64) as threads:
        requests = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            requests.append(threads.submit(_ask_health, port))
            time.sleep(_ASKED_EVERY_S)
    return [each.result() for each in requests]


def _ask_health(port: int) -> float:
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/health", headers={"connection": "close"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"GET /health answers {answer.status}.")
    return time.perf_counter() - began


def _bodies() -> list[str]:
    """Drawings of writers whom the model has never seen, each with its label."""
    digits, _ = held_out_digits()
    drawings = plain(digits, DRAWINGS, np.random.default_rng(8))
    return [
        json.dumps({"image": data_url(Image.fromarray(each.canvas)), "label": each.label})
        for each in drawings
    ]


def _rate(load: Load) -> float:
    return float(load.answered["n"] / load.measured["took"])


def _memory(load: Load) -> str:
    return " → ".join(f"{each:.1f}" for each in load.megabytes)


def _row(path: str, clients: int, load: Load) -> list[str]:
    errors = ", ".join(f"{n:,} × {what}" for what, n in load.errors.items())
    times = [f"{load.answered[each]:.1f}" for each in ("p50", "p99")]
    return [f"{path}, {clients}", f"{_rate(load):,.0f}", *times, errors or "0", _memory(load)]


_FLOOD = [
    "answered/s",
    "p50, p99, ms",
    "refused (503)/s",
    "p50, p99, ms",
    "other",
    "health: p50, longest, ms",
    "memory, MB",
]


def _flood_row(path: str, load: Load) -> list[str]:
    none = {"n": 0, "p50": 0, "p99": 0}
    refused = load.measured["answers"].get("503", none)
    other = ", ".join(f"{n:,} × {what}" for what, n in load.errors.items() if what != "503")
    health = sorted(load.health)
    return [
        path,
        f"{_rate(load):,.0f}",
        f"{load.answered['p50']:.0f}, {load.answered['p99']:.0f}",
        f"{refused['n'] / load.measured['took']:,.0f}",
        f"{refused['p50']:.0f}, {refused['p99']:.0f}",
        other or "0",
        f"{1000 * health[len(health) // 2]:.0f}, {1000 * health[-1]:.0f}",
        _memory(load),
    ]
