"""OpenAPI says what the routes take and answer, though FastAPI validates neither."""

import pytest

from tests.functions.conftest import FUNCTIONS

ERRORS = {
    "/predict": {"400", "413", "415", "429", "500", "503"},
    "/model": {"429", "500"},
    "/save_feedback": {"400", "409", "413", "415", "429", "500", "503"},
    "/download_csv": {"401", "404", "429", "500", "503"},
    "/feedback/summary": {"401", "429", "500", "503"},
    "/health": {"429", "500", "503"},
}


@pytest.mark.parametrize(("method", "path"), FUNCTIONS)
def test_every_route_is_documented_with_its_errors(method: str, path: str) -> None:
    document = FUNCTIONS[method, path].app.openapi()

    route = document["paths"][path][method.lower()]
    assert set(route["responses"]) - {"307"} == {"200"} | ERRORS[path]
    for status in ERRORS[path]:
        content = route["responses"][status]["content"]["application/json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Error"}
    if method == "POST":
        body = route["requestBody"]["content"]["application/json"]["schema"]
        shapes = body.get("anyOf", [body])
        assert "image" in shapes[0]["required"]
        assert [each["required"] for each in shapes[1:]] == (
            [["id", "taken_back"]] if path == "/save_feedback" else []
        )
    assert document["components"]["schemas"]["Error"]["required"] == ["error"]


def test_a_download_that_is_redirected_is_documented() -> None:
    document = FUNCTIONS["GET", "/download_csv"].app.openapi()

    assert "content" not in document["paths"]["/download_csv"]["get"]["responses"]["307"]


def test_the_download_is_documented_as_csv() -> None:
    document = FUNCTIONS["GET", "/download_csv"].app.openapi()

    assert list(document["paths"]["/download_csv"]["get"]["responses"]["200"]["content"]) == [
        "text/csv"
    ]


def test_how_many_digits_there_are_may_be_said_in_two_ways() -> None:
    document = FUNCTIONS["POST", "/predict"].app.openapi()

    body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    said, nothing = body["schema"]["properties"]["digits"]["anyOf"]
    assert said["enum"] == [1, "several"]
    assert nothing == {"type": "null"}
    assert "digits" not in body["schema"]["required"]
