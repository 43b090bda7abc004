"""What a deployment ships: whatever changes, each function gets a new version, and only then.

Proven with SAM's own translator: CloudFormation publishes a version where its logical id is new.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import parameters, revision
from infra.packaging.artefacts import FUNCTIONS, LAYER_NAME
from tests.infra import sam
from tests.infra.template import TEMPLATE, resource, template

VERSION = "AWS::Lambda::Version"

# A value of each parameter that is not its default; that of a secret is no part of the revision.
OTHERS = {
    "DownloadAccess": "token",
    "SnapStart": "on",
    "Architecture": "arm64",
    "PythonVersion": "3.12",
}


def another(name: str) -> str:
    """A value of a parameter that is not its default."""
    declared = template()["Parameters"][name]
    if name in OTHERS:
        return OTHERS[name]
    values = [value for value in declared.get("AllowedValues", []) if value != declared["Default"]]
    if values:
        return str(values[0])
    return str(declared["Default"] + 7) if declared["Type"] == "Number" else "another"


PARAMETERS = [
    name
    for name, declared in template()["Parameters"].items()
    if name != "Revision" and not declared.get("NoEcho")
]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A built tree in little."""
    folder = tmp_path / "build"
    for name in (LAYER_NAME, *FUNCTIONS):
        (folder / name).mkdir(parents=True)
        (folder / name / "app.py").write_text(name)
    shutil.copy(TEMPLATE, folder / "template.yaml")
    return folder


class Deployments:
    """Deploys again and again, and keeps what CloudFormation would have got."""

    def __init__(self, build: Path, folder: Path) -> None:
        self._build = build
        self._folder = folder
        self._pairs: list[tuple[Path, Mapping[str, str]]] = []

    def add(self, in_force: Mapping[str, str], **given: str) -> dict[str, str]:
        """Deploy the build as it is now; the values that are in force afterwards."""
        values = parameters.effective(TEMPLATE, in_force, given)
        values["Revision"] = revision.of(self._build, values)
        artefacts = {name: revision.of(self._build / name, {}) for name in (LAYER_NAME, *FUNCTIONS)}
        file = self._folder / f"packaged-{len(self._pairs)}.yaml"
        sam.packaged(TEMPLATE, file, artefacts)
        self._pairs.append((file, values))
        return values

    def versions(self) -> list[set[str]]:
        """The logical ids of the functions' versions in each deployment."""
        return [set(sam.resources(each, VERSION)) for each in sam.transformed(*self._pairs)]


@pytest.fixture
def deployments(build: Path, tmp_path: Path) -> Deployments:
    return Deployments(build, tmp_path)


def test_a_changed_layer_reaches_every_function(build: Path, deployments: Deployments) -> None:
    in_force = deployments.add({})
    (build / LAYER_NAME / "app.py").write_text("a security fix")
    deployments.add(in_force)

    before, after = deployments.versions()

    assert len(before) == len(after) == len(FUNCTIONS)
    assert not before & after


def test_without_a_change_nothing_is_published(deployments: Deployments) -> None:
    in_force = deployments.add({}, DownloadAccess="token")
    deployments.add(in_force)
    deployments.add(in_force, DownloadAccess="token")

    first, *others = deployments.versions()

    assert others == [first, first]


def test_each_changed_parameter_reaches_every_function(deployments: Deployments) -> None:
    in_force = deployments.add({})
    for name in PARAMETERS:
        deployments.add(in_force, **{name: another(name)})

    before, *after = deployments.versions()

    for name, versions in zip(PARAMETERS, after, strict=True):
        assert not before & versions, name
    assert len(set().union(*after)) == len(FUNCTIONS) * len(PARAMETERS)


def test_without_a_revision_neither_would_reach_anybody(tmp_path: Path) -> None:
    """The control: what SAM itself looks at does not change with the layer or a parameter."""
    pairs: list[tuple[Path, Mapping[str, str]]] = [
        (sam.packaged(TEMPLATE, tmp_path / "one.yaml"), {}),
        (sam.packaged(TEMPLATE, tmp_path / "two.yaml", {LAYER_NAME: "other"}), {}),
        (sam.packaged(TEMPLATE, tmp_path / "three.yaml"), {"DownloadAccess": "token"}),
    ]
    one, *others = (set(sam.resources(each, VERSION)) for each in sam.transformed(*pairs))

    assert others == [one, one]


