"""Contact sheets of the styles, as a model was shown them and named them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import pyplot as plt

from training.drawings.styles import HELD_OUT_STYLES, TRAINING_STYLES
from training.evaluation.plots import INK, draw_ranked, save_figure
from training.evaluation.strange import Styled

_WRONG = "#d1495b"
_COLUMNS = 16


def draw_styles(file: Path, styled: Mapping[str, Styled]) -> None:
    """A line for each style, with its name; what is named wrongly has its answer in red."""
    names = [style.name for style in (*TRAINING_STYLES, *HELD_OUT_STYLES)]
    height = 0.62 * len(names)
    figure, axes = plt.subplots(len(names), _COLUMNS, figsize=(11, height), squeeze=False)
    for name, line in zip(names, axes, strict=True):
        results = styled[name].results
        shown = np.linspace(0, len(results.labels) - 1, _COLUMNS).astype(int)
        for axis, k in zip(line, shown, strict=True):
            axis.axis("off")
            axis.imshow(results.pixels[k], cmap="gray_r")
            if not results.correct[k]:
                answer = int(results.probabilities[k].argmax())
                axis.set_title(
                    f"{answer} {results.confidence[k]:.2f}", fontsize=6, color=_WRONG, pad=1
                )
        held_out = name in {style.name for style in HELD_OUT_STYLES}
        text = f"{name}{' (held out)' if held_out else ''}"
        line[0].text(-4, 14, text, ha="right", va="center", fontsize=7, color=INK)
    save_figure(figure, file)


def draw_style_mistakes(file: Path, styled: Mapping[str, Styled]) -> None:
    """The most confident mistakes on all styles."""
    mistakes: list[tuple[float, Any, int, int]] = []
    for each in styled.values():
        results = each.results
        mistakes += [
            (
                float(results.confidence[k]),
                results.pixels[k],
                results.labels[k],
                int(results.probabilities[k].argmax()),
            )
            for k in np.flatnonzero(~results.correct)
        ]
    draw_ranked(file, mistakes)
