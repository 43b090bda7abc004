"""For everyone: axe, keyboard, screen readers, a page that stands still."""

import pytest
from playwright.sync_api import expect

from tests.e2e.collected import fill
from tests.e2e.conftest import PROJECT, DigitPage, LocalServer, OpenPage
from tests.e2e.screens import with_history
from tests.e2e.test_drawing import answer_of

AXE = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`)"""


def findings(page: DigitPage) -> list[str]:
    found: list[str] = page.page.evaluate(FINDINGS)
    return found


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_any_page_in_any_state(
    open_page: OpenPage, server: LocalServer, scheme: str, width: int
) -> None:
    fill(server.store, 30)
    page = open_page(
        color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    page.page.evaluate(AXE.read_text("utf-8"))  # as a script the page's policy would refuse it
    assert findings(page) == []

    page.draw(5)
    page.answer()
    page.part("wrong").click()
    assert findings(page) == []
    page.part("label-3").click()
    page.part("feedback-undo").wait_for()
    assert findings(page) == []
    page.part("given").wait_for()
    assert findings(page) == []
    page.fail("save_feedback", 409, "Another answer has this id.")
    page.draw(5)
    page.answer()
    page.part("correct").click()
    page.part("refused").wait_for()
    assert findings(page) == []
    page.part("refused-discard").click()
    page.page.unroute("**/save_feedback")

    page.part("why").click()
    page.page.locator(".evidence .speaks-for").first.wait_for(state="attached")
    assert findings(page) == []
    page.part("look-close").click()
    page.part("look").wait_for(state="detached")

    page.page.route(
        "**/predict", lambda route: route.fulfill(json=answer_of(5, uncertain=True, input=None))
    )
    page.draw(5)
    page.answer()
    assert findings(page) == []
    page.page.unroute("**/predict")
    page.fail("predict", 503, "No.")
    page.draw(5)
    page.part("predict-retry").wait_for()
    page.part("picture-file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    assert findings(page) == []
    page.page.unroute("**/predict")

    page.go("train")
    page.train()
    page.train(wrongly=True)
    assert findings(page) == []
    page.go("data")
    page.part("gallery").wait_for()
    assert findings(page) == []
    page.part("filter-mistakes").check()
    page.change("model", with_history)
    page.go("model")
    page.part("history").wait_for()
    assert findings(page) == []
    page.go_offline()
    expect(page.part("connection")).to_contain_text("offline")
    assert findings(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_in_the_reference_of_the_api(
    open_page: OpenPage, scheme: str, width: int
) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 844})
    page.page.goto(f"{page.url}/docs")
    page.page.evaluate(AXE.read_text("utf-8"))  # as a script the page's policy would refuse it
    assert findings(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_done_by_keyboard_alone(digit_page: DigitPage) -> None:
    keyboard = digit_page.page.keyboard
    focused = "document.activeElement?.dataset.testid ?? document.activeElement?.className"

    def walk() -> list[str]:
        """All stops of the Tab key, once around."""
        stops: list[str] = []
        for _ in range(40):
            keyboard.press("Tab")
            stop = digit_page.page.evaluate(focused)
            if stop in stops:
                break
            stops.append(stop)
        return stops

    assert walk()[:8] == [
        "skip",
        "tab-draw",
        "tab-train",
        "tab-data",
        "tab-model",
        "language",
        "theme-toggle",
        "pen-width",
    ]
    digit_page.page.reload()
    # A picture is the way in for whoever can't draw; here it stands in for the drawing.
    digit_page.draw(7)
    answer = digit_page.answer()
    digit_page.stop_clock()
    digit_page.part("wrong").focus()
    keyboard.press("Enter")
    keyboard.press("Tab")
    assert digit_page.page.evaluate(focused) == "label-0"
    for _ in range(10):
        keyboard.press("Tab")
    assert digit_page.page.evaluate(focused) == "label-nan"
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(digit_page.part("feedback-status")).to_have_text("Saving as 9…")
    keyboard.press("z")
    assert digit_page.answer() == answer
    digit_page.part("tab-model").focus()
    keyboard.press("Enter")
    expect(digit_page.part("figures")).to_be_visible()


def test_the_focus_is_always_seen(digit_page: DigitPage) -> None:
    for _ in range(8):
        digit_page.page.keyboard.press("Tab")
        outline = digit_page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_the_skip_button_leads_past_the_head(digit_page: DigitPage) -> None:
    digit_page.page.keyboard.press("Tab")
    digit_page.page.keyboard.press("Enter")
    digit_page.page.keyboard.press("Tab")
    assert digit_page.page.evaluate("document.activeElement.dataset.testid") == "pen-width"


def test_the_answer_is_announced_once_it_is_there(digit_page: DigitPage) -> None:
    live = digit_page.page.locator(".answer [aria-live=polite]")
    expect(live).to_be_empty()
    digit_page.draw(7)
    answer = digit_page.answer()
    expect(live).to_contain_text(f"This is a {answer}. Confidence")
    digit_page.part("clear").click()
    expect(live).to_be_empty()


def test_the_canvas_has_a_name_and_tells_of_another_way(digit_page: DigitPage) -> None:
    canvas = digit_page.part("canvas")
    expect(canvas).to_have_role("img")
    expect(canvas).to_have_accessible_name("Drawing field")
    expect(canvas).to_have_accessible_description(
        "Draw one digit from 0 to 9 here with the mouse, a finger or a pen,"
        " or choose a picture of a digit with the button below."
    )
    expect(digit_page.part("picture")).to_have_accessible_name("Choose a picture of a digit")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts_while_the_page_is_used(
    open_page: OpenPage, server: LocalServer, width: int
) -> None:
    fill(server.store, 30)
    page = open_page(viewport={"width": width, "height": 900})
    page.page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries()
            .filter((entry) => !entry.hadRecentInput)
            .map(({ value, sources }) =>
                [value, sources.map(({ node }) => node?.className ?? "").join(" ")])))
            .observe({ type: "layout-shift", buffered: true });"""
    )
    page.page.reload()
    page.part("canvas").wait_for()
    page.draw(8)
    page.answer()
    page.part("wrong").click()
    page.part("label-8").click()
    page.part("given").wait_for()
    page.fail("predict", 503, "No.")
    page.draw(8)
    page.part("predict-retry").wait_for()
    page.page.unroute("**/predict")
    page.go("data")
    page.part("gallery").wait_for()
    page.change("model", with_history)
    page.go("model")
    page.part("history").wait_for()
    page.go("train")
    page.page.wait_for_load_state("networkidle")  # what the model says of one's drawings comes late
    page.go("draw")
    page.draw(8)
    page.answer()
    page.part("why").click()
    page.page.locator(".evidence .speaks-for").first.wait_for(state="attached")
    page.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert sum(value for value, _ in page.page.evaluate("shifts")) < 0.01, page.page.evaluate(
        "shifts"
    )
