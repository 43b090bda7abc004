"""`normalise` against a reference built with OpenCV, against MNIST, and by its properties."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.files import SHARED
from training.datasets.mnist import load_mnist

SEVEN = np.array([[-40, -60], [40, -60], [-10, 70]])


def canvas_with_seven(
    scale: float = 1.0, width: float = 18, centre: tuple[float, float] = (140, 140)
) -> Grey:
    """A seven of 130·scale pixels, drawn four times as large so that its edges are exact."""
    large = np.zeros((1120, 1120), np.uint8)
    points = np.rint((SEVEN * scale + centre) * 4 * 16).astype(np.int32)
    cv2.polylines(large, [points], False, 255, round(4 * width), cv2.LINE_AA, 4)
    return np.asarray(cv2.resize(large, (280, 280), interpolation=cv2.INTER_AREA), np.uint8)


def reference(canvas: Grey) -> NDArray[np.float64]:
    """The steps of `normalise` for a clean drawing, by OpenCV: moments, warp, area averaging."""
    _, _, columns, rows = cv2.boundingRect((canvas > 0.3 * float(canvas.max())).astype(np.uint8))
    scale = 20 / max(columns, rows)
    moments = cv2.moments(canvas)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    fine = 16  # of these to a pixel of the field, so that averaging them is exact enough
    zoom = scale * fine
    # OpenCV's coordinates are those of pixel middles.
    matrix = np.array(
        [[zoom, 0, 14.5 * fine - 0.5 - zoom * x], [0, zoom, 14.5 * fine - 0.5 - zoom * y]]
    )
    large = cv2.warpAffine(canvas, matrix, (28 * fine, 28 * fine), flags=cv2.INTER_LINEAR)
    small = cv2.resize(large.astype(np.float64), (28, 28), interpolation=cv2.INTER_AREA)
    return np.asarray(small * 255 / small.max())


def mean_difference(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    return float(np.abs(a.astype(float) - b.astype(float)).mean())


@pytest.mark.parametrize("scale", [0.4, 0.7, 1.0, 1.6])
@pytest.mark.parametrize("width", [4, 12, 20])
def test_agrees_with_the_opencv_reference(scale: float, width: int) -> None:
    canvas = canvas_with_seven(scale, width)
    assert mean_difference(normalise(canvas), reference(canvas)) < 2.5


def test_an_mnist_picture_comes_through() -> None:
    if not (SHARED / "mnist.npz").exists():
        pytest.skip("needs ../shared/data/mnist.npz")
    _, test = load_mnist()
    differences = [mean_difference(normalise(image), image) for image in test.x[:2000]]
    assert np.mean(differences) < 0.1
    assert np.quantile(differences, 0.999) <= 3


def test_dark_on_light_is_the_same_as_light_on_dark() -> None:
    canvas = canvas_with_seven()
    assert np.array_equal(normalise(255 - canvas), normalise(canvas))


def test_ink_of_any_brightness_on_paper_of_any_brightness_is_the_same() -> None:
    canvas = canvas_with_seven().astype(float) / 255
    for paper, ink in ((200, 60), (90, 230), (128, 90)):
        picture = np.rint(paper + (ink - paper) * canvas).astype(np.uint8)
        assert mean_difference(normalise(picture), normalise(canvas_with_seven())) < 0.5


def test_uneven_light_and_noise_are_removed() -> None:
    rng = np.random.default_rng(3)
    y, x = np.mgrid[-1:1:280j, -1:1:280j]
    light = 150 + 35 * x - 25 * y - 15 * (x**2 + y**2)
    for contrast in (-80, 80):
        picture = light + canvas_with_seven() / 255 * contrast + rng.normal(0, 3, (280, 280))
        noisy = np.clip(picture, 0, 255).astype(np.uint8)
        assert mean_difference(normalise(noisy), normalise(canvas_with_seven())) < 3


def test_jpeg_blocks_are_no_ink() -> None:
    canvas = canvas_with_seven(0.5, 8)
    _, data = cv2.imencode(".jpg", 255 - canvas, [cv2.IMWRITE_JPEG_QUALITY, 70])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    assert mean_difference(normalise(decoded), normalise(canvas)) < 2


def test_specks_are_ignored() -> None:
    canvas = canvas_with_seven()
    dirty = canvas.copy()
    dirty[8:11, 8:11] = 255
    dirty[262:265, 250:254] = 255
    assert mean_difference(normalise(dirty), normalise(canvas)) < 0.5


@pytest.mark.parametrize("width", [4, 12, 20])
@pytest.mark.parametrize("place", [(20, 262), (262, 24), (150, 14)])
def test_a_tap_beside_the_digit_is_ignored(width: int, place: tuple[int, int]) -> None:
    canvas = canvas_with_seven(0.7, width)
    tapped = canvas.copy()
    cv2.circle(tapped, place, max(width // 2, 4), 255, -1, cv2.LINE_AA)
    assert mean_difference(normalise(tapped), normalise(canvas)) < 0.5


@pytest.mark.parametrize("first", [28, 60, 100])
def test_a_digit_of_dashes_stays_whole(first: int) -> None:
    """A seven by a pen that fails: its first dash holds much of the ink."""
    canvas = np.zeros((280, 280), np.uint8)
    cv2.line(canvas, (70, 45), (70 + first, 45), 255, 8, cv2.LINE_AA)
    for x in range(70 + first + 24, 200, 52):
        cv2.line(canvas, (x, 45), (min(x + 28, 210), 45), 255, 8, cv2.LINE_AA)
    for y in range(70, 240, 52):
        cv2.line(canvas, (210 - y // 4, y), (204 - y // 4, y + 28), 255, 8, cv2.LINE_AA)
    pixels = normalise(canvas)
    height, width = (int(np.ptp(np.flatnonzero(pixels.any(axis=axis)))) for axis in (1, 0))
    assert height == pytest.approx(20, abs=2)
    assert width == pytest.approx(20 * 145 / 200, abs=3)


def test_a_small_piece_near_the_digit_belongs_to_it() -> None:
    canvas = canvas_with_seven()
    cv2.line(canvas, (60, 130), (74, 130), 255, 12, cv2.LINE_AA)
    left = normalise(canvas).any(axis=0).argmax()
    assert left < normalise(canvas_with_seven()).any(axis=0).argmax()


def test_a_second_stroke_is_no_speck() -> None:
    canvas = canvas_with_seven()
    cv2.line(canvas, (20, 130), (60, 130), 255, 18, cv2.LINE_AA)
    assert mean_difference(normalise(canvas), normalise(canvas_with_seven())) > 5


def test_one_dot_is_a_picture() -> None:
    canvas = np.zeros((280, 280), np.uint8)
    cv2.circle(canvas, (90, 200), 9, 255, -1, cv2.LINE_AA)
    pixels = normalise(canvas)
    assert pixels.max() == 255
    assert (pixels > 64).any(axis=0).sum() in (19, 20, 21)


def test_a_drawing_of_many_dots_is_a_picture() -> None:
    canvas = np.zeros((280, 280), np.uint8)
    for y in range(20, 261, 20):
        for x in range(20, 261, 20):
            canvas[y : y + 3, x : x + 3] = 255
    assert normalise(canvas).max() == 255


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280), 255, np.uint8),
        np.full((1, 1), 90, np.uint8),
        np.tile(np.linspace(80, 160, 280).astype(np.uint8), (280, 1)),
    ],
    ids=["black", "white", "one pixel", "only light"],
)
def test_a_picture_without_ink_is_refused(picture: Grey) -> None:
    with pytest.raises(InvalidRequest, match="empty: draw a digit"):
        normalise(picture)


@given(
    scale=st.floats(0.4, 1.2),
    x=st.floats(60, 220),
    y=st.floats(100, 180),
)
@settings(max_examples=60, deadline=None)
def test_place_and_scale_do_not_matter(scale: float, x: float, y: float) -> None:
    moved = normalise(canvas_with_seven(scale, 18 * scale, (x, y)))
    assert mean_difference(moved, normalise(canvas_with_seven())) < 3


@given(
    height=st.integers(1, 64),
    width=st.integers(1, 64),
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["noise", "sparse", "two levels", "gradient"]),
)
@settings(max_examples=300, deadline=None)
def test_any_picture_gives_an_image_or_a_clear_error(
    height: int, width: int, seed: int, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    shape = (height, width)
    pictures = {
        "noise": rng.integers(0, 256, shape),
        "sparse": 255 * (rng.random(shape) < 0.05),
        "two levels": rng.choice(rng.integers(0, 256, 2), shape),
        "gradient": np.add.outer(np.arange(height), np.arange(width)),
    }
    picture = pictures[kind].astype(np.uint8)
    try:
        pixels = normalise(picture)
    except InvalidRequest:
        return
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.uint8
    assert pixels.max() == 255
    assert np.array_equal(pixels, normalise(picture))


def inked(canvas: Grey) -> tuple[slice, slice]:
    """Rows and columns of the ink's bounding box."""
    x, y, columns, rows = cv2.boundingRect((canvas > 76).astype(np.uint8))
    return slice(y, y + rows), slice(x, x + columns)


