"""Several digits: their places on the field, their bars, and saying whether each is right."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.e2e.collected import fill
from tests.e2e.conftest import DigitPage, LocalServer, OpenPage
from tests.e2e.strokes import DIGITS, arc
from tests.e2e.test_accessibility import AXE, findings
from tests.e2e.test_feedback import downloaded_rows
from tests.e2e.test_tools import ink

PHONE = {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
# A zero of two arcs that do not meet.
OPEN_ZERO = [arc((0.47, 0.5), (0.14, 0.3), 110, 250), arc((0.53, 0.5), (0.14, 0.3), -70, 70)]


def middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tap_box(page: DigitPage, nth: int) -> None:
    """Tap within the line around a digit, on the field."""
    page.page.mouse.click(*middle(page.part("digit-box").nth(nth)))


def always_told(page: DigitPage, digits: object) -> None:
    """Let the API take what nobody has counted for one digit, or for several."""

    def told(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        route.continue_(post_data=json.dumps({"digits": digits} | body))

    page.page.route("**/predict*", told)


def saved(page: DigitPage, said: str) -> None:
    expect(page.part("feedback-status")).to_have_text(
        f"Saved as {said}. Thank you!", timeout=15_000
    )


def test_two_digits_have_two_lines_around_them_and_two_bars(digit_page: DigitPage) -> None:
    digit_page.write_number("47")
    expect(digit_page.page.get_by_role("heading", name="This reads 47")).to_be_visible()
    boxes, bars = digit_page.part("digit-box"), digit_page.part("digit")
    expect(boxes).to_have_count(2)
    expect(bars).to_have_count(2)
    heights = bars.locator(".fill").evaluate_all("all => all.map((bar) => bar.style.transform)")
    assert all(float(height.removeprefix("scaleY(").rstrip(")")) > 0.5 for height in heights)
    four, seven = (boxes.nth(nth).bounding_box() for nth in (0, 1))
    assert four is not None
    assert seven is not None
    # Each is around its own digit, on its own half of the field.
    half = digit_page.canvas_point(0.5, 0.5)[0]
    assert four["x"] + four["width"] <= half + 5
    assert seven["x"] >= half - 5
    for box in (four, seven):
        assert box["height"] > box["width"]
    digit_page.draw(7)
    expect(digit_page.part("prediction")).to_have_text("7")
    expect(boxes).to_have_count(0)
    expect(bars).to_have_count(0)


def test_a_digit_that_is_tapped_and_corrected_is_one_row_of_that_digit_alone(
    digit_page: DigitPage,
) -> None:
    bodies = digit_page.sent_feedback()
    digit_page.write_number("47")
    drawn = ink(digit_page)
    tap_box(digit_page, 1)
    assert ink(digit_page) == drawn  # a tap there is no dot
    expect(digit_page.part("digit").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(digit_page.page.get_by_role("heading", name="Is the second digit a 7?")).to_be_visible()
    digit_page.correct_to(1)
    saved(digit_page, "1")

    (sent,) = bodies
    assert (sent["label"], sent["prediction"], sent["source"]) == (1, 7, "corrected")
    assert "shown" not in sent
    left, _, width, _ = sent["box"]
    assert left >= 140
    assert left + width <= 280
    label, *pixels = downloaded_rows(digit_page)[-1]
    assert label == "1"
    rows = [[int(pixel) for pixel in pixels[28 * y : 28 * y + 28]] for y in range(28)]
    # A 7 alone: a bar at the top, and at the bottom one stroke.
    widths = [width for row in rows if (width := sum(pixel > 100 for pixel in row))]
    assert max(widths[:3]) > 6
    assert max(widths[-3:]) <= 5
    # It is not asked about any more, also when the drawing is read again.
    expect(digit_page.part("wrong")).to_be_disabled()
    digit_page.part("predict").click()
    expect(digit_page.part("digit").nth(1)).to_have_text("1 ✓")
    digit_page.part("digit").nth(1).click()
    expect(digit_page.part("wrong")).to_be_disabled()
    expect(digit_page.part("feedback-status")).to_have_text("Saved as 1. Thank you!")
    assert len(bodies) == 1


def test_what_was_given_of_a_number_is_shown_alone_and_can_be_taken_back(
    digit_page: DigitPage, server: LocalServer
) -> None:
    fill(server.store, 1)  # else there is nothing to download in the end
    digit_page.write_number("47")
    tap_box(digit_page, 0)
    digit_page.part("correct").click()
    saved(digit_page, "4")
    before = len(downloaded_rows(digit_page))
    digit_page.go("train")
    drawing = digit_page.part("yours-drawing")
    expect(drawing).to_have_count(1)
    expect(drawing).to_contain_text("read as 4, then and today")
    shown = drawing.locator("img")
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    digit_page.part("yours-take-back").click()
    expect(digit_page.part("yours-status")).to_have_text("The 4 is taken back.")
    assert len(downloaded_rows(digit_page)) == before - 1


def test_all_that_is_right_is_said_at_once_and_taken_back_at_once(digit_page: DigitPage) -> None:
    bodies = digit_page.sent_feedback()
    digit_page.write_number("407")
    tap_box(digit_page, 1)
    digit_page.correct_to(6)
    saved(digit_page, "6")
    tap_box(digit_page, 1)
    expect(digit_page.part("one-digit")).to_be_disabled()
    digit_page.stop_clock()
    digit_page.part("correct").click()
    expect(digit_page.part("feedback-status")).to_have_text("Saving as 467…")
    digit_page.page.keyboard.press("z")
    expect(digit_page.part("correct")).to_have_text("Rest right")
    digit_page.part("correct").click()
    digit_page.page.clock.run_for(3_000)
    saved(digit_page, "467")
    labels = [(body["label"], body["source"]) for body in bodies]
    assert labels == [(6, "corrected"), (4, "confirmed"), (7, "confirmed")]
    assert len({body["id"] for body in bodies}) == 3
    # The next stroke begins a new drawing.
    with digit_page.page.expect_request("**/predict"):
        digit_page.page.mouse.click(*digit_page.canvas_point(0.02, 0.02))
        digit_page.page.clock.run_for(50)
    expect(digit_page.part("digit")).to_have_count(0)


def test_a_digit_of_a_number_given_offline_waits_and_is_sent_once(digit_page: DigitPage) -> None:
    bodies = digit_page.sent_feedback()
    digit_page.write_number("47")
    before = len(bodies)
    digit_page.go_offline()
    tap_box(digit_page, 1)
    digit_page.correct_to(1)
    expect(digit_page.part("feedback-status")).to_contain_text("kept on this device")
    digit_page.go_online()
    saved(digit_page, "1")
    delivered = {body["id"] for body in bodies[before:]}
    assert len(delivered) == 1
    assert downloaded_rows(digit_page)[-1][0] == "1"


def test_digits_that_reach_into_each_other_are_kept_without_the_others_ink(
    digit_page: DigitPage,
) -> None:
    bodies = digit_page.sent_feedback()

    def nearer(body: dict[str, Any]) -> dict[str, Any]:
        digits = body.get("digits")
        if isinstance(digits, list):
            left, top, width, height = digits[1]["box"]
            digits[1]["box"] = [left - 40, top, width + 40, height]
        return body

    digit_page.change("predict", nearer)
    digit_page.write_number("47")
    digit_page.part("digit").nth(1).click()
    digit_page.part("correct").click()
    saved(digit_page, "7")
    assert "box" not in bodies[0]
    assert downloaded_rows(digit_page)[-1][0] == "7"


def test_one_digit_in_loose_strokes_is_said_to_be_one_and_kept_whole(
    digit_page: DigitPage,
) -> None:
    bodies = digit_page.sent_feedback()
    always_told(digit_page, "several")
    digit_page.write_strokes(OPEN_ZERO)
    expect(digit_page.part("prediction")).to_have_text(re.compile(r"^\d\d$"))
    digit_page.part("one-digit").click()
    expect(digit_page.part("prediction")).to_have_text("0")
    expect(digit_page.part("digit-box")).to_have_count(0)
    digit_page.part("correct").click()
    saved(digit_page, "0")
    (sent,) = bodies
    assert (sent["label"], sent["prediction"]) == (0, 0)
    assert "box" not in sent
    assert downloaded_rows(digit_page)[-1][0] == "0"


def test_several_digits_read_as_one_are_told_apart_and_judged_one_by_one(
    digit_page: DigitPage,
) -> None:
    bodies = digit_page.sent_feedback()
    always_told(digit_page, 1)
    digit_page.write_strokes(
        [
            [((x - 0.5) * 0.6 + 0.5 + left, y) for x, y in stroke]
            for digit, left in ((1, -0.24), (7, 0.2))
            for stroke in DIGITS[digit]
        ],
    )
    expect(digit_page.part("prediction")).to_have_text(re.compile(r"^\d$"))
    digit_page.part("wrong").click()
    digit_page.part("several-digits").click()
    expect(digit_page.part("prediction")).to_have_text("17")
    expect(digit_page.part("label-0")).to_have_count(0)
    tap_box(digit_page, 0)
    digit_page.part("correct").click()
    saved(digit_page, "1")
    assert [body["label"] for body in bodies] == [1]
    assert bodies[0]["box"][0] < 140


def test_what_cannot_be_told_apart_is_said_so(digit_page: DigitPage) -> None:
    digit_page.draw(7)
    answer = digit_page.answer()
    digit_page.part("wrong").click()
    digit_page.part("several-digits").click()
    expect(digit_page.part("feedback-status")).to_contain_text("cannot be told apart")
    assert digit_page.answer() == answer
    expect(digit_page.part("correct")).to_be_enabled()


def test_a_stroke_may_begin_within_the_line_around_a_digit(digit_page: DigitPage) -> None:
    digit_page.write_number("47")
    drawn = ink(digit_page)
    x, y = middle(digit_page.part("digit-box").nth(1))
    mouse = digit_page.page.mouse
    with digit_page.page.expect_request("**/predict") as asked:
        mouse.move(x - 20, y)
        mouse.down()
        mouse.move(x + 30, y, steps=4)
        mouse.up()
    assert "live" not in asked.value.url
    assert ink(digit_page) > drawn
    digit_page.answer()


def test_a_number_is_judged_by_keyboard_alone(digit_page: DigitPage) -> None:
    digit_page.write_number("407")
    keyboard = digit_page.page.keyboard
    digit_page.part("digit").first.focus()
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowLeft")
    expect(digit_page.part("digit").nth(1)).to_be_focused()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert digit_page.page.evaluate(outline) == "solid"
    keyboard.press("Space")
    expect(digit_page.page.get_by_role("heading", name="Is the second digit a 0?")).to_be_visible()
    keyboard.press("Escape")
    expect(digit_page.page.get_by_role("heading", name="Was it right?")).to_be_visible()
    assert ink(digit_page) > 0
    keyboard.press("Enter")
    keyboard.press("6")
    expect(digit_page.part("feedback-status")).to_have_text("Saving as 6…")
    keyboard.press("z")
    expect(digit_page.part("wrong")).to_be_enabled()


def unsure(nth: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An answer that is not sure of one of its digits."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        digits = body.get("digits")
        if isinstance(digits, list):
            for each, digit in enumerate(digits):
                digit |= {"uncertain": each == nth, "confidence": 0.71 if each == nth else 0.99}
        return body

    return change


def test_a_listener_hears_the_digits_and_which_are_unsure(digit_page: DigitPage) -> None:
    live = digit_page.page.locator(".answer [aria-live=polite]")
    digit_page.change("predict", unsure(1))
    digit_page.write_number("407")
    expect(live).to_have_text("4, 0, 7; the second is unsure.")
    expect(digit_page.page.locator(".answer [aria-live]")).to_have_count(1)
    digits = digit_page.page.get_by_role("list", name="The digits, each with how sure it is")
    expect(digits.get_by_role("button")).to_have_count(3)
    expect(digit_page.part("digit").nth(1)).to_have_accessible_name("Second digit: perhaps a 0")
    expect(digit_page.part("digit").nth(1)).to_have_text("0?")
    expect(digit_page.part("digit").nth(2)).to_have_accessible_name(
        re.compile(r"^Third digit: 7, \d+\.\d\s%$")
    )


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_about_a_number(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(
        color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    page.page.evaluate(AXE.read_text("utf-8"))
    page.change("predict", unsure(0))
    page.write_number("47")
    assert findings(page) == []
    tap_box(page, 1)
    assert findings(page) == []
    page.part("wrong").click()
    assert findings(page) == []
    page.part("label-1").click()
    page.part("feedback-undo").wait_for()
    assert findings(page) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_shifts_when_a_number_is_read_and_judged(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map(
            ({ value, hadRecentInput, sources }) =>
                [value, hadRecentInput, sources.map(({ node }) => node?.className).join()])))
            .observe({ type: "layout-shift", buffered: true });"""
    )
    page.page.reload()
    page.part("canvas").wait_for()
    names = ["canvas", "clear", "correct"]
    places = [page.part(name).bounding_box() for name in names]
    page.write_number("407")
    page.page.evaluate("scrollTo(0, 0)")
    assert [page.part(name).bounding_box() for name in names] == places
    frame = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
    page.page.evaluate(frame)
    shifts = page.page.evaluate("shifts")
    assert sum(value for value, *_ in shifts) <= 0.01, shifts
    tap_box(page, 1)
    page.part("wrong").click()
    page.page.keyboard.press("Escape")
    page.page.evaluate(frame)
    shifts = page.page.evaluate("shifts")
    assert sum(value for value, asked_for, _ in shifts if not asked_for) <= 0.01, shifts


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_all_of_it_fits_under_the_thumb(
    open_page: OpenPage, width: int, locale: str
) -> None:
    page = open_page(viewport={"width": width, "height": 844}, locale=locale, **PHONE)
    page.write_number("47")
    sideways = "document.documentElement.scrollWidth"
    assert page.page.evaluate(sideways) == width
    for name in ("digit", "correct", "one-digit"):
        box = page.part(name).first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, name
    page.page.touchscreen.tap(*middle(page.part("digit-box").nth(1)))
    expect(page.part("digit").nth(1)).to_have_attribute("aria-pressed", "true")
    page.part("wrong").tap()
    expect(page.part("label-0")).to_be_visible()
    assert page.page.evaluate(sideways) == width
    page.page.keyboard.press("Escape")
    page.part("clear").tap()
    page.draw(7)
    page.answer()
    page.part("wrong").tap()
    for name in ("label-nan", "several-digits"):
        box = page.part(name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, name
        assert box["x"] + box["width"] <= width


def test_a_long_number_scrolls_in_its_own_room(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 320, "height": 640})

    def long(body: dict[str, Any]) -> dict[str, Any]:
        digit = {key: body[key] for key in ("prediction", "confidence", "probabilities", "input")}
        digits = [digit | {"id": f"{nth}", "box": [8 * nth, 9, 7, 9]} for nth in range(32)]
        return body | {"number": "7" * 32, "digits": digits, "uncertain": True}

    page.change("predict", long)
    page.draw(7)
    expect(page.part("digit")).to_have_count(32)
    expect(page.page.get_by_role("heading", name="These are 32 digits")).to_be_visible()
    assert page.page.evaluate("document.documentElement.scrollWidth") == 320
    page.part("digit").last.scroll_into_view_if_needed()
    page.part("digit").last.click()
    expect(page.page.get_by_role("heading", name="Is the 32nd digit a 7?")).to_be_visible()
    page.part("why").click()
    expect(page.part("evidence")).to_contain_text("What speaks most for a 7 is")


