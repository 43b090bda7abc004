"""The line that a pen drew in a picture, so that another pen can draw it again.

MNIST's digits are by hundreds of writers, but all of one pen; traced, they are drawn as wide as on
the page.
"""

import cv2
import numpy as np

from digit_recognizer.recognition.arrays import Float, Grey

_INK = 110  # grey level from which a pixel of an enlarged picture is ink
_BLUR = 0.35  # of a pixel of the small picture: its steps would become spurs of the line

# The neighbours of a pixel as bits of a code, clockwise from the north-west.
_BITS = np.array([[1, 2, 4], [128, 0, 8], [64, 32, 16]], np.float32)


def traced(image: Grey, enlarged: int) -> Float:
    """How far each pixel is from the middle line of the ink.

    Args:
        image: uint8[n, n], 0 = paper.
        enlarged: how many times as large the map is.

    Returns:
        float32[n * enlarged, n * enlarged], in pixels of the map; 0 on the line, large
        everywhere if there is none.
    """
    side = image.shape[0] * enlarged
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), _BLUR * enlarged)
    line = thinned((large > _INK).astype(np.uint8))
    return np.asarray(cv2.distanceTransform(1 - line, cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def height_of(distance: Float) -> float:
    """The longer side of a traced line, in pixels of the map; 0 of a blot, which has no line."""
    line = np.argwhere(distance == 0)
    return float(np.ptp(line, axis=0).max()) if line.size else 0.0


def inked(distance: Float, width: float) -> Grey:
    """Draw a line again, `width` pixels wide, from the distances that `traced` gives."""
    return np.asarray(255 * np.clip(width / 2 - distance + 0.5, 0, 1), np.uint8)


def thinned(ink: Grey) -> Grey:
    """Wear ink (1 on 0) down to a line of one pixel.

    Zhang, Suen 1984, "A fast parallel algorithm for thinning digital patterns". A square of two by
    two pixels vanishes, and so do most of the pixels of a diagonal that is two pixels wide.
    """
    left = cv2.countNonZero(ink)
    while True:
        for removable in _REMOVABLE:
            code = cv2.filter2D(ink, cv2.CV_8U, _BITS, borderType=cv2.BORDER_CONSTANT)
            ink = ink & ~cv2.LUT(code, removable) & 1
        before, left = left, cv2.countNonZero(ink)
        if left == before:
            return np.asarray(ink)


def _removable(second: bool) -> Grey:
    """uint8[256]: 1 for the codes of neighbours whose pixel a step of the thinning takes away."""
    table = np.zeros(256, np.uint8)
    for code in range(256):
        around = [code >> bit & 1 for bit in range(8)]
        north, east, south, west = around[1::2]
        edges = sum(
            here < after for here, after in zip(around, around[1:] + around[:1], strict=True)
        )
        if second:
            open_sides = not (north and east and west) and not (north and south and west)
        else:
            open_sides = not (north and east and south) and not (east and south and west)
        table[code] = 2 <= sum(around) <= 6 and edges == 1 and open_sides
    return table


_REMOVABLE = (_removable(second=False), _removable(second=True))
