"""The lines of a `user_pixel_data.csv` as other programs write it.

Taken as well: UTF-16 and a byte-order mark; CR, LF or CRLF; `;` or a tab between fields, then with
commas in numbers; fields in quotes; whole numbers written as 7.0, 7. or 7.000e+00. A line that
holds nothing is a blank one, one of separators only, of zero bytes or of the Ctrl-Z of old systems.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TextIO, cast

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.feedback.csv_format import COLUMNS
from digit_recognizer.feedback.record import Label

_SEPARATORS = ",;\t"
_NOTHING = f'{_SEPARATORS}\0\x1a\ufeff" \n'
_PADDING = "\0\x1a\ufeff \n"

# Twice as many characters as a row has that is written with 18 places and in quotes. A file that
# has no lines at all is so never read as one of them.
_LONGEST = 50_000

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_PIXELS = {f"{value}{places}": value for value in range(256) for places in ("", ".0")}


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says: a label, and 784 pixels from 0 to 255."""

    label: Label
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no row: what is wrong with it, in a sentence, and how it stands there."""

    sentence: str
    text: str


class _Wrong(Exception):
    """What is wrong with a line."""


def read(path: Path) -> Iterator[Row | Refused | None]:
    """What each line after the header is; None for one that holds nothing.

    Raises:
        InvalidRequest: the first line that holds something is not the header.
        OSError: the file can't be read.
    """
    with _opened(path) as file:
        separator = ""
        for number, text, too_long in _lines(file):
            if not too_long and not text.strip(_NOTHING):
                yield None
            elif not separator:
                separator = _separator(text, number)
            elif too_long:
                yield Refused(f"Line {number} is longer than {_LONGEST} characters.", text)
            else:
                try:
                    yield _row(_fields(text, separator, number), separator, number)
                except _Wrong as wrong:
                    yield Refused(str(wrong), text)
    if not separator:
        raise InvalidRequest(_wrong_header([], 1))


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        in_16_bits = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    if in_16_bits:
        return path.open(encoding="utf-16", errors="replace")
    # What is not in UTF-8 is so the matter of its line, which is written as it was read.
    return path.open(encoding="utf-8-sig", errors="surrogateescape")


def _lines(file: TextIO) -> Iterator[tuple[int, str, bool]]:
    """The number of each line, its text, and whether that is only the beginning of it."""
    number = 0
    while text := file.readline(_LONGEST):
        number += 1
        too_long, piece = False, text
        while len(piece) == _LONGEST and not piece.endswith("\n"):
            piece = file.readline(_LONGEST)
            too_long = too_long or bool(piece.strip(_PADDING))
        yield number, text.strip(_PADDING), too_long


def _separator(header: str, line: int) -> str:
    for separator in _SEPARATORS:
        try:
            fields = _fields(header, separator, line)
        except _Wrong:
            continue
        if tuple(field.strip() for field in fields) == COLUMNS:
            return separator
    likely = max(_SEPARATORS, key=header.count)
    raise InvalidRequest(_wrong_header(header.split(likely), line))


def _fields(text: str, separator: str, line: int) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise _Wrong(f"Line {line} is not CSV: {error}.") from None


def _row(fields: Sequence[str], separator: str, line: int) -> Row:
    if len(fields) != len(COLUMNS):
        raise _Wrong(f"Line {line} has {len(fields)} columns; it must have {len(COLUMNS)}.")
    label = _label(fields[0].strip(), separator)
    if label is None:
        raise _Wrong(
            f"Line {line}, column label: {_shown(fields[0])} must be a digit from 0 to 9, or NaN."
        )
    try:
        return Row(label, bytes([_PIXELS[field] for field in fields[1:]]))
    except KeyError:
        return Row(label, bytes(_pixels(fields, separator, line)))


def _label(field: str, separator: str) -> Label | None:
    if not field or field.casefold() == "nan":  # pandas leaves the place of a NaN empty
        return "NaN"
    digit = _whole(field, separator)
    return cast(Label, digit) if digit is not None and digit <= 9 else None


def _pixels(fields: Sequence[str], separator: str, line: int) -> Iterator[int]:
    for column, field in zip(COLUMNS[1:], fields[1:], strict=True):
        value = _whole(field, separator)
        if value is None:
            raise _Wrong(
                f"Line {line}, column {column}: {_shown(field)} must be a whole number from 0 to"
                " 255."
            )
        yield value


@lru_cache(maxsize=4096)
def _whole(field: str, separator: str) -> int | None:
    """The number from 0 to 255 that a field writes in one way or another."""
    text = field.strip()
    if separator != ",":
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return int(value) if value.is_integer() and 0 <= value <= 255 else None


def _wrong_header(header: Sequence[str], line: int) -> str:
    right = f"the header must be {COLUMNS[0]},{COLUMNS[1]},…,{COLUMNS[-1]}."
    for number, (found, expected) in enumerate(zip(header, COLUMNS, strict=False), 1):
        if found.strip().strip('"') != expected:
            return f"Line {line}, column {number} is {_shown(found)}, not {expected}; {right}"
    return f"Line {line} has {len(header)} columns, not {len(COLUMNS)}; {right}"


def _shown(field: str) -> str:
    return repr(field if len(field) <= 40 else f"{field[:37]}…")
