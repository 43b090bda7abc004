"""Saying whether the answer is right, and what becomes of that."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Request, Route, expect

from tests.e2e.conftest import DigitPage, LocalServer
from tests.e2e.test_drawing import picture_in

SAVED = re.compile("Saved")


def downloaded_rows(digit_page: DigitPage) -> list[list[str]]:
    """The rows of the file that the page's download gives, without the header."""
    with digit_page.page.expect_download() as started:
        digit_page.part("download").click()
    assert started.value.suggested_filename == "user_pixel_data.csv"
    text = Path(started.value.path()).read_text(encoding="utf-8")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["label", *(f"pixel{i}" for i in range(784))]
    return rows


def test_the_download_says_in_the_page_that_there_is_nothing_yet(digit_page: DigitPage) -> None:
    digit_page.part("download").click()
    expect(digit_page.part("download-status")).to_have_text(
        "CSV file not found. Submit some feedback first."
    )
    assert digit_page.page.url.rstrip("/") == digit_page.url


def test_a_correction_stands_in_the_downloaded_file_also_after_a_restart(
    digit_page: DigitPage, server: LocalServer
) -> None:
    digit_page.draw(5)
    answer = digit_page.answer()
    label = (answer + 1) % 10
    with digit_page.page.expect_request("**/save_feedback") as sent:
        digit_page.correct_to(label)
    expect(digit_page.part("feedback-status")).to_have_text(f"Saved as {label}. Thank you!")

    record = json.loads(sent.value.post_data or "{}")
    assert record["label"] == label
    assert record["prediction"] == answer
    assert record["source"] == "corrected"
    assert {"image", "id", "confidence", "model_version"} <= record.keys()
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", record["contributor"])

    rows = downloaded_rows(digit_page)
    newest, *pixels = rows[-1]
    assert newest == str(label)
    assert len(pixels) == 784
    values = [int(pixel) for pixel in pixels]
    assert min(values) == 0
    assert 200 < max(values) <= 255

    server.restart()
    digit_page.open()
    assert downloaded_rows(digit_page) == rows


def test_right_saves_the_digit_that_was_named(digit_page: DigitPage) -> None:
    digit_page.draw(1)
    answer = digit_page.answer()
    with digit_page.page.expect_request("**/save_feedback") as sent:
        digit_page.part("correct").click()
    expect(digit_page.part("feedback-status")).to_have_text(f"Saved as {answer}. Thank you!")
    record = json.loads(sent.value.post_data or "{}")
    assert (record["label"], record["source"]) == (answer, "confirmed")
    assert downloaded_rows(digit_page)[-1][0] == str(answer)


def test_a_drawing_that_is_no_digit_is_saved_as_nan(digit_page: DigitPage) -> None:
    digit_page.draw(8)
    digit_page.answer()
    digit_page.correct_to("nan")
    expect(digit_page.part("feedback-status")).to_have_text(SAVED)
    assert downloaded_rows(digit_page)[-1][0] == "NaN"


def test_a_drawing_is_answered_once(digit_page: DigitPage) -> None:
    digit_page.draw(6)
    digit_page.answer()
    digit_page.part("correct").click()
    expect(digit_page.part("feedback-status")).to_have_text(SAVED)
    expect(digit_page.part("correct")).to_be_disabled()
    digit_page.part("predict").click()
    digit_page.answer()
    expect(digit_page.part("correct")).to_be_disabled()
    expect(digit_page.part("wrong")).to_be_disabled()


def test_an_answer_is_kept_while_the_store_is_down_and_then_sent_once(
    digit_page: DigitPage,
) -> None:
    page = digit_page.page
    sent: list[str] = []
    contributors: set[str] = set()

    def note(request: Request) -> None:
        if request.url.endswith("/save_feedback"):
            sent.append(request.url)
            contributors.add(json.loads(request.post_data or "{}")["contributor"])

    page.on("request", note)

    def refuse(route: Route) -> None:
        route.fulfill(status=503, json={"error": "The store cannot be reached."})

    page.route("**/save_feedback", refuse)
    digit_page.draw(2)
    digit_page.answer()
    digit_page.correct_to(4)
    expect(digit_page.part("feedback-status")).to_have_text(re.compile("kept on this device"))

    # The page tries by itself when it opens; the store is still down.
    with page.expect_response("**/save_feedback"):
        page.reload()
    expect(digit_page.part("feedback-status")).to_have_text(re.compile("1 answer is kept"))
    page.unroute("**/save_feedback")
    sent.clear()
    digit_page.part("feedback-retry").click()
    expect(digit_page.part("feedback-status")).to_have_text(SAVED)
    expect(digit_page.part("feedback-retry")).to_have_count(0)
    rows = downloaded_rows(digit_page)
    assert rows[-1][0] == "4"

    page.reload()
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
    assert len(contributors) == 1
    assert downloaded_rows(digit_page) == rows


