"""The report of a retraining, in Markdown with pictures, kept beside the version."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from training.collected import Collected
from training.examples import NOT_A_DIGIT
from training.gate import Figures, Gain, Limits
from training.report import ACCENT, INK, MUTED, save_figure

Mask = NDArray[np.bool_]

_LOSS = "#d1495b"


@dataclass(frozen=True)
class Story:
    """How a retraining went.

    Attributes:
        before: the figures of the version in service.
        after: those of the new one.
        gained: on rows that it did not learn from.
        strength: how far it went towards the fine-tuned weights.
        objections: why it must not be promoted; none if it may be.
        artefact: the folder of its files.
        believed: which rows were learned from: bool[n].
        asked: which of them say what was gained (those of digits).
        right_before: which rows the version in service names as labelled.
        right_after: which rows models do that did not learn from them.
        answers_before: what the version in service says of each row: int[n].
    """

    before: Figures
    after: Figures
    gained: Gain
    strength: float
    objections: tuple[str, ...]
    artefact: Path
    believed: Mask
    asked: Mask
    right_before: Mask
    right_after: Mask
    answers_before: NDArray[np.int64]


def write_retraining_report(
    folder: Path, version: str, parent: str, collected: Collected, story: Story, limits: Limits
) -> None:
    """Write `report.md` and its pictures into a folder."""
    plt.rcParams.update({"font.size": 9, "figure.dpi": 120, "axes.edgecolor": MUTED})
    _by_label(folder / "by-label.png", collected, story)
    fixed = story.asked & ~story.right_before & story.right_after
    broken = story.asked & story.right_before & ~story.right_after
    doubted = ~story.believed & (story.answers_before != collected.labels)
    drawings = {
        "now-right.png": ("Named as labelled now, and not before", fixed),
        "now-wrong.png": ("Named as labelled before, and not now", broken),
        "doubted.png": ("Labels that are not believed", doubted),
    }
    shown = []
    for name, (title, rows) in drawings.items():
        if rows.any():
            _drawings(folder / name, collected, story, rows)
            shown.append(f"### {title}: {int(rows.sum())}\n\n![{title}]({name})")
    text = _markdown(version, parent, collected, story, limits, "\n\n".join(shown))
    (folder / "report.md").write_text(text, "utf-8")


def _by_label(file: Path, collected: Collected, story: Story) -> None:
    """How many rows of each label are named as labelled, before and after."""
    figure, axis = plt.subplots(figsize=(7.2, 3.0))
    labels = collected.labels[story.asked]
    every = np.bincount(labels, minlength=10)
    for offset, name, right, colour in (
        (-0.2, "before", story.right_before, MUTED),
        (0.2, "after", story.right_after, ACCENT),
    ):
        named = np.bincount(labels, right[story.asked], minlength=10)
        axis.bar(np.arange(10) + offset, named, 0.4, label=name, color=colour)
    axis.step(np.arange(11) - 0.5, [*every, every[-1]], where="post", color=INK, label="rows")
    axis.set(
        title="Rows of feedback named as labelled, by models that did not learn from them",
        xlabel="label",
        ylabel="rows",
        xticks=range(10),
    )
    axis.legend(frameon=False)
    save_figure(figure, file)


def _drawings(
    file: Path, collected: Collected, story: Story, rows: Mask, at_most: int = 48
) -> None:
    chosen = np.flatnonzero(rows)[:at_most]
    columns = 12
    lines = -(-len(chosen) // columns)
    figure, axes = plt.subplots(lines, columns, figsize=(9, lines * 0.95), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, row in zip(axes.flat, chosen, strict=False):
        axis.imshow(collected.pixels[row], cmap="gray_r")
        label = _name(int(collected.labels[row]))
        title = f"{label}, was {story.answers_before[row]}"
        axis.set_title(title, fontsize=6, color=INK if story.right_after[row] else _LOSS, pad=2)
    save_figure(figure, file)


def _name(label: int) -> str:
    return "no digit" if label == NOT_A_DIGIT else str(label)


def _markdown(
    version: str, parent: str, collected: Collected, story: Story, limits: Limits, drawings: str
) -> str:
    before, after, g = story.before, story.after, story.gained
    verdict = (
        "**Refused.**\n\n" + "\n".join(f"- {why}" for why in story.objections)
        if story.objections
        else "**Promoted**: it gained on feedback, and lost nothing beyond the limits."
    )
    left_out = "".join(f"| left out: {why} | {n} |\n" for why, n in collected.left_out.items() if n)
    confusions = _confusions(collected, story)
    return f"""# Retraining: {version}

It goes on from {parent}. {verdict}

| what | {parent} | {version} | may lose |
| --- | --- | --- | --- |
| rows of feedback that it did not learn from ({g.rows}) | {g.before:.2f} % | {g.after:.2f} % | must gain: {g.after - g.before:+.2f} points, 95 %: {g.low:+.2f} … {g.high:+.2f} |
| MNIST's test pictures | {before.mnist_accuracy:.2f} % | {after.mnist_accuracy:.2f} % | {limits.mnist:g} |
| held-out writers, mean | {before.writers_accuracy:.2f} % | {after.writers_accuracy:.2f} % | {limits.writers:g} |
| held-out writers, worst cell | {before.writers_worst_cell_accuracy:.2f} % | {after.writers_worst_cell_accuracy:.2f} % | {limits.worst_cell:g} |
| calibration error | {before.calibration_error:.4f} | {after.calibration_error:.4f} | at most {limits.calibration_error:g} |
| digits against other drawings, area under the ROC curve | {before.non_digit_auc:.4f} | {after.non_digit_auc:.4f} | {limits.non_digit_auc:g} |

Rows were predicted by models that had not learned from them (cross-validation, by whole
contributors where there are several). Of the way from the old weights to the fine-tuned ones
{100 * story.strength:.0f} % were gone.

## What it learned from

| rows | |
| --- | --- |
| in the store | {collected.rows} |
{left_out}| looked at | {len(collected.labels)} |
| believed and learned from | {int(story.believed.sum())} |
| of these, labelled "not a digit" | {int((story.believed & ~collected.is_digit).sum())} |
| contributors | {len(set(collected.contributors.tolist()))} |

![Rows by label](by-label.png)

## Which digit was taken for which

{confusions}

## Drawings

{drawings}
"""


def _confusions(collected: Collected, story: Story) -> str:
    """The commonest confusions before, and what is left of them."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero(story.asked & ~story.right_before):
        pair = int(collected.labels[row]), int(story.answers_before[row])
        counts = pairs.setdefault(pair, [0, 0])
        counts[0] += 1
        counts[1] += int(not story.right_after[row])
    if not pairs:
        return "None: the version in service named every row as labelled."
    ranked = sorted(pairs.items(), key=lambda item: -item[1][0])[:12]
    lines = [f"| {label} | {answer} | {n} | {left} |" for (label, answer), (n, left) in ranked]
    head = (
        "| label | answer before | rows | still not named as labelled |\n| --- | --- | --- | --- |"
    )
    return "\n".join([head, *lines])