def test_what_was_set_before_counts_as_if_it_were_set_again(deployments: Deployments) -> None:
    """Else closing downloads, then deploying without a word of them, would open nothing new."""
    closed = deployments.add({}, DownloadAccess="token")
    deployments.add(closed, Memory="3000")

    assert deployments._pairs[1][1]["DownloadAccess"] == "token"


@pytest.mark.parametrize("name", [LAYER_NAME, *FUNCTIONS, "template.yaml"])
def test_any_byte_any_name_and_any_mode_changes_the_revision(build: Path, name: str) -> None:
    file = build / name if name.endswith(".yaml") else build / name / "app.py"
    seen = {revision.of(build, {})}
    file.write_bytes(file.read_bytes() + b" ")
    seen.add(revision.of(build, {}))
    file.chmod(0o755)
    seen.add(revision.of(build, {}))
    file.rename(file.with_name("other.py"))
    seen.add(revision.of(build, {}))

    assert len(seen) == 4
    pattern = template()["Parameters"]["Revision"]["AllowedPattern"]
    assert all(re.search(pattern, each) for each in seen)


def test_the_revision_does_not_depend_on_when_it_was_built(build: Path) -> None:
    before = revision.of(build, {"A": "1", "B": "2"})
    for path in build.rglob("*"):
        path.touch()

    assert revision.of(build, {"B": "2", "A": "1", "Revision": "0"}) == before


def test_every_function_publishes_the_revision_and_says_it() -> None:
    everyones: dict[str, Any] = template()["Globals"]["Function"]

    assert everyones["Environment"]["Variables"]["REVISION"] == {"Ref": "Revision"}
    for name in FUNCTIONS:
        assert resource(name)["AutoPublishCodeSha256"] == {"Ref": "Revision"}


def test_traffic_shifts_gradually_and_alarms_of_the_functions_judge(tmp_path: Path) -> None:
    (made,) = sam.transformed((sam.packaged(TEMPLATE, tmp_path / "t.yaml"), {}))
    groups = sam.resources(made, "AWS::CodeDeploy::DeploymentGroup")
    aliases = sam.resources(made, "AWS::Lambda::Alias")
    alarms = sam.resources(made, "AWS::CloudWatch::Alarm")

    assert set(groups) == {f"{name}DeploymentGroup" for name in FUNCTIONS if "Compact" not in name}
    for group in groups.values():
        properties = group["Properties"]
        judges = [each["Name"]["Ref"] for each in properties["AlarmConfiguration"]["Alarms"]]
        assert set(judges) <= set(alarms)
        assert {"ErrorsAlarm", "FailedAnswersAlarm"} <= set(judges)
        assert "DEPLOYMENT_STOP_ON_ALARM" in properties["AutoRollbackConfiguration"]["Events"]
    for name, alias in aliases.items():
        assert ("UpdatePolicy" in alias) is ("Compact" not in name)


def test_no_resource_waits_for_itself(tmp_path: Path) -> None:
    (made,) = sam.transformed((sam.packaged(TEMPLATE, tmp_path / "t.yaml"), {}))
    waits = {name: needs(each, set(made["Resources"])) for name, each in made["Resources"].items()}
    done: set[str] = set()
    while waits:
        ready = {name for name, others in waits.items() if others <= done}
        assert ready, f"these wait for each other: {sorted(waits)}"
        done |= ready
        waits = {name: others for name, others in waits.items() if name not in ready}


def needs(value: Any, names: set[str]) -> set[str]:
    """The resources that a part of a template refers to."""
    if isinstance(value, list):
        return set().union(*(needs(each, names) for each in value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*(needs(each, names) for each in value.values()))
    depends = value.get("DependsOn", [])
    found.update([depends] if isinstance(depends, str) else depends)
    if isinstance(reference := value.get("Ref"), str):
        found.add(reference)
    if attribute := value.get("Fn::GetAtt"):
        found.add(attribute[0] if isinstance(attribute, list) else attribute.split(".")[0])
    if text := value.get("Fn::Sub"):
        text = text if isinstance(text, str) else text[0]
        found.update(part.split("}")[0].split(".")[0] for part in text.split("${")[1:])
    return found & names
