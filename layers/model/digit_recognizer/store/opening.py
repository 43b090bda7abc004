"""Which store: a URL's folder, bucket or memory, with time limits and retries."""

import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from obstore.store import MemoryStore, S3Store

from digit_recognizer.settings import settings
from digit_recognizer.store.folder import Folder
from digit_recognizer.store.lambda_credentials import SnapshotCredentials
from digit_recognizer.store.storage import Bucket, Store, failures_named

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

# Letters as buckets of the first years have them, and no port.
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

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


def open_store(url: str, timeout: timedelta = _TIMEOUT) -> Store:
    """The store that a `DATA_STORE` names.

    No part of the URL is passed over: what can't be followed is refused.

    Args:
        url: see `settings`. A folder's path has its own characters percent-encoded or as they are,
            also # and ?: a folder has no query. S3's prefix is taken as it stands, as AWS's own
            tools do.
        timeout: a request that takes longer has failed. Nobody waits for a command on a slow
            line, so it may give its requests more.

    Raises:
        ValueError: the URL names no store, with a sentence that says what would be right.
        StoreUnavailable: the folder can't be made.
    """
    if not url.isprintable() or url != url.strip():
        raise _refusal(url, "It has spaces around it, or characters that can't be seen.")
    scheme, _, rest = url.partition(":")
    if scheme.lower() == "file":
        return _folder(url, rest.removeprefix("//"))
    if scheme.lower() == "s3" and rest.startswith("//"):
        return _bucket(url, rest.removeprefix("//"), timeout)
    if url.rstrip("/") in ("memory:", "memory"):
        return Store(MemoryStore())
    raise _refusal(url)


def _folder(url: str, encoded: str) -> Store:
    if not encoded.startswith("/") or not encoded.strip("/"):
        raise _refusal(url)
    try:
        path = unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        raise _refusal(url, "The folder's name is not in UTF-8.") from None
    if "\0" in path:
        raise _refusal(url, "No folder's name has a zero byte in it.")
    with failures_named():
        return Store(Folder.at(Path(path), durable=settings().durable))


def _bucket(url: str, rest: str, timeout: timedelta) -> Store:
    name, _, prefix = rest.partition("/")
    if "@" in name:
        what = "Credentials have no place in it: they are AWS_ACCESS_KEY_ID and its like."
        raise _refusal("s3://…@" + rest.partition("@")[2], what)
    for mark in "?#":
        if mark in rest:
            raise _refusal(url, f"What comes after {mark} would be lost.")
    if not _BUCKET.fullmatch(name):
        raise _refusal(url)
    prefix = prefix.strip("/")
    # An endpoint is plain HTTP only where the operator names one (moto, MinIO).
    client: ClientConfig = {
        "allow_http": True,
        "connect_timeout": timedelta(seconds=1),
        "timeout": timeout,
    }
    try:
        objects = S3Store(
            name,
            prefix=prefix or None,
            client_options=client,
            retry_config=_RETRIES,
            credential_provider=SnapshotCredentials.from_environment(),
        )
    except ValueError as error:  # such as a segment of the prefix that is empty or ".."
        raise _refusal(url, "S3 can't have such a prefix.") from error
    return Store(objects, Bucket(name, f"{prefix}/" if prefix else ""))


def _refusal(url: str, what: str = "") -> ValueError:
    return ValueError(
        f"DATA_STORE is {url!r}; it must be file:///an/absolute/folder, s3://bucket/prefix"
        f" or memory://.{what and ' '}{what}"
    )


@lru_cache(maxsize=1)
def configured() -> Store:
    """The store that this process's settings name."""
    return open_store(settings().data_store)
