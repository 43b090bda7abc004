"""What the feedback amounts to: counts, a mean picture a digit, the latest drawings.

They are kept with the manifest and brought up to date with every compaction, so that nobody
reads all rows to count them.
"""

import struct
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Any

from digit_recognizer.feedback.drift import DailyAnswers
from digit_recognizer.feedback.places import Places
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.ids import hashed_id, milliseconds_of
from digit_recognizer.pixels import PIXELS, data_url

RECENT = 60

# One integer holds the sums of all 784 pixels, 64 bits each: adding a picture is one addition.
_LANE = 8
_SUMS = struct.Struct(f"<{PIXELS}Q")


class Tally:
    """Counts and sums of a set of records, to which more can be added.

    Attributes:
        rows: how many records.
        labels: how many of each label, "0" to "9" and "NaN".
        sources: how many of each source.
        days: how many were received on each day, yyyy-mm-dd.
        confusion: by prediction ("0" to "9"), how many of each label.
        answers: of the last days, to see what moves.
        places: in the file, that rows have left which were taken back.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.labels: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()
        self.days: Counter[str] = Counter()
        self.confusion: dict[str, Counter[str]] = {}
        self.answers = DailyAnswers()
        self.places = Places()
        self._sums: dict[str, int] = {}
        self._recent: deque[Feedback | dict[str, Any]] = deque(maxlen=RECENT)

    def add(self, record: Feedback) -> None:
        """Count a record."""
        label = str(record.label)
        self.rows += 1
        self.labels[label] += 1
        self.sources[record.source] += 1
        self.days[record.day] += 1
        if record.prediction is not None:
            self.confusion.setdefault(str(record.prediction), Counter())[label] += 1
        self.answers.add(record)
        self._sums[label] = self._sums.get(label, 0) + _lanes(record.pixels)
        self._recent.append(record)

    def take_back(self, record: Feedback) -> None:
        """Count a record that was counted no more; the pixels must be those that were."""
        label = str(record.label)
        self.rows -= 1
        _one_less(self.labels, label)
        _one_less(self.sources, record.source)
        _one_less(self.days, record.day)
        if record.prediction is not None:
            _one_less(self.confusion[str(record.prediction)], label)
        self.answers.take_back(record)
        self._sums[label] -= _lanes(record.pixels)
        kept = [each for each in self._recent if _id_of(each) != record.id]
        self._recent = deque(kept, maxlen=RECENT)

    def replace_pixels(self, before: Feedback, after: Feedback) -> None:
        """Take another version of a record's pixels for those that were counted."""
        label = str(before.label)
        self._sums[label] += _lanes(after.pixels) - _lanes(before.pixels)
        for shown in self._recent:
            if isinstance(shown, dict) and shown["id"] == after.id:
                shown["image"] = data_url(after.pixels)

    def to_json(self) -> dict[str, Any]:
        """The tally as the manifest keeps them."""
        return {
            "rows": self.rows,
            "labels": self.labels,
            "sources": self.sources,
            "days": self.days,
            "confusion": self.confusion,
            "answers": self.answers.to_json(),
            "sums": {label: list(_unpacked(sums)) for label, sums in self._sums.items()},
            "recent": [_shown(record) for record in self._recent],
            "places": self.places.ranges,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Tally":
        """The tally that a manifest kept; none of it, if it is empty."""
        tally = cls()
        if not stored:
            return tally
        tally.rows = stored["rows"]
        tally.labels = Counter(stored["labels"])
        tally.sources = Counter(stored["sources"])
        tally.days = Counter(stored["days"])
        tally.confusion = {digit: Counter(by) for digit, by in stored["confusion"].items()}
        # Manifests of the first versions have none; then the days begin now.
        tally.answers = DailyAnswers.from_json(stored.get("answers", {}))
        tally.places = Places(stored.get("places", ()))
        tally._sums = {
            label: int.from_bytes(_SUMS.pack(*sums), "little")
            for label, sums in stored["sums"].items()
        }
        tally._recent.extend(stored["recent"])
        return tally

    def summary(self, quarantined: int, looked_at: int) -> dict[str, Any]:
        """The answer of `GET /feedback/summary` (see `api.contract.FeedbackSummary`).

        Args:
            quarantined: how many objects hold no row.
            looked_at: how many places of the file a retraining has looked at.
        """
        return {
            "rows": self.rows,
            "labels": {label: self.labels[label] for label in [*_DIGITS, "NaN"]},
            "sources": dict(self.sources),
            "days": dict(sorted(self.days.items())),
            "confusion": [
                [self.confusion.get(prediction, Counter())[label] for label in [*_DIGITS, "NaN"]]
                for prediction in _DIGITS
            ],
            "means": {digit: self._mean(digit) for digit in _DIGITS},
            "recent": [_published(record) for record in reversed(self._recent)],
            "quarantined": quarantined,
            "drift": self.answers.drift(),
            "waiting_for_retraining": self.places.not_among_the_first(self.rows, looked_at),
        }

    def _mean(self, digit: str) -> str | None:
        count = self.labels[digit]
        if count == 0:
            return None
        sums = _unpacked(self._sums[digit])
        return data_url(bytes((2 * total + count) // (2 * count) for total in sums))


_DIGITS = tuple("0123456789")


def _lanes(pixels: bytes) -> int:
    spread = bytearray(PIXELS * _LANE)
    spread[::_LANE] = pixels
    return int.from_bytes(spread, "little")


def _unpacked(sums: int) -> Iterable[int]:
    return _SUMS.unpack(sums.to_bytes(_SUMS.size, "little"))


def _one_less(counts: Counter[str], what: str) -> None:
    counts[what] -= 1
    if counts[what] == 0:
        del counts[what]


def _id_of(record: Feedback | dict[str, Any]) -> str:
    return str(record["id"]) if isinstance(record, dict) else record.id


def _published(record: Feedback | dict[str, Any]) -> dict[str, Any]:
    """A recent drawing as it is answered, under another id: the row's is to take it back."""
    shown = _shown(record)
    secret = str(shown["id"])
    return shown | {"id": hashed_id(f"shown:{secret}".encode(), milliseconds_of(secret))}


def _shown(record: Feedback | dict[str, Any]) -> dict[str, Any]:
    """A recent drawing as it is kept."""
    if isinstance(record, dict):
        return record
    return {
        "id": record.id,
        "received_at": record.received_at,
        "label": record.label,
        "prediction": record.prediction,
        "confidence": record.confidence,
        "source": record.source,
        "image": data_url(record.pixels),
    }
