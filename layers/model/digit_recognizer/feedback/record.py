"""A feedback record: what a person said about one drawing. No I/O; `rows` keeps them."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal, cast, get_args

from digit_recognizer.ids import is_canonical
from digit_recognizer.pixels import PIXELS
from digit_recognizer.stored_json import parse_object

Digit = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
Label = Digit | Literal["NaN"]
Source = Literal["corrected", "confirmed", "training"]

PIXELS_AS_GIVEN = 0
"""The preprocessing version of rows that came as pixels, from a CSV: nothing normalises them."""

_SOURCES = get_args(Source)

_CONTRIBUTOR = re.compile("[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Feedback:
    """One immutable row.

    Attributes:
        id: UUIDv7; the answer's own where the client sent it, so that a retry is the same row.
        received_at: when the server got it, ISO 8601, UTC.
        label: the digit, or "NaN" for a drawing that is not one.
        prediction: the digit that was answered, where known.
        confidence: of that answer, 0 to 1, where known.
        model_version: of that answer, where known.
        source: a wrong answer corrected, a right one confirmed, or a drawing made for training.
        preprocessing_version: of the `normalise` that made the pixels.
        image: the picture, a data URL in base64 of at most 1.5 MB, so that it can be normalised
            anew: as it was sent but without metadata, or, where that is long, what was decoded of
            it. Rows of before may have it just as it was sent.
        pixels: 784 bytes, row by row, 0 = paper, 255 = ink.
        contributor: a random name that the page made for itself, where it was sent. It only tells
            which rows come from the same place: it goes into no file, no summary and no log.
    """

    id: str
    received_at: str
    label: Label
    prediction: Digit | None
    confidence: float | None
    model_version: str | None
    source: Source
    preprocessing_version: int
    image: str
    pixels: bytes
    contributor: str | None = field(default=None, repr=False)

    @property
    def day(self) -> str:
        """The day it was received, yyyy-mm-dd, UTC."""
        return self.received_at[:10]

    def says_the_same(self, other: "Feedback") -> bool:
        """Whether both say the same of the same drawing: then they are one row, sent twice."""
        return self.label == other.label and (
            self.image == other.image or self.pixels == other.pixels
        )

    def to_json(self) -> bytes:
        """The record as it is stored: one line, the pixels' 784 bytes in base64."""
        stored = {name: getattr(self, name) for name in _FIELDS}
        stored["pixels"] = b64encode(self.pixels).decode("ascii")
        if self.contributor is None:  # so that versions before contributors can read it
            del stored["contributor"]
        return json.dumps(stored).encode("ascii")

    @classmethod
    def from_json(cls, stored: bytes) -> "Feedback":
        """The record that was stored; fields that a later version added are passed over.

        Raises:
            ValueError: it is not a record.
        """
        try:
            content = parse_object(stored)
            content["pixels"] = _stored_pixels(content["pixels"])
            record = cls(**{name: content[name] for name in _FIELDS if name in content})
            valid = record._is_valid()
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("Not a feedback record.") from error
        if not valid:
            raise ValueError("A field of the feedback record is not what it should be.")
        return record

    def _is_valid(self) -> bool:
        """Whether a stored record is one that `from_request` could have made.

        Raises:
            TypeError, ValueError: it isn't.
        """
        date.fromisoformat(self.day)
        return (
            is_canonical(self.id)
            and is_label(self.label)
            and (self.prediction is None or is_digit(self.prediction))
            and (self.confidence is None or 0 <= self.confidence <= 1)
            and (self.model_version is None or type(self.model_version) is str)
            and self.source in _SOURCES
            and type(self.preprocessing_version) is int
            and type(self.image) is str
            and len(self.pixels) == PIXELS
            and (self.contributor is None or is_contributor(self.contributor))
        )


_FIELDS = tuple(each.name for each in fields(Feedback))


def _stored_pixels(stored: object) -> bytes:
    # Rows of the first days have a list of 784 integers; base64 is read ten times as fast.
    return (
        bytes(stored) if isinstance(stored, list) else b64decode(cast(str, stored), validate=True)
    )


def is_digit(value: object) -> bool:
    """Whether this is an integer from 0 to 9."""
    # True == 1 in Python, but not in a request.
    return type(value) is int and 0 <= value <= 9


def is_label(value: object) -> bool:
    """Whether this is a digit, or "NaN"."""
    return is_digit(value) or value == "NaN"


def is_contributor(value: object) -> bool:
    """Whether this is a name as the page makes it for itself."""
    return isinstance(value, str) and _CONTRIBUTOR.fullmatch(value) is not None
