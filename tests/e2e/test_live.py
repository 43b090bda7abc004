"""Reading while one draws, and what happens when the API does not."""

import re

import pytest
from playwright.sync_api import Request, Route, expect

from tests.e2e.conftest import DigitPage, OpenPage
from tests.e2e.strokes import DIGITS
from tests.e2e.test_drawing import answer_of


def test_each_stroke_is_read_with_one_request_in_flight(digit_page: DigitPage) -> None:
    open_now: set[Request] = set()
    most = [0]
    held: list[Route] = []
    page = digit_page.page

    def begin(request: Request) -> None:
        if request.url.endswith("/predict"):
            open_now.add(request)
            most[0] = max(most[0], len(open_now))

    page.on("requestfailed", lambda request: open_now.discard(request))
    page.on("requestfinished", lambda request: open_now.discard(request))
    page.route("**/predict", lambda route: held.append(route))
    page.on("request", begin)
    with page.expect_request("**/predict"):
        digit_page.draw(7)
    for x in (0.2, 0.5, 0.8):
        with page.expect_request("**/predict") as last:
            page.mouse.click(*digit_page.canvas_point(x, 0.1))
    assert most[0] == 1
    while not any(route.request == last.value for route in held):
        page.wait_for_timeout(10)
    held[-1].fulfill(json=answer_of(7))
    assert digit_page.answer() == 7


def test_an_answer_comes_with_what_the_model_saw_and_its_version(digit_page: DigitPage) -> None:
    digit_page.draw(5)
    digit_page.answer()
    seen = digit_page.part("seen")
    assert seen.evaluate("img => [img.naturalWidth, img.naturalHeight]") == [28, 28]
    health = digit_page.page.request.get(f"{digit_page.url}/health").json()
    made = digit_page.page.locator(".answer .model")
    expect(made).to_have_text(re.compile(r"^Model of \d+ \w+$"))
    expect(made).to_have_attribute("title", health["model_version"])


def test_bars_stand_for_the_ten_probabilities(digit_page: DigitPage) -> None:
    digit_page.page.route("**/predict", lambda route: route.fulfill(json=answer_of(7)))
    digit_page.draw(7)
    digit_page.answer()
    bars = digit_page.page.locator(".bars .fill")
    heights = bars.evaluate_all("bars => bars.map((bar) => bar.style.transform)")
    assert heights == [f"scaleY({0.82 if digit == 7 else 0.02})" for digit in range(10)]


def test_the_api_is_woken_before_the_first_stroke(open_page: OpenPage) -> None:
    page = open_page()
    with page.page.expect_response("**/model") as woken:
        page.page.reload()
    assert woken.value.ok
    expect(page.part("connection")).to_be_empty()


def test_a_failing_api_is_told_with_its_own_sentence(digit_page: DigitPage) -> None:
    page = digit_page.page
    for status, may_pass in [(400, False), (429, True), (500, True), (503, True)]:
        sentence = f"The recogniser says {status}."
        digit_page.fail("predict", status, sentence)
        digit_page.draw(1)
        expect(page.locator(".answer .alarm")).to_contain_text(sentence)
        expect(digit_page.part("predict-retry")).to_have_count(1 if may_pass else 0)
        # What could not be read can be named all the same; what is no drawing can't.
        expect(digit_page.part("wrong")).to_be_enabled(enabled=may_pass)
        expect(digit_page.part("correct")).to_be_disabled()
        page.unroute("**/predict")


def test_too_many_requests_are_told_and_tried_again(digit_page: DigitPage) -> None:
    """What API Gateway says by itself, which is not the contract's shape."""
    page = digit_page.page
    page.clock.install()
    for route in ("predict", "model"):
        page.route(
            f"**/{route}", lambda r: r.fulfill(status=429, json={"message": "Too Many Requests"})
        )
    page.reload()
    expect(digit_page.part("connection")).to_have_text("Too many requests at once. Trying again…")
    digit_page.draw(7)
    page.clock.run_for(50)
    expect(page.locator(".answer .alarm")).to_have_text(
        "Too many requests at once. Please wait a moment. Trying again by itself."
    )
    page.unroute("**/predict")
    page.unroute("**/model")
    with page.expect_request("**/predict"):
        page.clock.run_for(4_000)
    digit_page.answer()
    expect(digit_page.part("connection")).to_be_empty()