def test_answers_are_kept_while_there_are_too_many_requests(digit_page: DigitPage) -> None:
    page = digit_page.page
    sentence = "Too many requests from your address; wait a few minutes, then try again."
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=429, json={"error": sentence})

    page.route("**/save_feedback", refuse)
    for digit in (3, 8):
        digit_page.draw(digit)
        digit_page.answer()
        digit_page.correct_to(digit)
        expect(digit_page.part("feedback-status")).to_have_text(re.compile("kept on this device"))
        digit_page.part("clear").click()
    sent.clear()
    with page.expect_response("**/save_feedback"):
        digit_page.part("feedback-retry").click()
    expect(digit_page.part("feedback-retry")).to_be_enabled()
    # The second one would be refused, too.
    assert len(sent) == 1
    page.unroute("**/save_feedback")
    digit_page.part("feedback-retry").click()
    expect(digit_page.part("feedback-retry")).to_have_count(0)
    assert [row[0] for row in downloaded_rows(digit_page)[-2:]] == ["3", "8"]


def test_an_answer_given_offline_is_sent_when_the_network_returns(digit_page: DigitPage) -> None:
    digit_page.draw(9)
    digit_page.answer()
    digit_page.go_offline()
    digit_page.correct_to(3)
    expect(digit_page.part("feedback-status")).to_have_text(re.compile("kept on this device"))
    digit_page.go_online()
    expect(digit_page.part("feedback-status")).to_have_text("Saved as 3. Thank you!")
    assert downloaded_rows(digit_page)[-1][0] == "3"


def labels_sent(digit_page: DigitPage) -> list[int]:
    """Of each answer that goes out from now on."""
    labels: list[int] = []
    digit_page.page.on(
        "request",
        lambda r: (
            labels.append(json.loads(r.post_data or "{}")["label"])
            if r.url.endswith("/save_feedback")
            else None
        ),
    )
    return labels


def test_an_answer_can_be_taken_back_before_it_is_sent(digit_page: DigitPage) -> None:
    labels = labels_sent(digit_page)
    digit_page.draw(3)
    answer = digit_page.answer()
    digit_page.stop_clock()
    digit_page.correct_to((answer + 1) % 10)
    digit_page.part("feedback-undo").click()
    expect(digit_page.part("wrong")).to_be_enabled()
    digit_page.correct_to((answer + 2) % 10)
    # Z takes back what was done last: the answer, not the stroke.
    digit_page.page.keyboard.press("z")
    assert digit_page.answer() == answer
    digit_page.part("correct").dblclick()
    with digit_page.page.expect_response("**/save_feedback"):
        digit_page.page.clock.run_for(3_000)
    assert labels == [answer]


def test_drawing_on_sends_the_answer_and_begins_a_new_drawing(digit_page: DigitPage) -> None:
    labels = labels_sent(digit_page)
    digit_page.draw(1)
    answer = digit_page.answer()
    digit_page.part("correct").click()
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.page.mouse.click(*digit_page.canvas_point(0.2, 0.2))
    ink = np.asarray(picture_in(sent.value)) > 127
    assert not ink[100:].any()
    digit_page.answer()
    assert labels == [answer]
    expect(digit_page.part("correct")).to_be_enabled()


def test_an_answer_that_is_held_survives_closing_the_page(digit_page: DigitPage) -> None:
    before = downloaded_rows(digit_page)
    digit_page.draw(2)
    answer = digit_page.answer()
    digit_page.part("correct").click()
    digit_page.page.reload()
    digit_page.page.wait_for_function(
        "() => localStorage.getItem('digit-recognizer.feedback-queue') === '[]'"
    )
    rows = downloaded_rows(digit_page)
    assert rows[:-1] == before
    assert rows[-1][0] == str(answer)


def test_thanks_come_with_how_many_drawings_were_given(digit_page: DigitPage) -> None:
    for count in ("1 drawing", "2 drawings"):
        digit_page.draw(1)
        digit_page.answer()
        digit_page.part("correct").click()
        expect(digit_page.part("given")).to_have_text(f"You gave {count} so far.")
