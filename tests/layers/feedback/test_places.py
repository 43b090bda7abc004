"""Which rows a retraining has looked at stays known when others leave the file."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.feedback import places
from digit_recognizer.feedback.places import Places


@given(
    rows=st.integers(0, 40),
    looked_at=st.integers(0, 45),
    rounds=st.lists(st.sets(st.integers(0, 39), max_size=8), max_size=5),
)
def test_rows_are_counted_as_if_each_knew_its_place(
    rows: int, looked_at: int, rounds: list[set[int]]
) -> None:
    there = list(range(rows))
    empty = Places()
    for indexes in rounds:
        leaving = sorted(index for index in indexes if index < len(there))
        assert [empty.of(index) for index in leaving] == [there[index] for index in leaving]
        empty = Places(empty.left(map(empty.of, leaving)).ranges)  # as it is stored
        there = [place for index, place in enumerate(there) if index not in leaving]

        assert empty.empty == rows - len(there)
        expected = sum(place >= looked_at for place in there)
        if looked_at <= rows:
            assert empty.not_among_the_first(len(there), looked_at) == expected


@given(leaving=st.sets(st.integers(0, 300), max_size=100))
def test_many_gaps_become_few_and_none_is_forgotten(leaving: set[int]) -> None:
    with patch.object(places, "_MOST", 5):
        empty = Places().left(leaving)

    assert len(empty.ranges) <= 5
    assert empty.empty == len(leaving)
    assert all(first < end for first, end in empty.ranges)
    assert empty.ranges == sorted(empty.ranges)


def test_what_leaves_next_to_an_empty_place_makes_no_range_of_its_own() -> None:
    assert Places().left([1]).left([3]).left([2, 0]).ranges == [(0, 4)]
