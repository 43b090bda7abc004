"""The trainer draws strokes as the page does: compared with pictures taken from the page."""

import numpy as np
import pytest

from digit_recognizer.recognition.preprocessing import normalise
from tests.e2e.conftest import DigitPage
from tests.e2e.strokes import DIGITS
from tests.e2e.test_drawing import picture_in
from training.drawings.strokes import CANVAS, draw

PEN_WIDTH = 18


@pytest.mark.parametrize("digit", [2, 4, 5, 8])
def test_the_trainers_ink_is_the_pages_ink(digit_page: DigitPage, digit: int) -> None:
    digit_page.draw(digit)
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.part("predict").click()
    pages = np.asarray(picture_in(sent.value).convert("L"))
    strokes = [np.asarray(stroke, np.float32) * CANVAS - CANVAS / 2 for stroke in DIGITS[digit]]
    trainers = draw(strokes, PEN_WIDTH)

    both = ((pages > 127) & (trainers > 127)).sum()
    either = ((pages > 127) | (trainers > 127)).sum()
    assert both / either > 0.95
    difference = normalise(pages).astype(float) - normalise(trainers)
    assert np.abs(difference).mean() < 2


# The page's curve, on a canvas of the browser's; points are those that the page heard of.
CANVAS_INK = """([strokes, width]) => {
    const canvas = new OffscreenCanvas(280, 280);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(context, { lineWidth: width, lineCap: "round", lineJoin: "round" });
    for (const points of strokes) {
        context.beginPath();
        context.moveTo(...points[0]);
        points.slice(1, -1).forEach(([x, y], i) => {
            const [nextX, nextY] = points[i + 2];
            context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
        });
        context.lineTo(...points.at(-1));
        context.stroke();
    }
    return [...context.getImageData(0, 0, 280, 280).data].filter((_, i) => i % 4 === 3);
}"""


@pytest.mark.parametrize("digit", [2, 4, 5, 8])
def test_the_pages_ink_is_what_a_canvas_would_paint(digit_page: DigitPage, digit: int) -> None:
    digit_page.draw(digit)
    with digit_page.page.expect_request("**/predict") as sent:
        digit_page.part("predict").click()
    pages = np.asarray(picture_in(sent.value)).astype(int)
    strokes = [[(x * CANVAS, y * CANVAS) for x, y in stroke] for stroke in DIGITS[digit]]
    painted = digit_page.page.evaluate(CANVAS_INK, [strokes, PEN_WIDTH])
    canvas = np.array(painted).reshape(CANVAS, CANVAS)

    # Half a pixel at the edges: a mouse stands on whole ones, and Chromium rounds caps off.
    assert np.abs(pages - canvas).sum() / canvas.sum() < 0.05
    difference = normalise(pages.astype(np.uint8)).astype(int) - normalise(canvas.astype(np.uint8))
    assert np.abs(difference).mean() < 1
