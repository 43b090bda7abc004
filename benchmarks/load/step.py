"""Load on a server, from a process of its own: prints when it begins, and what came of it as JSON.

So many connections send one request each, and the next one as soon as they have the answer. What to
do is told on standard input, as JSON: what `Case` names.
"""

import asyncio
import json
import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import httptools
import uvloop

PATIENCE_S = 20.0  # for the answers that are still to come when the time is over


@dataclass
class Case:
    """What to do.

    Attributes:
        port: of the server, on this machine.
        path: of the route.
        bodies: JSON that is sent by turns.
        clients: so many connections at once.
        seconds: no request begins after them.
    """

    port: int
    path: str
    bodies: list[str]
    clients: int
    seconds: float


class _Outcome:
    """What came of it.

    Attributes:
        times: seconds from sending a request to the last byte of its answer, by the status.
        failed: requests that got no answer, by what came instead.
        over: whether no more requests begin.
    """

    def __init__(self) -> None:
        self.times: defaultdict[int, list[float]] = defaultdict(list)
        self.failed: Counter[str] = Counter()
        self.over = False


class _Client(asyncio.Protocol):
    """One connection; the parser calls its `on_` methods."""

    def __init__(self, outcome: _Outcome, requests: "cycle[bytes]") -> None:
        self._outcome = outcome
        self._requests = requests
        self._parser = httptools.HttpResponseParser(self)
        self._waiting = False
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._outcome.times[self._parser.get_status_code()].append(time.perf_counter() - self._sent)
        self._waiting = False
        if self._outcome.over:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting:
            self._outcome.failed[type(error).__name__ if error else "closed without an answer"] += 1
        elif not self._outcome.over:
            self._outcome.failed["closed after an answer"] += 1
        self.ended.set_result(None)

    def give_up(self) -> None:
        """End; whoever still waits for an answer got none."""
        if self._waiting:
            self._waiting = False
            self._outcome.failed[f"no answer within {PATIENCE_S:g} s"] += 1
        self._transport.abort()

    def _send(self) -> None:
        self._waiting = True
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))


async def _drive(case: Case) -> _Outcome:
    outcome = _Outcome()
    loop = asyncio.get_running_loop()
    requests = cycle(_request(case.path, body.encode()) for body in case.bodies)
    opened = [
        loop.create_connection(lambda: _Client(outcome, requests), "127.0.0.1", case.port)
        for _ in range(case.clients)
    ]
    clients = []
    for each in await asyncio.gather(*opened, return_exceptions=True):
        if isinstance(each, BaseException):
            outcome.failed[type(each).__name__] += 1
        else:
            clients.append(each[1])
    await asyncio.sleep(case.seconds)
    outcome.over = True
    if clients:
        await asyncio.wait([client.ended for client in clients], timeout=PATIENCE_S)
    for client in clients:
        if not client.ended.done():
            client.give_up()
    return outcome


def _request(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _measured(case: Case) -> dict[str, Any]:
    """Milliseconds by status; what a request costs this process in microseconds of a core."""
    began, used = time.perf_counter(), _used()
    outcome = uvloop.run(_drive(case))
    took, used = time.perf_counter() - began, _used() - used
    answers = sum(map(len, outcome.times.values()))
    return {
        "took": took,
        "answers": {status: _spread(times) for status, times in outcome.times.items()},
        "failed": outcome.failed,
        "own": 1e6 * used / max(answers, 1),
    }


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    p50, p99 = (1000 * ordered[int(share * len(ordered))] for share in (0.5, 0.99))
    return {"n": len(ordered), "p50": p50, "p99": p99, "max": 1000 * ordered[-1]}


if __name__ == "__main__":
    case = Case(**json.load(sys.stdin))
    print("It begins.", flush=True)
    print(json.dumps(_measured(case)))
