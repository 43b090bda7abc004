"""The model card as people read it: `docs/model/README.md` and its pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("Agg")
from matplotlib import pyplot as plt

from training.calibration import bins_of
from training.datasets import calibration_writers
from training.grid import HEIGHTS, PLACES, WIDTHS, Cell

if TYPE_CHECKING:
    from training.evaluate import Results

INK, ACCENT, MUTED = "#1d2433", "#2f6fed", "#c3cad9"

Float = NDArray[np.float32]


def write_report(
    folder: Path,
    card: dict[str, Any],
    mnist: "Results",
    grid: "Mapping[Cell, Results]",
    judged: tuple[Float, NDArray[np.bool_]],
    non_digits: Float,
) -> None:
    """Write the card as Markdown with its pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    plt.rcParams.update({"font.size": 9, "figure.dpi": 120, "axes.edgecolor": MUTED})
    _confusion(folder / "confusion.png", mnist, grid)
    _heat_map(folder / "grid.png", grid)
    _reliability(folder / "reliability.png", *judged)
    _confidence(folder / "confidence.png", judged[0], non_digits, card["uncertain_below"])
    _mistakes(folder / "mistakes.png", grid)
    _epochs(folder / "training.png", card["epochs"])
    (folder / "README.md").write_text(markdown(card), "utf-8")
    print(f"Wrote {folder / 'README.md'}", flush=True)


def save_figure(figure: Any, file: Path) -> None:
    """Write a figure as a PNG and close it."""
    figure.tight_layout()
    # no date and no version in the file: the same figures give the same bytes
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _confusion(file: Path, mnist: "Results", grid: "Mapping[Cell, Results]") -> None:
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.6))
    drawn = [(r.labels, np.stack(r.probabilities).argmax(axis=1)) for r in grid.values()]
    sources = {
        "MNIST's test pictures": [
            (mnist.labels, np.stack(mnist.probabilities).argmax(axis=1)),
        ],
        "Writers never seen, whole grid": drawn,
    }
    for axis, (title, pairs) in zip(axes, sources.items(), strict=True):
        counts = np.zeros((10, 10), int)
        for labels, answers in pairs:
            np.add.at(counts, (labels, answers), 1)
        shares = 100 * counts / counts.sum(axis=1, keepdims=True)
        wrong = np.where(np.eye(10, dtype=bool), np.nan, shares)
        axis.imshow(wrong, cmap="Reds", vmin=0)
        for (row, column), share in np.ndenumerate(shares):
            if counts[row, column]:
                text = f"{share:.1f}" if row == column else f"{share:.2f}"
                dark = row != column and share > 0.6 * np.nanmax(wrong)
                colour = "white" if dark else INK
                axis.text(column, row, text, ha="center", va="center", fontsize=5.5, color=colour)
        axis.set(title=title, xlabel="answer", ylabel="label", xticks=range(10), yticks=range(10))
    save_figure(figure, file)


def _heat_map(file: Path, grid: "Mapping[Cell, Results]") -> None:
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.6))
    for axis, place in zip(axes, PLACES, strict=True):
        accuracy = np.full((len(HEIGHTS), len(WIDTHS)), np.nan)
        for cell, results in grid.items():
            if cell.place == place:
                accuracy[HEIGHTS.index(cell.height), WIDTHS.index(cell.width)] = results.accuracy
        axis.imshow(accuracy, cmap="Blues", vmin=97.5, vmax=100, aspect="auto")
        for (row, column), value in np.ndenumerate(accuracy):
            text = "" if np.isnan(value) else f"{value:.2f}"
            axis.text(column, row, text, ha="center", va="center", color="white")
        axis.set(
            title=f"Accuracy in %, place: {place}",
            xlabel="width of the pen (px)",
            ylabel="height of the digit (px)",
            xticks=range(len(WIDTHS)),
            xticklabels=WIDTHS,
            yticks=range(len(HEIGHTS)),
            yticklabels=HEIGHTS,
        )
    save_figure(figure, file)