def test_a_failure_that_may_pass_is_tried_again_by_itself(digit_page: DigitPage) -> None:
    page = digit_page.page
    page.clock.install()
    digit_page.fail("predict", 503, "Resting.")
    digit_page.draw(7)
    page.clock.run_for(50)
    digit_page.part("predict-retry").wait_for()
    page.unroute("**/predict")
    with page.expect_request("**/predict"):
        page.clock.run_for(4_000)
    digit_page.answer()


def test_a_hanging_api_is_given_up_and_the_canvas_stays_usable(digit_page: DigitPage) -> None:
    page = digit_page.page
    page.clock.install()
    page.route("**/predict", lambda route: None)
    digit_page.draw(7)
    page.clock.run_for(50)
    expect(page.locator(".answer")).to_have_attribute("data-status", "waiting")
    page.clock.run_for(15_000)
    expect(page.locator(".answer .alarm")).to_contain_text("took too long")
    page.unroute("**/predict")
    digit_page.draw(1)
    page.clock.run_for(50)
    digit_page.answer()


def test_a_slow_answer_is_waited_for(digit_page: DigitPage) -> None:
    held: list[Route] = []
    digit_page.page.route("**/predict", lambda route: held.append(route))
    with digit_page.page.expect_request("**/predict"):
        digit_page.draw(2)
    expect(digit_page.page.get_by_text("Reading…")).to_be_visible()
    expect(digit_page.part("confidence")).to_have_count(0)
    held[0].fulfill(json=answer_of(2))
    assert digit_page.answer() == 2


def test_offline_is_said_and_the_drawing_is_read_when_the_network_is_back(
    digit_page: DigitPage,
) -> None:
    digit_page.go_offline()
    expect(digit_page.part("connection")).to_contain_text("You are offline")
    digit_page.draw(7)
    digit_page.part("predict-retry").wait_for()
    digit_page.go_online()
    expect(digit_page.part("connection")).to_be_empty()
    digit_page.answer()


def test_an_api_that_cannot_be_reached_is_said_and_asked_again(open_page: OpenPage) -> None:
    page = open_page()
    page.page.clock.install()
    page.fail("model", 503, "Resting.")
    page.page.reload()
    expect(page.part("connection")).to_contain_text("cannot be reached")
    page.page.unroute("**/model")
    page.page.clock.run_for(4_000)
    expect(page.part("connection")).to_be_empty()


@pytest.mark.parametrize("reduced", ["reduce", "no-preference"])
def test_motion_respects_what_the_person_prefers(open_page: OpenPage, reduced: str) -> None:
    page = open_page(reduced_motion=reduced)
    page.page.evaluate(
        """() => {
            window.moved = 0;
            const count = () => { moved++ };
            for (const kind of ["transitionrun", "animationstart"])
                document.addEventListener(kind, count, true);
        }"""
    )
    page.draw(3)
    page.answer()
    page.part("correct").click()
    page.part("feedback-undo").wait_for()
    assert (page.page.evaluate("moved") == 0) == (reduced == "reduce")


def test_why_shows_the_collected_drawings_that_look_most_alike(digit_page: DigitPage) -> None:
    for digit in (0, 7):
        digit_page.draw(digit)
        digit_page.answer()
        digit_page.part("correct").click()
        expect(digit_page.part("feedback-status")).to_contain_text(f"Saved as {digit}")
    digit_page.part("clear").click()
    digit_page.write_strokes([[(x, 0.9 * y) for x, y in stroke] for stroke in DIGITS[7]])
    digit_page.answer()
    digit_page.part("correct").click()
    expect(digit_page.part("feedback-status")).to_contain_text("Saved as 7")

    digit_page.part("why").click()

    # Not among them: the very drawing that is asked about, though it is collected by now.
    alike = digit_page.part("alike").locator("img")
    expect(alike.first).to_have_attribute("alt", "A 7, read as 7")
    expect(alike.nth(1)).to_have_attribute("alt", "A 0, read as 0")
    expect(alike).to_have_count(2)
