"""The report of a retraining, in Markdown with pictures, kept beside the version."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from digit_recognizer.recognition.arrays import Mask
from training.datasets.mnist import NOT_A_DIGIT
from training.evaluation.plots import ACCENT, INK, MUTED, save_figure
from training.retraining.collected import Collected
from training.retraining.gate import Limits
from training.retraining.judges import Judged
from training.retraining.story import Story

_LOSS = "#d1495b"


def write_retraining_report(
    version: str, parent: str, collected: Collected, story: Story, limits: Limits
) -> None:
    """Write `report.md` and its pictures beside the version's files.

    Args:
        version: the new one.
        parent: the version in service.
        collected: the rows.
        story: how it went.
        limits: what the new version may lose.
    """
    folder = story.attempt.artefact
    _by_label(folder / "by-label.png", collected, story)
    sections = [
        _heading(version, parent, story),
        _compared(version, parent, story, limits),
        _learned_from(collected, story),
        f"## Which digit was taken for which\n\n{_confusions(collected, story)}",
        f"## Drawings\n\n{_all_drawings(folder, collected, story)}",
    ]
    (folder / "report.md").write_text("\n\n".join(sections) + "\n", "utf-8")


def _by_label(file: Path, collected: Collected, story: Story) -> None:
    """How many rows of each label are named as labelled, before and after."""
    figure, axis = plt.subplots(figsize=(7.2, 3.0))
    labels = collected.labels[story.evidence]
    every = np.bincount(labels, minlength=10)
    for offset, name, right, colour in (
        (-0.2, "before", story.right_before, MUTED),
        (0.2, "after", story.attempt.right, ACCENT),
    ):
        counts = np.bincount(labels, right[story.evidence], minlength=10)
        axis.bar(np.arange(10) + offset, counts, 0.4, label=name, color=colour)
    axis.step(np.arange(11) - 0.5, [*every, every[-1]], where="post", color=INK, label="rows")
    axis.set(
        title="Rows of feedback named as labelled, by models that did not learn from them",
        xlabel="label",
        ylabel="rows",
        xticks=range(10),
    )
    axis.legend(frameon=False)
    save_figure(figure, file)


def _all_drawings(folder: Path, collected: Collected, story: Story) -> str:
    """Draw the rows that changed sides and those that are not believed; the links to them."""
    right, evidence = story.attempt.right, story.evidence
    drawings = {
        "now-right.png": (
            "Named as labelled now, and not before",
            evidence & ~story.right_before & right,
        ),
        "now-wrong.png": (
            "Named as labelled before, and not now",
            evidence & story.right_before & ~right,
        ),
        "doubted.png": (
            "Labels that are not believed",
            ~story.believed & (story.answers_before != collected.labels),
        ),
    }
    links = []
    for name, (title, rows) in drawings.items():
        if rows.any():
            _drawings(folder / name, collected, story, rows)
            links.append(f"### {title}: {int(rows.sum())}\n\n![{title}]({name})")
    return "\n\n".join(links)


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
        axis.set_title(title, fontsize=6, color=INK if story.attempt.right[row] else _LOSS, pad=2)
    save_figure(figure, file)


def _name(label: int) -> str:
    return "no digit" if label == NOT_A_DIGIT else str(label)


def _heading(version: str, parent: str, story: Story) -> str:
    verdict = (
        "**Refused.**\n\n" + "\n".join(f"- {why}" for why in story.attempt.objections)
        if story.attempt.objections
        else "**Promoted**: it gained on feedback, and lost nothing beyond the limits."
    )
    forgets = (
        f" {story.forgets} rows are gone that {parent} had learned from: it goes, for what was made"
        " without them if that is better than the anchor, else for the anchor."
        if story.forgets
        else ""
    )
    return f"# Retraining: {version}\n\nIn service is {parent}.{forgets} {verdict}"


def _compared(version: str, parent: str, story: Story, limits: Limits) -> str:
    """Its figures beside those of the version in service and of the anchor, and the limits."""
    gain, after = story.attempt.gain, story.attempt.judged
    anchor, before = story.before.anchor, story.before.parent or story.before.anchor

    def line(what: str, of: Callable[[Judged], float], form: str, may: str) -> str:
        cells = " | ".join(format(of(each), form) for each in (anchor, before, after))
        return f"| {what} | {cells} | {may} |"

    def both(name: str) -> str:
        return f"{getattr(limits.night, name):g}, in all {getattr(limits.total, name):g}"

    figures = {
        "MNIST's test pictures": ("mnist_accuracy", ".2f", both("mnist")),
        "held-out writers, mean": ("writers_accuracy", ".2f", both("writers")),
        "held-out writers, worst cell": (
            "writers_worst_cell_accuracy",
            ".2f",
            both("worst_cell"),
        ),
        "strange styles by held-out writers": ("styles_accuracy", ".2f", both("styles")),
        "calibration error": (
            "calibration_error",
            ".4f",
            f"at most {limits.calibration_error:g}",
        ),
        "digits against other drawings, area under the ROC curve": (
            "non_digit_auc",
            ".4f",
            both("non_digit_auc"),
        ),
    }
    lines = [
        f"| what | anchor | {parent} | {version} | may lose |",
        "| --- | --- | --- | --- | --- |",
        f"| rows of feedback that it did not learn from ({gain.rows}) | | {gain.before:.2f} |"
        f" {gain.after:.2f} | must gain: {gain.after - gain.before:+.2f} points, 95 %:"
        f" {gain.low:+.2f} … {gain.high:+.2f}, by chance {gain.chance:.4f} |",
        *(line(what, _figure(name), form, may) for what, (name, form, may) in figures.items()),
    ]
    more, less = f"{limits.sure_mistakes:g} more in all", f"{limits.probe:g} in all"
    lines += [line(f"wrong and sure: {n}", _mistakes(n), ".2f", more) for n in anchor.sure_mistakes]
    lines += [line(name, _probe(name), ".2f", less) for name in anchor.probes]
    return (
        "\n".join(lines)
        + f"""