def _reliability(file: Path, confidence: Float, correct: NDArray[np.bool_]) -> None:
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=(4.8, 5.2), sharex=True, height_ratios=[3, 1]
    )
    bins = [inside for inside in bins_of(confidence) if inside.any()]
    means = [confidence[inside].mean() for inside in bins]
    upper.plot([0, 1], [0, 1], color=MUTED, linestyle="--")
    upper.plot(means, [correct[inside].mean() for inside in bins], "o-", color=ACCENT)
    upper.set(title="Confidence on writers never seen", ylabel="share right")
    lower.bar(means, [inside.sum() for inside in bins], width=0.05, color=ACCENT)
    lower.set(yscale="log", xlabel="confidence", ylabel="drawings")
    save_figure(figure, file)


def _confidence(file: Path, digits: Float, non_digits: Float, threshold: float) -> None:
    figure, axis = plt.subplots(figsize=(6.4, 3.2))
    for name, values, colour in (
        ("digits", digits, ACCENT),
        ("no digit", non_digits, "#d1495b"),
    ):
        at = np.sort(values)
        axis.plot(at, np.linspace(0, 100, len(at)), label=name, color=colour)
    axis.axvline(threshold, color=INK, linestyle=":", label=f'"not sure" below {threshold:.2f}')
    axis.set(
        title="How many are below a confidence", xlabel="confidence", ylabel="share of drawings (%)"
    )
    axis.legend(frameon=False)
    save_figure(figure, file)


