"""The kinds of scenes, by name: each one a way in which people send a digit.

A kind is a function of strokes, a random generator and the longer side in pixels. Training shows
TRAINING_KINDS; all kinds are judged, those of HELD_OUT_KINDS without having been seen.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.random import Generator

from training.datasets.pen_digits import Stroke
from training.drawings.scenes import camera, inks, light, papers, surroundings
from training.drawings.scenes.scene import TALL, Colour, Layout, Scene, Share, laid_out

Kind = Callable[[list[Stroke], Generator, int], Scene]


def _sheet(layout: Layout, rng: Generator) -> Colour:
    sheet = papers.plain(layout, papers.paper_colour(rng))
    return papers.grained(sheet, rng, rng.uniform(0, 2.5))


def _inked(sheet: Colour, layout: Layout, rng: Generator) -> Colour:
    """With a pen of any colour, seldom with a pencil."""
    if rng.random() < 0.12:
        return inks.pencilled(sheet, layout, rng)
    return inks.written(sheet, layout, rng, inks.dark_colour(rng), rng.uniform(0.6, 1.0))


def _printed(
    sheet: Colour, coverage: np.ndarray, rng: Generator, strength: tuple[float, float]
) -> Colour:
    """Lines of the paper, blue, grey or red, in so much of their strength."""
    colours = ((90, 110, 190), (100, 100, 100), (60, 60, 60), (190, 90, 90), (80, 150, 140))
    colour = np.array(colours[int(rng.integers(5))], np.float32)
    return sheet + (colour - sheet) * (coverage * rng.uniform(*strength))[..., None]


def _photo(picture: Colour, layout: Layout, rng: Generator, noise: float = 1.0) -> Scene:
    """In mildly uneven light."""
    factor = light.gradient(layout, rng, rng.uniform(0, 0.18))
    return camera.photographed(light.lit(picture, factor, rng), layout.coverage, rng, noise)


def evenly_lit(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A pen on plain paper, by daylight."""
    layout = laid_out(strokes, rng, side)
    return _photo(_inked(_sheet(layout, rng), layout, rng), layout, rng)


