"""Pictures instead of strokes: chosen, dropped or pasted."""

import base64
import io
import json
import zlib
from struct import pack

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Request, expect

from tests.e2e.conftest import DigitPage, OpenPage
from tests.e2e.test_drawing import picture_in
from tests.e2e.test_tools import ink


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
    for kind, selector in [("drop", "canvas"), ("drop", ".answer"), ("paste", "body")]:
        digit_page.part("clear").click()
        digit_page.page.evaluate(TRANSFER, [kind, selector, "seven.jpg", "image/jpeg", list(photo)])
        assert digit_page.answer() == 7
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.page.mouse.click(*digit_page.canvas_point(0.5, 0.5))
    # Drawing begins anew; the photo would have paper all over.
    assert (np.asarray(picture_in(sent.value)) > 127).sum() < 320


def test_a_camera_s_photo_is_shrunk_here_and_lies_as_it_was_held(digit_page: DigitPage) -> None:
    """24 megapixels, which phones take by default, on its side with a note of that (EXIF)."""
    upright = grainy_seven(500).resize((4000, 6000))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right by a quarter
    buffer = io.BytesIO()
    upright.rotate(90, expand=True).save(buffer, "JPEG", quality=60, exif=exif)
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.part("picture-file").set_input_files(
            file("a.jpg", "image/jpeg", buffer.getvalue())
        )
    assert len(sent.value.post_data or "") < 100_000
    shown = Image.open(io.BytesIO(sent_as(sent.value)[1]))
    assert max(shown.size) == 560
    assert shown.height > shown.width
    assert digit_page.answer() == 7


def test_of_a_photo_no_more_is_kept_than_the_digit(digit_page: DigitPage) -> None:
    photo = file("seven.jpg", "image/jpeg", photo_of_a_seven())
    digit_page.part("picture-file").set_input_files(photo)
    digit_page.answer()
    with digit_page.page.expect_request("**/save_feedback") as sent:
        digit_page.part("correct").click()
    assert picture_in(sent.value).size == (28, 28)


