"""Ten honest nights in a row, on one store (`make bench-loop`).

Each night other browsers bring a style that the model misreads, and some confirm ordinary
drawings; on the nights after the last style only these. Judged on drawings of other writers.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.drawn import Drawn, held_out_digits, plain
from benchmarks.loop.case import figures_of, in_style, misread, nights, right
from benchmarks.sections import table
from digit_recognizer.recognition.model import Model, built_in
from training.datasets.pen_digits import PenDigit
from training.drawings.styles import STYLES

NIGHTS = 10

_CORRECTIONS = 40
_CONFIRMED = 50
_JUDGING = 300
_TRIED = 4000  # drawings in a style, among which corrections are looked for


def report() -> str:
    """What is read after each night, as Markdown."""
    giving, judging = held_out_digits()
    unseen = {name: in_style(name, judging, _JUDGING, 2) for name in STYLES}
    brought = [name for name in STYLES if right(built_in(), unseen[name]) < 99]
    days = [_day(k, brought[k] if k < len(brought) else None, giving) for k in range(NIGHTS)]
    lines = [["before", "", *_read(unseen, brought, built_in()), figures_of(built_in())]]
    for k, night in enumerate(nights(days)):
        name = brought[k] if k < len(brought) else "ordinary drawings"
        read = _read(unseen, brought, night.served)
        lines.append([f"{k + 1}: {name}", night.outcome, *read, figures_of(night.served)])
        print(*lines[-1], f"{night.seconds:.0f} s", flush=True)
    return (
        f"Each night {_CORRECTIONS} corrections in the style that is named and {_CONFIRMED}"
        f" ordinary drawings, confirmed. Right answers (%) of the version in service on {_JUDGING}"
        " drawings in each style by other writers, then its figures elsewhere.\n\n"
        + table(["night", "outcome", *brought, "elsewhere"], lines)
    )


def _day(k: int, style: str | None, giving: Sequence[PenDigit]) -> list[Drawn]:
    drawn = plain(giving, _CONFIRMED, np.random.default_rng(k))
    if style is not None:
        drawn += misread(built_in(), in_style(style, giving, _TRIED, 1))[:_CORRECTIONS]
    return [replace(each, day=k, contributor=f"{each.contributor}-{k}") for each in drawn]


def _read(unseen: dict[str, list[Drawn]], styles: Sequence[str], model: Model) -> list[str]:
    return [f"{right(model, unseen[name]):.1f}" for name in styles]
