"""What can be done to a drawing: undo, widths, keys, pens."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DigitPage, OpenPage
from tests.e2e.test_drawing import picture_in

# Read from a copy: Chromium warns of a canvas on the screen that is read often.
INK = """c => {
    const copy = new OffscreenCanvas(c.width, c.height);
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(c, 0, 0);
    return context.getImageData(0, 0, c.width, c.height).data
        .filter((value, i) => i % 4 === 3 && value > 127).length;
}"""


def ink(page: DigitPage) -> int:
    """How many pixels of the canvas have ink, once they are painted."""
    page.page.evaluate("() => new Promise(requestAnimationFrame)")
    return int(page.part("canvas").evaluate(INK))


def test_undo_and_redo_go_stroke_by_stroke_and_through_a_clear(digit_page: DigitPage) -> None:
    expect(digit_page.part("undo")).to_be_disabled()
    digit_page.draw(4)  # two strokes
    both = ink(digit_page)
    digit_page.part("undo").click()
    one = ink(digit_page)
    assert 0 < one < both
    expect(digit_page.part("redo")).to_be_enabled()
    digit_page.part("redo").click()
    assert ink(digit_page) == both
    digit_page.part("clear").click()
    assert ink(digit_page) == 0
    digit_page.part("undo").click()
    assert ink(digit_page) == both
    digit_page.answer()


def test_keys_undo_clear_predict_and_answer(digit_page: DigitPage) -> None:
    keyboard = digit_page.page.keyboard
    digit_page.draw(7)
    drawn = ink(digit_page)
    keyboard.press("z")
    assert ink(digit_page) == 0
    keyboard.press("y")
    assert ink(digit_page) == drawn
    keyboard.press("Escape")
    assert ink(digit_page) == 0
    keyboard.press("Control+z")
    digit_page.answer()
    with digit_page.page.expect_request("**/predict"):
        keyboard.press("Enter")
    digit_page.answer()
    with digit_page.page.expect_request("**/save_feedback") as sent:
        keyboard.press("3")
    assert json.loads(sent.value.post_data or "{}")["label"] == 3


# As browsers report a key: what is printed, where it is, with what else.
KEYBOARDS: dict[str, list[tuple[str, str, bool, object]]] = {
    "Russian": [("я", "KeyZ", True, "z"), ("н", "KeyY", True, "y"), ("т", "KeyN", False, "NaN")],
    "Greek": [("ζ", "KeyZ", True, "z"), ("\u03c5", "KeyY", True, "y"), ("3", "Digit3", False, 3)],
    "French": [("z", "KeyW", True, "z"), ("y", "KeyY", True, "y"), ("é", "Digit2", False, 2)],
    "Arabic": [("ئ", "KeyZ", True, "z"), ("غ", "KeyY", True, "y"), ("٣", "Digit3", False, 3)],
    "keypad": [("z", "KeyZ", True, "z"), ("y", "KeyY", True, "y"), ("8", "Numpad8", False, 8)],
}


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_keys_work_on_every_keyboard(digit_page: DigitPage, keyboard: str) -> None:
    session = digit_page.page.context.new_cdp_session(digit_page.page)

    def press(key: str, code: str, control: bool) -> None:
        event = {"key": key, "code": code, "modifiers": 2 if control else 0}
        for kind in ("rawKeyDown", "keyUp"):
            session.send("Input.dispatchKeyEvent", {"type": kind, **event})

    digit_page.draw(7)
    drawn = ink(digit_page)
    undo, redo, label = KEYBOARDS[keyboard]
    press(*undo[:3])
    assert ink(digit_page) == 0
    press(*redo[:3])
    assert ink(digit_page) == drawn
    digit_page.answer()
    with digit_page.page.expect_request("**/save_feedback") as sent:
        press(*label[:3])
    assert json.loads(sent.value.post_data or "{}")["label"] == label[3]


def test_a_latin_letter_is_not_taken_for_its_neighbour(digit_page: DigitPage) -> None:
    """Ctrl+W on a French keyboard closes the tab; there, W is where Z is elsewhere."""
    session = digit_page.page.context.new_cdp_session(digit_page.page)
    digit_page.draw(7)
    drawn = ink(digit_page)
    for modifiers in (0, 2):
        event = {"key": "w", "code": "KeyZ", "modifiers": modifiers}
        session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
    assert ink(digit_page) == drawn


def test_keys_can_be_switched_off_and_are_left_to_controls(digit_page: DigitPage) -> None:
    digit_page.draw(1)
    drawn = ink(digit_page)
    digit_page.page.get_by_text("Keyboard shortcuts").click()
    digit_page.part("shortcuts").uncheck()
    digit_page.page.keyboard.press("Escape")
    assert ink(digit_page) == drawn
    digit_page.page.reload()
    digit_page.page.get_by_text("Keyboard shortcuts").click()
    expect(digit_page.part("shortcuts")).not_to_be_checked()
    digit_page.part("shortcuts").check()
    digit_page.draw(1)
    digit_page.part("theme-toggle").focus()
    digit_page.page.keyboard.press("Escape")
    assert ink(digit_page) == 0


def test_the_width_of_the_pen_goes_into_the_picture_and_is_remembered(
    digit_page: DigitPage,
) -> None:
    def weight() -> int:
        with digit_page.page.expect_request("**/predict") as sent:
            digit_page.draw(1)
        return int((np.asarray(picture_in(sent.value)) > 127).sum())

    medium = weight()
    digit_page.part("pen-width").click()
    thick = weight()
    digit_page.page.reload()
    assert weight() == thick
    digit_page.part("pen-width").click()
    fine = weight()
    assert fine < 0.75 * medium < medium < 0.75 * thick


def test_the_picture_is_one_channel_of_grey(digit_page: DigitPage) -> None:
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.draw(3)
    assert picture_in(sent.value).mode == "L"


def test_a_pen_writes_while_the_palm_rests(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 768, "height": 1024}, has_touch=True)
    events = """(canvas, events) => {
        const box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        for (const [kind, type, id, x, y] of events)
            canvas.dispatchEvent(new PointerEvent(kind, {
                pointerType: type, pointerId: id, button: 0, bubbles: true, cancelable: true,
                clientX: box.left + x * box.width, clientY: box.top + y * box.height,
            }));
    }"""
    with page.page.expect_request("**/predict") as sent:
        page.part("canvas").evaluate(
            events,
            [
                ["pointerdown", "touch", 1, 0.9, 0.9],
                ["pointermove", "touch", 1, 0.8, 0.9],
                ["pointerdown", "pen", 2, 0.5, 0.2],
                ["pointermove", "touch", 1, 0.7, 0.9],
                ["pointermove", "pen", 2, 0.5, 0.5],
                ["pointercancel", "touch", 1, 0.7, 0.9],
                ["pointerup", "pen", 2, 0.5, 0.8],
            ],
        )
    drawn = np.asarray(picture_in(sent.value)) > 127
    assert drawn[70:200, 140].all()
    assert not drawn[:, 170:].any()


def test_zooming_keeps_the_drawing_and_its_sharpness(digit_page: DigitPage) -> None:
    with digit_page.page.expect_request("**/predict") as before:
        digit_page.draw(2)
    digit_page.answer()
    small = ink(digit_page)
    # What zooming by 150 % is to a page: fewer, denser pixels.
    digit_page.page.context.new_cdp_session(digit_page.page).send(
        "Emulation.setDeviceMetricsOverride",
        {"width": 853, "height": 600, "deviceScaleFactor": 1.5, "mobile": False},
    )
    digit_page.page.wait_for_function(
        """() => { const c = document.querySelector('canvas');
            return Math.abs(c.width - c.getBoundingClientRect().width * devicePixelRatio) < 2 }"""
    )
    assert ink(digit_page) != small
    with digit_page.page.expect_request("**/predict") as after:
        digit_page.part("predict").click()
    assert picture_in(after.value).tobytes() == picture_in(before.value).tobytes()


@pytest.mark.parametrize("key", ["Enter", "7"])
def test_a_blank_field_asks_nothing(digit_page: DigitPage, key: str) -> None:
    asked: list[str] = []
    digit_page.page.on("request", lambda r: asked.append(r.method))
    expect(digit_page.part("predict")).to_be_disabled()
    digit_page.page.keyboard.press(key)
    digit_page.page.evaluate("() => new Promise((done) => setTimeout(done, 60))")
    assert "POST" not in asked
