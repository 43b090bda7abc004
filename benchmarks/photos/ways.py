"""The field's ways to find ink on paper: each from a picture in colour to how much of it is ink.

Which side of the paper is ink they tell by squared differences from the border's median, since a
sum takes a wide lamp's spot for ink.
"""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from digit_recognizer.recognition.arrays import Float, Grey
from digit_recognizer.recognition.ink_finder import ink_finder

Way = Callable[[Grey], Grey]
"""From uint8[height, width, 3] in RGB to uint8[height, width], 0 = paper."""

_WINDOW = 0.2  # of the shorter side, over which a local threshold looks
_SAUVOLA = 0.2  # Sauvola, Pietikäinen 2000: k of a page of text is 0.2 to 0.5
_NICK = -0.1  # Khurshid and others 2009: k is -0.1 where noise matters, -0.2 where thin strokes do
_LARGEST = 128  # the largest standard deviation of grey levels
_LINE = 0.5  # of a side that a line of the paper runs through, at least


def otsu(picture: Grey) -> Grey:
    """One threshold for all of it (Otsu 1979)."""
    dark = _dark(_grey(picture))
    _, ink = cv2.threshold(dark, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(ink)


def black_hat(picture: Grey) -> Grey:
    """What a closing fills is ink (a rolling ball, nearly), then Otsu's threshold."""
    light = 255 - _dark(_grey(picture))
    side = _odd(0.3 * min(light.shape))
    ball = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    filled = cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, ball)
    _, ink = cv2.threshold(filled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(ink)


def sauvola(picture: Grey) -> Grey:
    """A threshold around each pixel, by mean and deviation."""
    return _sauvola(_grey(picture))


def nick(picture: Grey) -> Grey:
    """As Sauvola's, but lower where the paper is pale."""
    light = 255 - _dark(_grey(picture)).astype(np.float32)
    mean, square = _local(light)
    threshold = mean + _NICK * np.sqrt(np.maximum(square - mean**2, 0) + mean**2)
    return _where(light < threshold)


def without_lines(picture: Grey) -> Grey:
    """Sauvola's, less what runs through half of the picture; strokes that cross it are mended."""
    ink = _sauvola(_grey(picture))
    height, width = ink.shape
    for size in ((int(_LINE * width), 1), (1, int(_LINE * height))):
        line = cv2.getStructuringElement(cv2.MORPH_RECT, (max(size[0], 1), max(size[1], 1)))
        ink = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, line))
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)))


def best_colour(picture: Grey) -> Grey:
    """Sauvola's, on the direction in colour space that parts two clusters of pixels best."""
    pixels = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    _, of, centres = cv2.kmeans(pixels, 2, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    within = np.cov((pixels - centres[of.ravel()]).T) + np.eye(3)
    along = pixels @ np.linalg.solve(within, centres[1] - centres[0])
    scaled = cv2.normalize(along, None, 0, 255, cv2.NORM_MINMAX)
    return _sauvola(scaled.reshape(picture.shape[:2]).astype(np.uint8))


def learned(picture: Grey) -> Grey:
    """The ink finder's."""
    return ink_finder().find(Image.fromarray(picture)).ink


WAYS: dict[str, Way] = {
    "one threshold (Otsu)": otsu,
    "closing (black hat), then Otsu": black_hat,
    "local threshold (Sauvola)": sauvola,
    "local threshold (NICK)": nick,
    "Sauvola, lines taken out": without_lines,
    "best direction in colour space, then Sauvola": best_colour,
    "the ink finder alone": learned,
}


def _grey(picture: Grey) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def _dark(grey: Grey) -> Grey:
    """How much darker, or lighter if that is the ink's side, than the lightest, or darkest."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = grey.astype(np.float32) - float(np.median(border))
    lighter = np.square(np.maximum(difference, 0)).sum()
    darker = np.square(np.maximum(-difference, 0)).sum()
    return 255 - grey if darker > lighter else grey


def _sauvola(grey: Grey) -> Grey:
    light = 255 - _dark(grey).astype(np.float32)
    mean, square = _local(light)
    deviation = np.sqrt(np.maximum(square - mean**2, 0))
    return _where(light < mean * (1 + _SAUVOLA * (deviation / _LARGEST - 1)))


def _local(light: Float) -> tuple[Float, Float]:
    """Mean of the levels, and of their squares, around each pixel."""
    side = _odd(_WINDOW * min(light.shape))
    return np.asarray(cv2.blur(light, (side, side))), np.asarray(cv2.blur(light**2, (side, side)))


def _odd(side: float) -> int:
    return max(int(side) | 1, 3)


def _where(ink: np.ndarray) -> Grey:
    return np.where(ink, 255, 0).astype(np.uint8)
