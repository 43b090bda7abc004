"""Objects under keys, in a folder, in S3 or in memory, behind one interface.

One primitive carries every commit: *create this object if it does not exist*. Whatever goes wrong
with the store becomes `StoreUnavailable` within seconds, so that a client hears of it in time.
"""

import asyncio
import atexit
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore import sign_async
from obstore.exceptions import AlreadyExistsError, BaseError, GenericError
from obstore.store import LocalStore, MemoryStore, S3Store

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.lambda_credentials import SnapshotCredentials
from digit_recognizer.settings import settings

if TYPE_CHECKING:
    from obstore import HTTP_METHOD
    from obstore.store import ClientConfig, RetryConfig

_log = logging.getLogger(__name__)
_logged: ContextVar[bool] = ContextVar("logged", default=True)

# obstore's threads tidy up for a moment after a request is answered, and a Python that is gone by
# then aborts the process (PyO3/pyo3-async-runtimes#40). So a process ends this little bit later.
atexit.register(time.sleep, 0.05)

# A creation whose connection broke is tried again for so long, with pauses in between (s).
_TRIED_AGAIN_FOR = 0.5
_PAUSE = 0.1
# A request that a client waits for is answered, or given up, within seconds.
_TIMEOUT = timedelta(seconds=5)
_RETRIES: "RetryConfig" = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=4),
    "backoff": {
        "init_backoff": timedelta(milliseconds=50),
        "max_backoff": timedelta(milliseconds=500),
    },
}


@dataclass(frozen=True, slots=True)
class Entry:
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
        """Put an object where none is, atomically, in one request.

        Where a connection broke it is tried again: the request may have been carried out, its
        answer lost. So whoever must know whose object it is reads it back.

        Returns:
            True if this call created it. False if the key was taken, perhaps by an earlier try of
            this very call; then nothing has changed.
        """
        with _failures_named():
            started = time.monotonic()
            while True:
                try:
                    await self._objects.put_async(key, content, mode="create", use_multipart=False)
                    break
                except AlreadyExistsError:
                    return False
                except GenericError as error:
                    # The client tries again what S3 refused for now, but no broken connection:
                    # it can't know that creating twice is no harm.
                    tired = time.monotonic() - started > _TRIED_AGAIN_FOR
                    if tired or "HTTP error" not in str(error):
                        raise
                    await asyncio.sleep(_PAUSE)
        return True

    async def get(self, key: str) -> bytes | None:
        """The object's content, or None where there is no such object."""
        with _failures_named():
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
        with _failures_named():
            found = await self._objects.get_async(key)
            async for chunk in found.stream(min_chunk_size=size):
                yield bytes(chunk)

    async def size(self, key: str) -> int | None:
        """The object's length in bytes, or None where there is no such object."""
        with _failures_named():
            try:
                return (await self._objects.head_async(key))["size"]
            except FileNotFoundError:
                return None

    async def presigned(self, key: str, method: "HTTP_METHOD") -> str:
        """An address under which anyone can fetch an object on S3, for an hour."""
        assert isinstance(self._objects, S3Store)
        with _failures_named():
            return await sign_async(self._objects, method, key, timedelta(hours=1))

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects, a thousand a request; one that is not there is no error."""
        for start in range(0, len(keys), 1000):
            batch = keys[start : start + 1000]
            with _failures_named():
                try:
                    await self._objects.delete_async(batch)
                except FileNotFoundError:
                    # Someone else removes the same ones, and a folder stops at the first.
                    for key in batch:
                        with suppress(FileNotFoundError):
                            await self._objects.delete_async(key)

    async def pages(
        self, prefix: str, page_size: int = 1000, after: str | None = None
    ) -> AsyncIterator[list[Entry]]:
        """What lies below a prefix, a list page at a time.

        S3 lists in order of the keys, a folder does not: sort where the order matters.

        Args:
            prefix: a whole segment of a key or several: what lies "below" it.
            page_size: so many entries a page.
            after: only keys that come after this one.
        """
        with _failures_named():
            async for page in self._objects.list(prefix, offset=after, chunk_size=page_size):
                yield [Entry(e["path"], e["size"], e["last_modified"]) for e in page]


def open_store(url: str, timeout: timedelta = _TIMEOUT) -> Store:
    """The store that a `DATA_STORE` names.

    Args:
        url: see `settings`.
        timeout: a request that takes longer has failed. Nobody waits for a command on a slow
            line, so it may give its requests more.

    Raises:
        ValueError: the URL names no store, with a sentence that says what would be right.
        StoreUnavailable: the folder can't be made.
    """
    address = urlsplit(url)
    if address.scheme == "file" and address.path not in ("", "/") and not address.netloc:
        with _failures_named():
            return Store(LocalStore(unquote(address.path), mkdir=True, automatic_cleanup=True))
    if address.scheme == "s3" and address.netloc:
        prefix = address.path.strip("/")
        # An endpoint is plain HTTP only where the operator names one (moto, MinIO).
        client: ClientConfig = {
            "allow_http": True,
            "connect_timeout": timedelta(seconds=1),
            "timeout": timeout,
        }
        return Store(
            S3Store(
                address.netloc,
                prefix=prefix or None,
                client_options=client,
                retry_config=_RETRIES,
                credential_provider=SnapshotCredentials.from_environment(),
            ),
            Bucket(address.netloc, f"{prefix}/" if prefix else ""),
        )
    if url.rstrip("/") in ("memory:", "memory"):
        return Store(MemoryStore())
    raise ValueError(
        f"DATA_STORE is {url!r}; it must be file:///an/absolute/folder, s3://bucket/prefix"
        " or memory://."
    )


@lru_cache(maxsize=1)
def in_service() -> Store:
    """The store that this process's settings name."""
    return open_store(settings().data_store)


@contextmanager
def failures_not_logged() -> Iterator[None]:
    """For who asks again and again, and says itself what it makes of a failure."""
    token = _logged.set(False)
    try:
        yield
    finally:
        _logged.reset(token)


def _read_files(folder: Path, keys: Sequence[str]) -> list[bytes | None]:
    """What lies in a folder under plain keys; through obstore it takes four times as long."""
    contents: list[bytes | None] = []
    for key in keys:
        with _failures_named():
            try:
                contents.append((folder / key).read_bytes())
            except FileNotFoundError:
                contents.append(None)
    return contents


@contextmanager
def _failures_named() -> Iterator[None]:
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
