import base64
import io
import uuid

import httpx
import numpy as np
import pytest
from PIL import Image

from digit_recognizer.recognition.model import built_in


async def test_a_drawing_is_named(predicting: httpx.AsyncClient, drawing: str) -> None:
    answer = await predicting.post("/predict", json={"image": drawing})

    assert answer.status_code == 200
    body = answer.json()
    assert body["prediction"] == 7
    assert body["confidence"] == pytest.approx(max(body["probabilities"]), abs=1e-4)
    assert body["confidence"] > 0.5
    assert len(body["probabilities"]) == 10
    assert sum(body["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert body["uncertain"] is False
    assert body["model_version"] == built_in().version
    assert uuid.UUID(body["id"]).version == 7
    assert "input" not in body


async def test_explain_shows_what_the_model_saw(
    predicting: httpx.AsyncClient, drawing: str
) -> None:
    answer = await predicting.post("/predict", json={"image": drawing, "explain": True})

    head, _, payload = answer.json()["input"].partition(",")
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(payload))))
    assert head == "data:image/png;base64"
    assert seen.shape == (28, 28)
    assert seen.dtype == np.uint8
    assert 0 < np.count_nonzero(seen) <= 22 * 22


async def test_explain_says_what_speaks_for_the_answer(
    predicting: httpx.AsyncClient, drawing: str
) -> None:
    body = (
        await predicting.post("/predict", json={"image": drawing, "explain": "evidence"})
    ).json()

    runner_up = sorted(range(10), key=body["probabilities"].__getitem__)[-2]
    assert body["evidence"]["runner_up"] == runner_up
    assert len(body["evidence"]["weights"]) == 784
    assert max(map(abs, body["evidence"]["weights"])) == 100
    assert body["input"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("explain", [False, None, 0, 1, "true", []])
async def test_only_true_explains(
    predicting: httpx.AsyncClient, drawing: str, explain: object
) -> None:
    answer = await predicting.post("/predict", json={"image": drawing, "explain": explain})

    assert answer.status_code == 200
    assert "input" not in answer.json()


async def test_one_dot_is_a_picture(predicting: httpx.AsyncClient, dot: str) -> None:
    answer = await predicting.post("/predict", json={"image": dot})

    assert answer.status_code == 200


async def test_each_answer_has_an_id_of_its_own(
    predicting: httpx.AsyncClient, drawing: str
) -> None:
    answers = [await predicting.post("/predict", json={"image": drawing}) for _ in range(3)]

    ids = [answer.json()["id"] for answer in answers]
    assert ids == sorted(set(ids))


async def test_the_card_of_the_model_in_service_is_shown(predicting: httpx.AsyncClient) -> None:
    answer = await predicting.get("/model")

    assert answer.status_code == 200
    card = answer.json()
    assert card["version"] == built_in().version
    assert {"created", "data", "figures"} <= card.keys()
    assert card["previous"] == []
