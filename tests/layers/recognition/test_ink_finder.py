"""Photos and whatever else is no drawing on clean paper, through `preprocess` and the model."""

import csv
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.classifier import Answer, Classifier
from digit_recognizer.recognition.ink_finder import FINDER_SIDE, ink_finder, seen
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.number import read_number
from digit_recognizer.recognition.pictures import opened, read_picture
from digit_recognizer.recognition.preprocessing import (
    for_a_row,
    normalise,
    normalised,
    preprocess,
)
from training.datasets.files import SHARED
from training.evaluation.renditions import as_sent, data_url

PICTURES = SHARED / "pictures"


def url(picture: Grey | Image.Image, file_format: str = "PNG", **options: int) -> str:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    return data_url(image, file_format, **options)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(built_in())


def seven(height: int = 300, width: int = 400) -> Grey:
    """A seven in blue on white paper: uint8[height, width, 3]."""
    sheet = np.full((height, width, 3), 225, np.uint8)
    points = np.array([[0.35, 0.2], [0.62, 0.2], [0.45, 0.8]]) * [width, height]
    thick = max(2, height // 30)
    cv2.polylines(sheet, [points.astype(np.int32)], False, (30, 40, 140), thick, cv2.LINE_AA)
    return sheet


def lit(sheet: Grey, seed: int = 4) -> Grey:
    """By a lamp from one side, through a camera."""
    height, width = sheet.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = 1 - 0.25 * (x + 0.5) ** 2 - 0.12 * y
    noise = np.random.default_rng(seed).normal(0, 2.5, sheet.shape)
    return np.asarray(np.clip(sheet * light[..., None] + noise, 0, 255), np.uint8)


def answer(classifier: Classifier, picture: str) -> Answer | None:
    """What is said of a picture; None where it is called empty."""
    try:
        return classifier.predict(preprocess(picture))
    except InvalidRequest as error:
        if "empty" not in str(error):
            raise
        return None


def test_pictures_as_people_send_them_are_read(classifier: Classifier) -> None:
    if not PICTURES.exists():
        pytest.skip("needs ../shared/data/pictures")
    wrong = []
    with (PICTURES / "labels.tsv").open() as file:
        for name, label in csv.reader(file, delimiter="\t"):
            file_format = "JPEG" if name.endswith("jpg") else "PNG"
            said = answer(classifier, as_sent((PICTURES / name).read_bytes(), file_format))
            if said is None or said.digit != int(label):
                wrong.append(name)
    assert wrong == []


def test_a_photo_is_read_in_any_size(classifier: Classifier) -> None:
    for height, width in ((120, 160), (480, 640), (1200, 900), (3000, 4000)):
        said = answer(classifier, url(lit(seven(height, width)), "JPEG", quality=88))
        assert said is not None
        assert said.digit == 7


def test_a_grey_photo_is_read_as_one_in_colour(classifier: Classifier) -> None:
    grey = np.asarray(Image.fromarray(lit(seven())).convert("L"))
    assert classifier.predict(normalise(grey)).digit == 7


def test_of_a_photo_a_row_keeps_what_its_pixels_come_of_again() -> None:
    for photo in (
        url(lit(seven()), "JPEG", quality=88),
        url(lit(seven(1200, 1600)), "JPEG", quality=99),
        url(lit(seven(900, 1200)), "PNG"),
    ):
        pixels, kept = for_a_row(opened(photo))
        assert np.array_equal(preprocess(kept), pixels)
        assert len(kept) <= 300_000


@pytest.mark.parametrize("seed", range(4))
def test_a_sheet_without_ink_is_empty_in_any_light(classifier: Classifier, seed: int) -> None:
    sheet = np.full((300, 400, 3), 215, np.uint8)
    assert answer(classifier, url(lit(sheet, seed), "JPEG", quality=85)) is None


def noise() -> Grey:
    return np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)


def chessboard() -> Grey:
    board = np.kron(np.indices((8, 8)).sum(axis=0) % 2, np.ones((40, 40)))
    return (40 + 180 * board).astype(np.uint8)


def gradient() -> Grey:
    return np.tile(np.linspace(30, 230, 400).astype(np.uint8), (300, 1))


def barcode() -> Grey:
    bars = np.random.default_rng(2).integers(0, 2, 60).repeat(6)
    return np.pad(np.tile((230 - 210 * bars).astype(np.uint8), (200, 1)), 30, constant_values=230)


def text() -> Grey:
    page = np.full((400, 400), 235, np.uint8)
    for row in range(12):
        words = "the quick brown fox"[row % 4 :]
        cv2.putText(page, words, (15, 35 + 30 * row), cv2.FONT_HERSHEY_COMPLEX, 0.9, 30, 1, 16)
    return page


