"""What lies on the store is read strictly: an object, or one sentence."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.stored_json import DEEPEST, parse_kept, parse_object

WRONG = {
    "nothing": b"",
    "half an object": b'{"a": 1',
    "a list": b"[]",
    "a page of a proxy": b"<html>502 Bad Gateway</html>",
    "not UTF-8": b'{"a": "\xff"}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a number beyond a double's": b'{"a": 1e999}',
    "a whole number of very many digits": b'{"a": ' + b"9" * 5000 + b"}",
    "lists in lists": b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}",
    "lists in lists that never end": b"[" * 100_000,
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_what_is_no_object_is_refused_in_one_short_sentence(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^it is [^\n]{,80}\.$"):
        parse_object(content)


def test_an_object_may_be_as_deep_as_is_said_and_no_deeper() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a": ' + b"[" * depth + b"]" * depth + b"}"

    assert parse_object(nested(DEEPEST - 1))
    with pytest.raises(ValueError, match="nested too deep"):
        parse_object(nested(DEEPEST))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_what_was_written_is_read_as_it_was(value: dict[str, object]) -> None:
    assert parse_object(json.dumps(value).encode("utf-8", "surrogatepass")) == value


@given(st.binary())
def test_anything_is_an_object_or_refused(content: bytes) -> None:
    try:
        parsed = parse_object(content)
    except ValueError as error:
        parsed = {"refused": str(error)}
    assert isinstance(parsed, dict)
    assert parsed.get("refused", "it is").startswith("it is")


@dataclass
class Thing:
    """What is kept."""

    name: str
    size: int = 3


@pytest.mark.parametrize(
    ("stored", "thing"),
    [
        (b'{"name": "a", "size": 4, "of a later version": 1}', Thing("a", 4)),
        (b'{"name": "a"}', Thing("a")),
    ],
)
def test_what_is_kept_grows_fields_over_the_versions(stored: bytes, thing: Thing) -> None:
    assert parse_kept(Thing, stored) == thing


def test_what_lacks_a_field_is_named() -> None:
    with pytest.raises(ValueError, match=r"no thing: it lacks name\."):
        parse_kept(Thing, b'{"size": 4}')
