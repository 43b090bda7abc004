"""The model card as people read it: `docs/model/README.md`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from training.datasets.pen_digits import calibration_writers, judging_writers
from training.drawings.non_digits import EVALUATION_KINDS
from training.drawings.scenes.kinds import HELD_OUT_KINDS
from training.drawings.styles import HELD_OUT_STYLES, TRAINING_STYLES
from training.evaluation.figures import grid_answers
from training.evaluation.judging import Judgement
from training.evaluation.plots import (
    draw_confidence,
    draw_confusion,
    draw_grid,
    draw_mistakes,
    draw_reliability,
    draw_training,
)
from training.evaluation.renditions import PICTURES, SIDES
from training.evaluation.scenes import ScenesRead, draw_scenes
from training.evaluation.strange import Styled
from training.evaluation.style_sheets import draw_style_mistakes, draw_styles


@dataclass(frozen=True)
class Evaluation:
    """An evaluation that is done: the card with its figures, and what was judged."""

    card: dict[str, Any]
    judgement: Judgement
    styled: Mapping[str, Styled]
    scenes: Mapping[str, ScenesRead]


def write_report(folder: Path, evaluation: Evaluation) -> None:
    """Write the card as Markdown with its pictures into a folder."""
    card, judgement = evaluation.card, evaluation.judgement
    confidence, right = grid_answers(judgement).judging
    folder.mkdir(parents=True, exist_ok=True)
    draw_confusion(folder / "confusion.png", judgement.mnist, judgement.grid)
    draw_grid(folder / "grid.png", judgement.grid)
    draw_reliability(folder / "reliability.png", confidence, right)
    draw_confidence(
        folder / "confidence.png",
        confidence,
        judgement.non_digit_confidence,
        card["uncertain_below"],
    )
    draw_mistakes(folder / "mistakes.png", judgement.grid)
    draw_styles(folder / "styles.png", evaluation.styled)
    draw_style_mistakes(folder / "style-mistakes.png", evaluation.styled)
    draw_scenes(folder / "scenes.png", evaluation.scenes)
    draw_training(folder / "training.png", card["epochs"])
    (folder / "README.md").write_text(markdown(card), "utf-8")
    print(f"Wrote {folder / 'README.md'}", flush=True)


class Row(NamedTuple):
    """A line of the table of figures.

    Attributes:
        figure: its name on the card.
        what: was measured; filled in with what is known.
        to_reach: what it should be.
        shown: how a number is written.
    """

    figure: str
    what: str
    to_reach: str
    shown: str


FIGURES = (
    Row("mnist_accuracy", "MNIST's 10,000 test pictures, sent as PNGs", "≥ 99.78 %", "{:.2f} %"),
    Row(
        "mnist_redrawn_accuracy",
        "the same digits, traced and drawn again with pens of 2 to 20 % of their height",
        "",
        "{:.2f} %",
    ),
    Row(
        "writers_accuracy",
        "writers never seen, each digit in each of 44 cells of height, pen and place: mean",
        "≥ 99.6 %",
        "{:.2f} %",
    ),
    Row("writers_worst_cell_accuracy", "… worst cell", "≥ 99.2 %", "{:.2f} %"),
    Row("writers_worst_accuracy", "… worst writer", "≥ 98.5 %", "{:.2f} %"),
    Row("calibration_error", "… expected calibration error, 15 bins", "≤ 0.005", "{:.4f}"),
    Row("styles_held_out_accuracy", "strange styles that no training shows", "≥ 97 %", "{:.2f} %"),
    Row("styles_held_out_calibration_error", "… expected calibration error", "≤ 0.02", "{:.4f}"),
    Row("styles_trained_accuracy", "strange styles that it was trained on", "", "{:.2f} %"),
    Row("styles_to_learn_accuracy", "styles that a retraining is tried on", "", "{:.2f} %"),
    Row(
        "wrong_and_sure",
        "of the wrong answers on writers and strange styles: confidence above 0.9",
        "≤ 15 %",
        "{:.0f} %",
    ),
    Row(
        "non_digit_auc",
        "digit or not: area under the ROC curve of the confidence",
        "≥ 0.99",
        "{:.4f}",
    ),
    Row(
        "unsure_of_digits",
        '"not sure" (confidence below {uncertain_below}) is said of digits',
        "≤ 0.5 %",
        "{:.2f} %",
    ),
    Row("unsure_of_mistakes", "… of mistakes", "", "{:.0f} %"),
    Row("unsure_of_non_digits", "… of drawings that are no digit", "", "{:.0f} %"),
    Row("scenes_accuracy", "photos, scans and screenshots of 27 kinds", "≥ 98.5 %", "{:.2f} %"),
    Row("scenes_of_unseen_kinds_accuracy", "… of kinds that no training shows", "", "{:.2f} %"),
    Row("scenes_wrong_and_sure", "… wrong and sure", "≤ 0.3 %", "{:.2f} %"),
    Row("inference_ms", "inference, one thread, median", "≤ 0.15 ms", "{:.2f} ms"),
    Row(
        "decode_normalise_infer_ms",
        "decode + normalise + infer a 280×280 PNG, median",
        "≤ 0.5 ms",
        "{:.2f} ms",
    ),
)
"""What was measured, what it should be, and how it is written."""

LOSSES_TO_REACH = {
    **dict.fromkeys((*PICTURES, *SIDES), 0.2),
    "turned -25°": 0.8,
    "turned -20°": 0.4,
    "turned +20°": 0.4,
    "turned +25°": 0.8,
    "slanted -20°": 0.5,
    "slanted +20°": 0.5,
    "stretched -35 %": 0.6,
    "stretched -25 %": 0.3,
    "stretched +25 %": 0.3,
    "stretched +35 %": 0.6,
    "shaky hand": 0.3,
}
"""Points of accuracy that a form of a drawing may lose."""


def markdown(card: dict[str, Any]) -> str:
    """The page of a card that was evaluated."""
    sections = (
        f"# Model card: {card['version']}",
        "Written by `make evaluate`; do not edit. The same figures travel with the artefact as\n"
        "`model_card.json` and are served at `GET /model`.",
        _what_it_is(card),
        _learned_from(card),
        "## Figures, on what the training never touched",
        _how_judged(card),
        _figures(card),
        _folds(card),
        _by_drawing(card),
        _by_style(card),
        _by_scene(card),
        _PICTURES,
        _PICTURES_OF_STYLES if "styles" in card.get("intervals", {}) else "",
        "## The recipe",
        "How it compares with other networks: `make experiments` writes a table to `architectures.md`."
        " What else was tried, and what it gained: [ideas.md](ideas.md).",
        _recipe(card),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "|" + "|".join(f" {cell} " if cell != "" else " " for cell in line) + "|" for line in lines
    )


def _judged(card: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The columns of figures: a title, and what has `figures` and `intervals`."""
    own = [("this artefact", card)] if "intervals" in card else []
    return [("all folds", card["folds"]), *own] if "folds" in card else own


