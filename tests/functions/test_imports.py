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
    "digit_recognizer.api.app": NEVER | {"numpy", "PIL", "ai_edge_litert", "obstore", "mangum"},
    "digit_recognizer.feedback.request": NEVER | {"numpy", "PIL", "obstore", "fastapi"},
    "digit_recognizer.recognition.model": NEVER | {"numpy", "PIL", "obstore", "fastapi"},
    "digit_recognizer.models.versions": NEVER | {"numpy", "PIL", "ai_edge_litert", "fastapi"},
    "digit_recognizer.models.promotion_log": NEVER | {"numpy", "PIL", "ai_edge_litert", "fastapi"},
}


def imported_by(module: str) -> set[str]:
    """The top-level modules that importing this one loads in a fresh process."""
    program = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    output = subprocess.check_output([sys.executable, "-c", program], timeout=60)
    return {name.partition(".")[0] for name in json.loads(output)}


@pytest.mark.parametrize("module", FORBIDDEN)
def test_nothing_is_imported_that_is_not_used(module: str) -> None:
    assert not imported_by(module) & FORBIDDEN[module]


ROOMS = ["recognition", "store", "feedback", "rows", "models", "download", "commands", "api"]


@pytest.mark.parametrize("name", ["digit_recognizer", *(f"digit_recognizer.{r}" for r in ROOMS)])
def test_the_package_and_its_rooms_are_free(name: str) -> None:
    assert imported_by(name) - imported_by("json") == {"digit_recognizer"}
