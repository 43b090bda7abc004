"""The artefacts, built once as `make build` does, for a Python that runs on this machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from digit_recognizer.settings import PROJECT
from infra import lambda_runtime
from infra.packaging import bytecode
from infra.packaging.target import Target

SAM = PROJECT / ".venv-infra" / "bin" / "sam"


@pytest.fixture(scope="session")
def target() -> Target:
    """LAMBDA_PYTHON from the environment (`make verify-lambda`), else this machine's Python."""
    running = "{}.{}".format(*sys.version_info[:2])
    return lambda_runtime.machine_target(os.environ.get("LAMBDA_PYTHON") or running)


@pytest.fixture(scope="session")
def python(target: Target) -> str:
    """The interpreter that stands in for Lambda's."""
    found = bytecode.interpreter(target.python)
    if found is None:
        pytest.fail(f"There is no Python {target.python} on this machine.")
    return found


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, target: Target) -> Path:
    """What `sam build` makes of the template, once for all processes of a run."""
    if not SAM.exists():
        pytest.fail("The SAM CLI is not installed: run the tests by `make test`.")
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "sam" / "build"
    with FileLock(base / "sam.lock"):
        if not folder.exists():
            _build(folder, target)
    return folder


def _build(folder: Path, target: Target) -> None:
    command = [str(SAM), "build", "--template", "infra/template.yaml", "--build-dir", str(folder)]
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "PYTHON_VERSION": target.python,
        "ARCHITECTURE": target.architecture,
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.fail(f"sam build failed:\n{done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def runtime_client(tmp_path_factory: pytest.TempPathFactory, target: Target) -> Path:
    """The folder with the Lambda runtime's own client."""
    folder = tmp_path_factory.mktemp("var") / "runtime"
    lambda_runtime.install_client(folder, target)
    return folder


Unpack = Callable[[str], Path]


@pytest.fixture(scope="session")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unpack]:
    """Unpacks a function and its layer, read-only, once."""
    root = tmp_path_factory.mktemp("lambda")
    folders: dict[str, Path] = {}

    def unpack(function: str) -> Path:
        if function not in folders:
            folders[function] = lambda_runtime.unpack(built, function, root / function)
        return folders[function]

    yield unpack
    lambda_runtime.remove(root)