def _found(judged: Mapping[str, Any], *path: str) -> tuple[float, Sequence[float]] | None:
    """A figure and its interval; None where it has none."""
    figure, interval = judged["figures"], judged["intervals"]
    for name in path:
        if name not in interval:
            return None
        figure, interval = figure[name], interval[name]
    return figure, interval


def _cell(judged: Mapping[str, Any], shown: str, *path: str) -> str:
    found = _found(judged, *path)
    if found is None:
        return ""
    value, (low, high) = found
    number = shown.split("}")[0] + "}"
    return f"{shown.format(value)} ({number.format(low)} … {number.format(high)})"


def _rows(
    judged: Sequence[tuple[str, Mapping[str, Any]]],
    rows: Iterable[tuple[Sequence[str], str, Sequence[str]]],
) -> Iterator[list[str]]:
    """Lines of a table, where any column has the figure: path, how it is written, first cells."""
    for path, shown, head in rows:
        cells = [_cell(each, shown, *path) for _, each in judged]
        if any(cells):
            yield [*head, *cells]


def _figures(card: dict[str, Any]) -> str:
    judged = _judged(card)
    rows = [([row.figure], row.shown, [row.what.format(**card), row.to_reach]) for row in FIGURES]
    size = [
        "LiteRT file",
        "≤ 1,000,000 bytes",
        *[f"{card['figures']['bytes']:,} bytes"] * len(judged),
    ]
    titles = [title for title, _ in judged]
    lines = list(_rows(judged, rows))
    return _table(["what", "to reach", *titles], [*lines, size]) if lines else ""


