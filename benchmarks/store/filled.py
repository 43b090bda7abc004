"""Stores with as many rows as a measurement needs, and a store that counts its requests."""

import asyncio
import os
import shutil
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from digit_recognizer import settings
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.request import from_request
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.ids import milliseconds_of, new_id
from digit_recognizer.pixels import PIXELS
from digit_recognizer.rows import arrivals, manifest
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.rows.segments import Segment, SegmentWriter
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Listed, Store

PICTURE_BYTES = 2500
"""About what the page's canvas weighs as a PNG."""


class CountingStore(Store):
    """A store that counts: an object asked for is a request, a page of a listing is one.

    Attributes:
        requests: so many, since it was made.
    """

    def __init__(self, inner: Store) -> None:
        super().__init__(inner._objects, inner.bucket)
        self.requests = 0

    async def create(self, key: str, content: bytes | bytearray) -> bool:
        """Count, and do as a store does."""
        self.requests += 1
        return await super().create(key, content)

    async def swap(self, key: str, seen: bytes | None, content: bytes) -> bool:
        """Count it as the two that it is, and do as a store does."""
        self.requests += 2 - (seen is None)
        return await super().swap(key, seen, content)

    async def get(self, key: str) -> bytes | None:
        """Count, and do as a store does."""
        self.requests += 1
        return await super().get(key)

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Count, and do as a store does."""
        before = self.requests
        contents = await super().get_many(keys)
        self.requests = before + len(keys)
        return contents

    async def chunks(self, key: str, size: int = 1 << 20) -> AsyncIterator[bytes]:
        """Count, and do as a store does."""
        self.requests += 1
        async for chunk in super().chunks(key, size):
            yield chunk

    async def size(self, key: str) -> int | None:
        """Count, and do as a store does."""
        self.requests += 1
        return await super().size(key)

    async def delete(self, keys: Sequence[str]) -> None:
        """Count a thousand as one, and do as a store does."""
        self.requests += -(-len(keys) // 1000)
        await super().delete(keys)

    async def pages(
        self, prefix: str, page_size: int = 1000, after: str | None = None
    ) -> AsyncIterator[list[Listed]]:
        """Count, and do as a store does."""
        self.requests += 1
        first = True
        async for page in super().pages(prefix, page_size, after):
            self.requests += not first
            first = False
            yield page


def record(random: Random) -> Feedback:
    """A row as long as those of real digits: a fifth of its pixels is ink."""
    ink = random.randbytes(160)
    pixels = bytes(300) + ink + bytes(PIXELS - 300 - len(ink))
    picture = b64encode(random.randbytes(PICTURE_BYTES)).decode("ascii")
    digit = random.randrange(10)
    body = {"image": f"data:image/png;base64,{picture}", "label": digit, "prediction": digit}
    return from_request(body, pixels, 1)


def write_rows(folder: Path, count: int) -> None:
    """Rows that wait in a folder's store, as `arrivals.save` leaves them, only faster."""
    random = Random(count)
    patterns = [record(random).to_json() for _ in range(64)]
    for number in range(count):
        pattern = patterns[number % len(patterns)]
        id_ = new_id()
        file = folder / arrivals.key_of(id_)
        content = pattern.replace(pattern[8:44], id_.encode(), 1)
        try:
            file.write_bytes(content)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def pattern_of(folder: Path, rows: int) -> tuple[Segment, Tally]:
    """One segment in a folder, full or of so many rows, and its figures."""
    shutil.rmtree(folder, ignore_errors=True)
    return asyncio.run(_pattern(open_store(folder.as_uri()), rows))


async def _pattern(store: Store, rows: int) -> tuple[Segment, Tally]:
    random = Random(1)
    figures = Tally()
    writer = SegmentWriter(store, 0, settings.settings().segment_bytes)
    while not writer.written and figures.rows < rows:
        made = record(random)
        await writer.add(made)
        figures.add(made)
    await writer.close()
    return writer.written[0], figures


def grow(pattern: Path, segment: Segment, figures: Tally, folder: Path, rows: int) -> Manifest:
    """A folder's store with compacted rows: links to one segment, each with ids of its own.

    Writing a million rows one by one would take longer than all that is measured.
    """
    shutil.rmtree(folder, ignore_errors=True)
    made: list[Segment] = []
    kept = Tally.from_json(figures.to_json()).to_json()
    count = max(1, round(rows / segment.rows))
    for number in range(count):
        ids = [uuid.UUID(new_id()).bytes for _ in range(segment.rows)]
        runs = ((_time(ids[0]), _time(ids[-1])),)
        copy = Segment(
            f"00000001-{number:016x}",  # of the generation that names it
            segment.rows,
            segment.csv_bytes,
            segment.record_bytes,
            runs,
            segment.versions,
        )
        for source, target in zip(segment.keys[:2], copy.keys[:2], strict=True):
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            os.link(pattern / source, folder / target)
        (folder / copy.ids_key).write_bytes(b"".join(ids))
        made.append(copy)
    for name in ("labels", "sources", "days"):
        kept[name] = {key: count * value for key, value in kept[name].items()}
    kept["rows"] = count * segment.rows
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    current = Manifest(1, now, str(uuid.UUID(bytes=ids[-1])), tuple(made), (), kept)
    key = folder / manifest.GENERATIONS.key(1)
    key.parent.mkdir(parents=True)
    key.write_bytes(current.to_json())
    return current


def _time(packed: bytes) -> int:
    return milliseconds_of(str(uuid.UUID(bytes=packed)))
