"""`make audit` is loud where something is vulnerable, or where nobody could tell."""

import os
import subprocess
from pathlib import Path

import pytest

from digit_recognizer.settings import PROJECT


@pytest.mark.parametrize(
    ("pip_audit", "npm", "named"),
    [(0, 0, ""), (1, 0, " layers/model "), (0, 1, " web"), (1, 1, " infra web")],
)
def test_an_advisory_service_that_does_not_answer_is_a_failure(
    tmp_path: Path, pip_audit: int, npm: int, named: str
) -> None:
    for name, status in (("pip-audit", pip_audit), ("npm", npm)):
        command = tmp_path / name  # as both end when they found something, or could not ask
        command.write_text(f"#!/bin/sh\nexit {status}\n")
        command.chmod(0o755)
    installed = [".venv/.stamps/development", "web/node_modules/.stamp"]
    audit = subprocess.run(
        ["make", *(f"--old-file={each}" for each in installed), "audit", f"BIN={tmp_path}"],
        cwd=PROJECT,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (audit.returncode != 0) == bool(named)
    assert ("not audited because the advisory service does not answer" in audit.stderr) == bool(
        named
    )
    assert named in audit.stderr
