"""What the pages promise an operator: prices, knobs, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from digit_recognizer.settings import PROJECT, Settings
from infra import costs
from tests.infra.template import BATCH, RETRAINING, TEMPLATE, template

DOCS = {path.name: path.read_text("utf-8") for path in (PROJECT / "docs").glob("*.md")}
OPERATORS = ("deploy.md", "scale.md", "retraining.md", "access.md", "queries.md")
DEPLOYING = [path.read_text("utf-8") for path in sorted((PROJECT / "infra/deploy").glob("*.py"))]
# Of the AWS CLI itself, in no model of an API.
CUSTOM = {
    ("cloudformation", "deploy"),
    ("logs", "tail"),
    ("s3", "ls"),
    ("sso", "login"),
    ("configure", ""),
}
# Settings of a laptop, or of who runs a command; on AWS the template gives them.
LOCAL = {"DATA_STORE", "DURABILITY", "DOWNLOAD_TOKEN", "LOG_REQUESTS", "EXPORTS"}
# What looks like parameters and is none: words of AWS and Spark, the namespace of our metrics.
FOREIGN_WORDS = {
    "SparkSession",
    "UploadPartCopy",
    "AutoPublishCodeSha256",
    "DigitRecogniser",
    "PutRecord",
    "SubmitJob",
    "SymlinkTextInputFormat",
}


def quoted(text: str) -> Iterator[str]:
    """What stands in code: between backticks, or in a block of code."""
    parts = re.split(r"^```.*$", text, flags=re.MULTILINE)
    for number, part in enumerate(parts):
        if number % 2:
            yield from part.splitlines()
        else:
            yield from (code.replace("\n", " ") for code in re.findall(r"`([^`]+)`", part))


def commands() -> set[str]:
    found = {code.strip() for text in DOCS.values() for code in quoted(text)}
    for source in DEPLOYING:
        text = re.sub(r'"\s*\n\s*f?"', "", source)  # sentences that go on in the next line
        found.update(re.findall(r"aws [a-z0-9]+ [^`\"]+", text))
    return {each.partition("#")[0].strip() for each in found if each.startswith("aws ")}


def test_there_are_commands_to_check() -> None:
    services = {command.split()[1] for command in commands()}
    assert {"lambda", "logs", "cloudformation"} <= services


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_one_of_awss(command: str) -> None:
    _, service, *rest = command.split()
    operation = rest[0] if rest and not rest[0].startswith("-") else ""
    if (service, operation) in CUSTOM:
        return
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert operation in operations, command
    shape = model.operation_model(operations[operation]).input_shape
    options = {xform_name(name, "-") for name in shape.members}
    for option in re.findall(r"--([a-z-]+)", command):
        assert option in options, (command, option)
    for name in shape.required_members:
        assert f"--{xform_name(name, '-')}" in command, (command, name)


def names_of(*files: Path) -> set[str]:
    return {
        name
        for file in files
        for part in ("Parameters", "Resources", "Outputs")
        for name in template(file)[part]
    }


@pytest.mark.parametrize("page", OPERATORS)
def test_every_knob_is_a_parameter(page: str) -> None:
    files = (TEMPLATE, RETRAINING, BATCH)
    known = names_of(*files) | FOREIGN_WORDS
    parameters = {n for file in files for n in template(file)["Parameters"]}
    for code in quoted(DOCS[page]):
        for name in re.findall(r"(?<![\w<.:…-])([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?![\w>…])", code):
            assert name in known, code
        for name in re.findall(r"\b([A-Z][a-z]\w*)=", code):
            assert name in parameters, code


@pytest.mark.parametrize("page", OPERATORS)
def test_every_setting_of_the_functions_can_be_turned_on_aws(page: str) -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    for code in quoted(DOCS[page]):
        for name in re.findall(r"(?<![\w$<])([A-Z]+(?:_[A-Z]+)+)\b", code):
            if name.lower() in Settings.__dataclass_fields__ and name not in LOCAL:
                assert name in variables, code
    for name in ("ROW_PREFIXES", "COMPACT_AT", "SEGMENT_BYTES"):
        assert variables[name]["Ref"] in template()["Parameters"]
        default = template()["Parameters"][variables[name]["Ref"]]["Default"]
        assert default == getattr(Settings("memory://"), name.lower())


def test_the_prices_are_those_of_the_table() -> None:
    for table in costs.tables(template()):
        assert table in DOCS["deploy.md"], f"docs/deploy.md does not have:\n{table}"


def test_an_idle_month_is_cheap_by_default() -> None:
    assert costs.total(costs.idle(template())) < 5
    parameters = template()["Parameters"]
    for switch in ("SnapStart", "Tracing", "RouteMetrics"):
        assert parameters[switch]["Default"] == "off"
        assert f"{switch}=on" in DOCS["deploy.md"]


def test_each_alarm_is_counted_by_the_metrics_that_it_watches() -> None:
    assert costs.metrics_watched(template()) == 16


@pytest.mark.parametrize("file", [RETRAINING, BATCH])
def test_every_parameter_of_the_retraining_is_in_its_table(file: Path) -> None:
    for name in template(file)["Parameters"].keys() - {"DataBucketName"}:
        assert f"`{name}`" in DOCS["retraining.md"], name
