"""Steps 3 and 4: ink is scaled to the recogniser's size, and its mass put in the centre."""

import numpy as np

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Grey

INK_SIDE = 20
"""Longer side of the ink in the normalised picture."""

_CENTRE = 14.5  # where MNIST has the centre of mass: the middle of pixel 14
_UNSCALED = range(18, 22)  # ink of this many pixels is copied: its size is known to a pixel only

# From the centre to the middle of each pixel of the field.
_FROM_CENTRE = np.arange(0.5, SIDE, dtype=np.float32) - np.float32(_CENTRE)


def place(digit: Grey, side: int) -> Grey:
    """Scale a digit whose longer side is `side` to `INK_SIDE` and centre its mass in the field.

    Area averaging when shrinking, linear interpolation when growing; both in one step with the
    shift, so that the centre of mass is right below the pixel.
    """
    ink = digit.astype(np.float32)
    height, width = ink.shape
    # Sums of whole numbers below 2^24 are exact; a product with ones is twice as fast as `sum`.
    centre_y = _centre_of_mass(ink @ np.ones(width, np.float32))
    centre_x = _centre_of_mass(np.ones(height, np.float32) @ ink)
    scale = side / INK_SIDE
    if side in _UNSCALED:
        scale = 1.0
        centre_y, centre_x = np.floor(centre_y) + 0.5, np.floor(centre_x) + 0.5
    rows = _resampling(height, centre_y, scale)
    columns = _resampling(width, centre_x, scale)
    placed = rows @ ink @ columns.T
    stretched: Grey = np.rint(placed * (255 / placed.max())).astype(np.uint8)
    return stretched


def _centre_of_mass(profile: Float) -> float:
    """In pixels from the edge of the first one."""
    return float(profile @ np.arange(0.5, profile.size, dtype=np.float32) / profile.sum())


def _resampling(size: int, centre: float, scale: float) -> Float:
    """float32[28, size]: what each of `size` pixels gives to each pixel of the field.

    `centre` comes to lie at the field's own, unless ink would leave the field.
    """
    # The field's edges may not cut the ink: [first, last] are the centres that keep it inside.
    first, last = size - (SIDE - _CENTRE) * scale, _CENTRE * scale
    if first <= last:
        centre = min(max(centre, first), last)
    middle = centre + _FROM_CENTRE * scale
    half = max(scale, 1.0) / 2
    pixel = np.arange(size + 1, dtype=np.float32)
    weights: Float = np.minimum(pixel[1:], (middle + half)[:, None])
    weights -= np.maximum(pixel[:-1], (middle - half)[:, None])
    np.maximum(weights, 0, out=weights)
    weights /= np.float32(2 * half)
    return weights
