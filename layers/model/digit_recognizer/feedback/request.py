"""A client's body as a feedback record: what it may say, and a sentence where it says otherwise."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from digit_recognizer.errors import Conflict, InvalidRequest
from digit_recognizer.feedback.record import (
    Digit,
    Feedback,
    Label,
    Source,
    is_contributor,
    is_digit,
    is_label,
)
from digit_recognizer.ids import checked_id, milliseconds_of, new_id

_VERSION_LENGTH = 100
_SHOWN = 40  # characters of a value that a sentence repeats


def from_request(body: Mapping[str, Any], pixels: bytes, preprocessing_version: int) -> Feedback:
    """The record of a request whose picture has been read.

    Raises:
        InvalidRequest: the label is missing or none, or an optional field is not what it says.
    """
    label = parse_label(body)
    prediction = _optional_digit(body)
    return Feedback(
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


def taken_back(body: Mapping[str, Any]) -> str | None:
    """The id of the row that a request takes back; None if it is about something else.

    What else is in the body is not looked at.

    Raises:
        InvalidRequest: the id is missing or none of ours, or `taken_back` is something else than
            true or false.
        Conflict: the row came from a file, which tells its id to everyone.
    """
    said = body.get("taken_back")
    if said is None or said is False:
        return None
    if said is not True:
        raise InvalidRequest(
            f"The field taken_back is {_shown(said)}; it must be true, or left out."
        )
    if body.get("id") is None:
        raise InvalidRequest("The id is missing; send that of the row that is taken back.")
    id_ = checked_id(body["id"])
    if milliseconds_of(id_) == 0:  # made of what is in the file, so anyone who has it knows it
        raise Conflict(
            "The row of this id was imported from a file; only who runs this can take it out."
        )
    return id_


def parse_box(body: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    """Which part of the picture is meant, if it is one digit of several.

    Returns:
        Left, top, width and height in pixels of the picture.

    Raises:
        InvalidRequest: it is none.
    """
    box = body.get("box")
    if box is None:
        return None
    edges = [_whole(edge) for edge in box] if isinstance(box, list) and len(box) == 4 else []
    if len(edges) == 4 and all(type(edge) is int for edge in edges):
        left, top, width, height = cast(list[int], edges)
        if min(left, top) >= 0 and min(width, height) > 0:
            return left, top, width, height
    raise InvalidRequest(
        f"The box is {_shown(box)}; it must be the four whole numbers that /predict answered:"
        " left, top, width and height."
    )


def parse_label(body: Mapping[str, Any]) -> Label:
    """The label of a request: 0 to 9 or its text, or "NaN" for "not a digit".

    JSON knows one kind of number, so 7.0 is 7; "7.0" is what pandas makes of it as text.

    Raises:
        InvalidRequest: the label is missing or anything else.
    """
    right = 'it must be a whole number from 0 to 9, or "NaN" for a drawing that is not a digit.'
    if "label" not in body:
        raise InvalidRequest(f"The label is missing; {right}")
    label = body["label"]
    digit = label.removesuffix(".0") if isinstance(label, str) else ""
    read = int(digit) if len(digit) == 1 and digit in "0123456789" else _whole(label)
    if not is_label(read):
        raise InvalidRequest(f"The label is {_shown(label)}; {right}")
    return cast(Label, read)


def _optional_digit(body: Mapping[str, Any]) -> Digit | None:
    prediction = body.get("prediction")
    read = _whole(prediction)
    if read is None or is_digit(read):
        return cast(Digit | None, read)
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


def _optional_contributor(body: Mapping[str, Any]) -> str | None:
    contributor = body.get("contributor")
    if contributor is None or is_contributor(contributor):
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


def _whole(value: object) -> object:
    return int(value) if type(value) is float and value.is_integer() else value


def _shown(value: object) -> str:
    """A client's value, short enough for a sentence."""
    if isinstance(value, list | dict):  # as deep as it likes
        return "a list" if isinstance(value, list) else "an object"
    shown = json.dumps(value[:_SHOWN] if isinstance(value, str) else value)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}…"
