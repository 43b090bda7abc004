"""Rows from a `user_pixel_data.csv` that was made elsewhere.

Their ids come from what is in them, not from when they are read: the same row, read again, is the
same row. A row that is in the file twice counts as two.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import cast
from uuid import UUID

from digit_recognizer import compaction, small_png
from digit_recognizer.csv_file import COLUMNS
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.feedback import PIXELS_AS_GIVEN, Feedback, Label
from digit_recognizer.storage import Store

_AT_ONCE = 10_000
_SHOWN = 10

# As this service writes it, and as pandas does once there is a NaN among the labels.
_LABELS: dict[str, Label] = {
    **{str(digit): cast(Label, digit) for digit in range(10)},
    **{f"{digit}.0": cast(Label, digit) for digit in range(10)},
    **dict.fromkeys(("NaN", "nan", ""), cast(Label, "NaN")),
}
_PIXELS = {str(value): value for value in range(256)}


class _WrongRow(Exception):
    """What is wrong with a row, and where."""


async def import_file(store: Store, path: Path) -> tuple[int, int]:
    """Take all rows of a file, in its order; if one of them is wrong, none.

    Returns:
        How many rows the file has, and how many of them are new.

    Raises:
        InvalidRequest: something in the file is wrong; the sentences name lines and columns.
        OSError: the file can't be read.
        StoreUnavailable: the store failed; the rows that were taken are recognised next time.
    """
    check(path)
    rows = new = 0
    records = _records(path)
    while batch := list(islice(records, _AT_ONCE)):
        rows += len(batch)
        new += await compaction.append(store, batch)
    return rows, new


def check(path: Path) -> None:
    """Read a whole file and take nothing.

    Raises:
        InvalidRequest: see `import_file`.
        OSError: see `import_file`.
    """
    wrong: list[str] = []
    count = 0
    for row in _rows(path):
        if isinstance(row, _WrongRow):
            count += 1
            if count <= _SHOWN:
                wrong.append(str(row))
    if count > _SHOWN:
        wrong.append(f"And {count - _SHOWN} more lines are wrong.")
    if wrong:
        raise InvalidRequest("\n".join(wrong))


def _records(path: Path) -> Iterator[Feedback]:
    """The records of a file that was checked."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    seen: Counter[bytes] = Counter()
    for row in _rows(path):
        if isinstance(row, _WrongRow):
            raise InvalidRequest(f"{path} has changed while it was read.")
        label, pixels = row
        digest = blake2b(f"{label}:".encode() + pixels, digest_size=8).digest()
        seen[digest] += 1
        yield Feedback(
            id=_id_of(label, pixels, seen[digest]),
            received_at=now,
            label=label,
            prediction=None,
            confidence=None,
            model_version=None,
            source="training",
            preprocessing_version=PIXELS_AS_GIVEN,
            image=small_png.data_url(pixels),
            pixels=pixels,
        )


def _id_of(label: Label, pixels: bytes, occurrence: int) -> str:
    """A UUIDv7 of the first millisecond of 1970, whose random bits are a hash."""
    digest = blake2b(f"{label}:{occurrence}:".encode() + pixels, digest_size=10).digest()
    bits = int.from_bytes(digest, "big")
    version_and_variant = 0x7 << 76 | 0b10 << 62
    return str(UUID(int=(bits >> 62 & 0xFFF) << 64 | bits & (1 << 62) - 1 | version_and_variant))


def _rows(path: Path) -> Iterator[tuple[Label, bytes] | _WrongRow]:
    """Each row's label and pixels, or what is wrong with it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            if tuple(header) != COLUMNS:
                yield _WrongRow(_wrong_header(header))
                return
            for fields in reader:
                try:
                    yield _parsed(fields, reader.line_num)
                except _WrongRow as wrong:
                    yield wrong
        except (csv.Error, UnicodeDecodeError) as error:
            yield _WrongRow(f"Line {reader.line_num + 1} is not CSV in UTF-8: {error}.")


def _parsed(fields: Sequence[str], line: int) -> tuple[Label, bytes]:
    if len(fields) != len(COLUMNS):
        raise _WrongRow(f"Line {line} has {len(fields)} columns; it must have {len(COLUMNS)}.")
    label = _LABELS.get(fields[0])
    if label is None:
        raise _WrongRow(
            f"Line {line}, column label: {_shown(fields[0])} must be a digit from 0 to 9, or NaN."
        )
    try:
        return label, bytes([_PIXELS[field] for field in fields[1:]])
    except KeyError as error:
        column = COLUMNS[fields.index(error.args[0], 1)]
        raise _WrongRow(
            f"Line {line}, column {column}: {_shown(error.args[0])} must be a whole number"
            " from 0 to 255."
        ) from None


def _wrong_header(header: Sequence[str]) -> str:
    right = f"the header must be {COLUMNS[0]},{COLUMNS[1]},…,{COLUMNS[-1]}."
    for number, (found, expected) in enumerate(zip(header, COLUMNS, strict=False), 1):
        if found != expected:
            return f"Line 1, column {number} is {_shown(found)}, not {expected}; {right}"
    return f"Line 1 has {len(header)} columns, not {len(COLUMNS)}; {right}"


def _shown(field: str) -> str:
    return repr(field if len(field) <= 40 else f"{field[:37]}…")
