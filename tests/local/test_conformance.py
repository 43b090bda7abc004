"""The whole API against its own OpenAPI: whatever is sent, the answer is one that it describes.

`make fuzz` runs the same with many more examples.
"""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

import pytest
import schemathesis
from hypothesis import settings, strategies
from PIL import Image, ImageDraw
from schemathesis import Case, Response

from digit_recognizer import ids
from digit_recognizer.rows import arrivals
from digit_recognizer.store import opening
from local.app import create_local_app
from tests.conftest import data_url
from tests.layers.rows.examples import numbered


@strategies.composite
def drawings(draw: strategies.DrawFn) -> str:
    """A stroke on a small canvas, in each format and in both directions of light and dark."""
    side = draw(strategies.integers(12, 60))
    points = strategies.tuples(*[strategies.integers(2, side - 3)] * 2)
    dark = draw(strategies.booleans())
    image = Image.new("L", (side, side), 255 if dark else 0)
    stroke = draw(strategies.lists(points, min_size=2, max_size=5, unique=True))
    ImageDraw.Draw(image).line(stroke, fill=0 if dark else 255, width=3)
    return data_url(image, draw(strategies.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF"])))


schemathesis.openapi.format("data-url", drawings())
schemathesis.openapi.format("uuid", strategies.builds(ids.new_id))


with pytest.MonkeyPatch.context() as environment:
    environment.setenv("DATA_STORE", "memory://")  # to start with; a test has a store of its own
    environment.setenv("ALLOWED_HOSTS", "testserver")  # as Starlette's client says
    app = create_local_app(Path("not-built"))


def link_routes(document: dict[str, Any]) -> None:
    """Say what follows on what: an answer is labelled, then the data are read."""
    paths = document["paths"]
    body = {name: f"$response.body#/{name}" for name in ("id", "confidence", "model_version")}
    body |= dict.fromkeys(("prediction", "label"), "$response.body#/prediction")
    body["image"] = "$request.body#/image"
    saving = paths["/save_feedback"]["post"]["operationId"]
    paths["/predict"]["post"]["responses"]["200"]["links"] = {
        "label": {"operationId": saving, "requestBody": body}
    }
    paths["/save_feedback"]["post"]["responses"]["200"]["links"] = {
        path: {"operationId": paths[path]["get"]["operationId"]}
        for path in ("/feedback/summary", "/download_csv", "/health")
    }


def forget_boxes(document: dict[str, Any]) -> None:
    """Leave the box out: it has to lie in the picture and on ink, which no schema can say."""
    body = document["paths"]["/save_feedback"]["post"]["requestBody"]["content"]
    for schema in body["application/json"]["schema"]["anyOf"]:
        schema["properties"].pop("box", None)


forget_boxes(app.openapi())
link_routes(app.openapi())  # kept by the app, which serves it
schema = schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture
def row(folder: Path) -> None:
    """A row on the store, so that there is something to download."""
    asyncio.run(arrivals.save(opening.configured(), numbered(1)))


@schema.parametrize()
@pytest.mark.usefixtures("row")
def test_every_answer_is_one_that_the_document_describes(case: Case[Any]) -> None:
    case.call_and_validate()


class Use(schema.as_state_machine()):  # type: ignore[misc]
    """People who draw, label and look at the data, in any order, on an empty store."""

    rows: ClassVar[list[int]] = []  # at the end of each run

    def setup(self) -> None:
        opening.configured.cache_clear()
        self.saved: set[str] = set()
        self.taken_back: set[str] = set()

    def after_call(self, response: Response, case: Case[Any]) -> None:
        if case.path == "/save_feedback" and response.status_code == 200:
            body = case.body if isinstance(case.body, dict) else {}
            said = self.taken_back if body.get("taken_back") is True else self.saved
            said.add(response.json()["id"])

    def teardown(self) -> None:
        summary = schema["/feedback/summary"]["GET"].Case().call().json()
        rows = len(self.saved - self.taken_back)
        assert summary["rows"] == rows
        assert sum(summary["labels"].values()) == rows
        self.rows.append(rows)


def test_each_saved_drawing_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_STORE", "memory://")

    Use.run(settings=settings(stateful_step_count=14))

    assert max(Use.rows) > 1