def _lit(lamp: Callable[[Layout, Generator], Share]) -> Kind:
    """A pen on plain paper, in such a light."""

    def kind(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
        layout = laid_out(strokes, rng, side)
        picture = _inked(_sheet(layout, rng), layout, rng)
        return _photo(light.lit(picture, lamp(layout, rng), rng), layout, rng)

    return kind


def _on(
    ruling: Callable[[Layout, Generator], Share],
    strength: tuple[float, float],
    tall: tuple[float, float] = TALL,
) -> Kind:
    """A pen on paper with such lines, in so much of their strength."""

    def kind(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
        layout = laid_out(strokes, rng, side, tall)
        sheet = _printed(_sheet(layout, rng), ruling(layout, rng), rng, strength)
        return _photo(_inked(sheet, layout, rng), layout, rng)

    return kind


SOFT_LIGHT = _lit(light.soft_middle)
RULED = _on(papers.lines, (0.2, 0.7))


def ruled_with_margin(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """Ruled or squared paper with a margin line."""
    layout = laid_out(strokes, rng, side)
    sheet = _sheet(layout, rng)
    if rng.random() < 0.8:
        ruling = papers.lines(layout, rng, across=rng.random() < 0.25)
        sheet = _printed(sheet, ruling, rng, (0.2, 0.6))
    sheet = _printed(sheet, papers.margin(layout, rng), rng, (0.3, 0.9))
    return _photo(_inked(sheet, layout, rng), layout, rng)


def form(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """In a box of a printed form, with words around."""
    layout = laid_out(strokes, rng, side, tall=(0.25, 0.65))
    sheet = _printed(_sheet(layout, rng), papers.form_box(layout, rng), rng, (0.3, 1.0))
    if rng.random() < 0.6:
        sheet = _printed(sheet, papers.printed(layout, rng), rng, (0.4, 1.0))
    return _photo(_inked(sheet, layout, rng), layout, rng)


def on_a_table(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """The sheet ends inside the picture."""
    layout = laid_out(strokes, rng, side, tall=(0.25, 0.75))
    sheet = _sheet(layout, rng)
    if rng.random() < 0.25:
        sheet = _printed(sheet, papers.lines(layout, rng), rng, (0.2, 0.6))
    picture = surroundings.on_a_table(_inked(sheet, layout, rng), layout, rng)
    return _photo(picture, layout, rng)


def sticky_note(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """On a coloured note on a table or a screen."""
    layout = laid_out(strokes, rng, side, tall=(0.3, 0.75))
    note = papers.vivid_colour(rng, (0.85, 1.0))
    note += (255 - note) * rng.uniform(0.2, 0.6)
    sheet = papers.grained(papers.plain(layout, note), rng, 1.5)
    picture = inks.written(sheet, layout, rng, inks.dark_colour(rng), rng.uniform(0.8, 1.0))
    return _photo(surroundings.on_a_table(picture, layout, rng), layout, rng)


def colour_pattern(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A coloured pen on a coloured pattern."""
    layout = laid_out(strokes, rng, side, pens=(0.04, 0.16))
    sheet = papers.patterned(layout, rng)
    picture = inks.written(sheet, layout, rng, inks.marker_colour(rng, sheet), 1.0)
    if rng.random() < 0.5:
        bar = papers.vivid_colour(rng, (0.4, 1.0))
        clear = int(min(layout.box[0], layout.height - layout.box[1]) * 0.8)
        if clear > 2:
            picture[:clear], picture[-clear:] = bar, bar
    return _photo(picture, layout, rng)


def pencil(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A pale pencil."""
    layout = laid_out(strokes, rng, side, pens=(0.018, 0.06))
    return _photo(inks.pencilled(_sheet(layout, rng), layout, rng), layout, rng)


def dim_room(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """Too little light: dark, noisy, pale ink."""
    layout = laid_out(strokes, rng, side)
    picture = _inked(_sheet(layout, rng), layout, rng) * rng.uniform(0.25, 0.6)
    return _photo(picture, layout, rng, noise=2.5)


def creased(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """On paper that was folded."""
    layout = laid_out(strokes, rng, side)
    sheet = papers.creased(_sheet(layout, rng), rng)
    return _photo(_inked(sheet, layout, rng), layout, rng)


def blackboard(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """Chalk on a wiped blackboard."""
    layout = laid_out(strokes, rng, side, pens=(0.03, 0.15))
    board = np.array([rng.uniform(15, 60), rng.uniform(25, 85), rng.uniform(20, 75)])
    sheet = papers.grained(papers.plain(layout, board), rng, rng.uniform(1, 5))
    sheet += rng.uniform(0, 35) * inks.smeared(layout.coverage, rng)[..., None]
    return _photo(inks.chalked(sheet, layout, rng), layout, rng)


def whiteboard(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A marker on a shiny board with reflections and old traces."""
    layout = laid_out(strokes, rng, side, pens=(0.03, 0.12))
    sheet = papers.plain(layout, np.full(3, rng.uniform(190, 245)))
    sheet -= rng.uniform(0, 18) * inks.smeared(layout.coverage, rng)[..., None]
    picture = inks.written(sheet, layout, rng, inks.dark_colour(rng), rng.uniform(0.6, 1.0))
    return _photo(light.glare(picture, layout, rng), layout, rng)


def transparent_margin(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A drawing program's export: an opaque drawing inside a transparent margin."""
    layout = laid_out(strokes, rng, side, pens=(0.03, 0.18))
    ground, ink = (5.0, 250.0) if rng.random() < 0.7 else (250.0, 5.0)
    picture = inks.flat(papers.plain(layout, np.full(3, ground)), layout, np.full(3, ink))
    nothing = np.full(3, 0.0 if rng.random() < 0.7 else 255.0)
    full, coverage, inside = surroundings.in_a_margin(picture, layout.coverage, rng, nothing)
    scene = camera.captured(full, coverage, rng)
    alpha = np.where(inside, 255, 0).astype(np.uint8)
    return Scene(np.dstack([scene.picture, alpha]), scene.ink, quality=0)


def pasted_crop(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A photo's crop pasted into a white or black square."""
    kind = (evenly_lit, SOFT_LIGHT, RULED, pencil)[int(rng.integers(4))]
    crop = kind(strokes, rng, side)
    margin = np.full(3, 255.0 if rng.random() < 0.75 else 0.0)
    picture, ink, _ = surroundings.in_a_margin(
        crop.picture.astype(np.float32), crop.ink / np.float32(255), rng, margin
    )
    return camera.captured(picture, ink, rng)


def screenshot(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A drawing program or page with buttons around the drawing."""
    layout = laid_out(strokes, rng, side, pens=(0.03, 0.18), aspect=(0.8, 1.4))
    dark = rng.random() < 0.35
    ground = np.full(3, rng.uniform(0, 45) if dark else rng.uniform(235, 255))
    if rng.random() < 0.3:
        ground = ground + rng.uniform(-15, 15, 3)
    ink = np.full(3, rng.uniform(225, 255) if dark else rng.uniform(0, 50))
    if rng.random() < 0.25:
        ink = papers.vivid_colour(rng, (0.8, 1.0) if dark else (0.2, 0.8))
    picture = inks.flat(papers.plain(layout, np.clip(ground, 0, 255)), layout, ink)
    return camera.captured(*surroundings.in_a_window(picture, layout.coverage, rng, dark), rng)


def cardboard(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A marker on cardboard, kraft paper or an envelope."""
    layout = laid_out(strokes, rng, side, pens=(0.04, 0.15))
    brown = np.array([rng.uniform(150, 205), rng.uniform(115, 165), rng.uniform(75, 120)])
    sheet = papers.grained(papers.plain(layout, brown), rng, rng.uniform(3, 9))
    picture = inks.written(sheet, layout, rng, inks.dark_colour(rng), rng.uniform(0.7, 1.0))
    return _photo(picture, layout, rng)


def see_through(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """Thin paper: lines and words of the other side shine through."""
    layout = laid_out(strokes, rng, side)
    sheet = _sheet(layout, rng)
    behind = papers.printed(layout, rng, 14)[:, ::-1]
    behind = light.blurred(behind, max(0.8, 0.5 * layout.unit))
    sheet = _printed(sheet, behind, rng, (0.06, 0.22))
    return _photo(_inked(sheet, layout, rng), layout, rng)


def on_a_screen(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """A photo of a drawing on a screen: its raster, and light ink as often as dark."""
    layout = laid_out(strokes, rng, side, pens=(0.04, 0.15))
    dark = rng.random() < 0.5
    ground = np.full(3, rng.uniform(15, 60) if dark else rng.uniform(180, 235))
    ink = np.full(3, rng.uniform(190, 250) if dark else rng.uniform(20, 70))
    picture = inks.flat(papers.plain(layout, ground), layout, ink)
    raster = papers.lines(layout, rng, (0.7, 2.0), across=True, tilt=12)
    picture = picture * (1 - rng.uniform(0.03, 0.15) * raster[..., None])
    return _photo(light.glare(picture, layout, rng), layout, rng)


def mixture(strokes: list[Stroke], rng: Generator, side: int) -> Scene:
    """Several difficulties at once: a ruled or squared sheet, pattern or table, and two lights."""
    layout = laid_out(strokes, rng, side)
    sheet = _sheet(layout, rng)
    chance = rng.random()
    if chance < 0.5:
        ruling = papers.lines(layout, rng, (4, 20), across=rng.random() < 0.4)
        sheet = _printed(sheet, ruling, rng, (0.1, 0.6))
    elif chance < 0.65:
        sheet = papers.creased(sheet, rng)
    elif chance < 0.8:
        sheet = _printed(sheet, papers.printed(layout, rng), rng, (0.3, 1.0))
    picture = _inked(sheet, layout, rng)
    if rng.random() < 0.4:
        picture = surroundings.on_a_table(picture, layout, rng)
    lights = (light.soft_middle, light.lamp, light.patch, light.cast_shadow)
    for _ in range(int(rng.integers(1, 3))):
        picture = light.lit(picture, lights[int(rng.integers(4))](layout, rng), rng)
    return _photo(picture, layout, rng)


TRAINING_KINDS: dict[str, Kind] = {
    "even light": evenly_lit,
    "soft light": SOFT_LIGHT,
    "lamp": _lit(light.lamp),
    "light patch beside": _lit(light.patch),
    "cast shadow": _lit(light.cast_shadow),
    "ruled": RULED,
    "over many lines": _on(partial(papers.lines, spacing=(5, 12)), (0.2, 0.7), (0.6, 0.95)),
    "ruled, margin line": ruled_with_margin,
    "squared": _on(partial(papers.lines, spacing=(3.5, 14), across=True), (0.12, 0.6)),
    "form": form,
    "sheet on a table": on_a_table,
    "coloured pattern": colour_pattern,
    "pencil": pencil,
    "dim room": dim_room,
    "creased": creased,
    "blackboard": blackboard,
    "transparent margin": transparent_margin,
    "pasted crop": pasted_crop,
    "screenshot": screenshot,
    "mixture": mixture,
}
"""What training shows."""

HELD_OUT_KINDS: dict[str, Kind] = {
    "blinds": _lit(light.blinds),
    "dotted": _on(papers.dots, (0.2, 0.8)),
    "sticky note": sticky_note,
    "whiteboard": whiteboard,
    "cardboard": cardboard,
    "seen through": see_through,
    "on a screen": on_a_screen,
}
"""What no training shows: how the rest of the world may look."""

KINDS: dict[str, Kind] = TRAINING_KINDS | HELD_OUT_KINDS
"""What is judged."""
