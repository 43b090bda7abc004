"""What is left of bad rows once they are taken back (`make bench-loop`)."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.drawn import Drawn, held_out_digits
from benchmarks.loop.attacks import ORDINARY, clean_drawings, harm, no_digits, right_of_each
from benchmarks.loop.case import Retrained, one_night, retrained, save
from benchmarks.sections import table
from digit_recognizer.recognition.model import built_in
from digit_recognizer.rows import arrivals
from digit_recognizer.store.opening import open_store


def report() -> str:
    """A flood that is learned, then taken back; beside it the same day without it, as Markdown."""
    giving, judging = held_out_digits()
    clean = clean_drawings(judging)
    (day,) = no_digits(giving, np.random.default_rng(5))
    bad = [each for each in day if each.label == "NaN"]
    honest = [each for each in day if each.label != "NaN"]
    learned, unlearned = _learned_and_unlearned(bad, honest)
    anchor = right_of_each(built_in(), clean)
    lines = [["none: the anchor", "", "", f"{anchor[ORDINARY]:.1f}"]]
    for name, done in [
        (f"{len(bad)} bad ones and {len(honest)} honest corrections", learned),
        ("the bad ones taken back, one retraining", unlearned),
        ("had they never come", retrained(honest)),
    ]:
        lines.append([name, done.outcome, *harm(anchor, right_of_each(done.served, clean))])
        print(*lines[-1], flush=True)
    return (
        "The flood of drawings that are said to be no digit, from the attacks. Then the clean"
        " family that lost most against the anchor (%), and what is read of ordinary drawings.\n\n"
        + table(["rows", "outcome", "worst family", "ordinary"], lines)
    )


def _learned_and_unlearned(
    bad: Sequence[Drawn], honest: Sequence[Drawn]
) -> tuple[Retrained, Retrained]:
    with tempfile.TemporaryDirectory() as folder:
        url = Path(folder).as_uri()
        ids = asyncio.run(save(open_store(url), bad))
        asyncio.run(save(open_store(url), honest))
        learned = one_night(url)
        asyncio.run(_take_back(url, ids))
        return learned, one_night(url)


async def _take_back(url: str, ids: Sequence[str]) -> None:
    store = open_store(url)
    for id_ in ids:
        await arrivals.take_back(store, id_)
