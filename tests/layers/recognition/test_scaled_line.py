"""A line of digits at its own scale."""

import numpy as np
import pytest

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.parts import Part, lines_of_parts
from digit_recognizer.recognition.scaled_line import LINE, ScaledLine
from tests.layers.recognition.test_number import written


def line_of(ink: Grey) -> tuple[ScaledLine, list[Part]]:
    (parts,) = lines_of_parts(ink)
    return ScaledLine(ink, parts), parts


def test_what_is_seen_is_the_parts_and_apart_from_them_the_rest() -> None:
    line, _ = line_of(np.asarray(written("407")))
    planes = line.planes
    view = line.seen(planes[:1], 32, 40).pixels
    assert view.shape == (32, 40, 2)
    assert view[..., 0].max() > 200
    assert view[..., 1].max() > 200
    own = np.flatnonzero(view[..., 0].max(axis=0) > 60)
    rest = np.flatnonzero(view[..., 1].max(axis=0) > 60)
    assert own[-1] < rest[0]
    rows = np.flatnonzero(view[..., 0].max(axis=1) > 60)
    assert 20 <= rows[-1] - rows[0] + 1 <= 26


def test_a_picture_of_any_size_is_seen_alike() -> None:
    views = []
    for height in (40, 90, 200):
        ink = np.asarray(written("407", height=height))
        line, parts = line_of(ink)
        views.append(line.seen([line.plane(parts[1])], 32, 40).pixels.astype(int))
    for view in views[1:]:
        assert np.abs(view - views[0]).mean() < 12


def test_the_ink_of_all_is_that_of_some_and_of_the_others() -> None:
    ink = np.asarray(written("407"))
    line, parts = line_of(ink)
    view = line.seen([line.planes[1]], 32, 64)
    upper = ink.copy()
    upper[(parts[1].box.top + parts[1].box.bottom) // 2 :] = 0

    of_upper, of_all = line.field(parts[1], upper, view), line.field(parts[1], ink, view)

    assert np.abs(of_all - view.pixels[..., 0]).max() <= 1
    assert (of_upper <= of_all + 1e-3).all()
    assert 0.2 < of_upper.sum() / of_all.sum() < 0.8
    assert np.flatnonzero(of_upper.max(axis=1) > 20)[-1] <= view.pixels.shape[0] / 2 + 1


def test_the_tallest_part_has_so_many_rows() -> None:
    line, _ = line_of(np.asarray(written("407", height=130)))
    assert max(plane.ink.shape[0] for plane in line.planes) in (LINE, LINE + 1)


@pytest.mark.parametrize("width", [400, 4000])
def test_a_long_dash_is_not_even_looked_at(width: int) -> None:
    ink = np.zeros((60, width + 40), np.uint8)
    ink[30:32, 20 : 20 + width] = 255
    line, _ = line_of(ink)
    assert line.is_too_long
    assert line.planes == []