In percent, where nothing else is said. Rows were predicted by models that had learned neither from
them nor from anything of their contributors (cross-validation). Of the way from the anchor's weights
to the fine-tuned ones {100 * story.attempt.strength:.0f} % were gone."""
    )


def _figure(name: str) -> Callable[[Judged], float]:
    return lambda of: float(getattr(of.figures, name))


def _mistakes(name: str) -> Callable[[Judged], float]:
    return lambda of: of.sure_mistakes[name]


def _probe(name: str) -> Callable[[Judged], float]:
    return lambda of: of.probes[name]


def _learned_from(collected: Collected, story: Story) -> str:
    left_out = "".join(f"| left out: {why} | {n} |\n" for why, n in collected.left_out.items() if n)
    return f"""## What it learned from

| rows | |
| --- | --- |
| in the store | {collected.rows} |
{left_out}| looked at | {len(collected.labels)} |
| believed and learned from | {int(story.believed.sum())} |
| of these, labelled "not a digit" | {int((story.believed & ~collected.is_digit).sum())} |
| contributors | {len(set(collected.contributors.tolist()))} |

![Rows by label](by-label.png)"""


def _confusions(collected: Collected, story: Story) -> str:
    """The commonest confusions before, and what is left of them."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero(story.evidence & ~story.right_before):
        pair = int(collected.labels[row]), int(story.answers_before[row])
        counts = pairs.setdefault(pair, [0, 0])
        counts[0] += 1
        counts[1] += int(not story.attempt.right[row])
    if not pairs:
        return "None: the version in service named every row as labelled."
    ranked = sorted(pairs.items(), key=lambda item: -item[1][0])[:12]
    lines = [f"| {label} | {answer} | {n} | {left} |" for (label, answer), (n, left) in ranked]
    head = (
        "| label | answer before | rows | still not named as labelled |\n| --- | --- | --- | --- |"
    )
    return "\n".join([head, *lines])
