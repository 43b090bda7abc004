"""`/docs` is a page of our own, of each function and of all together, that needs nothing else."""

import re
from html.parser import HTMLParser

import pytest

from digit_recognizer.api.reference import written
from functions.download import app as download
from functions.feedback import app as feedback
from functions.predict import app as predict
from tests.functions.conftest import Invoke

APPS = {"predict": predict, "feedback": feedback, "download": download}


class _Page(HTMLParser):
    """What a browser would ask for, where links lead, and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        assert "style" not in named
        if tag == "link":
            self.asked.append(named["href"])
        if tag == "a":
            self.links.append(named["href"])
        if "id" in named:
            self.ids.append(named["id"])
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", APPS)
def test_every_function_describes_its_routes(invoke: Invoke, name: str) -> None:
    answer = invoke("GET", "/docs", function=APPS[name])

    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["isBase64Encoded"] is False
    for path in APPS[name].app.openapi()["paths"]:
        assert path in answer["body"]
    page = _Page(answer["body"])
    assert page.open == []
    assert page.asked == ["data:,", "docs.css"]
    assert set(page.links) - {"openapi.json"} <= {f"#{each}" for each in page.ids}
    style = invoke("GET", "/docs.css", function=APPS[name])
    assert style["headers"]["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in style["body"]
    assert "@import" not in style["body"]


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
def test_no_page_is_left_that_asks_another_host(invoke: Invoke, path: str) -> None:
    assert invoke("GET", path, function=predict)["statusCode"] == 404


def test_what_a_field_is_comes_in_words() -> None:
    html = written(predict.app.openapi() | {"info": {"title": "<b>&"}})

    assert "&lt;b&gt;&amp;: the API" in html
    assert "integer from 0 to 9" in html
    assert "list of number" in html
    assert re.search(r'<a href="#Error">Error</a>', html)
