"""A sheet of the drawings that wait for a person, as one HTML file that needs nothing else."""

from collections.abc import Sequence
from html import escape

from digit_recognizer.models.reviews import Region
from digit_recognizer.pixels import data_url

_STYLE = (
    "body{font:16px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "img{width:56px;height:56px;margin:2px;image-rendering:pixelated}"
    "code{background:#eee;padding:.1rem .3rem}"
)


def sheet(regions: Sequence[Region]) -> str:
    """The regions with their drawings, and how to decide about each."""
    parts = "\n".join(map(_part, regions)) or "<p>Nothing waits.</p>"
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>To review</title>'
        f"<style>{_STYLE}</style>\n<h1>Drawings that wait for a person</h1>\n"
        "<p>Many new names gave them a label that contradicts the model retrainings begin from."
        " Accept what a person would read as labelled; reject the rest.</p>\n"
        f"{parts}\n</html>\n"
    )


def listed(regions: Sequence[Region]) -> str:
    """A line for each region."""
    return "\n".join(f"{region.name}  {_said(region)}" for region in regions)


def _part(region: Region) -> str:
    pictures = "".join(
        f'<img alt="a drawing labelled {region.label}" src="{data_url(drawing)}">'
        for drawing in region.drawings
    )
    name = escape(region.name)
    return (
        f"<h2>{name}: {escape(_said(region))}</h2>\n<p>{pictures}</p>\n"
        f"<p><code>make review ACCEPT={name}</code> or <code>make review REJECT={name}</code></p>"
    )


def _said(region: Region) -> str:
    label = "not a digit" if region.label == "NaN" else f"a {region.label}"
    return (
        f"{len(region.ids)} drawings by {region.contributors} contributors, labelled {label};"
        f" the anchor says {region.answer}"
    )
