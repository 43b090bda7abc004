"""The trainer draws strokes as the page does: compared with pictures taken from the page."""

import numpy as np
import pytest

from digit_recognizer.preprocessing import normalise
from tests.e2e.conftest import DigitPage
from tests.e2e.strokes import DIGITS
from tests.e2e.test_drawing import picture_in
from training.strokes import CANVAS, draw

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
