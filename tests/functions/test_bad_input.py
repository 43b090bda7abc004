"""Each kind of bad input: its status, one sentence in the contract's shape, an untouched store."""

import base64
import io
import json
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from digit_recognizer.rows import arrivals
from functions.feedback.app import app as feedback_app
from functions.predict.app import app as predict_app
from tests.conftest import data_url
from tests.functions.conftest import Invoke, client_of


def png(payload: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(payload).decode()


def huge_png(side: int) -> str:
    """A PNG that claims side × side pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return png(b"\x89PNG\r\n\x1a\n" + parts)


def truncated_png() -> str:
    buffer = io.BytesIO()
    Image.effect_noise((280, 280), 90).save(buffer, "PNG")
    return png(buffer.getvalue()[: buffer.tell() // 2])


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'

# What is sent as the whole body, its status, and what the sentence says.
BODIES: dict[str, tuple[bytes, int, str]] = {
    "no body": (b"", 400, "The body is missing"),
    "not JSON": (b"{image", 400, "The body is not JSON"),
    "half a JSON": (b'{"image": "data:', 400, "The body is not JSON"),
    "not UTF-8": (b'{"image": "\xff\xfe"}', 400, "The body is not JSON"),
    "NaN, which JSON has not": (b'{"image": NaN}', 400, "The body is not JSON"),
    "a very deep JSON": (b"[" * 999, 400, "The body is not JSON"),
    "an endlessly deep JSON": (b"[" * 100_000, 400, "too many parts"),
    "a number of very many digits": (b'{"label": ' + b"9" * 5000 + b"}", 400, "not JSON"),
    "a list": (b"[]", 400, "not an object"),
    "a string": (b'"image"', 400, "not an object"),
    "null": (b"null", 400, "not an object"),
    "two million lists": (b'{"image": [' + b"[]," * 1_990_000 + b"[]]}", 400, "too many parts"),
    "many fields": (b"{%s}" % b",".join(b'"%d": 1' % n for n in range(2000)), 400, "too many"),
    "8 MB": (b'{"image": "' + b"A" * 8_000_000 + b'"}', 413, "at most 6 MB"),
}

# What is sent as `image`, its status, and what the sentence says.
IMAGES: dict[str, tuple[object, int, str]] = {
    "null": (None, 400, '"image" is missing'),
    "a number": (7, 400, "must be a string"),
    "true": (True, 400, "must be a string"),
    "a list": ([], 400, "must be a string"),
    "an object": ({"data": ""}, 400, "must be a string"),
    "an empty string": ("", 400, "data URL"),
    "no comma": ("data:image/png;base64", 400, "data URL"),
    "a long head": (f"data:image/png;a={'b' * 100};base64,iVBO", 400, "data URL"),
    "five megabytes of a head": (f"data:{' ' * 5_000_000};base64,iVBO", 400, "data URL"),
    "a remainder of base64": ("data:;base64,0", 400, "not base64"),
    "lists in lists": (json.loads("[" * 900 + "]" * 900), 400, "must be a string"),
    "nothing after the comma": ("data:image/png;base64,", 400, "no data after the comma"),
    "not base64": ("data:image/png;base64,!!!!", 400, "not base64"),
    "not even ASCII": ("data:image/png;base64,\ud800é", 400, "not base64"),
    "base64 of text": (png(b"seven"), 400, "not a picture"),
    "a truncated PNG": (truncated_png(), 400, "not a picture"),
    "an SVG": (png(SVG), 400, "not a picture"),
    "a PNG of 20,000 × 20,000": (huge_png(20_000), 413, "too many pixels"),
    "a blank canvas": (data_url(Image.new("L", (280, 280))), 400, "empty"),
    "a blank transparent canvas": (data_url(Image.new("RGBA", (280, 280))), 400, "empty"),
}

LABELS: list[object] = [10, -1, 3.7, True, None, "seven"]

ROUTES = {"/predict": predict_app, "/save_feedback": feedback_app}


async def answer_to(path: str, body: bytes) -> httpx.Response:
    async with client_of(ROUTES[path]) as client:
        return await client.post(path, content=body)


def assert_refused(answer: httpx.Response, status: int, sentence: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["error"]
    assert sentence in body["error"]
    assert body["error"].endswith(".")
    assert len(body["error"]) < 200


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(("body", "status", "sentence"), BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_no_request_is_refused(
    path: str, body: bytes, status: int, sentence: str, folder: Path
) -> None:
    assert_refused(await answer_to(path, body), status, sentence)
    assert not list(folder.rglob("*"))


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(("image", "status", "sentence"), IMAGES.values(), ids=IMAGES.keys())
async def test_what_is_no_picture_is_refused(
    path: str, image: object, status: int, sentence: str, folder: Path
) -> None:
    body = json.dumps({"image": image, "label": 5}).encode()

    assert_refused(await answer_to(path, body), status, sentence)
    assert not list(folder.rglob("*"))


@pytest.mark.parametrize("path", ROUTES)
async def test_a_missing_image_is_said_to_be_missing(path: str, folder: Path) -> None:
    answer = await answer_to(path, b'{"label": 5}')

    assert_refused(answer, 400, '"image" is missing')
    assert not list(folder.rglob("*"))


@pytest.mark.parametrize("label", LABELS, ids=str)
async def test_what_is_no_label_is_refused(label: object, drawing: str, folder: Path) -> None:
    body = json.dumps({"image": drawing, "label": label}).encode()

    assert_refused(await answer_to("/save_feedback", body), 400, "The label is ")
    assert not list(folder.rglob("*"))


async def test_a_missing_label_is_said_to_be_missing(drawing: str, folder: Path) -> None:
    body = json.dumps({"image": drawing}).encode()

    assert_refused(await answer_to("/save_feedback", body), 400, "The label is missing")
    assert not list(folder.rglob("*"))


@pytest.mark.parametrize("contributor", ["", "me@example.org", "short", "x" * 65, 7, {}], ids=str)
async def test_what_is_no_contributor_is_refused(
    contributor: object, drawing: str, folder: Path
) -> None:
    body = json.dumps({"image": drawing, "label": 5, "contributor": contributor}).encode()

    assert_refused(await answer_to("/save_feedback", body), 400, "16 to 64 random letters")
    assert not list(folder.rglob("*"))


FIELDS = ["label", "id", "prediction", "confidence", "model_version", "source", "contributor"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value",
    [
        "[" * 965 + "]" * 965,
        '{"a":' * 965 + "1" + "}" * 965,
        '"%s"' % ("\\u0000" * 100_000),
        "9" * 4000,
        "-1e999",
    ],
    ids=["lists", "objects", "a long text", "a long number", "beyond all numbers"],
)
async def test_whatever_a_field_holds_it_is_shown_shortened(
    field: str, value: str, drawing: str, folder: Path
) -> None:
    label = "" if field == "label" else '"label": 5, '
    body = f'{{"image": "{drawing}", {label}"{field}": {value}}}'.encode()

    assert_refused(await answer_to("/save_feedback", body), 400, "The ")
    assert not list(folder.rglob("*"))


@pytest.mark.parametrize("length", ["9" * 5001, "6000001", "9" * 19])
async def test_a_body_that_says_that_it_is_too_long_is_refused_unread(
    length: str, folder: Path
) -> None:
    async with client_of(predict_app) as client:
        answer = await client.post("/predict", content=b"{}", headers={"content-length": length})

    assert_refused(answer, 413, "at most 6 MB")


@pytest.mark.parametrize("length", ["+5", "-1", "five", "\u0665", "1e9"])
async def test_a_length_that_is_none_is_counted(length: str, drawing: str) -> None:
    body = json.dumps({"image": drawing}).encode()
    headers = {b"content-length": length.encode()}
    async with client_of(predict_app) as client:
        answer = await client.post("/predict", content=body, headers=headers)

    assert answer.status_code == 200


async def test_one_dot_is_feedback(saving: httpx.AsyncClient, dot: str, folder: Path) -> None:
    answer = await saving.post("/save_feedback", json={"image": dot, "label": "NaN"})

    assert answer.status_code == 200
    assert len(list(folder.rglob("*.json"))) == 1


async def test_a_body_is_counted_while_it_comes_in(folder: Path) -> None:
    """Without a length told in advance, only counting helps."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield bytes(1_000_000)

    async with client_of(feedback_app) as client:
        answer = await client.post("/save_feedback", content=endless())

    assert_refused(answer, 413, "at most 6 MB")
    assert sent <= 8


async def test_the_limit_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, drawing: str, folder: Path
) -> None:
    monkeypatch.setenv("MAX_BODY_BYTES", "500")

    body = json.dumps({"image": drawing, "label": 5}).encode()

    assert_refused(await answer_to("/save_feedback", body), 413, "at most 0.0005 MB")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("POST", "/predict/", 404),
        ("POST", "//predict", 404),
        ("GET", "/predict", 405),
        ("DELETE", "/predict", 405),
    ],
)
async def test_an_unknown_address_or_method_has_the_same_shape(
    predicting: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await predicting.request(method, "http://test" + path)

    assert_refused(answer, status, "the API is described at /docs")


async def test_an_error_of_ours_has_the_same_shape_and_tells_nothing(
    saving: httpx.AsyncClient, drawing: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(arrivals, "save", broken)

    answer = await saving.post("/save_feedback", json={"image": drawing, "label": 5})

    assert_refused(answer, 500, "Something went wrong on our side")
    assert "secret" not in answer.text


def test_on_lambda_the_refusals_are_the_same(invoke: Invoke, folder: Path, drawing: str) -> None:
    missing = invoke("POST", "/save_feedback")
    too_large = invoke("POST", "/save_feedback", '"' + "A" * 8_000_000 + '"')
    no_label = invoke("POST", "/save_feedback", {"image": drawing, "label": 10}, in_base64=True)

    assert [a["statusCode"] for a in (missing, too_large, no_label)] == [400, 413, 400]
    assert "The label is 10; it must be" in json.loads(no_label["body"])["error"]
    assert not list(folder.rglob("*"))
