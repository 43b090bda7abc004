"""A feedback record: what a person said about one drawing. No I/O; `feedback_rows` keeps them."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Literal, cast, get_args

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.ids import checked_id, is_canonical, new_id

Digit = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
Label = Digit | Literal["NaN"]
Source = Literal["corrected", "confirmed", "training"]

PIXELS = 28 * 28

PIXELS_AS_GIVEN = 0
"""The preprocessing version of rows that came as pixels, from a CSV: nothing normalises them."""

_VERSION_LENGTH = 100
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
        image: the picture as it was sent, a data URL in base64, so that it can be normalised anew.
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

    @classmethod
    def from_request(
        cls, body: Mapping[str, Any], pixels: bytes, preprocessing_version: int
    ) -> "Feedback":
        """The record of a request whose picture has been read.

        Raises:
            InvalidRequest: the label is missing or none, or an optional field is not what it says.
        """
        label = parse_label(body)
        prediction = _optional_digit(body)
        return cls(
            id=new_id() if body.get("id") is None else checked_id(body["id"]),
            received_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            label=label,
            prediction=prediction,
            confidence=_optional_confidence(body),
            model_version=_optional_version(body),
            source=_source(body, label, prediction),
            preprocessing_version=preprocessing_version,
            image=body["image"],
            pixels=pixels,
            contributor=_optional_contributor(body),
        )

    @property
    def day(self) -> str:
        """The day it was received, yyyy-mm-dd, UTC."""
        return self.received_at[:10]

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
            content = json.loads(stored)
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
            and _is_label(self.label)
            and (self.prediction is None or _is_digit(self.prediction))
            and (self.confidence is None or 0 <= self.confidence <= 1)
            and (self.model_version is None or type(self.model_version) is str)
            and self.source in get_args(Source)
            and type(self.preprocessing_version) is int
            and type(self.image) is str
            and len(self.pixels) == PIXELS
            and (self.contributor is None or _is_contributor(self.contributor))
        )


_FIELDS = tuple(each.name for each in fields(Feedback))


def parse_label(body: Mapping[str, Any]) -> Label:
    """The label of a request: 0 to 9 as an integer or its string, or "NaN" for "not a digit".

    Raises:
        InvalidRequest: the label is missing or anything else.
    """
    right = 'it must be a whole number from 0 to 9, or "NaN" for a drawing that is not a digit.'
    if "label" not in body:
        raise InvalidRequest(f"The label is missing; {right}")
    label = body["label"]
    if isinstance(label, str) and len(label) == 1 and label in "0123456789":
        label = int(label)
    if not _is_label(label):
        raise InvalidRequest(f"The label is {_shown(label)}; {right}")
    return cast(Label, label)


def _stored_pixels(stored: object) -> bytes:
    # Rows of the first days have a list of 784 integers; base64 is read ten times as fast.
    return (
        bytes(stored) if isinstance(stored, list) else b64decode(cast(str, stored), validate=True)
    )


def _is_digit(value: object) -> bool:
    # True == 1 in Python, but not in a request.
    return type(value) is int and 0 <= value <= 9


def _is_label(value: object) -> bool:
    return _is_digit(value) or value == "NaN"


def _optional_digit(body: Mapping[str, Any]) -> Digit | None:
    prediction = body.get("prediction")
    if prediction is None or _is_digit(prediction):
        return cast(Digit | None, prediction)
    raise InvalidRequest(
        f"The prediction is {_shown(prediction)}; it must be a whole number from 0 to 9,"
        " or left out."
    )


def _optional_confidence(body: Mapping[str, Any]) -> float | None:
    confidence = body.get("confidence")
    if confidence is None:
        return None
    if type(confidence) in (int, float) and 0 <= confidence <= 1:
        return float(confidence)
    raise InvalidRequest(
        f"The confidence is {_shown(confidence)}; it must be a number from 0 to 1, or left out."
    )


def _optional_version(body: Mapping[str, Any]) -> str | None:
    version = body.get("model_version")
    if version is None or (isinstance(version, str) and 0 < len(version) <= _VERSION_LENGTH):
        return version
    raise InvalidRequest(
        f"The model_version is {_shown(version)}; it must be the text that /predict answered,"
        " or left out."
    )


def _is_contributor(value: object) -> bool:
    return isinstance(value, str) and _CONTRIBUTOR.fullmatch(value) is not None


def _optional_contributor(body: Mapping[str, Any]) -> str | None:
    contributor = body.get("contributor")
    if contributor is None or _is_contributor(contributor):
        return cast(str | None, contributor)
    raise InvalidRequest(
        f"The contributor is {_shown(contributor)}; it must be 16 to 64 random letters, digits,"
        " hyphens or underscores, or left out."
    )


def _source(body: Mapping[str, Any], label: Label, prediction: Digit | None) -> Source:
    source = body.get("source")
    if source is None:
        if prediction is None:
            return "training"
        return "confirmed" if label == prediction else "corrected"
    if isinstance(source, str) and source in get_args(Source):
        return cast(Source, source)
    raise InvalidRequest(
        f"The source is {_shown(source)}; it must be corrected, confirmed or training, or left out."
    )


def _shown(value: object) -> str:
    """A client's value, short enough for a sentence."""
    shown = json.dumps(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}…"
