"""A page of another origin in the same real browser, with every way that a page has to send."""

import http.server
import json
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.conftest import LocalServer, OpenPage, launched

PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABwAAAAcAQAAAABaduI5AAAAPElEQVR42mP8z8DwkYmBgYEB"
    "K/GfkQXCYmH8/wIugWBdgLAY/v+3/wAV++8AE/vzHyb2F27oLziLB8M2AOsBESP00/XJAAAAAElFTkSuQmCC"
)
BODY = json.dumps({"image": PICTURE, "label": 7})

# What became of a request, as its sender is told: a status, or that it may not know.
SEND = """
async ([address, body, type]) => {
  try {
    const headers = type ? { "content-type": type } : {};
    const answer = await fetch(address, { method: "POST", mode: %r, headers, body });
    return answer.type === "opaque" ? "sent" : `${answer.status}`;
  } catch (error) {
    return "refused by the browser";
  }
}
"""

FORM = """
([address, body]) => {
  const frame = document.createElement("iframe");
  frame.name = address;
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: address, enctype: "text/plain", target: address });
  const field = document.createElement("input");
  [field.name, field.value] = [body.slice(0, -1) + ', "a": "', '"}'];
  form.append(field);
  document.body.append(frame, form);
  form.submit();
}
"""

BEACON = "([address, body]) => navigator.sendBeacon(address, body) ? 'sent' : 'refused'"

READ = """
async ([address]) => {
  try {
    return await (await fetch(address)).text();
  } catch (error) {
    return "refused by the browser";
  }
}
"""

# The other origin may be another site (by name or number) or the same one on another port.
HOSTS = ["127.0.0.1", "localhost", "evil.example"]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of another server, which has a page of its own."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Elsewhere</title><body>")

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def rebound(playwright: Playwright) -> Iterator[Browser]:
    """A browser in which evil.example is this machine, and which lets pages ask its own network."""
    flags = [
        "--host-resolver-rules=MAP evil.example 127.0.0.1",
        "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
    ]
    browser = launched(playwright, *flags)
    yield browser
    browser.close()


@pytest.fixture(params=HOSTS)
def other_page(request: pytest.FixtureRequest, rebound: Browser, elsewhere: int) -> Iterator[Page]:
    page = rebound.new_page()
    page.goto(f"http://{request.param}:{elsewhere}/")
    yield page
    page.close()


def rows(server: LocalServer) -> int:
    summary = httpx.get(f"{server.url}/feedback/summary", trust_env=False).json()
    kept: int = summary["rows"]
    return kept


def refusals(server: LocalServer) -> float:
    """How many requests came and were sent away: a test in which none comes says nothing."""
    lines = httpx.get(f"{server.url}/metrics", trust_env=False).text.splitlines()
    counted = [each for each in lines if each.startswith('digit_requests_total{route="refused"')]
    return sum(float(line.rpartition(" ")[2]) for line in counted)


WAYS = {
    "fetch of text": (SEND % "no-cors", "text/plain"),
    "fetch of a form": (SEND % "no-cors", "application/x-www-form-urlencoded"),
    "fetch of bytes": (SEND % "no-cors", ""),
    "fetch that asks first": (SEND % "cors", "application/json"),
    "fetch of text that wants to read": (SEND % "cors", "text/plain"),
    "form": (FORM, ""),
    "beacon": (BEACON, ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_another_origin_can_not_save(server: LocalServer, other_page: Page, way: str) -> None:
    before, refused = rows(server), refusals(server)
    script, kind = WAYS[way]

    for name in ("localhost", "127.0.0.1"):
        address = f"http://{name}:{urlsplit(server.url).port}/save_feedback"
        other_page.evaluate(script, [address, BODY, kind])
    for _ in range(50):  # a beacon says nothing of when it is sent
        if refusals(server) >= refused + 2:
            break
        other_page.wait_for_timeout(100)

    assert refusals(server) == refused + 2
    assert rows(server) == before


def test_another_origin_can_not_read(server: LocalServer, other_page: Page) -> None:
    for path in ("/download_csv", "/feedback/summary", "/health", "/"):
        said = other_page.evaluate(READ, [f"{server.url}{path}"])
        assert said == "refused by the browser"


def test_a_name_that_was_pointed_at_this_machine_gets_nothing(
    server: LocalServer, rebound: Browser
) -> None:
    """DNS rebinding: for the browser it is one origin, so that only the server can tell."""
    page = rebound.new_page()
    port = urlsplit(server.url).port
    answer = page.goto(f"http://evil.example:{port}/")
    assert answer is not None
    assert answer.status == 403
    assert "This server is not evil.example" in page.content()

    said = page.evaluate(READ, [f"http://evil.example:{port}/download_csv"])
    assert "This server is not evil.example" in said
    sent = page.evaluate(
        SEND % "cors", [f"http://evil.example:{port}/save_feedback", BODY, "application/json"]
    )
    assert sent == "403"
    page.close()


def test_a_link_elsewhere_leads_to_the_page_which_works(
    server: LocalServer, other_page: Page
) -> None:
    other_page.set_content(f'<a href="{server.url}/">Draw</a>')
    other_page.get_by_text("Draw").click()
    other_page.get_by_test_id("canvas").wait_for()

    sent = other_page.evaluate(SEND % "cors", [f"{server.url}/predict", BODY, "application/json"])
    assert sent == "200"


def test_its_own_page_may(server: LocalServer, open_page: OpenPage) -> None:
    page = open_page().page
    before = rows(server)

    sent = page.evaluate(SEND % "cors", ["/save_feedback", BODY, "application/json"])

    assert sent == "200"
    assert rows(server) == before + 1