def huge_png() -> bytes:
    """60 megapixels in a few kilobytes."""
    width, height = 10_000, 6_000

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
        (file("a.pdf", "application/pdf", b"%PDF-1.7 and so on"), "A PDF is no picture"),
        (file("a.txt", "text/plain", b"seven"), "This is no picture"),
        (
            file("a.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            "save it as a PNG",
        ),
        (file("a.heic", "image/heic", b"\0\0\0\x18ftypheic" + bytes(99)), "cannot open HEIC"),
        (
            file("a.jpg", "image/jpeg", photo_of_a_seven()[:9000]),
            "The end of this picture is missing",
        ),
        (file("a.png", "image/png", b""), "This file is empty"),
        (file("a.png", "image/png", whole[:40]), "The end of this picture is missing"),
        (file("a.jpg", "image/jpeg", b"these are words"), "cannot be opened"),
        (file("a.png", "image/png", huge_png()), "has 60 megapixels: choose one of at most 50"),
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


def sent_as(request: Request) -> tuple[str, bytes]:
    """Media type and content of the picture that went out."""
    head, payload = json.loads(request.post_data or "{}")["image"].split(",", 1)
    return head, base64.b64decode(payload)


def grainy_seven(side: int = 1400) -> Image.Image:
    """A photo as a phone takes it: uneven light, grain, a seven on paper."""
    rng = np.random.default_rng(0)
    light = np.linspace(180, 235, side)[None, :, None] + np.zeros((side, side, 3))
    image = Image.fromarray((light + rng.normal(0, 6, light.shape)).clip(0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    corners = [(side * 0.3, side * 0.25), (side * 0.7, side * 0.24), (side * 0.48, side * 0.8)]
    pen.line(corners, fill=(40, 44, 70), width=side // 16, joint="curve")
    return image


@pytest.mark.parametrize("picture_format", ["JPEG", "WEBP", "PNG", "AVIF"])
def test_a_photo_goes_out_small_whatever_it_came_as(
    digit_page: DigitPage, picture_format: str
) -> None:
    photo = encoded(grainy_seven(), picture_format)
    given = file(f"photo.{picture_format}", f"image/{picture_format.lower()}", photo)
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.part("picture-file").set_input_files(given)
    kind, content = sent_as(sent.value)
    assert kind == "data:image/jpeg;base64"
    assert len(content) < 50_000
    assert digit_page.answer() == 7


def test_a_small_picture_goes_out_as_it_is(digit_page: DigitPage) -> None:
    pixels = np.zeros((28, 28), np.uint8)
    pixels[5:8, 8:20] = 200
    pixels[5:24, 17:20] = 255
    content = encoded(Image.fromarray(pixels))
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.part("picture-file").set_input_files(file("a.png", "image/png", content))
    picture = picture_in(sent.value)
    assert picture.mode == "L"
    assert np.array_equal(np.asarray(picture), pixels)


def test_nothing_of_a_photo_goes_out_but_what_is_seen(digit_page: DigitPage) -> None:
    image, buffer = grainy_seven(400), io.BytesIO()
    exif = image.getexif()
    exif[0x010E] = "taken at home"
    image.save(buffer, "JPEG", exif=exif)
    assert b"taken at home" in buffer.getvalue()
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.part("picture-file").set_input_files(
            file("a.jpg", "image/jpeg", buffer.getvalue())
        )
    assert b"taken at home" not in sent_as(sent.value)[1]


SHADES = """c => {
    const copy = new OffscreenCanvas(c.width, c.height);
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(c, 0, 0);
    const { data } = context.getImageData(0, 0, c.width, c.height);
    const shades = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) shades.add(data[i] >> 6);
    return [...shades].sort();
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pen", [(0, 0, 0), (255, 255, 255)])
def test_a_transparent_picture_is_shown_on_the_paper_that_its_ink_needs(
    open_page: OpenPage, scheme: str, pen: tuple[int, int, int]
) -> None:
    page = open_page(color_scheme=scheme)
    image = Image.new("RGBA", (300, 300))
    ImageDraw.Draw(image).line([(90, 60), (210, 58), (140, 240)], fill=(*pen, 255), width=24)
    page.part("picture-file").set_input_files(file("a.png", "image/png", encoded(image)))
    assert page.answer() == 7
    page.page.evaluate("() => new Promise(requestAnimationFrame)")
    # Its ink and its paper, as far apart as can be, in either theme.
    shades = page.part("canvas").evaluate(SHADES)
    assert {0, 3} <= set(shades)


# What browsers do that guard against fingerprinting: noise, or white.
GUARDS = {
    "noise": "data.forEach((_, i) => { data[i] = Math.random() * 256 });",
    "white": "data.fill(255);",
}
GUARD = """(() => {
    const guarded = (data) => { %s return data; };
    for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
        const read = kind.prototype.getImageData;
        kind.prototype.getImageData = function (...area) {
            const image = read.apply(this, area);
            guarded(image.data);
            return image;
        };
    }
    const blank = ({ width, height }) =>
        Object.assign(document.createElement("canvas"), { width, height });
    const { toDataURL, toBlob } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.toDataURL = function (...how) {
        return toDataURL.apply(blank(this), how);
    };
    HTMLCanvasElement.prototype.toBlob = function (...how) {
        return toBlob.apply(blank(this), how);
    };
})()"""


@pytest.fixture(params=GUARDS)
def guarded_page(digit_page: DigitPage, request: pytest.FixtureRequest) -> DigitPage:
    """In a browser that lets no page read a canvas."""
    digit_page.page.add_init_script(GUARD % GUARDS[request.param])
    digit_page.page.reload()
    return digit_page


def test_a_drawing_is_read_where_no_canvas_can_be(guarded_page: DigitPage) -> None:
    with guarded_page.page.expect_request("**/predict") as sent:
        guarded_page.draw(7)
    pixels = np.asarray(picture_in(sent.value))
    assert 0.02 < (pixels > 127).mean() < 0.3
    assert guarded_page.answer() == 7


def test_a_photo_that_cannot_be_read_is_told_with_its_cause(guarded_page: DigitPage) -> None:
    asked: list[str] = []
    guarded_page.page.on(
        "request", lambda r: asked.append(r.url) if r.url.endswith("/predict") else None
    )
    photo = file("seven.jpg", "image/jpeg", photo_of_a_seven())
    guarded_page.part("picture-file").set_input_files(photo)
    expect(guarded_page.part("picture-status")).to_contain_text("guards against fingerprinting")
    assert asked == []


BLUR = """(() => {
    const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...area) {
        const image = read.apply(this, area);
        image.data.forEach((each, i) => { image.data[i] = each ^ (i & 1); });
        return image;
    };
})()"""


def test_a_guard_that_only_blurs_fingerprints_is_no_hindrance(digit_page: DigitPage) -> None:
    digit_page.page.add_init_script(BLUR)
    digit_page.page.reload()
    photo = file("seven.jpg", "image/jpeg", photo_of_a_seven())
    digit_page.part("picture-file").set_input_files(photo)
    assert digit_page.answer() == 7
