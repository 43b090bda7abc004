"""Write all rows as Parquet, for training elsewhere: `python -m training.export_parquet FOLDER`.

`FOLDER/day=<yyyy-mm-dd>/<number>.parquet`, of the day that a row was received on (UTC). pandas,
polars, DuckDB, Spark and Hugging Face's datasets read the types as they are; `docs/queries.md`
lists the columns. All rows that were acknowledged are in it, each once (`snapshot.rows`), without
who contributed them: that goes into no file.

However many rows there are, a segment of the store and some 16 MB of rows are in memory.
"""

import argparse
import asyncio
import shutil
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from errno import EEXIST
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from digit_recognizer.commands.status import status_of
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.pixels import PIXELS
from digit_recognizer.rows import snapshot
from digit_recognizer.settings import settings
from digit_recognizer.store import opening

FOLDER = Path("user_pixel_data.parquet")

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("received_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("label", pa.int8()),  # null: a drawing that is no digit
        pa.field("prediction", pa.int8()),
        pa.field("confidence", pa.float64()),
        pa.field("model_version", pa.string()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("preprocessing_version", pa.int32(), nullable=False),
        pa.field("image", pa.binary()),  # the file as it was sent; null: it came as pixels
        pa.field("pixels", pa.list_(pa.uint8()), nullable=False),  # 784, row by row
    ]
)

# A row group is written when it has so many rows, or bytes of pictures.
_GROUP_ROWS = 1_000
_GROUP_BYTES = 2 << 20
# Rows of late days lie among others: so much waits of all days together, in so many open files.
_WAITING_BYTES = 16 << 20
_OPEN_FILES = 16
# What repeats; and not of pictures, the least and greatest of which would stay in memory, too.
_DICTIONARIES = ["label", "prediction", "model_version", "source", "preprocessing_version"]
_STATISTICS = ["id", "received_at", "confidence", *_DICTIONARIES]

_TIMEOUT = timedelta(minutes=2)


class _File:
    """One file, and the rows that wait to be written to it."""

    def __init__(self, path: Path) -> None:
        self.bytes = 0
        self._writer = parquet.ParquetWriter(
            path,
            SCHEMA,
            compression="zstd",
            use_dictionary=_DICTIONARIES,
            write_statistics=_STATISTICS,
        )
        self._rows: list[Feedback] = []

    def add(self, record: Feedback) -> None:
        """Take a row; a full group is written."""
        self._rows.append(record)
        self.bytes += len(record.image) + PIXELS
        if len(self._rows) == _GROUP_ROWS or self.bytes > _GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait as one group."""
        if self._rows:
            self._writer.write_table(_table(self._rows))
        self._rows, self.bytes = [], 0

    def close(self) -> None:
        """Write what waits, and the file's end."""
        self.flush()
        self._writer.close()


class Days:
    """Files of rows, by the day that they were received on.

    Args:
        folder: there is nothing in it yet.

    Attributes:
        rows: how many were added.
        days: of which there are files.
    """

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self.days: dict[str, int] = {}  # and how many files each has
        self._folder = folder
        self._open: dict[str, _File] = {}  # the one that was used last is the last

    def add(self, record: Feedback) -> None:
        """Take a row to its day."""
        file = self._open.pop(record.day, None) or self._new(record.day)
        self._open[record.day] = file
        file.add(record)
        self.rows += 1
        if sum(each.bytes for each in self._open.values()) > _WAITING_BYTES:
            max(self._open.values(), key=lambda each: each.bytes).flush()

    def close(self) -> None:
        """Write what waits."""
        while self._open:
            self._open.pop(next(iter(self._open))).close()

    def _new(self, day: str) -> _File:
        if len(self._open) == _OPEN_FILES:
            self._open.pop(next(iter(self._open))).close()
        folder = self._folder / f"day={day}"
        folder.mkdir(parents=True, exist_ok=True)
        number = self.days[day] = self.days.get(day, 0) + 1
        return _File(folder / f"{number:04}.parquet")


async def export(records: AsyncIterator[Feedback], folder: Path) -> Days:
    """Write rows below a folder, which is there as a whole in the end or not at all.

    Raises:
        FileExistsError: the folder is there already: its rows would be mixed with the new ones.
        StoreUnavailable: the store failed; nothing is left.
    """
    with _appearing(folder) as unfinished:
        days = Days(unfinished)
        async for record in records:
            days.add(record)
        days.close()
    return days


@contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """An empty folder, which takes its name once its content is complete."""
    if folder.exists():
        taken = "It is there already; move it away, or name another folder"
        raise FileExistsError(EEXIST, taken, str(folder))
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _table(rows: list[Feedback]) -> pa.Table:
    columns = {name: [getattr(row, name) for row in rows] for name in SCHEMA.names}
    columns["received_at"] = [datetime.fromisoformat(row.received_at) for row in rows]
    columns["label"] = [None if row.label == "NaN" else row.label for row in rows]
    columns["image"] = [_picture(row.image) for row in rows]
    pixels = _lists(columns.pop("pixels"))
    arrays = {name: pa.array(values, SCHEMA.field(name).type) for name, values in columns.items()}
    return pa.table({**arrays, "pixels": pixels}, schema=SCHEMA)


def _lists(pixels: list[bytes]) -> pa.Array:
    """Each row's bytes as a list of them, without a Python integer for each."""
    joined = pa.py_buffer(b"".join(pixels))
    values = pa.UInt8Array.from_buffers(pa.uint8(), len(joined), [None, joined])
    ends = pa.array(range(0, len(joined) + 1, PIXELS), pa.int32())
    return pa.ListArray.from_arrays(ends, values)


def _picture(data_url: str) -> bytes | None:
    """The bytes in a data URL; None if there are none."""
    try:
        return b64decode(data_url.partition(",")[2]) or None
    except ValueError:
        return None


def main(arguments: list[str] | None = None) -> int:
    """The command line; its status is 1 if the store failed, 2 if what was asked for is wrong."""
    parser = argparse.ArgumentParser(prog="python -m training.export_parquet", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    folder = parser.parse_args(arguments).folder

    def run() -> str:
        store = opening.open_store(settings().data_store, _TIMEOUT)
        done = asyncio.run(export(snapshot.rows(store), folder))
        return f"{folder} has {done.rows} rows of {len(done.days)} days."

    return status_of(run)


if __name__ == "__main__":
    sys.exit(main())