@pytest.mark.parametrize("paper_is_dark", [True, False])
@pytest.mark.parametrize("width", [12, 30])
def test_a_tight_crop_is_the_same(width: float, paper_is_dark: bool) -> None:
    canvas = canvas_with_seven(1.4, width)
    cropped = canvas[inked(canvas)]
    picture = cropped if paper_is_dark else 255 - cropped
    assert mean_difference(normalise(picture), normalise(canvas)) < 1.5


@pytest.mark.parametrize("paper", [0, 255])
def test_hot_pixels_decide_nothing(paper: int) -> None:
    faint = np.rint(canvas_with_seven() * 0.12)
    hot = np.abs(paper - faint).astype(np.uint8)
    hot[[3, 270], [5, 8]] = 255 - paper
    hot[150, 40] = 128
    assert mean_difference(normalise(hot), normalise(canvas_with_seven())) < 1


def framed(canvas: Grey) -> Grey:
    cv2.rectangle(canvas, (8, 8), (271, 271), 255, 3)
    return canvas


def flush_framed(canvas: Grey) -> Grey:
    cv2.rectangle(canvas, (0, 0), (279, 279), 255, 5)
    return canvas


def with_line_along_the_left_edge(canvas: Grey) -> Grey:
    canvas[:, :9] = 200
    return canvas


