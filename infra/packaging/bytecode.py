"""Byte-code of the target's Python, which the read-only runtime can't write for itself.

It is worth a factor of three from cold. Its kind is "unchecked hash" (PEP 552): Python takes it
without asking whether the source has changed, and the same source gives the same bytes.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.packaging.target import PackagingError, Target
from infra.packaging.wheels import uv

_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def interpreter(version: str, *, fetch: bool = True) -> str | None:
    """A Python of a version such as "3.13" that runs on this machine, or None.

    Args:
        version: its major and minor number; byte-code is the same for all of its patches.
        fetch: whether uv may download it where the machine has none.
    """
    for candidate in _candidates(version):
        if _version_of(candidate) == version:
            return candidate
    try:
        tool = uv()
    except PackagingError:
        return None
    finding = [tool, "python", "find", "--managed-python", "--no-python-downloads", version]
    found = _output(finding)
    if not found and fetch:
        print(f"Fetching Python {version} to compile byte-code …", file=sys.stderr)
        _output([tool, "python", "install", "--quiet", version])
        found = _output(finding)
    return found if found and _version_of(found) == version else None


def compile_tree(folder: Path, target: Target, deployed_at: str) -> None:
    """Put byte-code beside every module below a folder; without the target's Python, warn.

    Args:
        folder: where the modules are.
        target: the runtime that will read the byte-code.
        deployed_at: the folder's path on Lambda, which tracebacks will show.

    Raises:
        PackagingError: a module can't be compiled.
    """
    python = interpreter(target.python)
    if python is None:
        print(
            f"Warning: there is no Python {target.python} on this machine and none could be"
            " fetched, so the artefacts have no byte-code and start three times slower; install"
            f" it (for example: uv python install {target.python}) and build again.",
            file=sys.stderr,
        )
        return
    command = [python, "-m", "compileall", "-qq", "-f", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", deployed_at, str(folder)]
    # A set's constants are stored in the order of their hashes.
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    if subprocess.run(command, env=environment).returncode:
        raise PackagingError(f"A module below {folder} does not compile for {target.python}.")


def _candidates(version: str) -> Iterator[str]:
    """Where a Python of this version may be: this one, those on the PATH, pyenv's."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield sys.executable
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if (candidate := Path(folder, f"python{version}")).is_file():
            yield str(candidate)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python{version}")))


def _version_of(python: str) -> str | None:
    return _output([python, "-c", _VERSION])


def _output(command: list[str]) -> str | None:
    """What a command prints, or None where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
