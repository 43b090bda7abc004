"""What wrong labels do to the model (`make bench-loop`)."""

import numpy as np

from benchmarks.drawn import Drawn, held_out_digits, plain
from benchmarks.loop.case import figures_of, in_style, retrained
from benchmarks.sections import table
from digit_recognizer.recognition.model import built_in


def report() -> str:
    """Each attack and what came of it, as Markdown."""
    giving, _ = held_out_digits()
    rng = np.random.default_rng(5)
    random_labels = [
        Drawn(d.canvas, int(rng.integers(10)) if rng.random() < 0.3 else d.label, d.contributor)
        for d in plain(giving, 500, rng)
    ]
    threes = [digit for digit in giving if digit.label == 3]
    flood = [Drawn(d.canvas, 8, "attacker-" + "a" * 16) for d in plain(threes, 2000, rng)]
    honest = in_style("sevens like a V", giving, 40, 1)
    cases = {
        "500 rows, 30 % of the labels drawn by lot": random_labels,
        'one contributor, 2,000 rows "every 3 is an 8"': flood,
        "the same flood, and 40 honest corrections (sevens like a V)": [*flood, *honest],
    }
    lines = [["none: the model before", "", figures_of(built_in())]]
    for name, drawings in cases.items():
        done = retrained(drawings)
        lines.append([name, done.outcome, figures_of(done.served)])
        print(*lines[-1], flush=True)
    return "What came of it, and the figures of the version in service afterwards.\n\n" + table(
        ["rows", "outcome", "in service"], lines
    )
