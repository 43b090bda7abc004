"""A folder of files as deployed: the same content always makes the same bytes."""

import hashlib
import io
import os
import zipfile
from pathlib import Path

# The first moment that a zip file can name.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_MOMENT_S = 315_532_800


def normalise(folder: Path) -> None:
    """Give every file and folder the same time and the same permissions, on any machine."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    for path in sorted([folder, *folder.rglob("*")], reverse=True):
        os.utime(path, (_MOMENT_S, _MOMENT_S))


def files(folder: Path) -> list[Path]:
    """All files below a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def size(folder: Path) -> int:
    """How many bytes the files below a folder have together."""
    return sum(path.stat().st_size for path in files(folder))


def zipped(folder: Path, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The folder as a zip file, as Lambda gets it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _MOMENT)
            entry.external_attr = (path.stat().st_mode & 0o7777) << 16
            entry.compress_type = method
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def digest(folder: Path) -> str:
    """SHA-256 of all names, permissions, times and contents below a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        total.update(f"{path.relative_to(folder)} {status.st_mode} {status.st_mtime_ns}\n".encode())
        if path.is_file():
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
