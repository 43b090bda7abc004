"""What can be done to a drawing: undo, widths, keys, pens, pictures instead of strokes."""

import io
import json
import zlib
from struct import pack

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, expect

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


def test_keys_can_be_switched_off_and_are_left_to_controls(digit_page: DigitPage) -> None:
    digit_page.draw(1)
    drawn = ink(digit_page)
    digit_page.page.get_by_text("Keys", exact=True).click()
    digit_page.part("shortcuts").uncheck()
    digit_page.page.keyboard.press("Escape")
    assert ink(digit_page) == drawn
    digit_page.page.reload()
    digit_page.page.get_by_text("Keys", exact=True).click()
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


# Pictures


def encoded(image: Image.Image, picture_format: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, picture_format)
    return buffer.getvalue()


def photo_of_a_seven() -> bytes:
    """Dark ink on light paper, far larger than any canvas."""
    image = Image.new("RGB", (1600, 1200), (236, 232, 224))
    pen = ImageDraw.Draw(image)
    pen.line([(500, 250), (1050, 240), (760, 950)], fill=(30, 34, 60), width=90, joint="curve")
    return encoded(image, "JPEG")


def file(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


TRANSFER = """([kind, selector, name, type, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
}"""


def test_a_picture_is_read_whether_chosen_dropped_or_pasted(digit_page: DigitPage) -> None:
    photo = photo_of_a_seven()
    digit_page.part("picture-file").set_input_files(file("seven.jpg", "image/jpeg", photo))
    assert digit_page.answer() == 7
    assert ink(digit_page) > 0  # it is shown
    for kind, selector in [("drop", "canvas"), ("paste", "body")]:
        digit_page.part("clear").click()
        digit_page.page.evaluate(TRANSFER, [kind, selector, "seven.jpg", "image/jpeg", list(photo)])
        assert digit_page.answer() == 7
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.page.mouse.click(*digit_page.canvas_point(0.5, 0.5))
    # Drawing begins anew; the photo would have paper all over.
    assert (np.asarray(picture_in(sent.value)) > 127).sum() < 320


def huge_png() -> bytes:
    """50 megapixels in a few kilobytes."""
    width, height = 10_000, 5_000

    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress(bytes((width // 8 + 1) * height), 9)
    header = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_what_is_no_picture_of_a_digit_gets_one_friendly_sentence(digit_page: DigitPage) -> None:
    asked: list[str] = []
    digit_page.page.on(
        "request", lambda r: asked.append(r.url) if r.url.endswith("/predict") else None
    )
    whole = encoded(Image.new("L", (64, 64)))
    for given, told in [
        (file("a.pdf", "application/pdf", b"%PDF-1.7 and so on"), "This is no picture"),
        (
            file("a.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            "no picture",
        ),
        (file("a.png", "image/png", b""), "This file is empty"),
        (file("a.png", "image/png", whole[:40]), "cannot be opened"),
        (file("a.jpg", "image/jpeg", b"these are words"), "cannot be opened"),
        (file("a.png", "image/png", huge_png()), "at most 16 megapixels"),
    ]:
        digit_page.part("picture-file").set_input_files(given)
        expect(digit_page.part("picture-status")).to_contain_text(told)
    assert asked == []
    digit_page.draw(1)
    expect(digit_page.part("picture-status")).to_be_empty()


def test_a_picture_without_ink_gets_the_apis_sentence(digit_page: DigitPage) -> None:
    blank = encoded(Image.new("L", (64, 64)))
    digit_page.part("picture-file").set_input_files(file("blank.png", "image/png", blank))
    expect(digit_page.page.locator(".answer .alarm")).to_contain_text("empty")
    expect(digit_page.part("predict-retry")).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "7"])
def test_a_blank_field_asks_nothing(digit_page: DigitPage, key: str) -> None:
    asked: list[str] = []
    digit_page.page.on("request", lambda r: asked.append(r.method))
    expect(digit_page.part("predict")).to_be_disabled()
    digit_page.page.keyboard.press(key)
    digit_page.page.evaluate("() => new Promise((done) => setTimeout(done, 60))")
    assert "POST" not in asked
