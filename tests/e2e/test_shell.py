"""What surrounds the page: its size, its worker, its manifest."""

import gzip
import io
import json
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import DigitPage, LocalServer, OpenPage

WIRE_BYTES = 130_000


def test_the_first_load_is_small_all_files_counted(open_page: OpenPage) -> None:
    page = open_page()
    session = page.page.context.new_cdp_session(page.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.page.reload(wait_until="networkidle")
    assert len(sizes) >= 5
    assert sum(sizes) < WIRE_BYTES


def test_files_are_compressed_typed_and_kept_as_they_may_be(digit_page: DigitPage) -> None:
    get = digit_page.page.request.get
    script = digit_page.page.locator("script[type=module]").get_attribute("src")
    for path, kind, cached in [
        ("/", "text/html", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon-192.png", "image/png", "no-cache"),
        (script, "text/javascript", "public, max-age=31536000, immutable"),
    ]:
        answer = get(f"{digit_page.url}{path}", headers={"accept-encoding": "gzip"})
        assert answer.ok, path
        assert answer.headers["content-type"].split(";")[0] == kind
        assert answer.headers["cache-control"] == cached
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.body())) < WIRE_BYTES


def test_the_page_can_be_installed(digit_page: DigitPage) -> None:
    def body(path: str) -> bytes:
        answer = digit_page.page.request.get(f"{digit_page.url}{path}")
        assert answer.ok, path
        return answer.body()

    manifest = json.loads(body("/manifest.webmanifest"))
    assert manifest["display"] == "standalone"
    icons: list[dict[str, Any]] = manifest["icons"]
    for icon in icons:
        if icon["type"] == "image/png":
            size = Image.open(io.BytesIO(body(icon["src"]))).size
            assert f"{size[0]}x{size[1]}" == icon["sizes"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    assert any(icon.get("purpose") == "maskable" for icon in icons)
    assert Image.open(io.BytesIO(body("/card.png"))).size == (1200, 630)
    session = digit_page.page.context.new_cdp_session(digit_page.page)
    told = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window, which is what tests run in, installs nothing.
    assert {error["errorId"] for error in told} <= {"in-incognito"}


@pytest.fixture
def kept_page(digit_page: DigitPage) -> DigitPage:
    """The page under its worker."""
    digit_page.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    digit_page.page.reload()
    digit_page.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return digit_page


def test_all_pages_open_offline_and_say_so(kept_page: DigitPage) -> None:
    kept_page.page.context.set_offline(True)
    kept_page.page.reload()
    kept_page.part("canvas").wait_for()
    expect(kept_page.part("connection")).to_contain_text("You are offline")
    kept_page.go("data")
    expect(kept_page.page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    kept_page.go("model")
    expect(kept_page.part("model-page")).to_have_attribute("data-state", "failed")
    kept_page.go("train")
    expect(kept_page.part("train-canvas")).to_be_visible()
    kept_page.page.context.set_offline(False)


def test_the_worker_keeps_no_answer_of_the_api(kept_page: DigitPage) -> None:
    kept_page.draw(1)
    kept_page.answer()
    kept_page.go("data")
    kept_page.go("model")
    kept_page.part("model-version").wait_for(state="attached")
    kept = kept_page.page.evaluate(
        """async () => {
            const names = await caches.keys();
            const opened = await Promise.all(names.map((name) => caches.open(name)));
            const requests = await Promise.all(opened.map((cache) => cache.keys()));
            return requests.flat().map((request) => new URL(request.url).pathname);
        }"""
    )
    assert "/" in kept
    files = {"/", "/favicon.svg", "/manifest.webmanifest", "/before-paint.js"}
    assert all(
        path in files or path.startswith("/assets/") or path.endswith(".png") for path in kept
    )


@pytest.mark.parametrize(
    ("address", "locale", "seen"),
    [
        ("/", "en-GB", ["Digit recogniser", "Draw a digit here", "Was it right?"]),
        ("/#data", "en-GB", ["Digit recogniser"]),
        ("/", "de-DE", []),
        ("/nowhere", "en-GB", []),
    ],
)
def test_the_page_is_seen_before_its_code_is_there(
    chromium: Browser, server: LocalServer, address: str, locale: str, seen: list[str]
) -> None:
    page = chromium.new_context(locale=locale, service_workers="block").new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    held: list[Route] = []
    page.route("**/assets/*.js", lambda route: held.append(route))
    page.goto(f"{server.url}{address}", wait_until="commit")
    expect(page.locator("#root .bars")).to_have_count(1)
    expect(page.locator("body")).to_have_css("margin", "0px")

    for text in ("Digit recogniser", "Draw a digit here", "Was it right?"):
        shown = page.get_by_text(text, exact=True)
        expect(shown).to_be_visible(visible=text in seen)
    assert not page.locator("[data-testid=canvas]").count()
    assert [text for text in said if "404" not in text or address != "/nowhere"] == []

    assert held
    page.unroute("**/assets/*.js")
    page.reload()
    page.locator("[data-testid=canvas], [data-testid=nothing-here]").wait_for(state="attached")
    assert not page.locator("[inert]").count()
    page.context.close()


@pytest.mark.parametrize(
    ("address", "chunks"),
    [
        ("/", set()),
        ("/#train", {"TrainPage"}),
        ("/#data", {"DataPage"}),
        ("/#model", {"ModelPage"}),
        ("/#constructor", set()),
    ],
)
def test_a_page_of_its_own_is_asked_for_beside_the_code(
    chromium: Browser, server: LocalServer, address: str, chunks: set[str]
) -> None:
    page = chromium.new_context(service_workers="block").new_page()
    errors: list[Exception] = []
    page.on("pageerror", lambda error: errors.append(error))
    asked: list[str] = []
    page.route("**/assets/*.js", lambda route: asked.append(route.request.url))
    page.goto(f"{server.url}{address}", wait_until="commit")
    page.locator('link[rel="modulepreload"]').first.wait_for(state="attached")
    page.locator("#root .bars").wait_for(state="attached")
    page.wait_for_function("() => performance.getEntriesByType('resource').length")
    pages = {
        name for url in asked for name in ["TrainPage", "DataPage", "ModelPage"] if name in url
    }
    assert pages == chunks
    assert errors == []
    page.context.close()


def test_the_api_answers_past_the_worker(kept_page: DigitPage) -> None:
    answers = [
        kept_page.page.evaluate("fetch('/model').then((r) => r.json())"),
        kept_page.page.request.get(f"{kept_page.url}/model").json(),
    ]
    assert answers[0] == answers[1]
    with kept_page.page.expect_response("**/model") as answer:
        kept_page.go("model")
    assert not answer.value.from_service_worker


def test_an_older_release_makes_way(kept_page: DigitPage) -> None:
    page = kept_page.page
    page.evaluate(
        """async () => {
            await (await navigator.serviceWorker.ready).unregister();
            await caches.open("shell-older");
        }"""
    )
    page.goto("about:blank")
    kept_page.open()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("async () => !(await caches.keys()).includes('shell-older')")
    assert len(page.evaluate("caches.keys()")) == 1
