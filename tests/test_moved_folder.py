"""A project folder that was moved or copied: `make` sets its virtual environments up again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digit_recognizer.settings import PROJECT

PARTS = ["layers/model", "functions/predict", "functions/feedback", "functions/download", "local"]


def steps(folder: Path, target: str) -> list[str]:
    """What make would do, also when it is make that runs the tests."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    alone.pop("MFLAGS", None)
    return subprocess.run(
        ["make", "-n", target], cwd=folder, env=alone, capture_output=True, text=True, check=True
    ).stdout.splitlines()


@pytest.fixture
def set_up(tmp_path: Path) -> Path:
    """A folder in which the virtual environments were made, by Python's own venv."""
    folder = tmp_path / "a project"
    folder.mkdir()
    shutil.copy(PROJECT / "Makefile", folder)
    for part in [*PARTS, "infra"]:
        (folder / part).mkdir(parents=True)
        (folder / part / "requirements.txt").touch()
    (folder / "layers/model/pyproject.toml").touch()
    for name, stamp in ((".venv", ".stamps/serving"), (".venv-infra", ".stamp")):
        venv = [sys.executable, "-m", "venv", "--without-pip", name]
        subprocess.run(venv, cwd=folder, check=True)
        (folder / name / stamp).parent.mkdir(exist_ok=True)
        (folder / name / stamp).touch()
    return folder


TARGETS = {".venv/.stamps/serving": ".venv", ".venv-infra/.stamp": ".venv-infra"}


@pytest.mark.parametrize(("target", "environment"), TARGETS.items())
@pytest.mark.parametrize("how", [shutil.move, shutil.copytree])
def test_an_environment_notices_its_new_place(
    set_up: Path, tmp_path: Path, how: object, target: str, environment: str
) -> None:
    assert "is up to date" in steps(set_up, target)[0]

    elsewhere = tmp_path / "its copy"
    assert callable(how)
    how(set_up, elsewhere)

    done = steps(elsewhere, target)
    assert any(f"-m venv --clear {environment}" in step for step in done)
    assert any("install" in step for step in done)
    if set_up.exists():
        assert "is up to date" in steps(set_up, target)[0]


def test_an_environment_that_says_nothing_of_its_place_is_left_alone(set_up: Path) -> None:
    (set_up / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")

    assert "is up to date" in steps(set_up, ".venv/.stamps/serving")[0]
