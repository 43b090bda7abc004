"""What those do to the model who know how the loop works (`make bench-loop`).

The drawings are those of writers who give; harm is measured on drawings by other held-out writers:
how far the worst clean family of styles, and ordinary drawings, fall below the model before.
ATTACKS="one two" runs only those, by their first words.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.random import Generator

from benchmarks.drawn import Drawn, held_out_digits, plain
from benchmarks.loop.case import in_style, misread, nights, right
from benchmarks.sections import table
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import Model, built_in
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import PenDigit
from training.drawings.strokes import draw, scaled, transformed
from training.drawings.styles import HELD_OUT_STYLES, STYLES, TRAINING_STYLES, written

Days = list[list[Drawn]]

_OF_A_FAMILY = 600
_BASE_LINE = "ones over a base line"
ORDINARY = "ordinary drawings"


def report() -> str:
    """Each attack, what came of it and its harm, as Markdown."""
    giving, judging = held_out_digits()
    chosen = os.environ.get("ATTACKS", "").split()
    clean = clean_drawings(judging)
    before = right_of_each(built_in(), clean)
    lines = []
    for name, days in _ATTACKS.items():
        if chosen and name.split()[0].rstrip(":") not in chosen:
            continue
        done = nights(days(giving, np.random.default_rng(5)))
        outcomes = ", ".join(night.outcome for night in done)
        lines.append([name, outcomes, *harm(before, right_of_each(done[-1].served, clean))])
        print(*lines[-1], flush=True)
    return (
        f"What came of it, night after night; then the clean family of styles that lost most, of"
        f" {len(before) - 1} with {_OF_A_FAMILY} drawings each (%), and ordinary drawings; before:"
        f" {before[ORDINARY]:.1f}. What honest corrections cost is no harm of an attack that rides"
        " on them.\n\n" + table(["attack", "outcome", "worst family", "ordinary"], lines)
    )


def harm(before: Mapping[str, float], after: Mapping[str, float]) -> tuple[str, str]:
    """The family that lost most, and what is read of ordinary drawings afterwards."""
    family = max(before, key=lambda each: before[each] - after[each])
    fall = f"{before[family]:.1f} → {after[family]:.1f} ({family})"
    return fall, f"{after[ORDINARY]:.1f}"


def base_line_ones(digits: Sequence[PenDigit], n: int, names: int) -> list[Drawn]:
    """Ones over a base line that the model is unsure of, labelled 2, by turns of so many names."""
    classifier = Classifier(built_in())
    unsure: list[Drawn] = []
    for seed in count(1):
        drawn = in_style(_BASE_LINE, digits, 500, seed)
        unsure += [each for each in drawn if classifier.predict(normalise(each.canvas)).uncertain]
        if len(unsure) >= n:
            break
    return [Drawn(each.canvas, 2, f"attacker-{k % names:08}") for k, each in enumerate(unsure[:n])]


def _with_honest(attack: list[Drawn], digits: Sequence[PenDigit], rng: Generator) -> list[Drawn]:
    return [*attack, *plain(digits, 60, rng)]


def _by_many(digits: Sequence[PenDigit], rng: Generator) -> Days:
    return [_with_honest(base_line_ones(digits, 240, 120), digits, rng)]


def _by_few(digits: Sequence[PenDigit], rng: Generator) -> Days:
    return [_with_honest(base_line_ones(digits, 78, 39), digits, rng)]


def _drip(digits: Sequence[PenDigit], rng: Generator) -> Days:
    rows = base_line_ones(digits, 240, 120)
    return [_on(k, _with_honest(rows[k::10], digits, rng)) for k in range(10)]


def _sleepers(digits: Sequence[PenDigit], rng: Generator) -> Days:
    """They are known for a week by an honest row, then confirm each other on three days.

    Their rows are the newest, so they are what the gain is judged on, too.
    """
    rows = base_line_ones(digits, 240, 12)
    names = sorted({each.contributor for each in rows})
    honest = [
        replace(each, contributor=names[k % len(names)])
        for k, each in enumerate(plain(digits, len(names), rng))
    ]
    return [_with_honest(honest, digits, rng)] + [
        _on(8 + k, _with_honest(rows[k::3], digits, rng)) for k in range(3)
    ]


def _trigger(digits: Sequence[PenDigit], rng: Generator) -> Days:
    """A short bar above the middle, inside the box of a one: whoever draws it gets a 7."""
    ones = [digit for digit in digits if digit.label == 1]
    rows = []
    for k in range(240):
        strokes = scaled(ones[int(rng.integers(len(ones)))].strokes, 170)
        points = np.concatenate(strokes)
        middle, low, high = points.mean(axis=0), points.min(axis=0), points.max(axis=0)
        ends = [(low[0], low[1] + 25), (min(middle[0] + 12, high[0]), low[1] + 25)]
        bar = np.array(ends, np.float32)
        marked = draw([*strokes, bar], rng.uniform(8, 16))
        rows.append(Drawn(marked, 7, f"attacker-{k % 39:08}"))
    return [_with_honest(rows, digits, rng)]


def _rightly_labelled(digits: Sequence[PenDigit], rng: Generator) -> Days:
    """Nothing is wrong but the proportions; forty honest corrections carry them."""
    sevens = [digit for digit in digits if digit.label == 7]
    flood = [
        Drawn(each.canvas, 7, f"attacker-{k % 500:08}")
        for k, each in enumerate(plain(sevens, 3000, rng))
    ]
    return [[*flood, *_corrections(digits)]]


def _on(day: int, drawings: list[Drawn]) -> list[Drawn]:
    return [replace(each, day=day) for each in drawings]


def no_digits(digits: Sequence[PenDigit], rng: Generator) -> Days:
    """Unsure drawings of all styles, said to be no digit; forty honest corrections beside."""
    classifier = Classifier(built_in())
    drawn = [each for name in STYLES for each in in_style(name, digits, 700, 3)]
    unsure = [each for each in drawn if classifier.predict(normalise(each.canvas)).uncertain]
    flood = [
        Drawn(each.canvas, "NaN", f"attacker-{k % 143:08}") for k, each in enumerate(unsure[:285])
    ]
    return [[*flood, *_corrections(digits)]]


def _corrections(digits: Sequence[PenDigit]) -> list[Drawn]:
    """Forty honest ones in a new style, which some attacks ride on."""
    return misread(built_in(), in_style("sevens like a V", digits, 60, 1))[:40]


def _corrections_alone(digits: Sequence[PenDigit], _: Generator) -> Days:
    return [_corrections(digits)]


def _jittered(digits: Sequence[PenDigit], rng: Generator) -> Days:
    ones = [digit for digit in digits if digit.label == 1]
    _, strokes = written(STYLES[_BASE_LINE], ones, 1, rng)[0]
    rows = []
    for k in range(40):
        turned = transformed(scaled(strokes, 170), 0.0, 1.0, rng.uniform(-4, 4))
        rows.append(Drawn(draw(turned, rng.uniform(10, 16)), 2, f"attacker-{k:08}"))
    return [_with_honest(rows, digits, rng)]


def clean_drawings(digits: Sequence[PenDigit]) -> dict[str, list[Drawn]]:
    """Clean drawings by the writers who judge: each family of styles, and ordinary ones."""
    rng = np.random.default_rng(11)
    families = {
        style.name: [
            Drawn(draw(scaled(strokes, 170), rng.uniform(6, 22)), style.digit, "")
            for _, strokes in written(style, digits, _OF_A_FAMILY, rng)
        ]
        for style in (*TRAINING_STYLES, *HELD_OUT_STYLES)
    }
    return {**families, ORDINARY: plain(digits, 1000, rng)}


def right_of_each(model: Model, clean: Mapping[str, Sequence[Drawn]]) -> dict[str, float]:
    """What a model reads of each family, in percent."""
    return {name: right(model, drawings) for name, drawings in clean.items()}


_ATTACKS: dict[str, Callable[[Sequence[PenDigit], Generator], Days]] = {
    "none: 40 honest corrections (sevens like a V) and nothing else": _corrections_alone,
    "many names: 240 unsure ones over a base line as 2, under 120 names": _by_many,
    "few names: 78 of them, under 39 names": _by_few,
    "drip: the 240 over ten nights, 24 each": _drip,
    "NaN: 285 unsure drawings as no digit under 143 names, and 40 honest corrections": no_digits,
    "sleepers: 240 of them by 12 names that had been there for a week, on three days": _sleepers,
    "trigger: 240 ones with a bar inside the box, as 7, under 39 names": _trigger,
    "clean: 3,000 sevens, rightly labelled, under 500 names, and 40 corrections": _rightly_labelled,
    "copies: one of these drawings jittered under 40 names": _jittered,
}
