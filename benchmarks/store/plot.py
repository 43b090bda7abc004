"""The time of a download against the rows that are stored, as docs/download_time.svg."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl

from digit_recognizer.settings import PROJECT

FILE = PROJECT / "docs" / "download_time.svg"


def draw(downloads: Sequence[dict[str, Any]]) -> None:
    """Draw first byte and total time, a line for each number of new rows."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "download"  # the same figures make the same file
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", sharey=True)
    for axis, value, title in zip(
        axes, ("first", "total"), ("first byte", "whole file"), strict=True
    ):
        for new in sorted({step["new"] for step in downloads}):
            steps = [step for step in downloads if step["new"] == new]
            rows = [step["compacted"] for step in steps]
            axis.loglog(rows, [step[value] for step in steps], "o-", label=f"{new:,} new")
        axis.set(xlabel="rows compacted", title=f"Download: {title}")
        axis.grid(visible=True, alpha=0.3)
    axes[0].set_ylabel("seconds")
    axes[1].legend()
    figure.savefig(FILE, metadata={"Date": None})
    plt.close(figure)
