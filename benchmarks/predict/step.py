"""One measurement of `/predict` in a fresh process: prints medians in microseconds, as JSON.

`handler`: an event into the function's handler, as Lambda calls it, with each stage, and with
`"explain": "evidence"`;
`resolved`: the same with routes as FastAPI makes them. `http`: over one connection to the local
server.
"""

import base64
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi.routing import APIRoute
from PIL import Image

from digit_recognizer.api import app as api_app
from digit_recognizer.api import log_line, telemetry
from digit_recognizer.settings import PROJECT
from tests.conftest import data_url
from tests.infra.events import event

WARM_UP = 100
REQUESTS = 1000
AT_MOST_S = 2.0


def handler(resolved: bool) -> dict[str, float]:
    """The whole, its stages, what telling and explaining cost, and the work alone."""
    times: dict[str, list[float]] = defaultdict(list)
    requests: list[telemetry.Measured] = []
    write = log_line.write

    def observed(measured: telemetry.Measured) -> None:
        times["line"].append(_timed(lambda: write(measured)))
        requests.append(measured)
        for stage, milliseconds in measured.stages.items():
            times[stage].append(1000 * milliseconds)

    log_line.write = observed
    if resolved:
        api_app._Route.get_route_handler = APIRoute.get_route_handler  # type: ignore[method-assign]
    from digit_recognizer.models import follower
    from digit_recognizer.recognition import preprocessing
    from functions.predict import app
    from local.metrics import count

    recogniser = follower.follower()._now.classifier

    def work() -> None:
        recogniser.predict(preprocessing.preprocess(picture))

    picture = _drawing()
    context = SimpleNamespace(aws_request_id="01234567-89ab-4cde-8f01-23456789abcd")
    request = event("predict") | {"body": json.dumps({"image": picture})}
    why = request | {"body": json.dumps({"image": picture, "explain": "evidence"})}
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "predict"
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = nowhere
        for _ in _requests():
            times["work"].append(_timed(work))
            times["handler"].append(_timed(lambda: app.handler(request, context)))
            times["count"].append(_timed(lambda: count(requests.pop())))
        for _ in _requests():
            times["explained"].append(_timed(lambda: app.handler(why, context)))
        sys.stdout = sys.__stdout__
    return {name: _median(each) for name, each in times.items()}


def over_http() -> dict[str, float]:
    """From sending the request to the last byte of the answer."""
    body = json.dumps({"image": _drawing()}).encode()
    head = (
        "POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    server = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=PROJECT,
        env={**os.environ, "PORT": "0", "DATA_STORE": "memory://", "CLIENT_RATE": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline().rstrip().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            times = [_timed(lambda: _ask(connection, request)) for _ in _requests()]
    finally:
        server.terminate()
        server.wait(20)
    return {"http": _median(times)}


def _ask(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    head, body, size = b"", b"", -1
    while len(body) != size:
        head += connection.recv(65_536)
        before, end, body = head.partition(b"\r\n\r\n")
        if end:
            assert before.startswith(b"HTTP/1.1 200 ")
            size = int(before.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])


def _drawing() -> str:
    """The sample event's drawing as the page sends one: a grey PNG."""
    sent = json.loads(event("predict")["body"])["image"]
    image = Image.open(io.BytesIO(base64.b64decode(sent.partition(",")[2])))
    return data_url(image.convert("L"))


def _requests() -> Iterator[None]:
    """So many, or fewer where each takes long."""
    started = time.monotonic()
    for number in range(WARM_UP + REQUESTS):
        if number > 2 * WARM_UP and time.monotonic() - started > AT_MOST_S:
            break
        yield


def _median(times: list[float]) -> float:
    return statistics.median(times[WARM_UP:])


def _timed(what: Callable[[], Any]) -> float:
    """Microseconds."""
    started = time.perf_counter()
    what()
    return 1e6 * (time.perf_counter() - started)


if __name__ == "__main__":
    name = sys.argv[1]
    print(json.dumps(over_http() if name == "http" else handler(resolved=name == "resolved")))
