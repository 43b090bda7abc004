import base64
import json
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.feedback import csv_format
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.request import from_request, parse_label
from digit_recognizer.ids import new_id

PICTURE = "data:image/png;base64,AAAA"
CONTRIBUTOR = "mBx0n8-rWq_5tY2kLc9ZvQ"
GOLDEN = Path(__file__).parent / "golden" / "row_without_contributor.json"


def record(pixels: bytes = bytes(784), /, **fields: Any) -> Feedback:
    return from_request({"image": PICTURE, "label": 5, **fields}, pixels, 1)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_a_label_as_an_integer_and_as_its_string(digit: int) -> None:
    assert parse_label({"label": digit}) == digit
    assert parse_label({"label": str(digit)}) == digit


def test_nan_is_the_label_of_what_is_not_a_digit() -> None:
    assert parse_label({"label": "NaN"}) == "NaN"


@pytest.mark.parametrize(
    "label",
    [10, -1, 3.7, True, False, None, "seven", "", "10", "-1", "05", " 5", "5\n", "٣", "²",
     "nan", "NAN", [], [5], {}, {"5": 5}, "x" * 1_000_000],
)  # fmt: skip
def test_anything_else_is_no_label_and_the_sentence_says_what_is(label: object) -> None:
    with pytest.raises(InvalidRequest, match=r"^The label is .*must be a whole number") as error:
        parse_label({"label": label})
    assert len(str(error.value)) < 150


def test_a_missing_label_is_said_to_be_missing() -> None:
    with pytest.raises(InvalidRequest, match="The label is missing; it must be a whole number"):
        parse_label({})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(json_values)
def test_a_label_is_always_a_digit_or_nan_or_refused(value: object) -> None:
    try:
        label = parse_label({"label": value})
    except InvalidRequest:
        return
    assert label == "NaN" or (type(label) is int and 0 <= label <= 9)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("prediction", 10),
        ("prediction", -1),
        ("prediction", "5"),
        ("prediction", True),
        ("prediction", 5.5),
        ("confidence", 1.01),
        ("confidence", -0.1),
        ("confidence", "0.5"),
        ("confidence", True),
        ("confidence", float("nan")),
        ("confidence", float("inf")),
        ("confidence", 10**400),
        ("model_version", 3),
        ("model_version", ""),
        ("model_version", "v" * 101),
        ("source", "guessed"),
        ("source", 1),
        ("source", ["corrected"]),
        ("contributor", ""),
        ("contributor", "a" * 15),
        ("contributor", "a" * 65),
        ("contributor", "me@example.org, me"),
        ("contributor", "aaaaaaaaaaaaaaaä"),
        ("contributor", "a" * 16 + "\n"),
        ("contributor", 1234567890123456),
        ("contributor", ["a" * 16]),
        ("id", "mine"),
        ("id", 3),
    ],
)
def test_an_optional_field_that_is_wrong_is_named(field: str, wrong: object) -> None:
    with pytest.raises(InvalidRequest, match=rf"^The {field} is .*; .*(left out|or none)\.$"):
        record(**{field: wrong})


def test_optional_fields_may_be_missing_or_null() -> None:
    nulls: dict[str, Any] = dict.fromkeys(
        ["id", "prediction", "confidence", "model_version", "source", "contributor"]
    )

    for made in (record(), record(**nulls)):
        assert (made.prediction, made.confidence, made.model_version) == (None, None, None)
        assert made.contributor is None


def test_all_fields_are_kept() -> None:
    sent: dict[str, Any] = {
        "id": new_id(),
        "prediction": 3,
        "confidence": 1,
        "model_version": "v1",
        "source": "corrected",
        "contributor": CONTRIBUTOR,
    }

    pixels = bytes(range(256)) + bytes(528)
    kept = json.loads(record(pixels, **sent).to_json())

    assert {name: kept[name] for name in sent} == sent
    assert base64.b64decode(kept["pixels"]) == pixels
    assert kept["image"] == PICTURE
    assert kept["preprocessing_version"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", kept["received_at"])


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({}, "training"),
        ({"prediction": 5}, "confirmed"),
        ({"prediction": 3}, "corrected"),
        ({"prediction": 5, "label": "NaN"}, "corrected"),
        ({"prediction": 3, "source": "training"}, "training"),
    ],
)
def test_the_source_follows_from_the_prediction_unless_it_is_said(
    fields: dict[str, Any], source: str
) -> None:
    assert record(**fields).source == source


