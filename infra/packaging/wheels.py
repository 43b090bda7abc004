"""Dependencies as the target's binary wheels, by the pins and hashes of a requirements.txt."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection
from pathlib import Path

from infra.packaging.target import PackagingError, Target

_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)


def names(requirements: Path) -> set[str]:
    """The names of the packages that a requirements.txt pins."""
    return set(_REQUIREMENT.findall(requirements.read_text("utf-8")))


def install(requirements: Path, into: Path, target: Target, without: Collection[str] = ()) -> None:
    """Unpack the pinned wheels for the target into a folder, with no byte-code.

    Args:
        requirements: pins with hashes, as `make lock` writes them.
        into: the folder; it is made.
        target: the runtime that the wheels and the pins' environment markers are chosen for.
        without: names of packages to leave out.

    Raises:
        PackagingError: a wheel doesn't exist for the target, or can't be fetched.
    """
    into.mkdir(parents=True, exist_ok=True)
    pins = _pins(requirements.read_text("utf-8"), without)
    if not pins:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as selected:
        selected.write(pins)
        selected.flush()
        command = [
            uv(),
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "--link-mode=copy",
            f"--python={sys.executable}",
            f"--python-version={target.python}",
            f"--python-platform={target.platform}",
            f"--target={into}",
            f"--requirement={selected.name}",
        ]
        # From the folder's parent: no pyproject.toml above it may change what is installed.
        done = subprocess.run(command, capture_output=True, text=True, cwd=into.parent)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise PackagingError(_reason(done.stderr, target))
    # A lock of uv's own, and scripts that nobody starts on Lambda.
    (into / ".lock").unlink(missing_ok=True)
    shutil.rmtree(into / "bin", ignore_errors=True)


def uv() -> str:
    """The uv to use: beside the Python that runs this, else on the PATH.

    Raises:
        PackagingError: there is none.
    """
    scripts = Path(sysconfig.get_path("scripts"))
    found = shutil.which("uv", path=os.pathsep.join([str(scripts), os.environ.get("PATH", "")]))
    if found is None:
        raise PackagingError("uv is missing; `make build` installs it, or: pip install uv")
    return found


def _pins(requirements: str, without: Collection[str]) -> str:
    """The entries of a requirements.txt, each with its hashes, but for those left out."""
    starts = [match.start() for match in _REQUIREMENT.finditer(requirements)]
    entries = [requirements[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    return "".join(entry for entry in entries if entry.partition("==")[0] not in without)


def _reason(output: str, target: Target) -> str:
    if re.search(r"dns error|client error|error sending request|network|timed out", output):
        return (
            "The wheels could not be fetched: the package index does not answer;"
            " check the network (or pip's and uv's index settings) and run the build again."
        )
    if "No solution found" in output or "no wheels" in output or "no usable wheels" in output:
        return (
            f"A dependency has no wheel for Python {target.python} on {target.architecture}"
            " (see above); choose another PYTHON_VERSION or ARCHITECTURE."
        )
    return "uv could not install the wheels (see above); mend that and run the build again."
