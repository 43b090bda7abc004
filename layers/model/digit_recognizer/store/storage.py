"""Objects under keys, in a folder, in S3 or in memory, behind one interface.

One primitive carries every commit: *create this object if it does not exist*. Whatever goes wrong
with the store becomes `StoreUnavailable` within seconds, so that a client hears of it in time.
"""

import asyncio
import atexit
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from obstore import sign_async
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    PreconditionError,
)
from obstore.store import LocalStore, MemoryStore, S3Store

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.store.folder import Folder

if TYPE_CHECKING:
    from obstore import HTTP_METHOD

_log = logging.getLogger(__name__)
_logged: ContextVar[bool] = ContextVar("logged", default=True)

# obstore's threads tidy up for a moment after a request is answered, and a Python that is gone by
# then aborts the process (PyO3/pyo3-async-runtimes#40). So a process ends this little bit later.
atexit.register(time.sleep, 0.05)

# A creation that was refused although nothing is there, or whose connection broke, is tried again
# after these pauses; the latter if it begins before so long: a client is waiting (s). Whatever
# happens, no creation begins anew that so many requests were made for: the client makes four more.
_PAUSES = (0.05, 0.2, 0.6, 1.0)
_BROKEN_FOR = 0.45
_REQUESTS = 5
_RETRIES_TOLD = re.compile(r"after (\d+) retries")


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing tells it: its key, its size in bytes, when it was written."""

    key: str
    size: int
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where an S3 store is: the bucket, and the prefix of all its keys ("" or "a/b/")."""

    name: str
    prefix: str


