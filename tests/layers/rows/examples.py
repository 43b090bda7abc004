"""Rows that tests save and find again: the first three pixels tell which row it is."""

import csv
import io
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from digit_recognizer.download import csv_file
from digit_recognizer.errors import NotFound
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.request import from_request
from digit_recognizer.ids import new_id
from digit_recognizer.pixels import PIXELS
from digit_recognizer.rows import segments
from digit_recognizer.store.storage import Store

PICTURE = "data:image/png;base64,AAAA"


def numbered(number: int, **fields: Any) -> Feedback:
    """The row of a number; its id is of now, unless it is given."""
    body = {"image": PICTURE, "label": number % 10, **fields}
    return from_request(body, number.to_bytes(3, "big") + bytes(PIXELS - 3), 1)


def id_from(days_ago: float) -> str:
    """An id that was made some days ago."""
    now = uuid.UUID(new_id()).int
    return str(uuid.UUID(int=now - (int(days_ago * 86_400_000) << 80)))


async def downloaded(store: Store) -> list[int]:
    """The numbers of the rows in the download, in its order."""
    try:
        file = await csv_file.assemble(store)
    except NotFound:
        return []
    content = b"".join([chunk async for chunk in file.chunks()])
    assert len(content) == file.size
    return numbers_in(content)


def numbers_in(content: bytes) -> list[int]:
    """The numbers of the rows in a CSV."""
    header, *rows = csv.reader(io.StringIO(content.decode("ascii"), newline=""))
    assert header == ["label", *(f"pixel{n}" for n in range(PIXELS))]
    numbers = []
    for row in rows:
        assert len(row) == 1 + PIXELS
        number = int.from_bytes(bytes(map(int, row[1:4])), "big")
        assert row[0] == str(number % 10)
        numbers.append(number)
    return numbers


def each_once(numbers: list[int]) -> set[int]:
    """The numbers as a set; none of them is there twice."""
    twice = [number for number, count in Counter(numbers).items() if count > 1]
    assert not twice
    return set(numbers)


async def listed(store: Store, key: str) -> list[str]:
    """The keys that a published list names, in its order."""
    addresses = (await store.get(key) or b"").decode().splitlines()
    return [address[address.index(segments.SEGMENTS) :] for address in addresses]


async def as_files(store: Store, keys: list[str], folder: Path) -> list[str]:
    """What lies under some keys, as files that any program can read."""
    folder.mkdir(exist_ok=True)
    files = []
    for key in keys:
        content = await store.get(key)
        assert content is not None, key
        file = folder / key.rpartition("/")[2]
        file.write_bytes(content)
        files.append(str(file))
    return files