def _how_judged(card: dict[str, Any]) -> str:
    if "intervals" not in card:
        return (
            "Its figures have no intervals, and are not shown: it was judged before there were any."
        )
    held_out = card["configuration"]["held_out"]
    return (
        f"In brackets between which values a figure lies in 95 of 100 resamples of whole writers (of"
        f" MNIST's pictures; of single calls, for times). This artefact is judged by writers"
        f" {_listed(judging_writers(held_out))}; its temperature and from where on it is sure were"
        f" set by writers {_listed(calibration_writers(held_out))}, whom it did not learn from"
        f" either. Its worst cell: {card['figures']['writers_worst_cell']}."
    )


def _listed(writers: Iterable[int]) -> str:
    return ", ".join(map(str, writers))


def _what_it_is(card: dict[str, Any]) -> str:
    return f"""## What it is

A {card["architecture"]} network of {card["parameters"]:,} parameters
([architectures.py](../../training/network/architectures.py)) that names the digit in a 28×28 picture made
by [`normalise`](../../layers/model/digit_recognizer/recognition/preprocessing.py). Created
{card["created"]}; preprocessing version {card["preprocessing_version"]}; temperature
{card["temperature"]}, inside the file. {_history(card)}

For naming one handwritten digit. Not for reading numbers of several digits, letters or documents:
of such drawings it is unsure rather than right."""


def _learned_from(card: dict[str, Any]) -> str:
    hashes = card["data"].get("sha256", {})
    files = "\n".join(f"- `{name}`: SHA-256 `{digest}`" for name, digest in hashes.items())
    return f"""## What it learned from

| data | used | licence |
| --- | --- | --- |
| MNIST (LeCun, Cortes, Burges) | the 60,000 training pictures, warped, with other pens and drawn again | CC BY-SA 3.0 |
| Pen-Based Recognition of Handwritten Digits (Alpaydin, Alimoglu; UCI data set 81) | the strokes of all writers but {_listed(card["configuration"]["held_out"])}, written and drawn anew | CC BY 4.0 |
| drawings that are no digit, or between two | made by code ([non_digits.py](../../training/drawings/non_digits.py), [between.py](../../training/drawings/between.py)), target: no digit more likely than another, or two | ours |

Some digits of the pen set lack a stroke in the source; they were left in.{chr(10) * 2 + files if files else ""}"""


def _by_drawing(card: dict[str, Any]) -> str:
    """What is lost with each form of a drawing, and how well each kind of non-digit is told."""
    judged = _judged(card)
    if not judged:
        return ""
    titles = [title for title, _ in judged]
    losses = [
        (["loss_points", form], "{:+.2f}", [form, f"≤ {limit:.1f}"])
        for form, limit in LOSSES_TO_REACH.items()
    ]
    kinds = [(["non_digit_auc_by_kind", kind], "{:.4f}", [kind]) for kind in EVALUATION_KINDS]
    return f"""The same drawings in another form, anywhere on the canvas: points of accuracy lost against the plain
canvas.

{_table(["form", "to reach", *titles], _rows(judged, losses))}

Drawings that are no digit, by kind: area under the ROC curve. Training shows other letters in other
fonts, and no symbols, spirals and houses at all.

{_table(["kind", *titles], _rows(judged, kinds))}"""