class Store:
    """Where feedback and models are kept.

    Holds nothing that is bound to an event loop, so that one instance serves a process for life.
    Every method raises `StoreUnavailable` when the store can't be reached or refuses.

    Attributes:
        bucket: where it is on S3; None for a folder or memory.
    """

    def __init__(
        self, objects: LocalStore | MemoryStore | S3Store, bucket: Bucket | None = None
    ) -> None:
        self._objects = objects
        self.bucket = bucket

    async def create(self, key: str, content: bytes | bytearray) -> bool:
        """Put an object where none is, atomically.

        No refusal is believed. S3 refuses a creation with 412 where the object is there, and with
        409 where it is not and should be tried again, and the client raises the same error for
        both; and a request whose connection broke may have been carried out. So after each of them
        the store is asked what is there, and where nothing is it is tried again.

        Returns:
            True if the object is there with this content: created by this call, or by an earlier
            one. False if there is another; then nothing has changed.

        Raises:
            StoreUnavailable: it may not have been created; trying again is safe.
        """
        with failures_named():
            started = time.monotonic()
            requests = 0
            for pause in (*_PAUSES, None):
                try:
                    await self._objects.put_async(key, content, mode="create", use_multipart=False)
                    return True
                except AlreadyExistsError as error:
                    existing = await self.get(key)
                    if existing is not None:
                        return existing == content
                    requests += _requests(error)
                    if pause is None or requests >= _REQUESTS:
                        raise
                except GenericError as error:
                    # The client tries again what S3 refused for now, but no broken connection:
                    # it can't know that creating twice is no harm.
                    requests += _requests(error)
                    tired = pause is None or time.monotonic() - started + pause > _BROKEN_FOR
                    if tired or requests >= _REQUESTS or "HTTP error" not in str(error):
                        raise
                await asyncio.sleep(pause or 0)
        raise AssertionError("the last try returns or raises")

    async def swap(self, key: str, seen: bytes | None, content: bytes) -> bool:
        """Put an object in the place of the one that was seen there, atomically.

        Only for what is derived from other objects: nothing is committed by it.

        Args:
            key: of the object.
            seen: what `get` gave; None where nothing was.
            content: of the new object.

        Returns:
            Whether this call, or an earlier one, did it. False if something else is there now, or
            the store can't say: look again.
        """
        if seen is None:
            return await self.create(key, content)
        with failures_named():
            if isinstance(self._objects, Folder):
                return await asyncio.to_thread(self._objects.swap, key, seen, content)
            with suppress(FileNotFoundError, PreconditionError, AlreadyExistsError):
                found = await self._objects.get_async(key)
                version = found.meta["e_tag"]
                if bytes(await found.bytes_async()) != seen:
                    return False
                put = self._objects.put_async
                await put(key, content, mode={"e_tag": version}, use_multipart=False)
                return True
        return False

    async def get(self, key: str) -> bytes | None:
        """The object's content, or None where there is no such object."""
        with failures_named():
            try:
                found = await self._objects.get_async(key)
            except FileNotFoundError:
                return None
            return bytes(await found.bytes_async())

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """What `get` gives for each key, all at once: as many as fit into memory and sockets."""
        if self.bucket is not None:
            return await asyncio.gather(*map(self.get, keys))
        if isinstance(self._objects, LocalStore) and self._objects.prefix is not None:
            return await asyncio.to_thread(_read_files, self._objects.prefix, keys)
        return [await self.get(key) for key in keys]

    async def chunks(self, key: str, size: int = 1 << 20) -> AsyncIterator[bytes]:
        """The object's content in pieces of about `size` bytes, for what is sent on as it comes.

        Raises:
            StoreUnavailable: also if there is no such object.
        """
        with failures_named():
            found = await self._objects.get_async(key)
            async for chunk in found.stream(min_chunk_size=size):
                yield bytes(chunk)

    async def size(self, key: str) -> int | None:
        """The object's length in bytes, or None where there is no such object."""
        with failures_named():
            try:
                return (await self._objects.head_async(key))["size"]
            except FileNotFoundError:
                return None

    def address(self, key: str) -> str:
        """Where other programs find an object; what is in memory is there for nobody else."""
        if self.bucket is not None:
            return f"s3://{self.bucket.name}/{self.bucket.prefix}{key}"
        if isinstance(self._objects, LocalStore) and self._objects.prefix is not None:
            # Plain, not percent-encoded: so Hadoop's paths and DuckDB take it.
            return f"file://{self._objects.prefix / key}"
        return f"memory:///{key}"

    async def presigned(self, key: str, method: "HTTP_METHOD") -> str:
        """An address under which anyone can fetch an object on S3, for an hour."""
        assert isinstance(self._objects, S3Store)
        with failures_named():
            return await sign_async(self._objects, method, key, timedelta(hours=1))

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects, a thousand a request; one that is not there is no error."""
        for start in range(0, len(keys), 1000):
            batch = keys[start : start + 1000]
            with failures_named():
                try:
                    await self._objects.delete_async(batch)
                except FileNotFoundError:
                    # Someone else removes the same ones, and a folder stops at the first.
                    for key in batch:
                        with suppress(FileNotFoundError):
                            await self._objects.delete_async(key)

    async def pages(
        self, prefix: str, page_size: int = 1000, after: str | None = None
    ) -> AsyncIterator[list[Listed]]:
        """What lies below a prefix, a list page at a time.

        S3 lists in order of the keys, a folder does not: sort where the order matters.

        Args:
            prefix: a whole segment of a key or several: what lies "below" it.
            page_size: so many entries a page.
            after: only keys that come after this one.
        """
        with failures_named():
            async for page in self._objects.list(prefix, offset=after, chunk_size=page_size):
                yield [Listed(e["path"], e["size"], e["last_modified"]) for e in page]


def _read_files(folder: Path, keys: Sequence[str]) -> list[bytes | None]:
    """What lies in a folder under plain keys; through obstore it takes four times as long."""
    contents: list[bytes | None] = []
    for key in keys:
        with failures_named():
            try:
                contents.append((folder / key).read_bytes())
            except FileNotFoundError:
                contents.append(None)
    return contents


def _requests(error: BaseError) -> int:
    """How many requests the client made before it raised this; it tells so in its message only."""
    retries = _RETRIES_TOLD.search(str(error))
    return 1 + (int(retries[1]) if retries else 0)


@contextmanager
def failures_not_logged() -> Iterator[None]:
    """For who asks again and again, and says itself what it makes of a failure."""
    token = _logged.set(False)
    try:
        yield
    finally:
        _logged.reset(token)


@contextmanager
def failures_named() -> Iterator[None]:
    """Turn whatever obstore raises into the one error that a client may read."""
    try:
        yield
    except (BaseError, OSError) as error:
        # The first line says what happened; the rest is Rust's debug print.
        if _logged.get():
            _log.warning("The store failed: %s", str(error).partition("\n")[0])
        raise StoreUnavailable(
            "The data store can't be reached right now; try again in a moment."
        ) from error
