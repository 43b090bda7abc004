"""What tests of several parts need: drawings, stores, an S3 server."""

import base64
import io
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import hypothesis
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image, ImageDraw

from digit_recognizer import settings
from digit_recognizer.models import follower
from digit_recognizer.store import opening, storage

# How long one example takes says nothing on a machine that does other things, too.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=3000)  # make fuzz
hypothesis.settings.load_profile("house")

BUCKET = "digits"
AWS_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin files with long tests first: in the end no process waits for another one's."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of asynchronous tests."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _settings_of_this_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each test have the store, model and settings of its own environment."""
    monkeypatch.setenv("DATA_STORE", "memory://")  # never what this machine's user has collected
    for once in (settings.settings, opening.configured, follower.follower):
        once.cache_clear()
    yield
    for once in (settings.settings, opening.configured, follower.follower):
        once.cache_clear()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server over HTTP, with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in AWS_VARIABLES.items():
            environment.setenv(name, value)
        region = {"LocationConstraint": AWS_VARIABLES["AWS_REGION"]}
        client = boto3.client("s3", endpoint_url=address)
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
    yield address
    server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def store_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """An empty store of each kind, in the environment as DATA_STORE."""
    urls = {"folder": (tmp_path / "store").as_uri(), "memory": "memory://"}
    if request.param == "s3":
        endpoint = request.getfixturevalue("s3_server")
        for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": endpoint}.items():
            monkeypatch.setenv(name, value)
        urls["s3"] = f"s3://{BUCKET}/{tmp_path.name}"
    url: str = urls[request.param]
    monkeypatch.setenv("DATA_STORE", url)
    return url


@pytest.fixture
def store(store_url: str) -> storage.Store:
    """The store that the functions use in this test, of each kind."""
    return opening.configured()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a local store, in the environment as DATA_STORE."""
    path = tmp_path / "store"
    monkeypatch.setenv("DATA_STORE", path.as_uri())
    return path


@pytest.fixture(scope="session")
def drawing() -> str:
    """A seven, drawn with a thick pen on the page's canvas, as a data URL."""
    image = Image.new("L", (280, 280))
    pen = ImageDraw.Draw(image)
    pen.line([(70, 60), (205, 62), (125, 235)], fill=255, width=20, joint="curve")
    return data_url(image)


@pytest.fixture(scope="session")
def dot() -> str:
    """One dot of the pen: a picture, not an error."""
    image = Image.new("L", (280, 280))
    ImageDraw.Draw(image).ellipse((130, 130, 145, 145), fill=255)
    return data_url(image)


@pytest.fixture
def unreachable_s3(monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a store whose endpoint refuses connections, in the environment as DATA_STORE."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATA_STORE", "s3://digits/prefix")
    return "s3://digits/prefix"


def data_url(image: Image.Image, picture_format: str = "PNG") -> str:
    """A picture as the page sends it."""
    buffer = io.BytesIO()
    image.save(buffer, picture_format)
    payload = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"data:image/{picture_format.lower()};base64,{payload}"
