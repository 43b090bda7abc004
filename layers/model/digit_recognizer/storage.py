"""Objects under keys, in a folder, in S3 or in memory, behind one interface.

One primitive carries every commit: *create this object if it does not exist*. Whatever goes wrong
with the store becomes `StoreUnavailable` within seconds, so that a client hears of it in time.
"""

import atexit
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.settings import settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_log = logging.getLogger(__name__)

# obstore's threads tidy up for a moment after a request is answered, and a Python that is gone by
# then aborts the process (PyO3/pyo3-async-runtimes#40). So a process ends this little bit later.
atexit.register(time.sleep, 0.05)

# An endpoint is plain HTTP only where the operator names one (moto, MinIO); AWS's are HTTPS.
_CLIENT: "ClientConfig" = {
    "allow_http": True,
    "connect_timeout": timedelta(seconds=1),
    "timeout": timedelta(seconds=5),
}
_RETRIES: "RetryConfig" = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=4),
    "backoff": {
        "init_backoff": timedelta(milliseconds=50),
        "max_backoff": timedelta(milliseconds=500),
    },
}


class Store:
    """Where feedback and models are kept.

    Holds nothing that is bound to an event loop, so that one instance serves a process for life.
    Every method raises `StoreUnavailable` when the store can't be reached or refuses.
    """

    def __init__(self, objects: LocalStore | MemoryStore | S3Store) -> None:
        self._objects = objects

    async def create(self, key: str, content: bytes) -> bool:
        """Put an object where none is, atomically, in one request.

        Returns:
            True if this call created it, False if the key was taken; then nothing has changed.
        """
        with _failures_named():
            try:
                await self._objects.put_async(key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    async def get(self, key: str) -> bytes | None:
        """The object's content, or None where there is no such object."""
        with _failures_named():
            try:
                found = await self._objects.get_async(key)
            except FileNotFoundError:
                return None
            return bytes(await found.bytes_async())

    async def pages(self, prefix: str, page_size: int = 1000) -> AsyncIterator[list[str]]:
        """The keys below a prefix, a list page at a time.

        S3 lists in order of the keys, a folder does not: sort where the order matters.
        """
        with _failures_named():
            async for page in self._objects.list(prefix, chunk_size=page_size):
                yield [entry["path"] for entry in page]

    async def folders(self, prefix: str) -> list[str]:
        """The folders directly below a prefix, in order of their names."""
        with _failures_named():
            listed = await self._objects.list_with_delimiter_async(prefix)
            return sorted(listed["common_prefixes"])


def open_store(url: str) -> Store:
    """The store that a `DATA_STORE` names.

    Raises:
        ValueError: the URL names no store, with a sentence that says what would be right.
        StoreUnavailable: the folder can't be made.
    """
    address = urlsplit(url)
    if address.scheme == "file" and address.path not in ("", "/") and not address.netloc:
        with _failures_named():
            return Store(LocalStore(unquote(address.path), mkdir=True))
    if address.scheme == "s3" and address.netloc:
        return Store(
            S3Store(
                address.netloc,
                prefix=address.path.strip("/") or None,
                client_options=_CLIENT,
                retry_config=_RETRIES,
            )
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
def _failures_named() -> Iterator[None]:
    """Turn whatever obstore raises into the one error that a client may read."""
    try:
        yield
    except (BaseError, OSError) as error:
        # The first line says what happened; the rest is Rust's debug print.
        _log.warning("The store failed: %s", str(error).partition("\n")[0])
        raise StoreUnavailable(
            "The data store can't be reached right now; try again in a moment."
        ) from error
