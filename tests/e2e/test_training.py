"""Training: draw what is asked for."""

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DigitPage, OpenPage

ROUND = 10


@pytest.fixture
def train_page(open_page: OpenPage) -> DigitPage:
    page = open_page(viewport={"width": 390, "height": 844})
    page.go("train")
    page.part("train-canvas").wait_for()
    return page


def test_a_round_saves_a_labelled_row_for_each_drawing(train_page: DigitPage) -> None:
    rows = train_page.sent_feedback()
    asked = []
    for nth in range(ROUND):
        expect(train_page.part("train-progress")).to_contain_text(f"{nth} of {ROUND},")
        asked.append(train_page.train())
    assert all(a != b for a, b in pairwise(asked))
    expect(train_page.part("train-done")).to_contain_text("A round well drawn!")
    expect(train_page.part("train-done").locator("li")).to_have_count(ROUND)
    expect(train_page.part("train-saved")).to_have_text("All are saved for the next retraining.")
    train_page.part("train-again").click()
    expect(train_page.part("train-progress")).to_have_text(f"0 of {ROUND}, 0 saved")
    assert [row["label"] for row in rows] == asked
    assert {row["source"] for row in rows} == {"training"}
    assert len({row["id"] for row in rows}) == ROUND
    assert len({row["contributor"] for row in rows}) == 1
    assert sum(row["prediction"] == row["label"] for row in rows) >= ROUND - 2


def test_it_asks_for_what_the_data_lacks(open_page: OpenPage) -> None:
    page = open_page()
    counts = {str(digit): 40 for digit in range(10)} | {"3": 2, "8": 2}
    page.page.route(
        "**/feedback/summary",
        lambda route: route.fulfill(json={"rows": 324, "labels": counts}),
    )
    page.go("train")
    asked = set()
    for _ in range(6):
        asked.add(page.asked())
        page.part("train-skip").click()
    assert asked == {3, 8}


def test_it_says_what_the_model_would_have_said(train_page: DigitPage) -> None:
    answer = {"confidence": 0.9, "probabilities": [0.1] * 10}

    def wrong(body: dict[str, Any]) -> dict[str, Any]:
        return body | answer | {"prediction": (train_page.asked() + 1) % 10}

    asked = train_page.asked()
    train_page.page.route("**/predict", lambda route: route.fulfill(json=wrong({})))
    train_page.train()
    other = (asked + 1) % 10
    told = f"would have taken this {asked} for {'an' if other == 8 else 'a'} {other} (90.0 %)"
    expect(train_page.part("train-status")).to_contain_text(told)
    expect(train_page.part("train-streak")).to_have_text("fooled it once")


def test_a_digit_that_was_not_asked_for_is_asked_about_and_not_celebrated(
    train_page: DigitPage,
) -> None:
    rows = train_page.sent_feedback()
    asked = train_page.asked()
    seen = (asked + 1) % 10
    sure = {"prediction": seen, "confidence": 0.999}
    train_page.page.route("**/predict", lambda route: route.fulfill(json=sure))
    train_page.write(asked, "train-canvas")
    train_page.part("train-save").click()
    status = train_page.part("train-status")
    expect(status).to_have_text(
        re.compile(rf"I see an? {seen}\. Did you mean to draw an? {asked}\?")
    )
    train_page.part("train-dismiss").click()
    expect(train_page.part("train-keep")).to_have_count(0)
    assert rows == []
    assert train_page.asked() == asked
    train_page.part("train-save").click()
    train_page.part("train-keep").click()
    expect(status).to_contain_text("as you say")
    expect(train_page.part("train-streak")).to_be_empty()
    with train_page.page.expect_response("**/save_feedback"):
        train_page.go("draw")
    assert [row["label"] for row in rows] == [asked]


def test_a_streak_is_counted(train_page: DigitPage) -> None:
    train_page.page.route(
        "**/predict",
        lambda route: route.fulfill(json={"prediction": train_page.asked(), "confidence": 1}),
    )
    for _ in range(3):
        train_page.train()
    expect(train_page.part("train-streak")).to_have_text("3 in a row read right")


def test_skipping_saves_nothing_and_asks_for_another_digit(train_page: DigitPage) -> None:
    rows = train_page.sent_feedback()
    before = train_page.asked()
    train_page.part("train-skip").click()
    assert train_page.asked() != before
    expect(train_page.part("train-progress")).to_have_text(f"0 of {ROUND}, 0 saved")
    expect(train_page.part("train-save")).to_be_disabled()
    assert rows == []


def test_a_drawing_can_be_taken_back_before_it_is_sent(train_page: DigitPage) -> None:
    rows = train_page.sent_feedback()
    train_page.stop_clock()
    asked = train_page.train()
    train_page.part("train-take-back").click()
    assert train_page.asked() == asked
    expect(train_page.part("train-progress")).to_have_text(f"0 of {ROUND}, 0 saved")
    train_page.write(asked, "train-canvas")
    train_page.part("train-save").click()
    with train_page.page.expect_response("**/save_feedback"):
        train_page.go("draw")  # leaving sends what is held
    assert [row["label"] for row in rows] == [asked]


def test_it_works_offline_and_sends_later(train_page: DigitPage) -> None:
    train_page.go_offline()
    asked = train_page.train()
    expect(train_page.part("train-status")).to_contain_text("could not be asked")
    expect(train_page.part("train-kept")).to_contain_text("1 drawing kept on this device")
    rows = train_page.sent_feedback()
    with train_page.page.expect_response("**/save_feedback") as saved:
        train_page.go_online()
    assert saved.value.ok
    assert [row["label"] for row in rows] == [asked]
    assert "prediction" not in rows[0]
    expect(train_page.part("train-kept")).to_have_count(0)


@pytest.mark.parametrize("waiting", [None, 41])
def test_how_many_rows_wait_is_said_where_it_is_known(
    open_page: OpenPage, waiting: int | None
) -> None:
    page = open_page()
    summary = {"rows": 3} if waiting is None else {"rows": 3, "waiting_for_retraining": waiting}
    page.page.route("**/feedback/summary", lambda route: route.fulfill(json=summary))
    with page.page.expect_response("**/feedback/summary"):
        page.go("train")
    page.part("train-canvas").wait_for()
    if waiting is None:
        expect(page.part("train-waiting")).to_have_count(0)
    else:
        expect(page.part("train-waiting")).to_have_text(
            f"{waiting} drawings wait for the next retraining."
        )


def test_it_asks_for_any_digit_when_nobody_knows_what_lacks(open_page: OpenPage) -> None:
    page = open_page()
    page.page.route("**/feedback/summary", lambda route: None)  # hangs
    page.go("train")
    assert page.asked() in range(10)
