"""What a deployment is: one name for the built files and the parameters that hold with them.

SAM names a function's versions after its code alone; a new layer or a changed parameter would reach
nobody. The template has the revision as `AutoPublishCodeSha256` of each function, and in its
environment: so whatever changes, new versions are published, and `GET /health` says which answer.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from infra.packaging import tree

_LENGTH = 16  # hexadecimal digits


def of(built: Path, parameters: Mapping[str, str]) -> str:
    """The revision of a folder that `make build` made, deployed with such parameters.

    Args:
        built: artefacts and template; names, contents and whether a file can be run count.
        parameters: the effective ones (see `parameters.effective`).
    """
    total = hashlib.sha256()
    for path in tree.files(built):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        runs = os.access(path, os.X_OK)
        total.update(f"{path.relative_to(built).as_posix()}\0{content}\0{runs}\n".encode())
    for name in sorted(parameters.keys() - {"Revision"}):
        total.update(f"{name}\0{parameters[name]}\n".encode())
    return total.hexdigest()[:_LENGTH]
