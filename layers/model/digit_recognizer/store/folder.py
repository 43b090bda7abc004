"""A folder as a store: an object is there as a whole or not at all, whatever the file system can.

obstore reads, lists and deletes; creating is done here, in two steps. The content is written beside
its place, under a name that no listing shows, and then takes its name in one step if the name is
free: by a hard link (link(2)). Where there are none (exFAT, FAT, some network and FUSE mounts) a
lock of the whole folder is held while the name is looked up and the file renamed. Whoever is killed
leaves what nobody sees, and a lock that the system gives back.

Replacing an object by another, if it is as it was seen, takes the same lock.

What a power cut leaves is the disk's matter, not the process's:

- Nothing is deleted before all that was written earlier is on the disk: a row whose segment is not
  there yet would else be gone.
- With `durable`, nothing is acknowledged before it is on the disk, with the folders above it.
"""

import asyncio
import ctypes
import errno
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Any

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

# What a file system says that has no hard links; Linux' own say EPERM, others what they like.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

# No listing shows a name that ends so: obstore's own unfinished files have such names, too.
_LOCK = ".commits#0"
# The lock is held for as long as a renaming takes; who holds it longer was stopped (s).
_PATIENCE = 4.0
_PAUSE = 0.005

_TRIES = 100

_FULL_FSYNC: int | None = getattr(fcntl, "F_FULLFSYNC", None)


class Folder(LocalStore):
    """obstore's folder, but for how an object is created and when it is on the disk.

    Attributes:
        durable: whether an object that was created outlasts a power cut.
    """

    durable = False

    @classmethod
    def at(cls, path: Path, *, durable: bool = False) -> "Folder":
        """The store in a folder, which is made if it is not there.

        Raises:
            BaseError, OSError: it can't be made.
        """
        opened = cls(path, mkdir=True, automatic_cleanup=True)
        opened.durable = durable
        if durable:
            _sync(path.parent)
        return opened

    async def put_async(self, path: str, file: Any, *args: Any, **options: Any) -> Any:
        """Put an object; with `mode="create"` as this module says.

        Raises:
            AlreadyExistsError: the name is taken.
            BaseError, OSError: it can't be written.
        """
        if options.get("mode") != "create":
            return await super().put_async(path, file, *args, **options)
        await asyncio.to_thread(self._create, path, file)
        return {"e_tag": None, "version": None}

    async def delete_async(self, paths: Any) -> None:
        """Remove objects, once what was written before is on the disk.

        Raises:
            BaseError, OSError: they can't be removed.
        """
        await asyncio.to_thread(_sync_all, self._root)
        await super().delete_async(paths)

    def swap(self, key: str, seen: bytes, content: bytes) -> bool:
        """Put an object in the place of another, if that still has the content that was seen.

        Raises:
            OSError: it can't be written, or the lock can't be had.
        """
        place = self._root / key
        # Hidden from those who list the folder with other programs, too, if it is left over.
        unfinished = place.with_name(f".{place.name}#{secrets.randbelow(10**15)}")
        with _held(self._root / _LOCK):
            try:
                if place.read_bytes() != seen:
                    return False
                self._write(unfinished, content)
                unfinished.replace(place)
            except FileNotFoundError:
                return False
            finally:
                unfinished.unlink(missing_ok=True)
        self._sync_above(place)
        return True

    @property
    def _root(self) -> Path:
        assert self.prefix is not None
        return self.prefix

    def _create(self, key: str, content: bytes | bytearray) -> None:
        place = self._root / key
        unfinished = place.with_name(f"{place.name}#{secrets.randbelow(10**15)}")
        try:
            self._write(unfinished, content)
            try:
                _name(unfinished, place, self._root / _LOCK)
            except FileExistsError:
                raise AlreadyExistsError(f"{place} is there already.") from None
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()
        self._sync_above(place)

    def _sync_above(self, place: Path) -> None:
        if self.durable:
            for folder in place.relative_to(self._root).parents:
                _sync(self._root / folder)

    def _write(self, unfinished: Path, content: bytes | bytearray) -> None:
        with _new_file(unfinished) as file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            if self.durable:
                _sync_descriptor(file.fileno())


def _new_file(path: Path) -> FileIO:
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):
            return path.open("xb", buffering=0)
        # Again and again, since whoever deletes a folder's last object removes the folder: also
        # while it is being made, and while pathlib looks whether what is there is a folder.
        with suppress(FileNotFoundError, FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def _name(unfinished: Path, place: Path, lock: Path) -> None:
    """Let a file take its name in one step.

    Raises:
        FileExistsError: the name is taken.
    """
    try:
        place.hardlink_to(unfinished)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with _held(lock):
            if os.path.lexists(place):
                raise FileExistsError(place) from None
            unfinished.rename(place)


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    """A lock among the threads and processes of this machine.

    Raises:
        OSError: it can't be had in time, or the file system has no locks either.
    """
    until = time.monotonic() + _PATIENCE
    with lock.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)
        yield


def _sync(folder: Path) -> None:
    """See that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync_descriptor(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # there are file systems that sync no folders
            raise
    finally:
        os.close(descriptor)


def _sync_descriptor(descriptor: int) -> None:
    if _FULL_FSYNC is None:
        os.fsync(descriptor)
    else:  # macOS' fsync leaves what the drive itself has in memory
        fcntl.fcntl(descriptor, _FULL_FSYNC)


def _sync_all(folder: Path) -> None:
    """See that all that this and other processes wrote there is on the disk: syncfs(2)."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)
