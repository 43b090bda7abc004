"""Rows from a `user_pixel_data.csv` that was made elsewhere.

Their ids come from what is in them, not from when they are read: the same row, read again, is the
same row. A row that is in the file twice counts as two.
"""

import filecmp
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count, islice
from pathlib import Path
from typing import TextIO

from digit_recognizer.commands import csv_lines
from digit_recognizer.commands.csv_lines import Refused, Row
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.feedback.csv_format import COLUMNS
from digit_recognizer.feedback.record import PIXELS_AS_GIVEN, Feedback, Label
from digit_recognizer.ids import hashed_id
from digit_recognizer.pixels import data_url
from digit_recognizer.rows import compaction
from digit_recognizer.store.storage import Store

_AT_ONCE = 10_000
_SHOWN = 10
_NOTHING_TAKEN = "Nothing was taken; --skip-bad (make: SKIP_BAD=1) takes the other rows."


@dataclass
class Imported:
    """What came of an import.

    Attributes:
        rows: that were taken, and so many of them are new.
        empty: lines that hold nothing.
        refused: lines that are no rows; the sentences say why, of the first ones.
        beside: the file with the refused lines, where there are any.
    """

    rows: int = 0
    new: int = 0
    empty: int = 0
    refused: int = 0
    sentences: list[str] = field(default_factory=list)
    beside: Path | None = None

    def refuse(self, refused: Refused) -> None:
        """Count a line that is no row."""
        self.refused += 1
        if self.refused <= _SHOWN:
            self.sentences.append(refused.sentence)

    def all_sentences(self) -> list[str]:
        """What is wrong with the refused lines, or with the first of them and how many follow."""
        more = self.refused - len(self.sentences)
        return [*self.sentences, *([f"And {more} more lines are wrong."] if more else [])]


async def import_file(store: Store, path: Path, *, skip_bad: bool = False) -> Imported:
    """Take all rows of a file, in its order.

    Args:
        store: where they are taken to.
        path: the file; see `csv_lines` for what it may look like.
        skip_bad: take the rows although there are lines that are none, and write those beside the
            file; otherwise one such line is enough, and nothing is taken.

    Raises:
        InvalidRequest: something in the file is wrong; the sentences name lines and columns.
        OSError: the file can't be read, or none be written beside it.
        StoreUnavailable: the store failed; the rows that were taken are recognised next time.
    """
    if not skip_bad:
        check(path)
    outcome = Imported()
    with _Beside(path) as beside:
        records = _records(_rows(path, outcome, beside if skip_bad else None))
        while batch := list(islice(records, _AT_ONCE)):
            outcome.rows += len(batch)
            outcome.new += await compaction.append(store, batch)
        outcome.beside = beside.kept()
    return outcome


def check(path: Path) -> None:
    """Read a whole file and take nothing.

    Raises:
        InvalidRequest: see `import_file`.
        OSError: see `import_file`.
    """
    outcome = Imported()
    for line in csv_lines.read(path):
        if isinstance(line, Refused):
            outcome.refuse(line)
    if outcome.refused:
        raise InvalidRequest("\n".join([*outcome.all_sentences(), _NOTHING_TAKEN]))


class _Beside:
    """The refused lines in a file beside the one that is read, below a header of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f"{path.name}.refused.part")
        self._file: TextIO | None = None

    def __enter__(self) -> "_Beside":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)

    def add(self, text: str) -> None:
        """Keep a line as it was read."""
        if self._file is None:
            self._file = self._unfinished.open(
                "w", encoding="utf-8", errors="surrogateescape", newline="\r\n"
            )
            print(*COLUMNS, sep=",", file=self._file)
        print(text, file=self._file)

    def kept(self) -> Path | None:
        """The file, under a name of its own: what somebody may be repairing is not touched."""
        if self._file is None:
            return None
        self._file.close()
        name = self._path.name.removesuffix(".csv")
        for number in count(1):
            place = self._path.with_name(f"{name}.refused{f'-{number}' if number > 1 else ''}.csv")
            if not place.exists():
                self._unfinished.rename(place)
                break
            if filecmp.cmp(self._unfinished, place, shallow=False):
                break
        return place


def _rows(path: Path, outcome: Imported, beside: _Beside | None) -> Iterator[Row]:
    for line in csv_lines.read(path):
        if line is None:
            outcome.empty += 1
        elif isinstance(line, Row):
            yield line
        elif beside is None:
            raise InvalidRequest(f"{path} has changed while it was read.")
        else:
            outcome.refuse(line)
            beside.add(line.text)


def _records(rows: Iterator[Row]) -> Iterator[Feedback]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    seen: Counter[bytes] = Counter()
    for row in rows:
        digest = blake2b(f"{row.label}:".encode() + row.pixels, digest_size=8).digest()
        seen[digest] += 1
        yield Feedback(
            id=_id_of(row.label, row.pixels, seen[digest]),
            received_at=now,
            label=row.label,
            prediction=None,
            confidence=None,
            model_version=None,
            source="training",
            preprocessing_version=PIXELS_AS_GIVEN,
            image=data_url(row.pixels),
            pixels=row.pixels,
        )


def _id_of(label: Label, pixels: bytes, occurrence: int) -> str:
    """A UUIDv7 of the first millisecond of 1970, whose random bits are a hash."""
    return hashed_id(f"{label}:{occurrence}:".encode() + pixels)
