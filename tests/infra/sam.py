"""SAM's own translator and parser, which live in another virtual environment than the tests."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from digit_recognizer.settings import PROJECT
from infra.deploy import parameters

_PYTHON = PROJECT / ".venv-infra" / "bin" / "python"
_LOCAL = ("CodeUri", "ContentUri")


def transformed(*pairs: tuple[Path, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What CloudFormation gets of each packaged template with its parameters."""
    asked = [[str(file), dict(values)] for file, values in pairs]
    found: list[dict[str, Any]] = _ask({"transform": asked})["transform"]
    return found


def parsed(*overrides: str) -> list[dict[str, str]]:
    """What `sam deploy` reads from each value of its option --parameter-overrides."""
    found: list[dict[str, str]] = _ask({"parse": overrides})["parse"]
    return found


def packaged(template: Path, into: Path, content: Mapping[str, str] | None = None) -> Path:
    """The template as `sam package` leaves it: artefacts lie on S3 under a hash of their content.

    Args:
        template: with folders as artefacts.
        into: the file to write.
        content: the hash of each artefact, by the name of its resource; else all have the same.
    """
    text = parameters.read_template(template)
    for name, resource in text["Resources"].items():
        address = f"s3://artefacts/{(content or {}).get(name, 'built')}"
        for key in _LOCAL:
            if key in resource["Properties"]:
                resource["Properties"][key] = address
        if resource["Properties"].get("PackageType") == "Image":
            resource["Properties"]["ImageUri"] = (
                "123456789012.dkr.ecr.eu-central-1.amazonaws.com/x:1"
            )
    into.write_text(yaml.safe_dump(text, sort_keys=False), "utf-8")
    return into


def resources(template: Mapping[str, Any], *types: str) -> dict[str, dict[str, Any]]:
    """The resources of some types, or all, by their names."""
    found: Mapping[str, dict[str, Any]] = template["Resources"]
    return {name: each for name, each in found.items() if not types or each["Type"] in types}


def _ask(asked: Mapping[str, Sequence[Any]]) -> Any:
    if not _PYTHON.exists():
        pytest.fail("The SAM CLI is not installed: run the tests by `make test`.")
    done = subprocess.run(
        [str(_PYTHON), str(Path(__file__).with_name("in_sam.py"))],
        input=json.dumps(asked),
        env={**os.environ, "AWS_DEFAULT_REGION": "eu-central-1", "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.fail(f"SAM failed:\n{done.stderr}")
    return json.loads(done.stdout)
