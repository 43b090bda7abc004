"""Several digits over HTTP: what is answered, and a correction of one of them."""

import base64
import io
import json
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.layers.recognition.test_number import data_url, written


async def test_a_number_is_answered_digit_by_digit(predicting: httpx.AsyncClient) -> None:
    image = written("407")
    answer = await predicting.post("/predict", json={"image": data_url(image), "explain": True})

    body = answer.json()
    assert body["number"] == "407"
    assert [digit["prediction"] for digit in body["digits"]] == [4, 0, 7]
    assert (body["prediction"], body["uncertain"]) == (4, True)
    assert body["confidence"] == body["digits"][0]["confidence"]
    assert len({digit["id"] for digit in body["digits"]} | {body["id"]}) == 4
    lefts = [digit["box"][0] for digit in body["digits"]]
    assert lefts == sorted(lefts)
    for digit in body["digits"]:
        assert digit["input"].startswith("data:image/png;base64,")
        left, top, width, height = digit["box"]
        assert left + width <= image.width
        assert top + height <= image.height


async def test_one_digit_is_answered_as_before(predicting: httpx.AsyncClient, drawing: str) -> None:
    body = (await predicting.post("/predict", json={"image": drawing})).json()
    assert "number" not in body
    assert "digits" not in body


async def test_a_correction_of_one_digit_keeps_that_digit_alone(
    predicting: httpx.AsyncClient, saving: httpx.AsyncClient, folder: Path
) -> None:
    sent = data_url(written("407"))
    asked = {"image": sent, "explain": True}
    zero = (await predicting.post("/predict", json=asked)).json()["digits"][1]

    row = {"image": sent, "box": zero["box"], "label": 6, "id": zero["id"], "prediction": 0}
    answer = await saving.post("/save_feedback", json=row)

    assert answer.json()["id"] == zero["id"]
    (file,) = folder.glob("feedback/rows/*/*/*.json")
    kept = json.loads(file.read_bytes())
    assert kept["label"] == 6
    pixels = np.frombuffer(base64.b64decode(kept["pixels"]), np.uint8).reshape(28, 28)
    payload = base64.b64decode(zero["input"].partition(",")[2])
    seen = np.asarray(Image.open(io.BytesIO(payload)), np.int16)
    assert np.abs(pixels.astype(np.int16) - seen).mean() < 4
    again = await predicting.post("/predict", json={"image": kept["image"]})
    assert again.json()["prediction"] == 0


@pytest.mark.parametrize(
    "box", ["all", [1, 2, 3], [0, 0, 0, 5], [-1, 0, 5, 5], [0, 0, 9000, 5], [0.5, 0, 5, 5]]
)
async def test_a_box_that_is_none_is_refused(
    saving: httpx.AsyncClient, folder: Path, drawing: str, box: object
) -> None:
    answer = await saving.post("/save_feedback", json={"image": drawing, "label": 7, "box": box})

    assert answer.status_code == 400
    assert "box" in answer.json()["error"]
    assert list(folder.glob("feedback/rows/*/*/*.json")) == []
