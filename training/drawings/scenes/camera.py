"""What a camera makes of a scene: perspective, blur, noise, contrast, white balance."""

import cv2
import numpy as np
from numpy.random import Generator

from digit_recognizer.recognition.arrays import Grey
from training.drawings.scenes.scene import Colour, Scene, Share


def photographed(picture: Colour, coverage: Share, rng: Generator, noise: float = 1.0) -> Scene:
    """Take a photo of a picture.

    Args:
        picture: float32[height, width, 3].
        coverage: of the digit's ink, float32[height, width].
        rng: decides.
        noise: how bad the light is; 1 for a room by day.
    """
    if rng.random() < 0.5:
        picture, coverage = _seen_aslant(picture, coverage, rng)
    side = min(picture.shape[:2])
    chance = rng.random()
    if chance < 0.35:
        picture = cv2.GaussianBlur(picture, (0, 0), side * rng.uniform(0.001, 0.007))
    elif chance < 0.42:
        picture = _shaken(picture, rng, max(2, round(side * rng.uniform(0.006, 0.02))))
    balance = 1 + rng.normal(0, 0.03, 3).astype(np.float32)
    gain, offset = rng.uniform(0.85, 1.1), rng.uniform(-12, 12)
    picture = picture * balance * gain + offset
    sigma = noise * rng.choice([rng.uniform(0.3, 2.5), rng.uniform(2, 7)], p=[0.75, 0.25])
    fine = rng.normal(0, sigma, picture.shape[:2]).astype(np.float32)
    colour = rng.normal(0, 0.5 * sigma, picture.shape).astype(np.float32)
    picture = picture + fine[..., None] + colour
    return Scene(_bytes(picture), _bytes(255 * coverage), int(rng.integers(45, 96)))


def captured(picture: Colour, coverage: Share, rng: Generator) -> Scene:
    """A screenshot or an export: nothing is lost, unless it becomes a JPEG."""
    quality = int(rng.integers(60, 96)) if rng.random() < 0.3 else 0
    return Scene(_bytes(picture), _bytes(255 * coverage), quality)


def sent(scene: Scene) -> bytes:
    """The file that a client sends: JPEG or PNG."""
    blue_first = cv2.COLOR_RGBA2BGRA if scene.picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    picture = cv2.cvtColor(scene.picture, blue_first)
    if scene.quality:
        return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, scene.quality])[1])
    return bytes(cv2.imencode(".png", picture)[1])


def _seen_aslant(picture: Colour, coverage: Share, rng: Generator) -> tuple[Colour, Share]:
    """Turned by some degrees and in perspective; beyond the edges their pixels go on."""
    height, width = coverage.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.radians(rng.normal(0, 3))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width / 2, height / 2])
    moved = (corners - middle) @ turn.T * rng.uniform(0.92, 1.0) + middle
    moved += rng.uniform(-0.035, 0.035, (4, 2)) * [width, height]
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    size = (width, height)
    seen = cv2.warpPerspective(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen), np.asarray(cv2.warpPerspective(coverage, matrix, size))


def _shaken(picture: Colour, rng: Generator, length: int) -> Colour:
    """Blurred along a line of so many pixels."""
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = (length - 1) / 2
    dx, dy = reach * np.cos(angle), reach * np.sin(angle)
    ends = [(round(reach + sign * dx), round(reach + sign * dy)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()))


def _bytes(picture: Colour | Share) -> Grey:
    return np.asarray(np.clip(picture, 0, 255).round(), np.uint8)
