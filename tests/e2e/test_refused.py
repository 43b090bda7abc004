"""What the API refuses for good: kept, shown, never dropped and never called saved."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import DigitPage, LocalServer
from tests.e2e.test_feedback import downloaded_rows

SENTENCES = {
    400: "The label must be a digit or NaN.",
    409: "Another answer has this id.",
    413: "The picture is too large.",
}
ROUND = 10


def refuse(page: DigitPage, status: int = 400) -> list[dict[str, Any]]:
    """Let the API refuse every row from now on; gives the rows that came."""
    rows: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        rows.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(status=status, json={"error": SENTENCES[status]})

    page.page.route("**/save_feedback", answer)
    return rows


def give_refused(page: DigitPage, status: int = 400) -> list[dict[str, Any]]:
    rows = refuse(page, status)
    page.draw(0)
    page.answer()
    page.part("correct").click()
    expect(page.part("refused")).to_contain_text(SENTENCES[status])
    return rows


@pytest.mark.parametrize("status", SENTENCES)
def test_a_refused_answer_stays_with_its_reason_until_it_was_seen(
    digit_page: DigitPage, status: int
) -> None:
    rows = give_refused(digit_page, status)
    expect(digit_page.part("feedback-status")).to_have_text(SENTENCES[status])
    # Neither the next drawing, nor another page, nor a new visit puts it out of sight.
    digit_page.draw(7)
    digit_page.answer()
    expect(digit_page.part("refused")).to_contain_text(SENTENCES[status])
    digit_page.go("train")
    expect(digit_page.part("refused").last).to_be_visible()
    digit_page.page.reload()
    digit_page.go("draw")
    expect(digit_page.part("refused")).to_contain_text("1 answer was refused")
    expect(digit_page.part("refused").get_by_role("img")).to_have_accessible_name(
        "A drawing, answered as 0"
    )
    expect(digit_page.part("feedback-retry")).to_have_count(0)
    digit_page.page.wait_for_load_state("networkidle")
    assert len(rows) == 1  # and nothing tries again by itself
    expect(digit_page.part("given")).to_have_count(0)


def test_a_refused_answer_can_be_sent_again(digit_page: DigitPage, server: LocalServer) -> None:
    before = len(saved_labels(server))
    [refused] = give_refused(digit_page, 413)
    digit_page.page.unroute("**/save_feedback")
    with digit_page.page.expect_request("**/save_feedback") as sent:
        digit_page.part("refused-resend").click()
    assert json.loads(sent.value.post_data or "{}") == refused
    expect(digit_page.part("refused")).to_have_count(0)
    expect(digit_page.part("feedback-status")).to_have_text("Saved as 0. Thank you!")
    assert saved_labels(server)[before:] == ["0"]


def saved_labels(server: LocalServer) -> list[str]:
    rows = (server.store / "feedback" / "rows").rglob("*.json")
    return [str(json.loads(row.read_text("utf-8"))["label"]) for row in sorted(rows)]


def test_an_answer_whose_id_is_taken_is_sent_again_under_another(digit_page: DigitPage) -> None:
    [refused] = give_refused(digit_page, 409)
    digit_page.page.unroute("**/save_feedback")
    with digit_page.page.expect_response("**/save_feedback") as saved:
        digit_page.part("refused-resend").click()
    row = json.loads(saved.value.request.post_data or "{}")
    assert row["id"] != refused["id"]
    assert row | {"id": refused["id"]} == refused
    assert saved.value.ok
    expect(digit_page.part("refused")).to_have_count(0)


def test_another_answer_about_a_refused_drawing_takes_its_place(digit_page: DigitPage) -> None:
    give_refused(digit_page, 409)
    digit_page.page.unroute("**/save_feedback")
    digit_page.correct_to(6)
    expect(digit_page.part("refused")).to_have_count(0)
    expect(digit_page.part("feedback-status")).to_have_text("Saved as 6. Thank you!")
    assert downloaded_rows(digit_page)[-1][0] == "6"


def test_a_refused_answer_that_is_given_up_is_gone_and_not_called_saved(
    digit_page: DigitPage,
) -> None:
    give_refused(digit_page)
    digit_page.part("refused-discard").click()
    expect(digit_page.part("refused")).to_have_count(0)
    expect(digit_page.part("feedback-status")).to_have_text("Your answer teaches the next model.")
    expect(digit_page.part("correct")).to_be_enabled()


def test_only_the_apis_own_word_makes_an_answer_saved(digit_page: DigitPage) -> None:
    """A hotel's network answers 200 to everything."""
    digit_page.page.route(
        "**/save_feedback",
        lambda route: route.fulfill(content_type="text/html", body="<h1>Welcome</h1>"),
    )
    digit_page.draw(0)
    digit_page.answer()
    digit_page.part("correct").click()
    expect(digit_page.part("feedback-status")).to_contain_text("kept on this device")


def test_answers_go_out_as_json(digit_page: DigitPage) -> None:
    with digit_page.page.expect_request("**/predict") as asked:
        digit_page.draw(0)
    digit_page.answer()
    with digit_page.page.expect_request("**/save_feedback") as sent:
        digit_page.part("correct").click()
    for request in (asked.value, sent.value):
        assert request.headers["content-type"] == "application/json"


# Training


@pytest.fixture
def train_page(digit_page: DigitPage) -> DigitPage:
    digit_page.go("train")
    digit_page.part("train-canvas").wait_for()
    return digit_page


def test_a_round_that_was_refused_counts_nothing_as_saved(train_page: DigitPage) -> None:
    refuse(train_page)
    for nth in range(ROUND):
        expect(train_page.part("train-progress")).to_have_text(f"{nth} of {ROUND}, 0 saved")
        train_page.train()
        # The refusal of the drawing before outlives the next one.
        if nth > 0:
            expect(train_page.part("refused").last).to_contain_text(
                re.compile(rf"({nth}|{nth + 1}) answers? (was|were) refused")
            )
    expect(train_page.part("train-saved")).to_have_text("None is saved, 10 were refused.")
    expect(train_page.part("train-done").get_by_text("refused", exact=True)).to_have_count(ROUND)
    train_page.part("train-again").click()
    expect(train_page.part("refused").last).to_contain_text(f"{ROUND} answers were refused")
    train_page.page.unroute("**/save_feedback")
    train_page.part("refused-resend").last.click()
    expect(train_page.part("refused")).to_have_count(0)


def test_a_round_is_saved_once_all_of_it_was_acknowledged(train_page: DigitPage) -> None:
    page = train_page.page
    lost: set[str] = set()

    def lose_the_first_three(route: Route) -> None:
        row = json.loads(route.request.post_data or "{}")
        if len(lost) < 3:
            lost.add(row["id"])
        if row["id"] in lost:
            route.fulfill(status=503, json={"error": "The store cannot be reached."})
        else:
            route.continue_()

    page.route("**/save_feedback", lose_the_first_three)
    for _ in range(ROUND):
        train_page.train()
    expect(train_page.part("train-saved")).to_have_text("7 are saved, 3 wait to be sent.")
    expect(train_page.part("train-done")).not_to_contain_text("All are saved")
    page.unroute("**/save_feedback")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(train_page.part("train-saved")).to_have_text("All are saved for the next retraining.")
