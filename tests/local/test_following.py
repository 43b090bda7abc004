"""The local server follows a promotion that another process makes, while it is used."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import httpx

from digit_recognizer.models import versions
from digit_recognizer.recognition.model import built_in
from digit_recognizer.store.opening import open_store
from tests import tiny_models
from tests.local.conftest import Start, address_of

TAKES_EFFECT_WITHIN_S = 60


def test_a_promotion_takes_effect_within_a_minute_and_no_request_fails(
    start: Start, folder: Path, drawing: str
) -> None:
    files = tiny_models.files("v1", tiny_models.litert(3))
    asyncio.run(versions.publish(open_store(folder.as_uri()), "v1", files))
    with httpx.Client(base_url=address_of(start()), trust_env=False) as client:

        def ask() -> tuple[int, str]:
            answer = client.post("/predict", json={"image": drawing})
            assert answer.status_code == 200
            return answer.json()["prediction"], answer.json()["model_version"]

        assert ask() == (7, built_in().version)
        promote = [sys.executable, "-m", "digit_recognizer", "promote", "v1"]
        subprocess.run(promote, check=True, timeout=60)
        until = time.monotonic() + TAKES_EFFECT_WITHIN_S
        while ask() != (3, "v1"):
            assert time.monotonic() < until
            time.sleep(0.01)

        assert client.get("/model").json()["in_service"]["reason"] == "Promoted by hand."
        assert client.get("/health").json()["model_version"] == "v1"
