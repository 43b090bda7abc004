"""Whether clean paper shows more than a digit: buttons, words, bars, a picture pasted there.

Buttons and words around a drawing make many pieces, bars and shadows lie along the border; a photo
on a clean field is a rectangle of "ink" in which there is a picture of its own.
"""

import numpy as np

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.digit_box import Located
from digit_recognizer.recognition.paper import MIN_CONTRAST, SMALL

_PIECES = 3  # that a digit is in at most
_ON_BORDER = 0.1  # share of the border that is the digit's ink, at most …
_CROPPED = 0.96  # … unless its box takes so much of both sides
_FULL = 0.85  # share of a box that is ink, if the box is a picture
_RECTANGLE = 0.9  # share of a box's rim that is ink, if the box is a picture pasted there
_UNEVEN = 0.3  # of the strongest ink: levels within a box differ by so much if it is a picture


def is_a_digit_alone(ink: Grey, at: Located) -> bool:
    """Whether there is nothing else, as far as can be told at a glance.

    Args:
        ink: on clean paper, uint8[height, width], 0 = paper.
        at: where its digit would lie.
    """
    box = at.box
    height, width = ink.shape
    if max(height, width) < SMALL:
        return True
    if at.pieces > _PIECES or _is_a_picture(ink[box.slices]):
        return False
    tall, wide = box.bottom - box.top, box.right - box.left
    if min(tall / height, wide / width) >= _CROPPED:
        return True
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    touched = (
        (box.top == 0, ink[0, columns]),
        (box.bottom == height, ink[-1, columns]),
        (box.left == 0, ink[rows, 0]),
        (box.right == width, ink[rows, -1]),
    )
    on_border = sum(np.count_nonzero(side > MIN_CONTRAST) for touches, side in touched if touches)
    return bool(on_border <= _ON_BORDER * 2 * (height + width))


def _is_a_picture(ink: Grey) -> bool:
    edges = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    is_rectangle = np.count_nonzero(edges > MIN_CONTRAST) >= _RECTANGLE * edges.size
    is_full = np.count_nonzero(ink > MIN_CONTRAST) >= _FULL * ink.size
    if not is_rectangle and not (is_full and 2 * min(ink.shape) > max(ink.shape)):
        return False
    rim = 2 + min(ink.shape) // 20  # soft edges are no picture
    inner = ink[rim:-rim, rim:-rim]
    return bool(inner.size and np.ptp(inner) > _UNEVEN * int(ink.max()))
