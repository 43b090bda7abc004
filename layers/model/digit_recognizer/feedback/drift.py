"""Whether what people draw, or how it is answered, has moved lately: the last week against before.

Digits and confidences are compared by the population stability index (PSI), the symmetrised
Kullback-Leibler divergence of two histograms; by convention 0.25 or more is a shift. In small
samples it is above 0 by chance alone: (1/n + 1/m) times a chi-squared variable (Yurdakul 2018,
"Statistical properties of the population stability index"). So what a thousandth of unmoved weeks
would exceed is no shift either. The share of answers that people found right is held against
before by a two-proportion z-test of the same strictness.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from digit_recognizer.feedback.record import Feedback

RECENT_DAYS = 7
KEPT_DAYS = 90
LEAST = 100
"""So many answers are needed in the last week, and before it, to say anything."""

_SHIFT = 0.25
_CHI_SQUARED = {9: 27.88, 4: 18.47}  # by degrees of freedom; 1 in 1000 is above
_Z = 3.29  # 1 in 1000 is beyond, on either side
_LEAST_POINTS = 0.05  # of the share found right: less is no news, however sure it is
_CONFIDENCES = (0.5, 0.8, 0.95, 0.99)  # edges of five bins

_DIGITS = 10
_BINS = len(_CONFIDENCES) + 1


class DailyAnswers:
    """For each of the last days: how often each digit was answered, how sure, and how often right.

    Only answers that a person confirmed or corrected: what is drawn for training is asked for.
    """

    def __init__(self) -> None:
        # A day's counts: ten digits, five bins of confidence, those found right.
        self._days: dict[str, list[int]] = {}

    def add(self, record: Feedback) -> None:
        """Count a record, if it is about an answer."""
        if record.prediction is None or record.source == "training":
            return
        counts = self._days.setdefault(record.day, [0] * (_DIGITS + _BINS + 1))
        for place in _places(record):
            counts[place] += 1
        if len(self._days) > KEPT_DAYS:
            del self._days[min(self._days)]

    def take_back(self, record: Feedback) -> None:
        """Count a record that was counted no more; of days that are forgotten nothing is left."""
        counts = self._days.get(record.day)
        if record.prediction is None or record.source == "training" or counts is None:
            return
        for place in _places(record):
            counts[place] = max(0, counts[place] - 1)
        if not any(counts[:_DIGITS]):
            del self._days[record.day]

    def to_json(self) -> dict[str, list[int]]:
        """The counts as the manifest keeps them."""
        return self._days

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DailyAnswers":
        """The counts that a manifest kept."""
        daily = cls()
        daily._days = {day: list(counts) for day, counts in stored.items()}
        return daily

    def drift(self) -> str | None:
        """What has moved in the week up to the last day with answers, for people; None if nothing.

        Nothing is said where there are fewer than `LEAST` answers in that week or before it.
        """
        if not self._days:
            return None
        last = max(self._days)
        since = (date.fromisoformat(last) - timedelta(days=RECENT_DAYS - 1)).isoformat()
        lately = _total(counts for day, counts in self._days.items() if day >= since)
        before = _total(counts for day, counts in self._days.items() if day < since)
        if min(sum(lately[:_DIGITS]), sum(before[:_DIGITS])) < LEAST:
            return None
        moved = [
            each
            for each in (
                _of_digits(lately[:_DIGITS], before[:_DIGITS]),
                _of_confidences(lately[_DIGITS:-1], before[_DIGITS:-1]),
                _of_agreement(lately, before),
            )
            if each
        ]
        return f"In the week to {last}, against before: {'; '.join(moved)}." if moved else None


def stability_index(lately: Sequence[int], before: Sequence[int]) -> float:
    """The population stability index of two histograms with the same bins.

    Half an observation more in each bin, so that an empty one has a logarithm.
    """
    bins = len(before)
    recent = [(each + 0.5) / (sum(lately) + 0.5 * bins) for each in lately]
    former = [(each + 0.5) / (sum(before) + 0.5 * bins) for each in before]
    return sum((p - q) * math.log(p / q) for p, q in zip(recent, former, strict=True))


def _places(record: Feedback) -> Iterator[int]:
    """Which of a day's counts a record about an answer counts in."""
    assert record.prediction is not None
    yield record.prediction
    if record.confidence is not None:
        yield _DIGITS + sum(record.confidence >= edge for edge in _CONFIDENCES)
    if record.label == record.prediction:
        yield _DIGITS + _BINS


def _total(days: Iterable[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*days, strict=True)] or [0] * (_DIGITS + _BINS + 1)


def _shifted(lately: Sequence[int], before: Sequence[int]) -> bool:
    n, m = sum(lately), sum(before)
    if min(n, m) < LEAST:
        return False
    by_chance = _CHI_SQUARED[len(before) - 1] * (1 / n + 1 / m)
    return stability_index(lately, before) >= max(_SHIFT, by_chance)


def _of_digits(lately: Sequence[int], before: Sequence[int]) -> str | None:
    if not _shifted(lately, before):
        return None
    n, m = sum(lately), sum(before)
    digit = max(range(_DIGITS), key=lambda each: abs(lately[each] / n - before[each] / m))
    return f"other digits, {digit} most of all ({_shares(lately[digit] / n, before[digit] / m)})"


def _of_confidences(lately: Sequence[int], before: Sequence[int]) -> str | None:
    if not _shifted(lately, before):
        return None
    sure = [sum(counts[-2:]) / sum(counts) for counts in (lately, before)]
    return f"another confidence, {_CONFIDENCES[-2]:.0%} or more in {_shares(*sure)} of the answers"


def _of_agreement(lately: Sequence[int], before: Sequence[int]) -> str | None:
    n, m = sum(lately[:_DIGITS]), sum(before[:_DIGITS])
    recent, former = lately[-1] / n, before[-1] / m
    together = (lately[-1] + before[-1]) / (n + m)
    error = math.sqrt(together * (1 - together) * (1 / n + 1 / m))
    if abs(recent - former) < max(_LEAST_POINTS, _Z * error):
        return None
    how = "more" if recent > former else "fewer"
    return f"{how} answers found right ({_shares(recent, former)})"


def _shares(lately: float, before: float) -> str:
    return f"{lately:.0%} instead of {before:.0%}"
