"""One table of what `POST /save_feedback` takes, asked of the code and of the contract."""

import json
from typing import Any, NamedTuple

import jsonschema
import pytest

from digit_recognizer.api.contract import FeedbackRequest
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.request import from_request, parse_box
from digit_recognizer.pixels import data_url
from digit_recognizer.recognition import preprocessing

SCHEMA = jsonschema.Draft202012Validator(FeedbackRequest.model_json_schema())
PICTURE = data_url(bytes(400) + bytes([255]) * 60 + bytes(324))
BODY = {"image": PICTURE, "label": 5}
ID = "0190e3d0-0000-7000-8000-000000000000"
MISSING = object()
REFUSAL = "image|^The data is not a picture"


class Field(NamedTuple):
    """Values of a field: what is kept of good ones, bad ones, and those that the two judge apart.

    A good value stands for itself, in a pair for another. `only_code_refuses` are those that a
    schema can't tell from good ones, with the reason.
    """

    good: list[Any]
    bad: list[Any]
    only_code_refuses: dict[str, str] = {}  # noqa: RUF012


DIGITS = [(digit, digit) for digit in range(10)]

FIELDS = {
    "image": Field(
        good=[PICTURE, PICTURE.replace("image/png", ""), PICTURE.replace("image/png", "a/b;c=d")],
        bad=[
            MISSING, None, 7, True, [], {}, "", PICTURE.partition(",")[2], f" {PICTURE}",
            PICTURE.replace(";base64", ""), PICTURE.replace("data", "DATA"), PICTURE[:22],
            PICTURE[:60], PICTURE[:61],
            PICTURE.replace(",", ", "), PICTURE[:60] + "\n" + PICTURE[60:], f"{PICTURE}====",
        ],
        only_code_refuses={
            PICTURE[:62]: "a schema doesn't look at pictures",
            f"{PICTURE}\n": "see contributor",
        },
    ),
    "label": Field(
        good=[
            *DIGITS,
            *((float(digit), digit) for digit in range(10)),
            *((str(digit), digit) for digit in range(10)),
            *((f"{digit}.0", digit) for digit in range(10)),
            (-0.0, 0),
            (7e0, 7),
            "NaN",
        ],
        bad=[
            MISSING, None, True, False, 10, 10.0, -1, -1.0, 3.7, 1e300, 10**30, 6.999999999999,
            "", "10", "-1", "+7", " 7", "7 ", "7\n", "07", "7.", "7.00", "7.5", "7,0", "7e0",
            "\u0667", "seven", "nan", "NAN", "null", "None", [], [7], {}, {"7": 7},
        ],
    ),
    "prediction": Field(
        good=[MISSING, None, *DIGITS, *((float(digit), digit) for digit in range(10))],
        bad=[True, False, 10, 10.0, -1, 3.7, 1e300, "7", "7.0", "NaN", "", [], [7], {}],
    ),
    "confidence": Field(
        good=[MISSING, None, (0, 0.0), (1, 1.0), 0.5, 1e-300, (-0.0, 0.0)],
        bad=[True, False, -0.001, 1.001, 2, 10**400, "0.5", "", [], [0.5], {}],
    ),
    "model_version": Field(
        good=[MISSING, None, "a", "v" * 100, "ü", "2026-11-22 a/b"],
        bad=["", "v" * 101, 7, 1.5, True, [], ["a"], {}],
    ),
    "source": Field(
        good=["corrected", "confirmed", "training"],
        bad=["", "Corrected", "training ", "trained", 7, True, [], ["training"], {}],
    ),
    "contributor": Field(
        good=[MISSING, None, "a" * 16, "Z9_-" * 16, "0123456789abcdef"],
        bad=["", "a" * 15, "a" * 65, "a" * 15 + "ü", "a" * 15 + " ", "a" * 15 + ".", 7, [], {}],
        only_code_refuses={
            "a" * 16 + "\n": "Python's $ also stands before a last newline, ECMA-262's does not"
        },
    ),
    "id": Field(
        good=[(ID, ID), (ID.upper(), ID)],
        bad=[
            "", "x", 7, True, [], {}, ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", f" {ID}",
            ID.replace("-7000-", "-4000-"), ID.replace("-8000-", "-c000-"), f"{ID}0", ID[:-1],
        ],
        only_code_refuses={f"{ID}\n": "see contributor"},
    ),
}  # fmt: skip

