"""Sections of docs/benchmarks.md that are written by programs."""

import re

from digit_recognizer.settings import PROJECT

FILE = PROJECT / "docs" / "benchmarks.md"

_INTRODUCTION = """\
# Benchmarks

Written by `make bench` (`make bench ARGS="store"` for one topic); each section says on which
machine it was measured, when, and how busy that machine was with other things.
"""


def write(name: str, title: str, text: str) -> None:
    """Put a section in the place of the one that was there, or at the end."""
    before = FILE.read_text("utf-8") if FILE.exists() else _INTRODUCTION
    FILE.write_text(replaced(before, name, f"## {title}\n\n{text}"), "utf-8")


def replaced(document: str, name: str, section: str) -> str:
    """A document with a section between its marks."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    marked = f"{begin}\n{section}\n{end}"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(document):
        return pattern.sub(lambda _: marked, document)
    return f"{document.rstrip()}\n\n{marked}\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table whose first column is text and whose others are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
