"""The pictures of a model card, with the colours of all pictures here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("Agg")
from matplotlib import pyplot as plt

from digit_recognizer.recognition.arrays import Float
from training.drawings.grid import HEIGHTS, PLACES, WIDTHS, Cell
from training.evaluation.judging import Results
from training.network.calibration import bins_of

INK, ACCENT, MUTED = "#1d2433", "#2f6fed", "#c3cad9"

plt.rcParams.update({"font.size": 9, "figure.dpi": 120, "axes.edgecolor": MUTED})


def save_figure(figure: Any, file: Path) -> None:
    """Write a figure as a PNG and close it."""
    figure.tight_layout()
    # no date and no version in the file: the same figures give the same bytes
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def draw_confusion(file: Path, mnist: Results, grid: Mapping[Cell, Results]) -> None:
    """Which digit is taken for which."""
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


def draw_grid(file: Path, grid: Mapping[Cell, Results]) -> None:
    """Accuracy in each cell of the grid."""
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


def draw_reliability(file: Path, confidence: Float, correct: NDArray[np.bool_]) -> None:
    """How often answers of a confidence are right."""
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


def draw_confidence(file: Path, digits: Float, non_digits: Float, threshold: float) -> None:
    """How many digits and other drawings are below a confidence."""
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


def draw_mistakes(
    file: Path, grid: Mapping[Cell, Results], rows: int = 6, columns: int = 16
) -> None:
    """The most confident mistakes, one a drawing."""
    worst: dict[int, tuple[float, Any, int, int]] = {}
    for results in grid.values():
        for k in np.flatnonzero(~results.correct):
            confidence = float(results.confidence[k])
            if confidence > worst.get(int(k), (0.0,))[0]:
                answer = int(results.probabilities[k].argmax())
                worst[int(k)] = (confidence, results.pixels[k], results.labels[k], answer)
    draw_ranked(file, list(worst.values()), rows, columns)


def draw_ranked(
    file: Path, mistakes: Sequence[tuple[float, Any, int, int]], rows: int = 6, columns: int = 16
) -> None:
    """The most confident of some mistakes: confidence, pixels, label and answer of each."""
    ranked = sorted(mistakes, key=lambda item: -item[0])[: rows * columns]
    rows = max(1, -(-len(ranked) // columns))
    figure, axes = plt.subplots(rows, columns, figsize=(columns * 0.75, rows * 0.95), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, (confidence, pixels, label, answer) in zip(axes.flat, ranked, strict=False):
        axis.imshow(pixels, cmap="gray_r")
        axis.set_title(f"{label}→{answer} {confidence:.2f}", fontsize=6, color=INK, pad=2)
    save_figure(figure, file)


def draw_training(file: Path, epochs: list[dict[str, float]]) -> None:
    """The loss and the mistakes of each epoch."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.2))
    number = [row["epoch"] for row in epochs]
    left.plot(number, [row["loss"] for row in epochs], color=INK)
    left.set(title="Training loss", xlabel="epoch", xlim=(0, None))
    right.plot(number, [max(100 - row["writers"], 0.01) for row in epochs], color=ACCENT)
    right.set(title="Mistakes on the calibration writers (%)", xlabel="epoch", yscale="log")
    save_figure(figure, file)
