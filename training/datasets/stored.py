"""The data sets beside the feedback, for retraining where nothing else can be reached.

`datasets/<sha256>/<file name>`: a name that says what is in the object, so an upload that is
repeated changes nothing, and what was fetched can be checked.

`python -m training.datasets.stored` (`make upload-datasets`) puts them on DATA_STORE.
"""

import asyncio
import hashlib
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from digit_recognizer.commands.status import status_of
from digit_recognizer.errors import InvalidRequest, NotFound, StoreUnavailable
from digit_recognizer.settings import settings
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Store
from training.datasets.files import located
from training.datasets.mnist import MNIST
from training.datasets.pen_digits import PEN_DIGITS

DATASETS = "datasets"

_SOURCES = (MNIST, PEN_DIGITS)
_NAMES = tuple(source.name for source in _SOURCES)
# A file is one request, perhaps on a slow line.
_TIMEOUT = timedelta(minutes=10)


async def upload(store: Store, files: Iterable[Path]) -> None:
    """Put files on the store that are not there yet, and say so.

    Raises:
        InvalidRequest: another file of the same name is there.
        OSError: a file can't be read.
        StoreUnavailable: the store failed; what was uploaded stays.
    """
    stored = await _stored(store)
    for file in files:
        content = file.read_bytes()
        key = f"{DATASETS}/{hashlib.sha256(content).hexdigest()}/{file.name}"
        if stored.get(file.name, key) != key:
            raise InvalidRequest(
                f"Another {file.name} is on the store; delete {stored[file.name]} there if"
                " this one shall take its place."
            )
        if file.name in stored:
            print(f"{file.name} is there already.")
            continue
        print(f"Uploading {file.name}, {len(content) / 1e6:.1f} MB …", flush=True)
        if not await store.create(key, content):  # its name says what is in it
            raise StoreUnavailable(f"{key} is damaged; delete it there, then upload it again.")


async def fetch(store: Store, into: Path, names: Iterable[str] = _NAMES) -> None:
    """Get the data sets into a folder; a file that is there and undamaged is not fetched again.

    Raises:
        NotFound: one was never uploaded.
        StoreUnavailable: the store failed, or has a damaged file.
    """
    stored = await _stored(store)
    for name in names:
        if name not in stored:
            raise NotFound(
                f"{name} is not on the store; run `make upload-datasets` with its DATA_STORE."
            )
        sha256 = stored[name].split("/")[1]
        if await asyncio.to_thread(_sha256_of, into / name) == sha256:
            continue
        content = await store.get(stored[name]) or b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreUnavailable(
                f"{stored[name]} is damaged: its SHA-256 is another one. Delete it there, then"
                " run `make upload-datasets`."
            )
        await asyncio.to_thread(_write, into / name, content)


async def _stored(store: Store) -> dict[str, str]:
    """The keys of the files that are there, by their names."""
    keys = [entry.key async for page in store.pages(DATASETS) for entry in page]
    return {key.rpartition("/")[2]: key for key in sorted(keys)}


def _sha256_of(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(file)


def main() -> int:
    """Upload both data sets; its status is 1 if the store failed, 2 if something is wrong."""

    def run() -> str:
        store = opening.open_store(settings().data_store, _TIMEOUT)
        asyncio.run(upload(store, [located(source) for source in _SOURCES]))
        return f"The data sets are on {settings().data_store}."

    return status_of(run)


if __name__ == "__main__":
    sys.exit(main())
