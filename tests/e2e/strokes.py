"""Digits as a hand writes them: strokes of points in fractions of the canvas, x right, y down.

Each digit is a list of strokes made of lines and arcs, sampled densely, as a pen is.
"""

import math
from itertools import pairwise

Point = tuple[float, float]
Stroke = list[Point]

_STEP = 0.035  # between neighbouring points, in fractions of the canvas: a quick pen, 60 a second


def line(*corners: Point) -> Stroke:
    """Straight from corner to corner."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        steps = max(1, round(math.hypot(x1 - x0, y1 - y0) / _STEP))
        points += [
            (x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(1, steps + 1)
        ]
    return points


def arc(centre: Point, radii: Point, start: float, end: float) -> Stroke:
    """Along an ellipse from one angle to another, in degrees: 0 is right, 90 is down."""
    (x, y), (across, down) = centre, radii
    steps = max(2, round(abs(math.radians(end - start)) * max(radii) / _STEP))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles]


DIGITS: dict[int, list[Stroke]] = {
    0: [arc((0.5, 0.5), (0.19, 0.3), -80, -440)],
    1: [line((0.4, 0.32), (0.52, 0.2), (0.5, 0.8))],
    2: [
        arc((0.49, 0.36), (0.18, 0.16), -165, 25)
        + line((0.64, 0.45), (0.5, 0.62), (0.31, 0.79), (0.5, 0.78), (0.71, 0.79))
    ],
    3: [arc((0.47, 0.35), (0.17, 0.15), -150, 85) + arc((0.47, 0.65), (0.2, 0.16), -85, 150)],
    4: [line((0.4, 0.2), (0.3, 0.55), (0.72, 0.54)), line((0.62, 0.3), (0.6, 0.82))],
    5: [
        line((0.37, 0.22), (0.34, 0.46)) + arc((0.46, 0.61), (0.2, 0.18), -125, 140),
        line((0.37, 0.22), (0.68, 0.21)),
    ],
    6: [
        line((0.6, 0.19), (0.47, 0.33), (0.38, 0.48), (0.345, 0.6))
        + arc((0.5, 0.64), (0.16, 0.16), -180, -540)
    ],
    7: [line((0.3, 0.23), (0.69, 0.22), (0.56, 0.5), (0.46, 0.82))],
    8: [
        arc((0.5, 0.345), (0.14, 0.145), -40, -270)
        + arc((0.5, 0.645), (0.17, 0.155), -90, 270)
        + arc((0.5, 0.345), (0.14, 0.145), 90, -40)
    ],
    9: [
        arc((0.49, 0.37), (0.16, 0.16), -20, -380)
        + line((0.64, 0.32), (0.63, 0.5), (0.59, 0.68), (0.53, 0.82))
    ],
}
