import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.ids import checked_id, new_id, time_of


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
    assert abs(datetime.now(UTC) - time_of(new_id())) < timedelta(seconds=5)


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
    "of the day after tomorrow": id_made_at(NOW + timedelta(days=2)),
    "of the year 10889": "ffffffff-ffff-7fff-bfff-ffffffffffff",
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
