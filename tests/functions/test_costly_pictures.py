"""A costly picture is read beside the event loop: others are answered meanwhile."""

import asyncio
import base64
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw

from digit_recognizer.api import aside
from digit_recognizer.recognition import pictures
from digit_recognizer.recognition.containers.container import Container
from digit_recognizer.recognition.preprocessing import preprocess
from tests.functions.conftest import Invoke


def photo(width: int = 1800, height: int = 1400, **options: object) -> str:
    """A dark seven on paper, with the noise of a camera, as a JPEG."""
    image = Image.new("L", (width, height), 220)
    points = [(0.35 * width, 0.25 * height), (0.65 * width, 0.25 * height)]
    ImageDraw.Draw(image).line([*points, (0.45 * width, 0.75 * height)], 40, width // 15)
    noise = np.random.default_rng(0).normal(0, 6, (height, width))
    noisy = np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, "JPEG", quality=90, **options)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


class Held:
    """Costly pictures are decoded once `let_go` is called; who decoded what is known."""

    def __init__(self, decode: Callable[[Container], pictures.Decoded]) -> None:
        self._decode = decode
        self._gate = threading.Event()
        self._lock = threading.Lock()
        self._now = 0
        self.at_once = 0
        self.threads: list[threading.Thread] = []

    def decode(self, picture: Container) -> pictures.Decoded:
        with self._lock:
            self.threads.append(threading.current_thread())
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        if picture.is_costly:
            assert self._gate.wait(60)
        with self._lock:
            self._now -= 1
        return self._decode(picture)

    def let_go(self) -> None:
        self._gate.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held(pictures.decode)
    monkeypatch.setattr(pictures, "decode", held.decode)
    yield held
    held.let_go()


async def test_while_a_costly_picture_is_read_others_are_answered(
    held: Held, predicting: httpx.AsyncClient, drawing: str
) -> None:
    asking = asyncio.create_task(predicting.post("/predict", json={"image": photo()}))
    while not held.threads:  # noqa: ASYNC110
        await asyncio.sleep(0)

    health = await predicting.get("/health")
    small = await predicting.post("/predict", json={"image": drawing})

    assert not asking.done()
    assert (health.status_code, small.json()["prediction"]) == (200, 7)
    held.let_go()
    assert (await asking).json()["prediction"] == 7


async def test_a_drawing_waits_for_no_thread(
    held: Held, predicting: httpx.AsyncClient, drawing: str
) -> None:
    await predicting.post("/predict", json={"image": drawing})

    assert held.threads == [threading.current_thread()]


async def test_so_many_are_read_at_once_so_many_wait_and_the_rest_come_again(
    held: Held, predicting: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "MOST", 5)
    body = {"image": photo()}
    asking = [asyncio.create_task(predicting.post("/predict", json=body)) for _ in range(8)]

    done: set[asyncio.Task[httpx.Response]] = set()
    while len(done) < 3:
        done, waiting = await asyncio.wait(asking, timeout=0.05)
    held.let_go()

    refused = [task.result() for task in done]
    assert [answer.status_code for answer in refused] == [503] * 3
    assert "Too many large pictures at once" in refused[0].json()["error"]
    answers = await asyncio.gather(*waiting)
    assert [answer.json()["prediction"] for answer in answers] == [7] * 5
    assert held.at_once == aside.AT_ONCE
    assert (await predicting.post("/predict", json=body)).status_code == 200


def test_on_lambda_each_request_may_have_an_event_loop_of_its_own(invoke: Invoke) -> None:
    for _ in range(2):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        answer = invoke("POST", "/predict", {"image": photo()})
        loop.close()
        assert json.loads(answer["body"])["prediction"] == 7


async def test_a_damaged_costly_picture_is_refused_as_a_small_one_is(
    predicting: httpx.AsyncClient,
) -> None:
    head, _, payload = photo().partition(",")
    cut = base64.b64encode(base64.b64decode(payload)[:100_000]).decode()

    answer = await predicting.post("/predict", json={"image": f"{head},{cut}"})

    assert answer.status_code == 400


def only_row(folder: Path) -> dict[str, object]:
    (file,) = folder.glob("feedback/rows/*/*/*.json")
    content: dict[str, object] = json.loads(file.read_bytes())
    return content


async def test_a_row_of_a_large_picture_is_bounded_and_gives_the_same_pixels_again(
    saving: httpx.AsyncClient, folder: Path
) -> None:
    sent = photo(3000, 2500)
    assert len(sent) > 2_000_000

    answer = await saving.post("/save_feedback", json={"image": sent, "label": 7})

    assert answer.status_code == 200
    row = only_row(folder)
    image, pixels = str(row["image"]), base64.b64decode(str(row["pixels"]))
    assert len(json.dumps(row)) < 1_500_000
    assert preprocess(image).tobytes() == pixels == preprocess(sent).tobytes()


async def test_a_row_has_nothing_of_a_picture_but_its_pixels(
    saving: httpx.AsyncClient, folder: Path, drawing: str
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 1, "at home"
    sent = photo(200, 200, exif=exif, comment=b"with love")
    head = "data:image/jpeg;name=my%20house;base64"

    await saving.post("/save_feedback", json={"image": head + sent[sent.index(",") :], "label": 7})

    image = str(only_row(folder)["image"])
    kept = base64.b64decode(image.partition(",")[2])
    assert image.startswith("data:image/jpeg;base64,")
    assert b"at home" not in kept
    assert b"with love" not in kept
    assert preprocess(image).tobytes() == preprocess(sent).tobytes()


async def test_a_drawing_is_kept_as_it_was_sent(
    saving: httpx.AsyncClient, folder: Path, drawing: str
) -> None:
    await saving.post("/save_feedback", json={"image": drawing, "label": 7})

    assert only_row(folder)["image"] == drawing
