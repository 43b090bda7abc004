"""The download: the header, the segments in force, the rows that are not yet compacted."""

from collections.abc import AsyncGenerator

from digit_recognizer.errors import NotFound
from digit_recognizer.feedback import csv_format
from digit_recognizer.rows import integrity, snapshot
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.rows.segments import cut_short
from digit_recognizer.rows.snapshot import NotCompacted, View
from digit_recognizer.store.storage import Store

IN_RESPONSE = 4_000_000
"""A longer file is not sent in a Lambda answer: with its JSON around it, that may have 6 MB."""

_PIECE = 1 << 18  # bytes; whoever reads slowly holds one of them
_LINES = 100  # have about as many bytes


class CsvFile:
    """The file of one moment, nothing of it read yet but the rows that are not compacted.

    Attributes:
        size: its length in bytes; None where many rows wait on a store that can't be written:
            then they are read one by one, and nobody knows it before.
    """

    def __init__(self, store: Store, view: View[bytes] | None) -> None:
        self._store = store
        self._view = view
        self.size = None
        if view is not None:
            tail = sum(map(len, view.tail))
            self.size = len(csv_format.HEADER) + view.manifest.csv_bytes + tail

    @property
    def is_short(self) -> bool:
        """Whether it can be the body of an answer."""
        return self.size is not None and self.size <= IN_RESPONSE

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The file, a quarter of a megabyte at a time.

        Raises:
            StoreUnavailable: the store failed on the way, or a segment is not as long as the
                manifest says; what was sent is cut short.
        """
        yield csv_format.HEADER
        if self._view is None:
            async for record in snapshot.rows(self._store):
                yield csv_format.line(record)
            return
        for segment in self._view.manifest.segments:
            size = 0
            async for chunk in self._store.chunks(segment.csv_key, _PIECE):
                size += len(chunk)
                yield chunk
            if size != segment.csv_bytes:
                raise cut_short(segment)
        for begin in range(0, len(self._view.tail), _LINES):
            yield b"".join(self._view.tail[begin : begin + _LINES])

    async def content(self) -> bytes:
        """The whole file, if it is short."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def compacted(self) -> Manifest:
        """The manifest whose segments alone are the file, at least: its tail is compacted."""
        if self._view is not None and not self._view.tail:
            return self._view.manifest
        return await snapshot.compacted(self._store)


async def assemble(store: Store, to_be_joined: bool = False) -> CsvFile:
    """The file as it is now.

    Args:
        store: the store.
        to_be_joined: if it is long it will be joined from segments; so its tail, instead of being
            read, is compacted at once.

    Raises:
        NotFound: there are no rows.
        StoreUnavailable: the store failed.
    """
    try:
        if to_be_joined and (await integrity.in_force(store)).csv_bytes > IN_RESPONSE:
            return CsvFile(store, View(await snapshot.compacted(store), []))
        view = await snapshot.view(store, csv_format.line)
    except NotCompacted:
        return CsvFile(store, None)
    if not view.manifest.segments and not view.tail:
        raise NotFound("CSV file not found. Submit some feedback first.")
    return CsvFile(store, view)