@pytest.mark.parametrize("make", [noise, chessboard, gradient, barcode, text])
@pytest.mark.parametrize("photographed", [False, True])
def test_what_shows_no_digit_is_empty_or_unsure(
    classifier: Classifier, make: Callable[[], Grey], photographed: bool
) -> None:
    picture: Grey = make()
    if photographed:
        picture = lit(np.asarray(Image.fromarray(picture).convert("RGB")))
    said = answer(classifier, url(picture, "JPEG", quality=85))
    assert said is None or said.uncertain


def test_a_drawing_inside_a_transparent_margin_is_read_like_the_drawing_alone() -> None:
    drawing = Image.new("L", (280, 280), 0)
    drawing.paste(255, (130, 60, 150, 220))
    drawing.paste(255, (90, 60, 150, 80))
    inset = Image.new("RGBA", (500, 420), (0, 0, 0, 0))
    inset.paste(drawing.convert("RGB"), (100, 80))
    assert np.array_equal(preprocess(url(inset)), preprocess(url(drawing)))


def test_ink_alone_on_nothing_stays_ink() -> None:
    """An opaque rectangle of one colour is a thick one, not a picture."""
    bar = Image.new("RGBA", (280, 280), (0, 0, 0, 0))
    bar.paste((20, 20, 20, 255), (120, 60, 150, 220))
    pixels = preprocess(url(bar))
    assert (pixels > 128).any(axis=1).sum() in (19, 20)
    assert (pixels > 128).any(axis=0).sum() <= 5


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (70, 3000), (96, 96), (640, 480)])
def test_any_form_of_picture_is_seen(size: tuple[int, int]) -> None:
    at = seen(Image.new("RGB", size, (120, 130, 140)))
    assert at.pixels.shape == (FINDER_SIDE, FINDER_SIDE, 3)
    assert max(at.height, at.width) == FINDER_SIDE
    assert min(at.height, at.width) >= 1
    found = ink_finder().find(Image.new("RGB", size, (120, 130, 140))).ink
    assert found.shape == (at.height, at.width)


@pytest.mark.parametrize(("frame", "field", "ink"), [(226, 252, 20), (34, 0, 250), (205, 236, 60)])
def test_in_a_window_the_field_is_no_ink(
    frame: int, field: int, ink: int, classifier: Classifier
) -> None:
    """A drawing program: the field lies on the other side of the frame's level than the digit."""
    window = np.full((360, 300, 3), frame, np.uint8)
    window[60:345, 40:285] = field
    window[20:60, 90:150] = window[150:190, 10:40] = field  # tabs
    points = np.array([[80, 110], [200, 110], [130, 290]], np.int32)
    cv2.polylines(window, [points], False, (ink,) * 3, 10, cv2.LINE_AA)

    said = answer(classifier, url(window))

    assert said is not None
    assert said.digit == 7
    assert said.confidence > 0.95


def test_a_long_line_is_found_part_by_part_as_finely_as_one_digit() -> None:
    sheet = np.full((300, 720, 3), 225, np.uint8)
    for k in range(4):
        points = np.array([[40 + 170 * k, 90], [120 + 170 * k, 90], [70 + 170 * k, 210]])
        cv2.polylines(sheet, [points.astype(np.int32)], False, (30, 40, 140), 9, cv2.LINE_AA)
    photo = Image.fromarray(lit(sheet))
    whole, along = ink_finder().find(photo), ink_finder().find_along(photo)
    assert along.ink.shape[1] > 2 * whole.ink.shape[1]
    scale = along.ink.shape[1] / (along.part[2] - along.part[0])
    for k in range(4):
        left = round((40 + 170 * k - along.part[0]) * scale)
        right = round((120 + 170 * k - along.part[0]) * scale)
        assert along.ink[:, left:right].max() > 200
        gap = along.ink[:, right + 5 : round((210 + 170 * k - along.part[0]) * scale) - 5]
        assert gap.size == 0 or gap.max() < 128


def test_one_digit_is_found_along_a_line_as_without_one() -> None:
    photo = Image.fromarray(lit(seven()))
    whole, along = ink_finder().find(photo), ink_finder().find_along(photo)
    assert along.part == whole.part
    assert np.array_equal(along.ink, whole.ink)


def test_a_long_photo_of_a_row_is_not_called_empty(classifier: Classifier) -> None:
    for many in (8, 11):
        sheet = np.full((170, 170 * many, 3), 225, np.uint8)
        for k in range(1, many - 1):
            points = np.array([[170 * k + x, y] for x, y in ((35, 35), (115, 35), (70, 135))])
            cv2.polylines(sheet, [points.astype(np.int32)], False, (30, 40, 140), 7, cv2.LINE_AA)
        photo = read_picture(url(lit(sheet), "JPEG", quality=88))
        seen = normalised(photo.grey, photo.coloured)
        assert seen.pixels.any()
        read = read_number(photo, seen.drawn, classifier.probabilities, None)
        assert read is not None
        assert read.text == "7" * (many - 2)
