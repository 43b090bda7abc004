"""Themes and sizes of screen."""

import pytest
from playwright.sync_api import expect

from tests.e2e.collected import fill
from tests.e2e.conftest import DigitPage, LocalServer, OpenPage
from tests.e2e.screens import with_history
from tests.infra.template import content_security_policy

PAPER = "() => getComputedStyle(document.documentElement).backgroundColor"


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
    page.page.wait_for_function("document.querySelector('link[rel=stylesheet]')?.sheet")
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

    page.route(f"{digit_page.url}/", with_policy)
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
