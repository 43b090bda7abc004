"""Drawing a digit and having it read."""

import base64
import io
import json
import re
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Request, Route, expect

from tests.e2e.conftest import DigitPage, OpenPage


def picture_in(request: Request) -> Image.Image:
    """The picture that the page sent, as it came over the wire."""
    body = json.loads(request.post_data or "{}")
    prefix, payload = body["image"].split(",", 1)
    assert prefix == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(payload)))


def answer_of(digit: int, **more: Any) -> dict[str, Any]:
    probabilities = [0.02] * 10
    probabilities[digit] = 0.82
    return {"prediction": digit, "confidence": 0.82, "probabilities": probabilities, **more}


def test_at_least_nine_of_ten_handwritten_digits_are_named_right(digit_page: DigitPage) -> None:
    named = {}
    for digit in range(10):
        digit_page.draw(digit)
        digit_page.part("predict").click()
        named[digit] = digit_page.answer()
    right = [digit for digit, answer in named.items() if answer == digit]
    assert len(right) >= 9, named


def test_the_page_predicts_by_itself_shortly_after_a_stroke(digit_page: DigitPage) -> None:
    digit_page.draw(7)
    expect(digit_page.part("prediction")).to_have_text(re.compile(r"^\d$"))
    expect(digit_page.part("confidence")).to_have_text(re.compile(r"^\d{1,3}\.\d %$"))


def test_clear_empties_the_field_and_takes_the_answer_away(digit_page: DigitPage) -> None:
    digit_page.draw(3)
    digit_page.answer()
    digit_page.part("clear").click()
    expect(digit_page.part("confidence")).to_have_count(0)
    expect(digit_page.part("predict")).to_be_disabled()
    expect(digit_page.part("wrong")).to_be_disabled()


def test_a_tap_makes_a_dot_that_can_be_predicted(digit_page: DigitPage) -> None:
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.page.mouse.click(*digit_page.canvas_point(0.5, 0.5))
    ink = np.asarray(picture_in(sent.value).convert("L")) > 127
    assert 200 < ink.sum() < 320  # a disc of 18 pixels across has 254
    assert digit_page.answer() in range(10)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("density", [1, 2.625])
def test_the_picture_is_white_on_black_in_every_theme_and_density(
    open_page: OpenPage, scheme: str, density: float
) -> None:
    page = open_page(color_scheme=scheme, device_scale_factor=density)
    with page.page.expect_request("**/predict") as sent:
        page.draw(0)
    picture = picture_in(sent.value)
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert picture.size == (280, 280)
    assert "A" not in picture.getbands() or np.asarray(picture.getchannel("A")).min() == 255
    assert np.ptp(pixels, axis=2).max() == 0  # grey throughout
    assert pixels[[0, -1, 0, -1], [0, 0, -1, -1]].max() == 0  # paper is black
    assert pixels.max() == 255
    assert 0.02 < (pixels[..., 0] > 127).mean() < 0.3


def test_the_canvas_is_as_sharp_as_the_screen(open_page: OpenPage) -> None:
    page = open_page(device_scale_factor=2)
    width, shown = page.part("canvas").evaluate("c => [c.width, c.getBoundingClientRect().width]")
    assert width == pytest.approx(2 * shown, abs=1)


def test_the_drawing_survives_a_rotation_of_the_screen(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    with page.page.expect_request("**/predict") as before:
        page.draw(2)
    page.answer()
    page.page.set_viewport_size({"width": 844, "height": 390})
    with page.page.expect_request("**/predict") as after:
        page.part("predict").click()
    assert picture_in(after.value).tobytes() == picture_in(before.value).tobytes()
    on_screen = (
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0)"
    )
    assert page.part("canvas").evaluate(on_screen)


def test_a_finger_draws_without_scrolling_and_a_second_one_adds_nothing(
    open_page: OpenPage,
) -> None:
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    touch = page.page.context.new_cdp_session(page.page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        places = [page.canvas_point(x, y) for x, y in points]
        touch.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)],
            },
        )

    with page.page.expect_request("**/predict") as sent:
        fingers("touchStart", (0.5, 0.2))
        fingers("touchMove", (0.5, 0.4))
        fingers("touchStart", (0.5, 0.4), (0.9, 0.9))
        fingers("touchMove", (0.5, 0.8), (0.8, 0.8))
        fingers("touchEnd")
    ink = np.asarray(picture_in(sent.value).convert("L")) > 127
    assert ink[100:220, 140].all()
    assert not ink[:, 180:].any()
    assert page.answer() == 1
    assert page.page.evaluate("scrollY") == 0


def test_an_answer_to_an_older_drawing_never_shows(digit_page: DigitPage) -> None:
    held: list[Route] = []
    digit_page.page.route("**/predict", lambda route: held.append(route))
    with digit_page.page.expect_request("**/predict"):
        digit_page.draw(1)
    with digit_page.page.expect_request("**/predict"):
        digit_page.draw(7)
    digit_page.page.wait_for_timeout(50)
    older, newer = held
    newer.fulfill(json=answer_of(7))
    expect(digit_page.part("prediction")).to_have_text("7")
    older.fulfill(json=answer_of(1))
    digit_page.page.wait_for_timeout(200)
    expect(digit_page.part("prediction")).to_have_text("7")


def fulfill(answer: dict[str, Any], route: Route) -> None:
    route.fulfill(json=answer)


def test_an_uncertain_answer_says_so_and_still_shows_the_digit(digit_page: DigitPage) -> None:
    page = digit_page.page
    for confidence, words in [
        (0.968, "Perhaps a 7. Is it?"),
        (0.53, "No clear digit — is it a 7?"),
    ]:
        answer = answer_of(7) | {"uncertain": True, "confidence": confidence}
        page.route("**/predict", partial(fulfill, answer))
        digit_page.draw(7)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        expect(digit_page.part("prediction")).to_have_text("7")
        expect(digit_page.part("confidence")).to_have_text("Too unsure for a number.")
        page.unroute("**/predict")


def test_a_failed_prediction_tells_why_and_can_be_tried_again(digit_page: DigitPage) -> None:
    sentence = "The recogniser is resting."
    digit_page.page.route(
        "**/predict", lambda route: route.fulfill(status=503, json={"error": sentence})
    )
    digit_page.draw(4)
    expect(digit_page.page.get_by_text(sentence).first).to_be_visible()
    digit_page.page.unroute("**/predict")
    digit_page.part("predict-retry").click()
    assert digit_page.answer() in range(10)