def test_text_twice_as_large_leaves_a_number_on_the_page(
    large_text: Browser, server: LocalServer
) -> None:
    context = large_text.new_context(viewport={"width": 390, "height": 844})
    page = DigitPage(context.new_page(), server.url)
    page.open()
    beyond = (
        "() => [...document.querySelectorAll('body *')].filter((each) =>"
        " !each.closest('.visually-hidden, .scroll, svg')"
        " && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML)"
    )
    page.write_number("407")
    assert page.page.evaluate(beyond) == []
    page.part("digit").nth(1).click()
    assert page.page.evaluate(beyond) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_tell_the_digit_that_is_looked_at(open_page: OpenPage, scheme: str) -> None:
    page = open_page(forced_colors="active", color_scheme=scheme, reduced_motion="reduce")
    page.write_number("47")
    tap_box(page, 1)
    stroke = "each => getComputedStyle(each).stroke + getComputedStyle(each).strokeWidth"
    boxes = [page.part("digit-box").nth(nth).evaluate(stroke) for nth in (0, 1)]
    assert boxes[0] != boxes[1]
    paper = page.page.evaluate("getComputedStyle(document.querySelector('.field')).backgroundColor")
    assert not any(box.startswith(paper) for box in boxes)
    outlines = [
        page.part("digit").nth(nth).evaluate("each => getComputedStyle(each).outlineStyle")
        for nth in (0, 1)
    ]
    assert outlines == ["none", "solid"]


def test_lines_and_bars_are_there_while_the_pen_still_moves(digit_page: DigitPage) -> None:
    page: Page = digit_page.page
    digit_page.write_number("47")
    live: list[Request] = []
    page.on("request", lambda request: live.append(request) if "live" in request.url else None)
    page.mouse.move(*digit_page.canvas_point(0.97, 0.3))
    page.mouse.down()
    with page.expect_response("**/predict?live"):
        page.mouse.move(*digit_page.canvas_point(0.97, 0.7), steps=8)
    expect(page.locator(".boxes.faint rect").nth(1)).to_be_attached()
    expect(digit_page.part("digit").first).to_be_disabled()
    page.mouse.up()
    digit_page.answer()
