"""What outlasts a reload, addresses that are none, and a collection with a lock."""

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.collected import fill
from tests.e2e.conftest import DigitPage, LocalServer, OpenPage
from tests.e2e.test_tools import ink


def test_a_reload_keeps_the_drawing_until_it_is_answered(digit_page: DigitPage) -> None:
    digit_page.draw(7)
    answer = digit_page.answer()
    drawn = ink(digit_page)
    digit_page.page.reload()
    assert digit_page.answer() == answer
    assert ink(digit_page) == drawn
    with digit_page.page.expect_response("**/save_feedback"):
        digit_page.part("correct").click()
    digit_page.page.reload()
    expect(digit_page.part("clear")).to_be_disabled()
    assert ink(digit_page) == 0


@pytest.mark.parametrize("kept", ["no JSON", '[{"points": "none"}]', "{}"])
def test_what_nobody_can_read_is_no_drawing(digit_page: DigitPage, kept: str) -> None:
    digit_page.page.evaluate(
        "kept => sessionStorage.setItem('digit-recognizer.drawing', kept)", kept
    )
    digit_page.page.add_init_script(f"sessionStorage['digit-recognizer.drawing'] = {kept!r}")
    digit_page.page.reload()
    expect(digit_page.part("clear")).to_be_disabled()


def test_an_unknown_address_shows_a_page_to_people_and_json_to_programs(
    digit_page: DigitPage,
) -> None:
    page = digit_page.page
    answer = page.goto(f"{digit_page.url}/seven")
    assert answer is not None
    assert answer.status == 404
    expect(digit_page.part("nothing-here")).to_contain_text("nothing at this address")
    page.get_by_role("link", name="To the digit recogniser").click()
    expect(digit_page.part("canvas")).to_be_visible()
    told = page.request.get(f"{digit_page.url}/seven", headers={"accept": "application/json"})
    assert told.status == 404
    assert "nothing at this address" in told.json()["error"]


def test_answers_that_hold_pictures_are_compressed(
    digit_page: DigitPage, server: LocalServer
) -> None:
    fill(server.store, 10)
    for route in ("feedback/summary", "model"):
        answer = digit_page.page.request.get(f"{digit_page.url}/{route}")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.json()


def test_a_token_opens_a_collection_with_a_lock(open_page: OpenPage) -> None:
    page = open_page()

    def locked(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer right":
            route.fulfill(json={"rows": 12, "labels": {"3": 12}})
        else:
            route.fulfill(status=401, json={"error": "Only for those who have the token."})

    page.page.route("**/feedback/summary", locked)
    page.go("data")
    page.part("token").fill("wrong")
    page.part("token-use").click()
    expect(page.part("token-form")).to_contain_text("This is not the token")
    page.part("token").fill("right")
    page.page.keyboard.press("Enter")
    expect(page.part("tiles")).to_contain_text("12")
    assert "right" not in page.page.evaluate(
        "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])"
    )
