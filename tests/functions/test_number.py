"""Several digits over HTTP: what is answered, and a correction of one of them."""

import base64
import io
import json
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.layers.recognition.test_number import data_url, written


def open_zero() -> Image.Image:
    """A narrow zero of two arcs that do not meet: one digit, but it might be two ones."""
    image = Image.new("L", (280, 280), 0)
    pen = ImageDraw.Draw(image)
    for left, start, end in ((90, 100, 260), (110, -80, 80)):
        pen.arc((left, 60, left + 70, 220), start, end, 255, 10)
    return image


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


@pytest.mark.parametrize("colour", [255, 0])
async def test_an_upright_stroke_of_a_number_can_be_kept_alone(
    predicting: httpx.AsyncClient, saving: httpx.AsyncClient, folder: Path, colour: int
) -> None:
    image = Image.new("L", (280, 280), 255 - colour)
    for x in (100, 180):
        ImageDraw.Draw(image).line((x, 60, x, 220), colour, 18)
    sent = data_url(image)
    asked = {"image": sent, "explain": True}
    one = (await predicting.post("/predict", json=asked)).json()["digits"][1]

    row = {"image": sent, "box": one["box"], "label": 1, "id": one["id"]}
    assert (await saving.post("/save_feedback", json=row)).status_code == 200

    (file,) = folder.glob("feedback/rows/*/*/*.json")
    kept = json.loads(file.read_bytes())
    pixels = np.frombuffer(base64.b64decode(kept["pixels"]), np.uint8).reshape(28, 28)
    payload = base64.b64decode(one["input"].partition(",")[2])
    seen = np.asarray(Image.open(io.BytesIO(payload)), np.int16)
    assert np.abs(pixels.astype(np.int16) - seen).mean() < 1


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


async def test_what_a_person_says_is_one_digit_is_read_as_one(
    predicting: httpx.AsyncClient,
) -> None:
    asked = {"image": data_url(written("40")), "digits": 1}
    body = (await predicting.post("/predict", json=asked)).json()
    assert "number" not in body
    assert "digits" not in body


async def test_what_a_person_says_are_several_is_told_apart_though_it_looks_like_one(
    predicting: httpx.AsyncClient,
) -> None:
    image = data_url(open_zero())
    alone = (await predicting.post("/predict", json={"image": image})).json()
    assert "number" not in alone

    body = (await predicting.post("/predict", json={"image": image, "digits": "several"})).json()

    assert len(body["digits"]) == 2
    assert body["uncertain"] is True
    assert body["prediction"] == body["digits"][0]["prediction"]


async def test_several_that_nobody_can_tell_apart_are_answered_as_one(
    predicting: httpx.AsyncClient, drawing: str
) -> None:
    as_found = (await predicting.post("/predict", json={"image": drawing})).json()
    body = (await predicting.post("/predict", json={"image": drawing, "digits": "several"})).json()
    assert "number" not in body
    assert body["probabilities"] == as_found["probabilities"]


@pytest.mark.parametrize("count", [2, 0, "1", True, [], "one", 1.5])
async def test_another_count_of_digits_is_refused(
    predicting: httpx.AsyncClient, drawing: str, count: object
) -> None:
    answer = await predicting.post("/predict", json={"image": drawing, "digits": count})
    assert answer.status_code == 400
    assert '"several"' in answer.json()["error"]
