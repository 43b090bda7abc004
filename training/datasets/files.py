"""Where the file of a data set is found.

Looked for where an option says, then in `../shared/data`, else downloaded from the public original
into `data/datasets`.
"""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digit_recognizer.settings import PROJECT

SHARED = PROJECT.parent / "shared" / "data"
DOWNLOADS = PROJECT / "data" / "datasets"


@dataclass(frozen=True)
class Source:
    """Where the file of a data set comes from.

    Attributes:
        name: of the file.
        url: of the public original.
        is_whole: whether a file is the data set; it may raise ValueError, KeyError or OSError.
        unpacked: the content of the file, out of what the URL sent; None where it is the same.
    """

    name: str
    url: str
    is_whole: Callable[[Path], bool]
    unpacked: Callable[[Path], bytes] | None = None


def located(source: Source, path: Path | None = None) -> Path:
    """The file of a data set, downloaded if it is nowhere.

    Raises:
        FileNotFoundError: `path` is given and there is no such file.
        ValueError: what was downloaded is not the data set.
    """
    if path is not None:
        if not path.is_file():
            raise FileNotFoundError(f"There is no file {path}: give the path of {source.name}.")
        return path
    for folder in (SHARED, DOWNLOADS):
        if (folder / source.name).is_file():
            return folder / source.name
    target = DOWNLOADS / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    print(f"Downloading {source.url}", flush=True)
    partial = target.with_name(f"partial-{source.name}")
    urllib.request.urlretrieve(source.url, partial)
    if source.unpacked:
        partial.write_bytes(source.unpacked(partial))
    _check(partial, source)
    partial.replace(target)
    return target


def _check(file: Path, source: Source) -> None:
    """Raise ValueError unless a file that was downloaded is the data set."""
    try:
        right = source.is_whole(file)
    except (ValueError, KeyError, OSError):
        right = False
    if not right:
        file.unlink()
        raise ValueError(
            f"What {source.url} sent is not {source.name} as it was published; download it by hand"
            " and give its path."
        )
