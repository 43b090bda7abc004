"""`sam build`, which runs the Makefiles of all artefacts, with what goes wrong in one sentence."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from infra.packaging.artefacts import PROJECT
from infra.packaging.target import PackagingError, Target


def build(into: Path, target: Target) -> None:
    """Build all artefacts of the template into a folder, which is replaced.

    Raises:
        PackagingError: the SAM CLI is missing, or an artefact can't be made.
    """
    sam = shutil.which("sam", path=sysconfig.get_path("scripts"))
    if sam is None:
        raise PackagingError("The SAM CLI is missing; `make build` installs it into .venv-infra.")
    command = [
        sam,
        "build",
        f"--template={PROJECT / 'infra' / 'template.yaml'}",
        f"--config-file={PROJECT / 'infra' / 'samconfig.toml'}",
        f"--build-dir={into}",
        "--parameter-overrides",
        f"PythonVersion={target.python}",
        f"Architecture={target.architecture}",
    ]
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",  # only to read the template; nothing is asked of AWS
        **os.environ,
        "PYTHON": sys.executable,
        "PYTHON_VERSION": target.python,
        "ARCHITECTURE": target.architecture,
        "SAM_CLI_TELEMETRY": "0",
    }
    print(f"Building for Python {target.python} on {target.architecture} …", flush=True)
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    said = done.stdout + done.stderr
    for warning in re.findall(r"Warning: there is no Python .*", said):
        print(warning, file=sys.stderr)
    if done.returncode:
        if reason := re.search(r"Build stopped: (.+)", said):
            raise PackagingError(reason[1].strip())
        print(said, file=sys.stderr)
        raise PackagingError("sam build failed (see above); mend that and run `make build` again.")
