"""Themes and sizes of screen."""

import io
import re
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.collected import fill
from tests.e2e.conftest import DigitPage, LocalServer, OpenPage
from tests.e2e.screens import with_history
from tests.infra.template import content_security_policy

PAPER = "() => getComputedStyle(document.documentElement).backgroundColor"


def wait_until(page: Page, expression: str) -> None:
    """Playwright's own waits evaluate strings in the page, which its policy forbids."""
    until = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < until, expression
        time.sleep(0.02)


def brightness(page: DigitPage) -> int:
    """The page's background, 0 to 765."""
    colour = str(page.page.evaluate(PAPER))
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))


def test_the_theme_follows_the_system(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    assert brightness(page) > 600
    page.page.emulate_media(color_scheme="dark")
    assert brightness(page) < 150


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_toggle_switches_the_theme_and_is_remembered(open_page: OpenPage, system: str) -> None:
    page = open_page(color_scheme=system)
    before = brightness(page)
    page.part("theme-toggle").click()
    after = brightness(page)
    assert (before > 600) != (after > 600)
    page.page.reload(wait_until="commit")
    # The first paint already has it: a blocking script sets it before the page's own runs.
    wait_until(page.page, "document.querySelector('link[rel=stylesheet]')?.sheet != null")
    assert brightness(page) == after
    page.part("theme-toggle").click()
    assert brightness(page) == before


@pytest.mark.parametrize("width", [320, 390, 768, 1440, 3840])
def test_nothing_scrolls_sideways(open_page: OpenPage, server: LocalServer, width: int) -> None:
    fill(server.store, 3)
    page = open_page(viewport={"width": width, "height": 740})
    sideways = "document.documentElement.scrollWidth"
    page.draw(6)
    page.answer()
    page.part("wrong").click()
    expect(page.part("label-nan")).to_be_visible()
    assert page.page.evaluate(sideways) == width
    page.page.keyboard.press("Escape")  # the sheet covers the tabs
    page.page.route("**/model", lambda route: route.fulfill(json=with_history({})))
    for tab, shown in [("train", "train-canvas"), ("data", "tiles"), ("model", "history")]:
        page.go(tab)
        page.part(shown).wait_for()
        assert page.page.evaluate(sideways) == width, tab


@pytest.mark.parametrize("width", [320, 390])
def test_right_wrong_and_labels_are_under_the_thumb(open_page: OpenPage, width: int) -> None:
    phone = {"viewport": {"width": width, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_page(**phone, reduced_motion="reduce")  # nothing is still on its way up
    page.draw(6)
    page.answer()
    assert page.page.evaluate("scrollY") == 0
    tabs = page.part("tab-draw").bounding_box()
    assert tabs is not None
    page.part("wrong").tap()
    for name in ["wrong", "correct", "label-0", "label-9", "label-nan"]:
        box = page.part(name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        if name.startswith("label"):
            assert box["y"] > 844 / 2
        assert box["y"] + box["height"] <= tabs["y"], name


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_the_answer_comes(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    names = ["canvas", "predict", "correct", "download"]
    places = [page.part(name).bounding_box() for name in names]
    page.draw(8)
    page.answer()
    page.part("wrong").click()
    page.page.evaluate("scrollTo(0, 0)")
    assert [page.part(name).bounding_box() for name in names] == places


def colour_of(page: DigitPage, selector: str) -> tuple[int, ...]:
    """The colour that most of an element's lower half has, as it is seen."""
    shown = Image.open(io.BytesIO(page.page.locator(selector).first.screenshot())).convert("RGB")
    lower = np.asarray(shown)[shown.height // 2 :].reshape(-1, 3)
    colours, counts = np.unique(lower, axis=0, return_counts=True)
    return tuple(colours[counts.argmax()])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_said_by_a_colour_that_forced_colours_take_away(
    open_page: OpenPage, server: LocalServer, scheme: str, width: int
) -> None:
    fill(server.store, 30)
    page = open_page(
        forced_colors="active",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
    )
    page.draw(5)
    page.answer()
    assert colour_of(page, ".bar.best .track") != colour_of(page, ".bar:not(.best) .track")
    assert colour_of(page, "[aria-current=page]") != colour_of(page, ".tab:not([aria-current])")
    page.stop_clock()
    page.part("correct").click()
    counting = "getComputedStyle(document.querySelector('.countdown')).backgroundColor"
    shown = "getComputedStyle(document.querySelector('.bar.best .fill')).backgroundColor"
    assert page.page.evaluate(counting) == page.page.evaluate(shown)

    page.go("train")
    page.train(wrongly=True)
    page.page.clock.resume()
    expect(page.page.locator("progress")).to_have_attribute("value", "1")
    bar = np.asarray(Image.open(io.BytesIO(page.page.locator("progress").screenshot())))
    height, width = bar.shape[:2]
    left, right = tuple(bar[height // 2, width // 20]), tuple(bar[height // 2, width * 19 // 20])
    assert left != right
    page.go("data")
    page.part("gallery").wait_for()
    framed = "e => getComputedStyle(e).outlineStyle"
    assert page.page.locator(".gallery .mistaken .pixels").first.evaluate(framed) == "dashed"
    assert page.page.locator(".cell[class*=hit-]").first.evaluate(framed) == "solid"
    page.change("model", with_history)
    page.go("model")
    page.page.locator(".series .line").last.wait_for()
    lines = page.page.locator(".series .line").evaluate_all(
        "lines => lines.map((line) => ['stroke', 'strokeDasharray']"
        ".map((name) => getComputedStyle(line)[name]).join())"
    )
    assert len(set(lines)) == len(lines) == 3


@pytest.mark.parametrize("width", [390, 1280])
def test_text_twice_as_large_is_all_on_the_page(
    large_text: Browser, server: LocalServer, width: int
) -> None:
    fill(server.store, 30)
    context = large_text.new_context(viewport={"width": width, "height": 844})
    page = DigitPage(context.new_page(), server.url)
    beyond = (
        "() => [...document.querySelectorAll('body *')].filter((each) =>"
        " !each.closest('.visually-hidden, .scroll, pre')"
        " && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML)"
    )
    page.fail("save_feedback", 400, "The label must be a digit or NaN; send one of these.")
    page.open()
    assert page.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    page.draw(5)
    page.answer()
    assert page.page.evaluate(beyond) == []
    page.part("wrong").click()
    assert page.page.evaluate(beyond) == []
    page.part("label-3").click()
    page.part("refused").wait_for()
    assert page.page.evaluate(beyond) == []
    page.change("model", with_history)
    for name, shown in [("train", "train-canvas"), ("data", "gallery"), ("model", "history")]:
        page.go(name)
        page.part(shown).wait_for()
        assert page.page.evaluate(beyond) == []
    page.page.goto(f"{server.url}/docs")
    assert page.page.evaluate(beyond) == []
    context.close()


def test_the_page_asks_no_other_origin_and_obeys_a_strict_policy(
    digit_page: DigitPage, server: LocalServer
) -> None:
    fill(server.store, 3)
    page = digit_page.page
    policy = content_security_policy()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    def with_policy(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, headers=headers)  # type: ignore[attr-defined]

    page.route(re.compile(rf"{digit_page.url}/(docs|docs\.css)?$"), with_policy)
    page.goto(f"{digit_page.url}/docs")
    expect(page.get_by_role("heading", name="POST /predict")).to_be_visible()
    # Its style sheet is there, too.
    assert page.evaluate("getComputedStyle(document.querySelector('nav ul')).display") == "flex"
    digit_page.open()
    digit_page.draw(7)
    digit_page.answer()
    page.route("**/model", lambda route: route.fulfill(json=with_history({})))
    for tab, shown in [
        ("train", "train-canvas"),
        ("data", "tiles"),
        ("model", "history"),
    ]:
        digit_page.go(tab)
        digit_page.part(shown).wait_for()
    expect(digit_page.page.locator(".plot")).to_be_visible()
    # A breach of the policy is a console error, which fails every test.
    assert [url for url in asked if not url.startswith((digit_page.url, "data:", "blob:"))] == []


def test_the_theme_follows_between_tabs(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    other = page.page.context.new_page()
    other.goto(page.url)
    page.part("theme-toggle").click()
    wait_until(other, f"({PAPER})() === {page.page.evaluate(PAPER)!r}")
