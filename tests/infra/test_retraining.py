"""The function that retrains on a schedule: its image without a container, its rights, its log."""

import asyncio
import json
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digit_recognizer.models import promotion, retraining_log, versions
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.recognition.model import CARD_FILE, LITERT_FILE, built_in
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION
from digit_recognizer.rows import arrivals, snapshot
from digit_recognizer.settings import PROJECT
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from infra.lambda_runtime import Runtime
from infra.packaging import tree
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.infra.s3_requests import Recorder, allows
from tests.infra.template import RETRAINING, resource, template
from tests.layers.rows.examples import numbered
from training.datasets import stored
from training.datasets.mnist import MNIST
from training.datasets.pen_digits import PEN_DIGITS

DOCKERFILE = PROJECT / "infra" / "retraining" / "Dockerfile"
COPIED = re.compile(r"^COPY (\S+) \$\{LAMBDA_TASK_ROOT\}/(\S+)$", re.MULTILINE)
VARIABLE = re.compile(r"^(?:ENV|   ) ([A-Z_]+)=(\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile copies, where Lambda has it, and the packages that are installed here."""
    folder = tmp_path_factory.mktemp("image")
    copied = COPIED.findall(DOCKERFILE.read_text("utf-8"))
    for source, target in copied:
        if (PROJECT / source).is_dir():
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PROJECT / source, folder / "task" / target, ignore=without)
        else:
            shutil.copy(PROJECT / source, folder / "task" / target)
    (folder / "opt").mkdir()
    (folder / "opt" / "python").symlink_to(sysconfig.get_path("purelib"))
    return folder


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """What the image and the template set, with an empty store of this test."""
    found = dict(VARIABLE.findall(DOCKERFILE.read_text("utf-8")))
    folders = {name: value for name, value in found.items() if value.startswith("/")}
    assert {"DATASETS", "BUILD_FOLDER"} < folders.keys()
    return {
        **found,
        **{name: value.replace("/tmp", str(tmp_path)) for name, value in folders.items()},
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATA_STORE": (tmp_path / "store").as_uri(),
        "MIN_NEW_ROWS": "3",
        "TRIAL_DAYS": "2",
    }


@pytest.fixture
def data_sets(tmp_path: Path) -> list[Path]:
    """Two files in the place of the data sets; who skips reads neither."""
    files = [tmp_path / MNIST.name, tmp_path / PEN_DIGITS.name]
    for file in files:
        file.write_bytes(file.name.encode())
    return files


def test_the_dockerfile_copies_what_the_context_has() -> None:
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    ignore = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    let_through = [line.removeprefix("!") for line in ignore if line.startswith("!")]

    assert "*" in ignore
    for source in copied:
        assert (PROJECT / source).exists(), source
        assert any(Path(source).is_relative_to(each) for each in let_through), source
    metadata = template(RETRAINING)["Resources"]["RetrainingFunction"]["Metadata"]
    context = RETRAINING.parent / metadata["DockerContext"]
    assert (context / metadata["Dockerfile"]).samefile(DOCKERFILE)


def test_too_few_rows_are_skipped_and_the_log_says_so(
    image: Path,
    runtime_client: Path,
    variables: dict[str, str],
    data_sets: list[Path],
    tmp_path: Path,
) -> None:
    store = open_store(variables["DATA_STORE"])
    asyncio.run(stored.upload(store, data_sets))
    before = tree.digest(image / "task")

    log = tmp_path / "log"
    how: dict[str, Any] = {"log": log, "within_s": 280}  # TensorFlow is loaded
    with Runtime(sys.executable, runtime_client, image, variables, **how) as running:
        empty = running.invoke({})
        asyncio.run(arrivals.save(store, numbered(0)))
        one_row = running.invoke({})

    assert (empty.error, one_row.error) == (None, None)
    for invocation in (empty, one_row):
        assert (invocation.answer["outcome"], invocation.answer["version"]) == ("skipped", None)
    assert empty.answer["reason"].startswith("There are no rows of feedback yet")
    assert re.search(r"new: 1; .* begins with 3\.$", one_row.answer["reason"])
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    told = [line for line in lines if line.get("outcome") == "skipped"]
    assert [line["message"] for line in told] == [empty.answer["reason"], one_row.answer["reason"]]
    assert tree.digest(image / "task") == before


def test_without_data_sets_it_fails_and_says_what_to_do(
    image: Path, runtime_client: Path, variables: dict[str, str]
) -> None:
    how: dict[str, Any] = {"within_s": 280}
    with Runtime(sys.executable, runtime_client, image, variables, **how) as running:
        error = running.invoke({}).error

    assert error is not None
    assert error["errorType"] == "NotFound"
    assert "run `make upload-datasets`" in error["errorMessage"]


def test_the_alarm_hears_of_refusals_as_they_are_logged() -> None:
    metric = resource("RefusalMetric", RETRAINING)
    (counted,) = metric["MetricTransformations"]
    alarm = resource("RefusalAlarm", RETRAINING)

    assert metric["FilterPattern"] == '{ $.outcome = "refused" }'
    assert alarm["Namespace"] == counted["MetricNamespace"]
    assert alarm["MetricName"] == counted["MetricName"]


@pytest.fixture
def recorder(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recording = Recorder(s3_server)
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": recording.url}.items():
        monkeypatch.setenv(name, value)
    yield recording
    recording.close()


def test_the_role_allows_what_a_retraining_asks_of_s3_and_nothing_else(
    recorder: Recorder, data_sets: list[Path], tmp_path: Path
) -> None:
    store = open_store(f"s3://{BUCKET}")
    asyncio.run(stored.upload(store, data_sets))
    asyncio.run(arrivals.save(store, numbered(1)))
    others = recorder.taken()

    asyncio.run(retrained(store, tmp_path / "datasets"))

    (policy,) = resource("RetrainingRole", RETRAINING)["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    needed = recorder.taken()
    assert not {need for need in needed if not allows(statements, need)}
    assert {action for action, _ in needed} == {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}
    # It may neither save feedback nor change the data sets.
    assert not {need for need in others if need[0] == "s3:PutObject" and allows(statements, need)}
    for statement in statements:
        assert statement["Resource"] != "*"
        assert "*" not in str(statement["Action"])


async def retrained(store: Store, folder: Path) -> None:
    """What a retraining does with the store, but without its hour of training."""
    await stored.fetch(store, folder)
    rows = [row async for row in snapshot.rows(store)]
    model = built_in()
    assert isinstance(model.litert, Path)
    card = {**model.card, "version": "retrained", "preprocessing_version": PREPROCESSING_VERSION}
    files = {
        LITERT_FILE: model.litert.read_bytes(),
        CARD_FILE: json.dumps(card).encode(),
    }
    await versions.publish(store, "retrained", files)
    await promotion.promote(store, "retrained", "It is better.")
    at = "2026-11-24T02:15:00.000+00:00"
    newest_id = max(row.id for row in rows)
    entry = Retraining(at, len(rows), newest_id, "promoted", "retrained", "It is better.")
    await retraining_log.append(store, entry)