def _by_style(card: dict[str, Any]) -> str:
    """Right answers on each style."""
    judged = _judged(card)
    if not judged:
        return ""
    rows = [
        (["styles", style.name], "{:.1f} %", [style.name, style.seen, trained])
        for trained, styles in (("yes", TRAINING_STYLES), ("no", HELD_OUT_STYLES))
        for style in styles
    ]
    titles = [title for title, _ in judged]
    return f"""Strange styles, made of the strokes of writers never seen
([styles.py](../../training/drawings/styles.py)): right answers.

{_table(["style", "what a person sees", "trained on", *titles], _rows(judged, rows))}"""


def _by_scene(card: dict[str, Any]) -> str:
    """Right answers, and wrong and sure ones, on each kind of scene."""
    intervals = card.get("intervals", {})
    if "scenes" not in intervals:
        return ""
    figures = card["figures"]

    def told(table: str, kind: str) -> str:
        low, high = intervals[table][kind]
        return f"{figures[table][kind]:.1f} % ({low:.1f} … {high:.1f})"

    rows = [
        (
            kind,
            "no" if kind in HELD_OUT_KINDS else "yes",
            told("scenes", kind),
            told("scenes_sure", kind),
        )
        for kind in figures["scenes"]
    ]
    return f"""Photos, scans and screenshots of digits by writers whom neither the recogniser nor the ink finder has
seen ([kinds.py](../../training/drawings/scenes/kinds.py)); how the ink is found: [photos.md](photos.md).

{_table(["kind", "the ink finder learned from it", "right", "wrong and sure"], rows)}

Of each kind some pictures, and beside each what the model saw:

![Scenes](scenes.png)"""


_PICTURES = """![Accuracy over the grid](grid.png)

![Training](training.png)

![Which digit is taken for which](confusion.png)

![Reliability](reliability.png) ![Confidence of digits and of other drawings](confidence.png)

The most confident mistakes (label→answer, confidence):

![Mistakes](mistakes.png)"""

_PICTURES_OF_STYLES = """The styles, a line each; a wrong answer and its confidence in red:

![Styles](styles.png)

The most confident mistakes on them:

![Mistakes on styles](style-mistakes.png)"""


def _history(card: dict[str, Any]) -> str:
    """How it was trained."""
    commits = ", ".join(commit[:12] + commit[40:] for commit in card["commits"])
    return (
        f"Trained from nothing by `make train` of commit {commits} with seed"
        f" {card['configuration']['seed']}, in {card['figures']['training_minutes']} minutes (cores:"
        f" {card['cores']}) after {card['examples_minutes']} minutes in which its examples were"
        " drawn."
    )


def _folds(card: dict[str, Any]) -> str:
    """The artefacts that were pooled."""
    if "folds" not in card:
        return ""
    folds = card["folds"]
    lines = [
        [
            each["version"],
            _listed(each["judging"]),
            each["seed"],
            f"{each['mnist_accuracy']:.2f} %",
            f"{each['writers_accuracy']:.2f} %",
            f"{each['styles_held_out_accuracy']:.2f} %",
            f"{each['minutes']} ({each['cores']})",
        ]
        for each in folds["artefacts"]
    ]
    head = ["artefact", "judged by writers", "seed", "MNIST", "writers", "styles held out"]
    return f"""All folds: {folds["writers"]} writers, each judged once by a network of this recipe that saw neither
this writer nor, while anything was chosen, any other judge. MNIST's figure is the median of these:

{_table([*head, "minutes (cores)"], lines)}"""


def _recipe(card: dict[str, Any]) -> str:
    names = ("setting", "value", "unit", "reason")
    return _table(names, ([row[name] for name in names] for row in card["recipe"]))
