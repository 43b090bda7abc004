"""The image that retrains, as far as it can be seen without Docker.

What SAM sends to Docker's API (a stand-in takes it), what the Dockerfile makes of that, and modes.
"""

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from digit_recognizer.settings import PROJECT
from infra.image_root import DOCKERFILE, instructions
from infra.packaging import artefacts
from tests.infra.conftest import SAM
from tests.infra.docker_api import DockerApi
from tests.infra.template import RETRAINING, template

INSTRUCTIONS = instructions()
# What Docker's builder without BuildKit knows; SAM uses that one.
KNOWN = {"FROM", "COPY", "RUN", "ENV", "ENTRYPOINT", "CMD"}
# The context: nothing else of the project, whatever lies in it.
WANTED = ("infra/retraining/", "layers/model/digit_recognizer/", "training/")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerApi]:
    """What `make deploy-retraining` hands to Docker."""
    if not SAM.exists():
        pytest.fail("The SAM CLI is not installed: run the tests by `make test`.")
    docker = DockerApi()
    built = tmp_path_factory.mktemp("built")
    done = subprocess.run(
        [str(SAM), "build", f"--template={RETRAINING}", f"--build-dir={built}"],
        cwd=artefacts.PROJECT,
        env={
            **os.environ,
            "DOCKER_HOST": docker.url,
            "SAM_CLI_TELEMETRY": "0",
            "AWS_DEFAULT_REGION": "eu-central-1",
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.fail(f"sam build failed:\n{done.stdout}{done.stderr}")
    yield docker
    docker.close()


def copied() -> list[tuple[str, str]]:
    pairs = [rest.split() for name, rest in INSTRUCTIONS if name == "COPY"]
    return [(source, target) for source, target in pairs]


def test_docker_is_asked_for_the_processor_and_the_dockerfile_of_the_template(
    sent: DockerApi,
) -> None:
    function = template(RETRAINING)["Resources"]["RetrainingFunction"]

    assert function["Properties"]["Architectures"] == ["x86_64"]
    assert sent.options["platform"] == "linux/amd64"
    assert sent.options["dockerfile"] == function["Metadata"]["Dockerfile"]
    assert sent.options["t"].endswith(f":{function['Metadata']['DockerTag']}")


def test_everything_that_is_copied_is_in_the_context(sent: DockerApi) -> None:
    assert len(copied()) >= 6
    for source, _ in copied():
        assert source in sent.members, source
    for name in ("training/retrain.py", "layers/model/digit_recognizer/artefacts/model_card.json"):
        assert sent.members[name].isfile()


def test_nothing_else_is_in_the_context(sent: DockerApi) -> None:
    requirements = {"layers/model/requirements.txt", "training/requirements.txt"}
    for name, member in sent.members.items():
        if member.isfile() and name not in {*requirements, DOCKERFILE.name, ".dockerignore"}:
            assert name.startswith(WANTED), name
        assert "__pycache__" not in name
    assert sum(member.size for member in sent.members.values()) < 30e6


def test_the_dockerfile_has_no_instruction_that_takes_buildkit() -> None:
    assert {name for name, _ in INSTRUCTIONS} <= KNOWN
    for name, rest in INSTRUCTIONS:
        assert "--mount" not in rest
        assert name != "COPY" or not rest.startswith("--")
    text = DOCKERFILE.read_text("utf-8")
    kept = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(kept) == len(INSTRUCTIONS)


def test_what_is_installed_comes_by_its_hash() -> None:
    (install,) = (rest for name, rest in INSTRUCTIONS if name == "RUN" and "pip install" in rest)

    assert "--require-hashes" in install
    assert "--only-binary=:all:" in install
    taken = dict(copied())
    for source in ("layers/model/requirements.txt", "training/requirements.txt"):
        assert f"--requirement {taken[source]}" in install
        assert "--hash=sha256:" in (PROJECT / source).read_text("utf-8")


def test_the_base_is_the_python_that_the_other_functions_run() -> None:
    (base,) = (rest for name, rest in INSTRUCTIONS if name == "FROM")

    assert base.endswith(f":{template()['Parameters']['PythonVersion']['Default']}")


def test_whatever_umask_it_is_built_under_everyone_can_read_it(tmp_path: Path) -> None:
    """The very command of the Dockerfile, on files as a umask of 077 leaves them."""
    (command,) = (rest for name, rest in INSTRUCTIONS if name == "RUN" and "chmod" in rest)
    last_copy = max(at for at, (name, _) in enumerate(INSTRUCTIONS) if name == "COPY")
    assert INSTRUCTIONS.index(("RUN", command)) > last_copy
    inner = tmp_path / "task" / "training"
    inner.mkdir(parents=True)
    (inner / "retrain.py").write_text("")
    for path in (inner / "retrain.py", inner, tmp_path / "task"):
        path.chmod(0o600 if path.is_file() else 0o700)

    variables = {**os.environ, "LAMBDA_TASK_ROOT": str(tmp_path / "task")}
    subprocess.run(["/bin/sh", "-c", command], env=variables, check=True)

    assert stat.S_IMODE((inner / "retrain.py").stat().st_mode) == 0o644
    for folder in (tmp_path / "task", inner):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_the_entry_point_is_a_file_of_the_image() -> None:
    (entry,) = (rest for name, rest in INSTRUCTIONS if name == "ENTRYPOINT")
    targets = [target.replace("${LAMBDA_TASK_ROOT}", "/var/task") for _, target in copied()]

    _, script = re.findall(r'"([^"]+)"', entry)
    assert script in targets
