"""What the retraining image's Dockerfile makes, without Docker: its instructions in a Debian root.

Debian's `debootstrap` makes the root, with the Python that AWS's base image has; root's rights are
needed. What differs from that image is the base: Debian's libraries in place of Amazon Linux's, and
no Lambda runtime (`benchmarks.image` runs AWS Batch's entry, which needs none).
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from infra.packaging.artefacts import PROJECT

DOCKERFILE = PROJECT / "infra" / "retraining" / "Dockerfile"

_INSTRUCTION = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)
_SUITE = "trixie"  # has Python 3.13
_PYTHON = "/opt/python"
_TASK_ROOT = "/var/task"
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


def instructions() -> list[tuple[str, str]]:
    """The name and the rest of each instruction of the Dockerfile."""
    return _INSTRUCTION.findall(DOCKERFILE.read_text("utf-8"))


def make(root: Path) -> dict[str, str]:
    """Make the root, as the Dockerfile says; its environment.

    Raises:
        CalledProcessError: debootstrap or a RUN failed; what it said was printed.
        FileNotFoundError: there is no debootstrap.
        PermissionError: this is not root.
    """
    if os.geteuid():
        raise PermissionError("A root can only be made by root.")
    print(f"Debian {_SUITE} in {root.name} …", flush=True)
    packages = "--include=python3-venv,ca-certificates"
    bootstrap = ["debootstrap", "--variant=minbase", packages, _SUITE, str(root)]
    subprocess.run(bootstrap, check=True, stdout=subprocess.DEVNULL)
    # Names and certificates are those of this machine, as Docker gives them to a build.
    for file in ("etc/resolv.conf", _CERTIFICATES):
        shutil.copy(f"/{file}", root / file)
    environment = {"PATH": f"{_PYTHON}/bin:/usr/bin:/bin:/usr/sbin", "LAMBDA_TASK_ROOT": _TASK_ROOT}
    run(root, ["python3", "-m", "venv", _PYTHON], environment)
    (root / _TASK_ROOT[1:]).mkdir(parents=True)
    for name, rest in instructions():
        if name == "COPY":
            source, target = rest.replace("${LAMBDA_TASK_ROOT}", _TASK_ROOT).split()
            _copy(PROJECT / source, root / target[1:])
        elif name == "ENV":
            environment |= dict(pair.split("=", 1) for pair in rest.replace("\\\n", "").split())
        elif name == "RUN":
            print(f"RUN {rest}", flush=True)
            run(root, ["/bin/sh", "-c", rest], environment)
    return environment


def run(root: Path, command: list[str], environment: dict[str, str]) -> None:
    """Run a command in a root, as root."""
    subprocess.run(["chroot", str(root), *command], env=environment, check=True)


def _copy(source: Path, target: Path) -> None:
    """Copy what lies in the context, with the modes that a umask of 077 gives it."""
    if source.is_file():
        shutil.copyfile(source, target)
        target.chmod(0o600)
        return
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
