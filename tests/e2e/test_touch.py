"""Fingers that touch down and are no stroke: a palm that rests, a pinch, a system's gesture."""

import json
import time
from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
from playwright.sync_api import Request, expect

from tests.e2e.conftest import DigitPage, OpenPage
from tests.e2e.test_drawing import picture_in
from tests.e2e.test_pictures import file, photo_of_a_seven
from tests.e2e.test_tools import ink

Fingers = Callable[..., None]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(open_page: OpenPage) -> DigitPage:
    return open_page(**PHONE)


@pytest.fixture
def fingers(phone: DigitPage) -> Fingers:
    """Lets fingers touch, move and be lifted, each 20 ms after the last, however fast the machine.

    Places are in fractions of the canvas.
    """
    session = phone.page.context.new_cdp_session(phone.page)
    moments = count(time.time(), 0.02)

    def send(kind: str, *points: tuple[float, float]) -> None:
        places = [phone.canvas_point(x, y) for x, y in points]
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        event = {"type": kind, "touchPoints": touches, "timestamp": next(moments)}
        session.send("Input.dispatchTouchEvent", event)

    return send


def requests(page: DigitPage) -> list[str]:
    """What goes out from now on, but for glimpses of a stroke that is not done yet."""
    sent: list[str] = []

    def note(request: Request) -> None:
        name = request.url.rsplit("/", 1)[-1]
        if name != "predict?live":
            sent.append(name)

    page.page.on("request", note)
    return sent


def drawn_in_silence(page: DigitPage) -> int:
    """How much is on the canvas, when whatever was begun has had time to happen."""
    page.page.wait_for_timeout(100)
    return ink(page)


def test_a_finger_that_rests_changes_nothing_until_it_moves(
    phone: DigitPage, fingers: Fingers
) -> None:
    phone.part("picture-file").set_input_files(file("a.jpg", "image/jpeg", photo_of_a_seven()))
    assert phone.answer() == 7
    before, sent = drawn_in_silence(phone), requests(phone)
    fingers("touchStart", (0.5, 0.5))
    fingers("touchMove", (0.503, 0.5))
    assert drawn_in_silence(phone) == before
    assert phone.answer() == 7
    fingers("touchCancel")
    assert drawn_in_silence(phone) == before
    assert phone.answer() == 7
    assert sent == []


@pytest.mark.parametrize("on", ["a picture", "strokes"])
def test_a_stroke_that_the_system_cancels_leaves_picture_and_answer(
    phone: DigitPage, fingers: Fingers, on: str
) -> None:
    if on == "a picture":
        phone.part("picture-file").set_input_files(file("a.jpg", "image/jpeg", photo_of_a_seven()))
    else:
        phone.draw(7)
    answer = phone.answer()
    before, sent = drawn_in_silence(phone), requests(phone)
    fingers("touchStart", (0.2, 0.9))
    fingers("touchMove", (0.6, 0.9))
    assert drawn_in_silence(phone) != before
    fingers("touchCancel")
    assert drawn_in_silence(phone) == before
    assert phone.answer() == answer
    assert sent == []
    expect(phone.part("redo")).to_be_disabled()


def test_two_fingers_draw_nothing(phone: DigitPage, fingers: Fingers) -> None:
    phone.part("picture-file").set_input_files(file("a.jpg", "image/jpeg", photo_of_a_seven()))
    phone.answer()
    before, sent = drawn_in_silence(phone), requests(phone)
    for first_moves in (False, True):
        fingers("touchStart", (0.4, 0.5))
        if first_moves:
            fingers("touchMove", (0.38, 0.5))
        fingers("touchStart", (0.38, 0.5), (0.6, 0.5))
        for spread in (0.1, 0.2, 0.3):
            fingers("touchMove", (0.4 - spread, 0.5), (0.6 + spread, 0.5))
        fingers("touchEnd")
        assert drawn_in_silence(phone) == before
    assert phone.answer() == 7
    assert sent == []
    # And then one finger draws again.
    with phone.page.expect_request("**/predict") as drawn:
        fingers("touchStart", (0.5, 0.2))
        fingers("touchMove", (0.5, 0.8))
        fingers("touchEnd")
    assert np.asarray(picture_in(drawn.value))[80:200, 140].min() == 255


def test_one_undo_gives_a_picture_back_that_was_drawn_over(digit_page: DigitPage) -> None:
    photo = file("a.jpg", "image/jpeg", photo_of_a_seven())
    digit_page.part("picture-file").set_input_files(photo)
    assert digit_page.answer() == 7
    before = ink(digit_page)
    digit_page.write(1, "canvas")
    digit_page.answer()
    assert ink(digit_page) < before
    digit_page.part("undo").click()
    assert ink(digit_page) == before
    assert digit_page.answer() == 7
    digit_page.part("redo").click()
    assert ink(digit_page) < before


def test_one_undo_gives_a_drawing_back_that_was_answered(digit_page: DigitPage) -> None:
    digit_page.draw(7)
    digit_page.answer()
    before = ink(digit_page)
    digit_page.part("correct").click()
    with digit_page.page.expect_response("**/save_feedback"):
        digit_page.write(1, "canvas")
    digit_page.part("undo").click()
    assert ink(digit_page) == before
    expect(digit_page.part("correct")).to_be_disabled()


def test_a_touch_that_is_no_stroke_sends_no_answer(phone: DigitPage, fingers: Fingers) -> None:
    phone.draw(7)
    phone.answer()
    phone.stop_clock()
    sent = requests(phone)
    phone.part("correct").click()
    fingers("touchStart", (0.2, 0.2))
    fingers("touchMove", (0.6, 0.2))
    fingers("touchCancel")
    phone.part("feedback-undo").click()
    expect(phone.part("correct")).to_be_enabled()
    assert sent == []


def test_a_mouse_that_is_let_go_outside_of_the_field_has_drawn(digit_page: DigitPage) -> None:
    mouse = digit_page.page.mouse
    mouse.move(*digit_page.canvas_point(0.5, 0.2))
    mouse.down()
    mouse.move(*digit_page.canvas_point(0.5, 0.6))
    with digit_page.page.expect_request("**/predict") as sent:
        mouse.move(*digit_page.canvas_point(1.3, 0.6))
        mouse.up()
    assert json.loads(sent.value.post_data or "{}")["explain"] is True
    assert np.asarray(picture_in(sent.value))[70:130, 140].min() == 255
