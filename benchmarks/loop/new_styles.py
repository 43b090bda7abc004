"""How many corrections a new style takes (`make bench-loop`; CORRECTIONS="10 40" says how many)."""

import os
from collections.abc import Sequence

import numpy as np

from benchmarks.drawn import Drawn, held_out_digits, plain
from benchmarks.loop.case import figures_of, in_style, misread, retrained, right
from benchmarks.sections import table
from digit_recognizer.recognition.model import built_in
from training.datasets.pen_digits import PenDigit
from training.drawings.styles import STYLES

CORRECTIONS = tuple(map(int, os.environ.get("CORRECTIONS", "10 40 160").split()))

_JUDGING = 300  # drawings of writers other than those who correct
_CONFIRMED = 50  # ordinary drawings that are confirmed meanwhile
_TRIED = 4000  # drawings in a style, among which corrections are looked for


def report() -> str:
    """Right answers before and after, by style, as Markdown."""
    giving, judging = held_out_digits()
    lines = []
    for name in STYLES:
        unseen = in_style(name, judging, _JUDGING, 2)
        to_correct = misread(built_in(), in_style(name, giving, _TRIED, 1))
        line = [name, f"{right(built_in(), unseen):.1f}"]
        served = built_in()
        for n in CORRECTIONS:
            if len(to_correct) < n:
                line.append("not enough")
                continue
            done = retrained([*to_correct[:n], *_confirmed(giving)])
            served = done.served
            mark = "✓" if done.outcome == "promoted" else "–"
            line.append(f"{right(served, unseen):.1f} {mark}")
            print(name, n, line[-1], f"{done.seconds:.0f} s", figures_of(served), flush=True)
        lines.append([*line, figures_of(served)])
    return (
        f"Right answers (%) on {_JUDGING} drawings in a style by writers other than those who"
        f" correct: before, and after one `make retrain` on so many corrections and"
        f" {_CONFIRMED} ordinary drawings that were confirmed. A correction is a drawing in the"
        f' style that the model misreads; "not enough": of {_TRIED} drawings it misreads fewer.'
        " ✓ promoted, – refused by the gate. To reach: 95 at 40. Last, the figures of the last"
        f" version in service; before: {figures_of(built_in())} (of writers, the gate"
        " judges on fewer digits than the model card).\n\n"
        + table(["style", "before", *map(str, CORRECTIONS), "elsewhere"], lines)
    )


def _confirmed(digits: Sequence[PenDigit]) -> list[Drawn]:
    return plain(digits, _CONFIRMED, np.random.default_rng(3))
