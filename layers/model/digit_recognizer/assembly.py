"""The download: the header, the segments in force, the rows that are not yet compacted."""

from collections.abc import AsyncGenerator

from digit_recognizer import csv_file, manifest, reading
from digit_recognizer.errors import NotFound
from digit_recognizer.manifest import Manifest
from digit_recognizer.reading import View
from digit_recognizer.storage import Store

IN_RESPONSE = 4_000_000
"""A longer file is not sent in a Lambda answer: with its JSON around it, that may have 6 MB."""


class Assembly:
    """The file of one moment, nothing of it read yet but the rows that are not compacted.

    Attributes:
        size: its length in bytes.
    """

    def __init__(self, store: Store, seen: View[bytes]) -> None:
        self._store = store
        self._seen = seen
        self.size = len(csv_file.HEADER) + seen.manifest.csv_bytes + sum(map(len, seen.tail))

    @property
    def is_short(self) -> bool:
        """Whether it can be the body of an answer."""
        return self.size <= IN_RESPONSE

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The file, about a megabyte at a time.

        Raises:
            StoreUnavailable: the store failed on the way; what was sent is cut short.
        """
        yield csv_file.HEADER
        for segment in self._seen.manifest.segments:
            async for chunk in self._store.chunks(segment.csv_key):
                yield chunk
        yield b"".join(self._seen.tail)

    async def content(self) -> bytes:
        """The whole file, if it is short."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def compacted(self) -> Manifest:
        """The manifest whose segments alone are the file, at least: its tail is compacted."""
        if not self._seen.tail:
            return self._seen.manifest
        return await reading.compacted(self._store)


async def assemble(store: Store, to_be_joined: bool = False) -> Assembly:
    """The file as it is now.

    Args:
        store: the store.
        to_be_joined: if it is long it will be joined from segments; so its tail, instead of being
            read, is compacted at once.

    Raises:
        NotFound: there are no rows.
        StoreUnavailable: see `reading.view`.
    """
    if to_be_joined and (await manifest.in_force(store)).csv_bytes > IN_RESPONSE:
        return Assembly(store, View(await reading.compacted(store), [], 0))
    seen = await reading.view(store, csv_file.row)
    if not seen.manifest.segments and not seen.tail:
        raise NotFound("CSV file not found. Submit some feedback first.")
    return Assembly(store, seen)
