"""`GET /metrics` and the lines of requests, of the server as `make run` starts it."""

import json
import socket

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.local.conftest import Start, address_of


def figures(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """By a figure's name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_metrics_count_predictions_feedback_and_errors(start: Start, drawing: str) -> None:
    with httpx.Client(base_url=address_of(start()), timeout=30) as client:
        for _ in range(3):
            client.post("/predict", json={"image": drawing})
        client.post("/predict", json={"image": "nothing"})
        client.get("/a/name/that/somebody/made/up")
        for label in (7, 7, 1, "NaN"):
            client.post("/save_feedback", json={"image": drawing, "label": label, "prediction": 7})
        client.post("/save_feedback", json={"image": drawing, "label": 4})
        told = figures(client)

    assert told["digit_predictions_total", "7"] == 3
    assert told["digit_not_sure_total",] == 0
    assert told["digit_confidence_count",] == 3
    assert told["digit_confidence_bucket", "0.5"] == 0
    assert told["digit_confidence_bucket", "1.0"] == 3
    assert told["digit_requests_total", "/predict", "200"] == 3
    assert told["digit_requests_total", "/predict", "400"] == 1
    assert told["digit_requests_total", "unknown", "404"] == 1
    assert told["digit_request_seconds_count", "/predict"] == 4
    stages = sum(value for key, value in told.items() if key[0] == "digit_stage_seconds_total")
    assert 0 < stages < told["digit_request_seconds_sum", "/predict"]
    feedback = {key[1:]: value for key, value in told.items() if key[0] == "digit_feedback_total"}
    assert feedback == {
        ("7", "confirmed"): 2,
        ("1", "corrected"): 1,
        ("NaN", "corrected"): 1,
        ("4", "training"): 1,
    }


def test_what_the_app_never_hears_of_is_counted_too(start: Start) -> None:
    with httpx.Client(base_url=address_of(start()), timeout=30) as client:
        with socket.create_connection(
            (client.base_url.host, client.base_url.port or 0)
        ) as stranger:
            stranger.sendall(b"no HTTP at all\r\n\r\n")
            assert stranger.recv(100).startswith(b"HTTP/1.1 400 ")

        assert figures(client)["digit_requests_total", "refused", "400"] == 1


def test_whichever_worker_is_asked_tells_of_all(start: Start, drawing: str) -> None:
    address = address_of(start(WORKERS="2"))
    for _ in range(20):  # each on a connection of its own, so that both workers have some
        httpx.post(f"{address}/predict", json={"image": drawing}, timeout=30)

    for _ in range(5):
        with httpx.Client(base_url=address, timeout=30) as client:
            assert figures(client)["digit_predictions_total", "7"] == 20


@pytest.mark.parametrize("wanted", ["on", "off"])
def test_a_line_a_request_where_it_is_wanted(start: Start, drawing: str, wanted: str) -> None:
    server = start(LOG_REQUESTS=wanted)
    with httpx.Client(base_url=address_of(server), timeout=30) as client:
        client.post("/predict", json={"image": drawing})
        client.get("/health")
    server.terminate()
    said, _ = server.communicate(timeout=20)

    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["route"] for line in lines] == (["/predict", "/health"] if wanted == "on" else [])
    assert len({line["request_id"] for line in lines}) == len(lines)
