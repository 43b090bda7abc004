"""What is saved through one function is downloaded through the other, on every kind of store."""

import base64
import io
import json
import logging
import time
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from digit_recognizer import settings
from digit_recognizer.api.app import VERSION
from digit_recognizer.ids import new_id
from digit_recognizer.recognition import preprocessing
from digit_recognizer.recognition.model import built_in
from digit_recognizer.rows import compaction, snapshot
from digit_recognizer.store import opening, storage
from digit_recognizer.store.storage import Store
from tests.conftest import data_url

COLUMNS = ["label", *(f"pixel{n}" for n in range(784))]


async def download(client: httpx.AsyncClient) -> pd.DataFrame:
    answer = await client.get("/download_csv")
    assert answer.status_code == 200
    return pd.read_csv(io.BytesIO(answer.content), keep_default_na=False)


@pytest.mark.usefixtures("store")
async def test_feedback_stands_in_the_download_with_its_label_and_pixels(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str
) -> None:
    saved = await saving.post("/save_feedback", json={"image": drawing, "label": 7})

    assert saved.status_code == 200
    assert saved.json() == {
        "status": "success",
        "message": "Feedback saved successfully.",
        "id": saved.json()["id"],
    }
    table = await download(downloading)
    assert list(table.columns) == COLUMNS
    assert table["label"].tolist() == [7]
    pixels = table.drop(columns="label").to_numpy(np.uint8)
    assert np.array_equal(pixels.reshape(28, 28), preprocessing.preprocess(drawing))


@pytest.mark.usefixtures("store")
async def test_labels_come_down_in_order_of_arrival(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str
) -> None:
    for label in (3, "5", "NaN", 0):
        answer = await saving.post("/save_feedback", json={"image": drawing, "label": label})
        assert answer.status_code == 200

    table = await download(downloading)
    assert table["label"].tolist() == ["3", "5", "NaN", "0"]


async def test_the_download_is_a_csv_attachment_with_crlf(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str, folder: Path
) -> None:
    await saving.post("/save_feedback", json={"image": drawing, "label": 1})

    answer = await downloading.get("/download_csv")

    assert answer.headers["content-type"].split(";")[0] == "text/csv"
    assert answer.headers["content-disposition"] == 'attachment; filename="user_pixel_data.csv"'
    lines = answer.content.split(b"\r\n")
    assert lines[0] == ",".join(COLUMNS).encode()
    assert lines[2:] == [b""]
    assert b"\n" not in lines[1]


@pytest.mark.usefixtures("store")
async def test_a_retry_with_the_answers_id_is_the_same_row(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str
) -> None:
    body = {"image": drawing, "label": 4, "id": new_id(), "prediction": 7, "confidence": 0.4}

    answers = [await saving.post("/save_feedback", json=body) for _ in range(3)]

    assert [(a.status_code, a.json()["id"]) for a in answers] == [(200, body["id"])] * 3
    assert len(await download(downloading)) == 1


async def test_the_original_picture_is_kept(
    saving: httpx.AsyncClient, drawing: str, folder: Path
) -> None:
    await saving.post("/save_feedback", json={"image": drawing, "label": 2, "prediction": 7})

    (file,) = folder.glob("feedback/rows/*/*/*.json")
    record = json.loads(file.read_bytes())
    kept = Image.open(io.BytesIO(base64.b64decode(record["image"].partition(",")[2])))
    assert kept.size == (280, 280)
    assert record["source"] == "corrected"
    assert record["preprocessing_version"] == preprocessing.PREPROCESSING_VERSION


async def test_who_contributed_stays_with_the_row_and_is_told_to_nobody(
    saving: httpx.AsyncClient,
    downloading: httpx.AsyncClient,
    drawing: str,
    store: storage.Store,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    contributors = ["mBx0n8-rWq_5tY2kLc9ZvQ", "5f0c8f0e-8a2b-4c1e-9d57-3b1a6f2e7c90", None]
    told = ""
    for number, contributor in enumerate(contributors):
        body = {"image": drawing, "label": number, "contributor": contributor, "prediction": 7}
        answer = await saving.post("/save_feedback", json=body)
        assert answer.status_code == 200
        told += answer.text
        # The last row stays in the tail.
        if number < 2:
            await compaction.compact_all(store)
    for path in ("/download_csv", "/feedback/summary"):
        told += (await downloading.get(path)).text

    kept = {record.label: record.contributor async for record in snapshot.rows(store)}
    assert kept == dict(enumerate(contributors))
    assert told.count("\r\n") == 4
    for contributor in filter(None, contributors):
        assert contributor not in told + caplog.text


async def test_saving_is_independent_of_how_much_is_stored(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str, folder: Path
) -> None:
    """A restart finds all rows: the store is opened anew."""
    await saving.post("/save_feedback", json={"image": drawing, "label": 2})
    opening.configured.cache_clear()
    settings.settings.cache_clear()
    await saving.post("/save_feedback", json={"image": drawing, "label": 3})

    table = await download(downloading)
    assert table["label"].tolist() == [2, 3]


@pytest.mark.usefixtures("store")
async def test_nothing_to_download_is_said_so(downloading: httpx.AsyncClient) -> None:
    answer = await downloading.get("/download_csv")

    assert answer.status_code == 404
    assert answer.json() == {"error": "CSV file not found. Submit some feedback first."}


@pytest.mark.parametrize("path", ["/download_csv", "/feedback/summary"])
async def test_a_damaged_manifest_is_a_503_that_names_it(
    store: Store, saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str, path: str
) -> None:
    await store.create("feedback/manifests/0000000001.json", b"<html>")

    assert (await saving.post("/save_feedback", json={"image": drawing, "label": 2})).is_success
    answer = await downloading.get(path)

    assert answer.status_code == 503
    assert "feedback/manifests/0000000001.json is damaged" in answer.json()["error"]


@pytest.mark.usefixtures("store")
async def test_health_says_whether_there_is_feedback(
    saving: httpx.AsyncClient, predicting: httpx.AsyncClient, drawing: str
) -> None:
    version = built_in().version
    before = await predicting.get("/health")
    await saving.post("/save_feedback", json={"image": drawing, "label": 2})
    after = await predicting.get("/health")

    healthy = {"status": "healthy", "model_version": version, "version": VERSION, "revision": None}
    assert before.json() == {**healthy, "csv_found": False}
    assert after.json() == {**healthy, "csv_found": True}


async def test_an_unreachable_store_answers_503_in_time(
    saving: httpx.AsyncClient,
    downloading: httpx.AsyncClient,
    predicting: httpx.AsyncClient,
    drawing: str,
    unreachable_s3: str,
) -> None:
    started = time.monotonic()

    answers = [
        await saving.post("/save_feedback", json={"image": drawing, "label": 2}),
        await downloading.get("/download_csv"),
        await predicting.get("/health"),
    ]

    sentence = "The data store can't be reached right now; try again in a moment."
    assert [(a.status_code, a.json()) for a in answers] == [(503, {"error": sentence})] * 3
    assert time.monotonic() - started < 10


async def test_a_jpeg_and_a_drawing_in_dark_ink_on_light_paper_are_feedback_too(
    saving: httpx.AsyncClient, drawing: str, folder: Path
) -> None:
    picture = Image.open(io.BytesIO(base64.b64decode(drawing.partition(",")[2])))
    inverted = data_url(picture.point(lambda grey: 255 - grey), "JPEG")

    answer = await saving.post("/save_feedback", json={"image": inverted, "label": 7})

    assert answer.status_code == 200
