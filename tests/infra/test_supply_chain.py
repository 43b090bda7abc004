"""What is taken from others: listed with its licence, and billed as it is deployed."""

import json
from importlib.metadata import distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra import third_party
from infra.packaging import bill_of_materials
from infra.packaging.target import PackagingError


def test_the_list_of_licences_is_what_is_pinned() -> None:
    assert third_party.difference(third_party.FILE.read_text("utf-8")) is None


@pytest.mark.parametrize("package", ["numpy", "react", "pytest", "checkov"])
def test_a_package_that_the_list_lacks_is_named(package: str) -> None:
    lines = third_party.FILE.read_text("utf-8").splitlines()
    version = next(line.split(" | ")[1] for line in lines if line.startswith(f"| {package} |"))
    listed = [line for line in lines if not line.startswith(f"| {package} | {version} ")]

    sentence = third_party.difference("\n".join(listed))

    assert sentence is not None
    assert f"({package} {version})" in sentence
    assert "make licences" in sentence


def test_a_licence_of_the_gpls_kind_is_explained_beside_the_package() -> None:
    lines = third_party.FILE.read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "GPL" in line]

    assert rows
    for row in rows:
        name = row.split(" | ")[0].removeprefix("| ")
        assert any(line.startswith(f"`{name}` may be taken under ") for line in lines)


def test_a_new_package_under_the_gpl_stops_the_list_until_somebody_says_why() -> None:
    package = third_party.Package("readline", "8.2")
    with pytest.raises(SystemExit, match=r"readline is under GPL-3\.0-or-later: say in infra"):
        third_party.explained(package, "GPL-3.0-or-later")


def test_the_page_is_listed_without_what_only_builds_it() -> None:
    names = {package.name for package in third_party.pinned()["In the page"]}

    assert {"react", "react-dom", "@visx/shape"} <= names
    assert not names & {"vite", "typescript", "@types/react"}


def test_the_bill_of_materials_is_valid_and_names_what_is_deployed(
    built: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bill.cdx.json"
    bill_of_materials.write(built, file)

    text = file.read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = json.loads(text)["components"]
    layer = distributions(path=[str(built / "ModelLayer" / "python")])
    named = {(component["name"], component["version"]) for component in components}
    assert {(package.name, package.version) for package in layer} <= named
    assert {"boto3", "mangum", "digit_recognizer_model.tflite"} <= {name for name, _ in named}
    assert not {"tensorflow-cpu", "pytest"} & {name for name, _ in named}
    assert all(
        component.get("licenses")
        for component in components
        if component["type"] != "machine-learning-model"
    )


def test_no_bill_is_made_of_a_build_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="run `make build`"):
        bill_of_materials.write(tmp_path, tmp_path / "bill")

    assert not (tmp_path / "bill").exists()
