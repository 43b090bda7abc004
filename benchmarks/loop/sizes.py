"""What a retraining takes, by the number of rows (`make bench-loop`)."""

import numpy as np

from benchmarks.drawn import held_out_digits, plain
from benchmarks.loop.case import in_style, retrained
from benchmarks.sections import table

ROWS = (100, 1000, 10_000)


def report() -> str:
    """Time and memory, as Markdown."""
    giving, _ = held_out_digits()
    lines = []
    for n in ROWS:
        new = in_style("sevens like a V", giving, n // 4, 1)
        done = retrained([*new, *plain(giving, n - n // 4, np.random.default_rng(n))])
        line = [f"{n:,}", f"{done.seconds:.0f}", f"{done.megabytes:,.0f}", done.outcome]
        print(*line, flush=True)
        lines.append(line)
    return (
        "A quarter of the rows are in a new style. The pictures that judge and are replayed were"
        " there from an earlier retraining, if it is not the first of this machine.\n\n"
        + table(["rows", "seconds (to reach at 1,000: 300)", "memory, MB", "outcome"], lines)
    )
