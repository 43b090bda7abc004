"""A picture with several digits: which, where, and what is none."""

import base64
import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from digit_recognizer.errors import TooLarge
from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.number import Number, read_number
from digit_recognizer.recognition.pictures import read_picture
from digit_recognizer.recognition.preprocessing import normalised
from digit_recognizer.recognition.segmentation import MOST_DIGITS, segments

Point = tuple[float, float]
# As a hand writes them, in fractions of a digit's height.
STROKES: dict[str, list[list[Point]]] = {
    "0": [[(0.3 + 0.28 * np.cos(a), 0.5 + 0.48 * np.sin(a)) for a in np.linspace(-1.6, 4.8, 40)]],
    "1": [[(0.1, 0.2), (0.25, 0.02), (0.25, 0.98)]],
    "4": [[(0.3, 0.0), (0.05, 0.62), (0.65, 0.62)], [(0.5, 0.3), (0.48, 1.0)]],
    "7": [[(0.02, 0.05), (0.6, 0.05), (0.25, 1.0)]],
}


def written(text: str, gap: float = 0.25, height: int = 90, colour: int = 255) -> Image.Image:
    """Lines of digits side by side, white on black unless told otherwise."""
    lines = text.split()
    longest = max(map(len, lines))
    size = (int(longest * height * (0.7 + gap)) + 60, len(lines) * int(1.5 * height) + 40)
    image = Image.new("L", size, 255 - colour)
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        x, y = 30.0, 30 + 1.5 * height * row
        for digit in line:
            for stroke in STROKES[digit]:
                points = [(x + a * height, y + b * height) for a, b in stroke]
                pen.line(points, colour, height // 9, joint="curve")
            x += height * (max(a for stroke in STROKES[digit] for a, _ in stroke) + gap)
    return image


def data_url(image: Image.Image, file_format: str = "PNG", **options: object) -> str:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    payload = base64.b64encode(buffer.getvalue()).decode()
    return f"data:image/{file_format.lower()};base64,{payload}"


@pytest.fixture(scope="module")
def read() -> Callable[[Image.Image], Number | None]:
    probabilities = Classifier(built_in()).probabilities

    def read_image(image: Image.Image) -> Number | None:
        picture = read_picture(data_url(image))
        drawn = normalised(picture.grey, picture.coloured).drawn
        return read_number(picture, drawn, probabilities, 0.0)

    return read_image


@pytest.mark.parametrize("text", ["40", "407", "7140", "14 70", "4071041704"])
@pytest.mark.parametrize("colour", [255, 0])
def test_digits_side_by_side_are_a_number(
    read: Callable[[Image.Image], Number | None], text: str, colour: int
) -> None:
    found = read(written(text, colour=colour))
    assert found is not None
    assert found.text == text


def test_each_digit_has_its_place_in_the_picture(
    read: Callable[[Image.Image], Number | None],
) -> None:
    image = written("407")
    found = read(image)
    assert found is not None
    ink = np.asarray(image) > 127
    covered = np.zeros_like(ink)
    for left, top, width, height in found.boxes:
        rows = slice(round(top * image.height), round((top + height) * image.height))
        columns = slice(round(left * image.width), round((left + width) * image.width))
        assert not covered[rows, columns].any()
        covered[rows, columns] = True
        assert ink[rows, columns].any()
    assert ink[covered].sum() > 0.97 * ink.sum()
    assert covered.sum() < 0.6 * covered.size


def test_a_photo_of_a_number_is_one(read: Callable[[Image.Image], Number | None]) -> None:
    drawn = np.asarray(written("407", height=110), np.float32) / 255
    light = np.linspace(235, 160, drawn.shape[1])[None] * np.ones_like(drawn)
    noise = np.random.default_rng(1).normal(0, 3, drawn.shape)
    photo = np.clip(light * (1 - 0.75 * drawn) + noise, 0, 255).astype(np.uint8)
    found = read(Image.fromarray(np.dstack([photo] * 3)))
    assert found is not None
    assert found.text == "407"


@pytest.mark.parametrize("text", ["hello", "3+4", "ABC", "?!", "x"])
def test_letters_and_sums_are_no_number(
    read: Callable[[Image.Image], Number | None], text: str
) -> None:
    page = np.zeros((240, 640), np.uint8)
    cv2.putText(page, text, (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 4, 255, 12)
    assert read(Image.fromarray(page)) is None


@pytest.mark.parametrize("kind", ["dirt", "page"])
def test_dirt_and_pages_of_text_are_no_number(
    read: Callable[[Image.Image], Number | None], kind: str
) -> None:
    page = np.zeros((600, 600), np.uint8)
    rng = np.random.default_rng(0)
    if kind == "dirt":
        for x, y in rng.integers(20, 580, (400, 2)).tolist():
            cv2.circle(page, (x, y), int(rng.integers(1, 4)), 255, -1)
    else:
        for row in range(12):
            line = "The quick brown fox jumps"
            cv2.putText(page, line, (20, 50 + 45 * row), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 2)
    assert read(Image.fromarray(page)) is None


@pytest.mark.parametrize("text", ["47", "14", "70"])
def test_digits_that_touch_are_a_number_or_in_doubt(
    read: Callable[[Image.Image], Number | None], text: str
) -> None:
    found = read(written(text, gap=-0.02))
    if found is not None and found.text != text:
        assert any(digit.in_doubt for digit in found.digits)


def test_a_row_that_slopes_is_one_line(read: Callable[[Image.Image], Number | None]) -> None:
    level = written("407140")
    sloping = level.rotate(-7, Image.Resampling.BICUBIC, expand=True)
    found = read(sloping)
    assert found is not None
    assert found.text == "407140"


@pytest.mark.parametrize("name", ["signature", "smiley", "scribble"])
def test_a_drawing_is_no_number(read: Callable[[Image.Image], Number | None], name: str) -> None:
    page = np.zeros((240, 640), np.uint8)
    if name == "signature":
        angle = np.linspace(0, 40, 400)
        x, y = 60 + 12 * angle + 40 * np.cos(angle), 120 + 60 * np.sin(angle) / (1 + angle / 20)
        cv2.polylines(page, [np.stack([x, y], axis=1).astype(np.int32)], False, 255, 6, cv2.LINE_AA)
    elif name == "smiley":
        cv2.circle(page, (320, 120), 80, 255, 6)
        for x in (290, 350):
            cv2.circle(page, (x, 100), 6, 255, -1)
        cv2.ellipse(page, (320, 125), (45, 35), 0, 20, 160, 255, 5)
    else:
        points = np.random.default_rng(4).integers(30, 210, (30, 2)) * [2, 1]
        cv2.polylines(page, [points.astype(np.int32)], False, 255, 5, cv2.LINE_AA)
    found = read(Image.fromarray(page))
    assert found is None or any(digit.in_doubt for digit in found.digits)


@pytest.mark.parametrize("sign", ["minus", "equals"])
@pytest.mark.parametrize("gap", [0.1, 0.25])
def test_a_sum_is_no_number(
    read: Callable[[Image.Image], Number | None], sign: str, gap: float
) -> None:
    page = Image.new("L", (420, 170), 0)
    page.paste(written("7"), (0, 0))
    left = 30 + int(90 * (0.62 + gap))
    pen = ImageDraw.Draw(page)
    for y in (75,) if sign == "minus" else (66, 86):
        pen.line([(left, y), (left + 45, y)], 255, 10)
    right = left + 45 + int(90 * gap)
    page.paste(written("4").crop((30, 0, 120, 170)), (right, 0))
    assert read(page) is None


@pytest.mark.parametrize(
    "strokes",
    [
        [[(0.6, 0.05), (0.2, 0.05)], [(0.18, 0.1), (0.18, 0.45), (0.6, 0.6), (0.1, 1)]],
        [[(0.2, 0.0), (0.05, 0.6), (0.42, 0.6)], [(0.6, 0.0), (0.58, 1.0)]],
    ],
    ids=["five with a loose bar", "open four"],
)
def test_one_digit_in_two_pieces_is_no_number(
    read: Callable[[Image.Image], Number | None], strokes: list[list[Point]]
) -> None:
    image = Image.new("L", (280, 280), 0)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        pen.line([(60 + 180 * a, 50 + 180 * b) for a, b in stroke], 255, 16, joint="curve")
    assert read(image) is None


def test_one_digit_is_no_number(read: Callable[[Image.Image], Number | None]) -> None:
    for digit in STROKES:
        assert read(written(digit)) is None


def test_more_than_can_be_read_at_once_is_refused_with_a_sentence(
    read: Callable[[Image.Image], Number | None],
) -> None:
    lines = " ".join(["7140714071"] * 4)
    with pytest.raises(TooLarge, match="There are 40 digits in the picture: send at most 32"):
        read(written(lines, height=40))


@pytest.mark.parametrize("kind", ["dashes", "bars", "combs", "noise", "nested", "leaning"])
def test_however_many_pieces_there_are_the_recogniser_is_asked_a_bounded_number_of_times(
    kind: str,
) -> None:
    page = np.zeros((1024, 1024), np.uint8)
    if kind == "dashes":
        page[10::20, ::] = 255
        page[:, ::20] = 0
    elif kind == "bars":
        page[100:900, 5::10] = 255
    elif kind == "combs":
        page[::8, :] = 255
        page[:, ::64] = 255
    elif kind == "noise":
        page = np.random.default_rng(0).choice(
            np.array([0, 255], np.uint8), (1024, 1024), p=[0.9, 0.1]
        )
    elif kind == "leaning":
        for top in range(10, 700, 17):
            cv2.line(page, (3, top), (1020, top + 300), 255, 3)
    else:
        for radius in range(20, 500, 10):
            cv2.ellipse(page, (512, 512), (radius, radius), 0, 10, 350, 255, 3)
    asked = 0

    def probabilities(_pixels: Grey) -> Float:
        nonlocal asked
        asked += 1
        return np.full(10, 0.1, np.float32)

    assert segments(page, probabilities, 0.0) == []
    assert asked <= 12 * MOST_DIGITS