def _mistakes(file: Path, grid: "Mapping[Cell, Results]", rows: int = 6, columns: int = 16) -> None:
    """The most confident mistakes, one a drawing."""
    worst: dict[int, tuple[float, Any, int, int]] = {}
    for results in grid.values():
        for k in np.flatnonzero(~results.correct):
            confidence = float(results.confidence[k])
            if confidence > worst.get(int(k), (0.0,))[0]:
                answer = int(results.probabilities[k].argmax())
                worst[int(k)] = (confidence, results.pixels[k], results.labels[k], answer)
    ranked = sorted(worst.values(), key=lambda item: -item[0])[: rows * columns]
    rows = max(1, -(-len(ranked) // columns))
    figure, axes = plt.subplots(rows, columns, figsize=(columns * 0.75, rows * 0.95), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, (confidence, pixels, label, answer) in zip(axes.flat, ranked, strict=False):
        axis.imshow(pixels, cmap="gray_r")
        axis.set_title(f"{label}→{answer} {confidence:.2f}", fontsize=6, color=INK, pad=2)
    save_figure(figure, file)


def _epochs(file: Path, epochs: list[dict[str, float]]) -> None:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.2))
    number = [row["epoch"] for row in epochs]
    left.plot(number, [row["loss"] for row in epochs], color=INK)
    left.set(title="Training loss", xlabel="epoch", xlim=(0, None))
    right.plot(number, [max(100 - row["writers"], 0.01) for row in epochs], color=ACCENT)
    right.set(title="Mistakes on the calibration writers (%)", xlabel="epoch", yscale="log")
    save_figure(figure, file)


def markdown(card: dict[str, Any]) -> str:
    """The page of a card that was evaluated."""
    figures, configuration = card["figures"], card["configuration"]
    held_out = configuration["held_out"]
    calibration = calibration_writers(held_out)
    judged = [writer for writer in held_out if writer not in calibration]
    losses = "\n".join(f"| {name} | {loss:+.2f} |" for name, loss in figures["loss_points"].items())
    kinds = "\n".join(
        f"| {kind} | {auc:.4f} |" for kind, auc in figures["non_digit_auc_by_kind"].items()
    )
    recipe = "\n".join(f"| {name} | {value} |" for name, value in configuration.items())
    return f"""# Model card: {card["version"]}

Written by `make evaluate`; do not edit. The same figures travel with the artefact as
`model_card.json` and are served at `GET /model`.

## What it is

A {card["architecture"]} network of {card["parameters"]:,} parameters
([architectures.py](../../training/architectures.py)) that names the digit in a 28×28 picture made
by [`normalise`](../../layers/model/digit_recognizer/preprocessing.py). Created
{card["created"]}; preprocessing version {card["preprocessing_version"]}; temperature
{card["temperature"]}, inside the file. {_history(card)}

For naming one handwritten digit. Not for reading numbers of several digits, letters or documents:
of such drawings it is unsure rather than right.

## What it learned from

| data | used | licence |
| --- | --- | --- |
| MNIST (LeCun, Cortes, Burges) | the 60,000 training pictures, warped, with other pens and drawn again | CC BY-SA 3.0 |
| Pen-Based Recognition of Handwritten Digits (Alpaydin, Alimoglu; UCI data set 81) | the strokes of all writers but {", ".join(map(str, held_out))}, written and drawn anew | CC BY 4.0 |
| drawings that are no digit | made by code ([non_digits.py](../../training/non_digits.py)), target: no digit more likely than another | ours |

Some digits of the pen set lack a stroke in the source; they were left in.

## Figures, on what the training never touched

{card.get("choices", "")}

| what | at least | reached |
| --- | --- | --- |
| MNIST's 10,000 test pictures, sent as PNGs | 99.70 % | {figures["mnist_accuracy"]:.2f} % |
| the same digits, traced and drawn again with pens of 2 to 20 % of their height | | {figures["mnist_redrawn_accuracy"]:.2f} % |
| writers never seen ({figures["writers_digits"]:,} digits of 8 writers in each of 44 cells of height, pen and place): mean | 99.3 % | {figures["writers_accuracy"]:.2f} % |
| … worst cell ({figures["writers_worst_cell"]}) | 98.6 % | {figures["writers_worst_cell_accuracy"]:.2f} % |
| expected calibration error, 15 bins, writers {", ".join(map(str, judged))} (temperature fitted on writers {", ".join(map(str, calibration))}) | ≤ 0.01 | {figures["calibration_error"]:.4f} |
| digit or not: area under the ROC curve of the confidence | 0.97 | {figures["non_digit_auc"]:.4f} |
| "not sure" (confidence below {card["uncertain_below"]}) is said of digits / of mistakes / of no digits | | {100 * figures["unsure_of_digits"]:.1f} % / {100 * figures["unsure_of_mistakes"]:.0f} % / {100 * figures["unsure_of_non_digits"]:.0f} % |
| LiteRT file | ≤ 1,000,000 bytes | {figures["bytes"]:,} bytes |
| inference, one thread, median | ≤ 0.3 ms | {figures["inference_ms"]:.2f} ms |
| decode + normalise + infer a 280×280 PNG, median | ≤ 0.7 ms | {figures["decode_normalise_infer_ms"]:.2f} ms |

{_second_fold(card)}

The same drawings in another form, anywhere on the canvas: points of accuracy lost against the plain
canvas (allowed: 0.2 for pictures, 0.5 for hands).

| form | lost |
| --- | --- |
{losses}

Drawings that are no digit, by kind; training shows other letters in other fonts, and no symbols,
spirals and houses at all.

| kind | area under the ROC curve |
| --- | --- |
{kinds}

![Accuracy over the grid](grid.png)

![Training](training.png)

![Which digit is taken for which](confusion.png)

![Reliability](reliability.png) ![Confidence of digits and of other drawings](confidence.png)

The most confident mistakes (label→answer, confidence):

![Mistakes](mistakes.png)

## The recipe

How it compares with other networks: `make experiments` writes a table to `architectures.md`.

| setting | value |
| --- | --- |
{recipe}
"""


def _history(card: dict[str, Any]) -> str:
    """How it was trained: in one go, as `training.train` tells, or as a person wrote down."""
    if "history" in card:
        return str(card["history"])
    return (
        f"Trained from nothing in {card['figures']['training_minutes']} minutes (cores:"
        f" {card['cores']}), after {card['examples_minutes']} minutes in which its examples were"
        " drawn."
    )


def _second_fold(card: dict[str, Any]) -> str:
    """The same recipe with other writers held out, if it was evaluated."""
    if "second_fold" not in card:
        return ""
    fold, figures = card["second_fold"], card["second_fold"]["figures"]
    held_out = fold["configuration"]["held_out"]
    return (
        f"The same recipe, trained once more with writers {', '.join(map(str, held_out))} held out "
        f"instead: MNIST {figures['mnist_accuracy']:.2f} %, unseen writers "
        f"{figures['writers_accuracy']:.2f} % in the mean and "
        f"{figures['writers_worst_cell_accuracy']:.2f} % in the worst cell, calibration error "
        f"{figures['calibration_error']:.4f}. {_history(fold)}"
    )
