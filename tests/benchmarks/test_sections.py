from benchmarks.scale import simulate
from benchmarks.sections import replaced, table


def test_a_section_takes_the_place_of_the_one_that_was_there() -> None:
    document = replaced("# Figures\n\nBy hand.\n", "one", "first")
    document = replaced(document, "two", r"of \1 others")
    again = replaced(document, "one", "anew")

    assert again == document.replace("first", "anew")
    assert again.startswith("# Figures\n\nBy hand.\n")
    assert r"of \1 others" in again


def test_a_table_has_a_rule_under_its_head() -> None:
    assert table(["what", "ms"], [["a", "1"]]) == "| what | ms |\n| --- | ---: |\n| a | 1 |"


def test_what_binds_first_is_named() -> None:
    assert simulate(rate=10, prefixes=16, interval_s=300).binds == "nothing"
    much = simulate(rate=100_000, prefixes=16, interval_s=60)
    assert much.binds.startswith("S3's PUTs of a prefix, the API's quota")
    assert much.behind > 0
    assert simulate(rate=1_000, prefixes=16, interval_s=60).longest_tail == 60_000
