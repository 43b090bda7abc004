"""A function pays only for what its routes use: an import is most of a cold start."""

import json
import subprocess
import sys

import pytest

NEVER = {"tensorflow", "keras", "cv2", "boto3", "botocore", "pandas", "matplotlib", "httpx"}
FORBIDDEN = {
    "functions.predict.app": NEVER,
    "functions.feedback.app": NEVER | {"ai_edge_litert"},
    "functions.download.app": NEVER | {"numpy", "PIL", "ai_edge_litert"},
    "digit_recognizer.http": NEVER | {"numpy", "PIL", "ai_edge_litert", "obstore", "mangum"},
    "digit_recognizer.feedback": NEVER | {"numpy", "PIL", "obstore", "fastapi"},
}


def imported_by(module: str) -> set[str]:
    """The top-level modules that importing this one loads in a fresh process."""
    program = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    output = subprocess.check_output([sys.executable, "-c", program], timeout=60)
    return {name.partition(".")[0] for name in json.loads(output)}


@pytest.mark.parametrize("module", FORBIDDEN)
def test_nothing_is_imported_that_is_not_used(module: str) -> None:
    assert not imported_by(module) & FORBIDDEN[module]


def test_the_package_itself_is_free() -> None:
    assert imported_by("digit_recognizer") - imported_by("json") == {"digit_recognizer"}