GOOD = [(name, each) for name, field in FIELDS.items() for each in field.good]
BAD = [(name, each) for name, field in FIELDS.items() for each in field.bad]
APART = [(name, each) for name, field in FIELDS.items() for each in field.only_code_refuses]


def taken(body: Any) -> Feedback:
    """The record that the handler makes of a body."""
    pixels = preprocessing.preprocess(body.get("image"))
    return from_request(body, pixels.tobytes(), preprocessing.PREPROCESSING_VERSION)


def with_field(name: str, value: object) -> Any:
    """A body with this value, as it comes out of JSON."""
    body = {key: each for key, each in BODY.items() if key != name}
    return body if value is MISSING else json.loads(json.dumps(body | {name: value}))


def shown(value: object) -> str:
    return "missing" if value is MISSING else repr(value)[:40]


@pytest.mark.parametrize(("name", "value"), GOOD, ids=shown)
def test_what_is_good_is_taken_and_so_says_the_contract(name: str, value: object) -> None:
    given, kept = value if isinstance(value, tuple) else (value, value)
    body = with_field(name, given)

    record = taken(body)

    stored = getattr(record, name)
    assert stored == (None if kept is MISSING else kept)
    assert type(stored) is type(None if kept is MISSING else kept)
    assert SCHEMA.is_valid(body)


@pytest.mark.parametrize(("name", "value"), BAD, ids=shown)
def test_what_is_bad_is_refused_and_so_says_the_contract(name: str, value: object) -> None:
    body = with_field(name, value)

    with pytest.raises(InvalidRequest, match=REFUSAL if name == "image" else rf"^The {name} is "):
        taken(body)
    assert not SCHEMA.is_valid(body)


@pytest.mark.parametrize(("name", "value"), APART, ids=shown)
def test_what_only_the_code_can_tell_is_refused_all_the_same(name: str, value: object) -> None:
    body = with_field(name, value)

    with pytest.raises(InvalidRequest, match=REFUSAL if name == "image" else rf"^The {name} is "):
        taken(body)
    assert SCHEMA.is_valid(body)


def test_an_id_or_a_source_that_is_left_out_is_made() -> None:
    for body in (BODY, BODY | {"id": None, "source": None}):
        record = taken(body)
        assert (len(record.id), record.source) == (36, "training")
        assert SCHEMA.is_valid(body)


GOOD_BOXES = [MISSING, None, [0, 0, 1, 1], [3, 4, 50, 60.0]]
BAD_BOXES = [
    "", "box", 7, True, {}, [], [1, 2, 3], [1, 2, 3, 4, 5], [-1, 0, 5, 5], [0, -1, 5, 5],
    [0, 0, 0, 5], [0, 0, 5, 0], [0.5, 0, 5, 5], [0, 0, 5, "5"], [0, 0, True, 5], [None] * 4,
    [[0], 0, 5, 5],
]  # fmt: skip


@pytest.mark.parametrize("box", GOOD_BOXES, ids=shown)
def test_a_box_is_four_whole_numbers_and_so_says_the_contract(box: object) -> None:
    body = with_field("box", box)
    assert parse_box(body) == (tuple(box) if isinstance(box, list) else None)
    assert SCHEMA.is_valid(body)


@pytest.mark.parametrize("box", BAD_BOXES, ids=shown)
def test_another_box_is_refused_and_so_says_the_contract(box: object) -> None:
    body = with_field("box", box)
    with pytest.raises(InvalidRequest, match=r"^The box is "):
        parse_box(body)
    assert not SCHEMA.is_valid(body)


def test_every_field_of_the_contract_is_in_the_table() -> None:
    assert {*FeedbackRequest.model_fields} == {*FIELDS, "box"}
