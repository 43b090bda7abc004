import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.ids import checked_id, day_of, hashed_id, milliseconds_of, new_id


def id_made_at(moment: datetime, version: int = 7) -> str:
    milliseconds = int(moment.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | version << 76 | 0b10 << 62))


def test_ids_are_uuids_of_version_7_and_never_repeat() -> None:
    ids = {new_id() for _ in range(10_000)}

    assert len(ids) == 10_000
    assert {(uuid.UUID(i).version, uuid.UUID(i).variant) for i in ids} == {(7, uuid.RFC_4122)}


def test_ids_sort_by_the_time_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    start = 1_800_000_000_000_000_000
    clock = iter(range(start, start + 3_000_000, 300))  # three milliseconds in steps of 300 ns
    monkeypatch.setattr("time.time_ns", lambda: next(clock))

    ids = [new_id() for _ in range(10_000)]

    assert ids == sorted(ids)


def test_an_id_knows_when_it_was_made() -> None:
    assert abs(datetime.now(UTC).timestamp() - milliseconds_of(new_id()) / 1000) < 5


def test_what_is_hashed_has_one_id_whose_time_is_given() -> None:
    made = hashed_id(b"a row", 1_800_000_000_123)

    assert made == hashed_id(b"a row", 1_800_000_000_123) == checked_id(made)
    assert made != hashed_id(b"another", 1_800_000_000_123)
    assert milliseconds_of(made) == 1_800_000_000_123
    assert day_of(made) == "2027-01-15"


@pytest.mark.parametrize(
    "id_",
    [
        id_made_at(datetime(2100, 1, 1, tzinfo=UTC)),
        id_made_at(datetime(9999, 12, 31, tzinfo=UTC)),
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "00000000-0000-7000-8000-000000000000",
    ],
)
def test_the_clock_of_who_made_an_id_decides_nothing(id_: str) -> None:
    assert checked_id(id_) == id_
    datetime.fromisoformat(day_of(id_))


def test_an_id_of_ours_comes_back_as_it_is() -> None:
    made = new_id()

    assert checked_id(made) == made
    assert checked_id(made.upper()) == made


NOW = datetime.now(UTC)


WRONG = {
    "a number": 7,
    "a truth": True,
    "a list": [],
    "nothing": "",
    "a word": "seven",
    "of another version": str(uuid.uuid4()),
    "said to be of version 1": id_made_at(NOW, version=1),
    "without dashes": new_id().replace("-", ""),
    "in braces": "{" + new_id()[:34] + "}",
    "a path": "../../../../../../../../etc/passwd.....",
    "with a digit of another script": new_id()[:-1] + "\u0661",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_any_other_id_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidRequest, match="send the id that /predict answered"):
        checked_id(wrong)


@given(st.text() | st.binary() | st.uuids().map(str) | st.integers() | st.none())
def test_an_id_is_canonical_or_refused(anything: object) -> None:
    try:
        checked = checked_id(anything)
    except InvalidRequest:
        return
    assert str(uuid.UUID(checked)) == checked
    assert uuid.UUID(checked).version == 7