def with_thick_line_along_the_left_edge(canvas: Grey) -> Grey:
    canvas[:, 3:18] = 200
    return canvas


@pytest.mark.parametrize(
    "surround",
    [
        framed,
        flush_framed,
        with_line_along_the_left_edge,
        with_thick_line_along_the_left_edge,
    ],
)
@pytest.mark.parametrize("canvas", [canvas_with_seven(), canvas_with_seven(0.5, 4, (200, 140))])
def test_a_frame_is_no_ink(surround: Callable[[Grey], Grey], canvas: Grey) -> None:
    picture = 255 - surround(canvas.copy())
    assert mean_difference(normalise(picture), normalise(canvas)) < 1


def test_a_stroke_along_the_edge_of_a_tight_crop_is_no_frame() -> None:
    """An open four: its upright touches the crop's edge all along, but so does the other stroke."""
    canvas = np.zeros((280, 280), np.uint8)
    cv2.line(canvas, (200, 40), (200, 240), 255, 10, cv2.LINE_AA)
    cv2.polylines(canvas, [np.array([[80, 44], [70, 150], [180, 150]])], False, 255, 10, 16)
    assert mean_difference(normalise(canvas[inked(canvas)]), normalise(canvas)) < 1.5


def test_noise_in_a_small_picture_leaves_the_line() -> None:
    rng = np.random.default_rng(5)
    small = cv2.resize(canvas_with_seven(), (64, 64), interpolation=cv2.INTER_AREA)
    noisy = np.clip(210 - small * 0.7 + rng.normal(0, 3, small.shape), 0, 255).astype(np.uint8)
    assert mean_difference(normalise(noisy), normalise(small)) < 3
