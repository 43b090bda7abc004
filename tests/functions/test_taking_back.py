"""A person takes back what they gave: on every kind of store, through the API alone."""

import httpx
import pytest

from digit_recognizer.ids import hashed_id, new_id
from digit_recognizer.rows import compaction
from digit_recognizer.store.storage import Store

pytestmark = pytest.mark.usefixtures("store")


async def labels(downloading: httpx.AsyncClient) -> list[str]:
    answer = await downloading.get("/download_csv")
    assert answer.status_code == 200
    summary = (await downloading.get("/feedback/summary")).json()
    lines = answer.text.splitlines()[1:]
    assert summary["rows"] == summary["waiting_for_retraining"] == len(lines)
    return [line.partition(",")[0] for line in lines]


async def give(saving: httpx.AsyncClient, drawing: str, label: int) -> str:
    answer = await saving.post("/save_feedback", json={"image": drawing, "label": label})
    assert answer.status_code == 200
    id_: str = answer.json()["id"]
    return id_


@pytest.mark.parametrize("compacts", [False, True])
async def test_what_is_taken_back_is_in_no_download_and_no_count(
    saving: httpx.AsyncClient,
    downloading: httpx.AsyncClient,
    drawing: str,
    store: Store,
    compacts: bool,
) -> None:
    ids = [await give(saving, drawing, label) for label in (7, 1, 3)]
    if compacts:
        await compaction.compact_all(store)

    for _ in range(2):
        answer = await saving.post("/save_feedback", json={"id": ids[1], "taken_back": True})
        assert answer.status_code == 200
        assert answer.json() == {"status": "success", "message": "It is taken back.", "id": ids[1]}
        assert await labels(downloading) == ["7", "3"]
    # It was on its way all the time, and comes now.
    again = {"image": drawing, "label": 1, "id": ids[1]}
    assert (await saving.post("/save_feedback", json=again)).status_code == 200
    assert await labels(downloading) == ["7", "3"]


async def test_a_row_that_nobody_knows_yet_is_taken_back_too(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str
) -> None:
    await give(saving, drawing, 7)
    id_ = new_id()
    answer = await saving.post("/save_feedback", json={"id": id_.upper(), "taken_back": True})
    assert answer.status_code == 200
    assert answer.json()["id"] == id_

    await saving.post("/save_feedback", json={"image": drawing, "label": 1, "id": id_})

    assert await labels(downloading) == ["7"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"taken_back": True}, "The id is missing"),
        ({"taken_back": True, "id": None}, "The id is missing"),
        ({"taken_back": True, "id": "seven"}, "not one of ours"),
        ({"taken_back": True, "id": 7}, "not one of ours"),
        ({"taken_back": "yes", "id": new_id()}, 'taken_back is "yes"'),
        ({"taken_back": 1, "id": new_id()}, "taken_back is 1"),
        ({"taken_back": [[]], "id": new_id()}, "taken_back is a list"),
        ({"taken_back": True, "id": hashed_id(b"7")}, "imported"),
    ],
)
async def test_what_takes_back_nothing_is_refused(
    saving: httpx.AsyncClient, store: Store, body: dict[str, object], sentence: str
) -> None:
    answer = await saving.post("/save_feedback", json=body)

    assert answer.status_code == (409 if sentence == "imported" else 400)
    assert sentence in answer.json()["error"]
    assert not [page async for page in store.pages("feedback") if page]


@pytest.mark.parametrize("said", [False, None])
async def test_a_row_that_is_not_taken_back_is_saved(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str, said: object
) -> None:
    body = {"image": drawing, "label": 7, "taken_back": said}
    assert (await saving.post("/save_feedback", json=body)).status_code == 200
    assert await labels(downloading) == ["7"]


async def test_nobody_is_told_the_id_of_a_row_of_somebody_else(
    saving: httpx.AsyncClient, downloading: httpx.AsyncClient, drawing: str, store: Store
) -> None:
    ids = [await give(saving, drawing, label) for label in (7, 1)]
    for _ in range(2):
        for path in ("/feedback/summary", "/download_csv"):
            said = (await downloading.get(path)).text
            assert not [id_ for id_ in ids if id_ in said]
        await compaction.compact_all(store)
    shown = (await downloading.get("/feedback/summary")).json()["recent"]
    assert len({each["id"] for each in shown}) == 2