def test_a_record_is_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        record().label = 3  # type: ignore[misc]


@given(
    pixels=st.binary(min_size=784, max_size=784),
    label=st.integers(0, 9) | st.just("NaN"),
    prediction=st.none() | st.integers(0, 9),
    confidence=st.none() | st.floats(0, 1),
    version=st.none() | st.text(min_size=1, max_size=100),
    contributor=st.none() | st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True),
)
def test_a_record_comes_back_as_it_was_stored(
    pixels: bytes,
    label: object,
    prediction: object,
    confidence: object,
    version: object,
    contributor: object,
) -> None:
    made = record(
        pixels,
        label=label,
        prediction=prediction,
        confidence=confidence,
        model_version=version,
        contributor=contributor,
    )

    assert Feedback.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"pixels": "black"}',
        record().to_json()[:-1],
        record(bytes(783)).to_json(),
        record().to_json().replace(b'"label": 5', b'"label": 11'),
        record().to_json().replace(b'"label"', b'"labels"'),
        record().to_json().replace(b'"pixels": "A', b'"pixels": "*'),
        record().to_json().replace(b'"pixels": "', b'"pixels": ["'),
        record().to_json().replace(b'"source": "training"', b'"source": "guess"'),
        record().to_json().replace(b'"prediction": null', b'"prediction": "5"'),
        record().to_json().replace(b'"confidence": null', b'"confidence": "high"'),
        record().to_json().replace(b'"model_version": null', b'"model_version": 3'),
        record().to_json().replace(b'"preprocessing_version": 1', b'"preprocessing_version": "1"'),
        record().to_json().replace(b'"image": "', b'"image": 5, "picture": "'),
        record().to_json().replace(b'"received_at": "2', b'"received_at": "x'),
        record().to_json().replace(b'"id": "', b'"id": "x'),
        record(contributor=CONTRIBUTOR).to_json().replace(b'"mBx', b'"m x'),
    ],
)
def test_what_is_no_record_is_not_taken_for_one(damage: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 – the class is what the caller relies on
        Feedback.from_json(damage)


def test_a_row_of_the_first_days_is_read_too() -> None:
    made = record(bytes([7, *range(200), *([0] * 583)]))
    stored = json.loads(made.to_json()) | {"pixels": list(made.pixels)}

    assert Feedback.from_json(json.dumps(stored).encode()) == made


def test_a_row_from_before_contributors_is_read_and_written_as_it_was() -> None:
    made = Feedback.from_json(GOLDEN.read_bytes())

    assert (made.id, made.label) == ("019a0000-0000-7000-8000-000000000007", 7)
    assert made.contributor is None
    assert made.to_json() == GOLDEN.read_bytes()


def test_what_a_later_version_adds_to_a_row_does_not_make_it_unreadable() -> None:
    made = record(contributor=CONTRIBUTOR)
    stored = json.loads(made.to_json()) | {"device": "pen"}

    assert Feedback.from_json(json.dumps(stored).encode()) == made


def test_a_contributor_is_not_printed_with_the_record() -> None:
    assert CONTRIBUTOR not in repr(record(contributor=CONTRIBUTOR))


def test_a_csv_row_is_the_label_and_784_pixels_ending_in_crlf() -> None:
    pixels = bytes([0, 255, 7]) + bytes(781)

    assert csv_format.line(record(pixels)) == b"5,0,255,7" + b",0" * 781 + b"\r\n"
    assert csv_format.line(record(label="NaN")) == b"NaN" + b",0" * 784 + b"\r\n"
    assert csv_format.HEADER.startswith(b"label,pixel0,pixel1,")
    assert csv_format.HEADER.endswith(b",pixel782,pixel783\r\n")
