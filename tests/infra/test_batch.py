"""Retraining on AWS Batch: the same image, the same rights, an entry of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from digit_recognizer.settings import PROJECT
from tests.infra.template import BATCH, RETRAINING, resource, template

ROOM = PROJECT / "infra" / "retraining"
# Fargate's task sizes: by processors, the least and the most memory in MB, and the step.
FARGATE = {2: (4, 16, 1), 4: (8, 30, 1), 8: (16, 60, 4), 16: (32, 120, 8)}


def entered(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The image's entry point, with a python that says what it is asked to run."""
    python = folder / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(ROOM / "entry.sh"), *arguments],
        env={"PATH": f"{folder}:/usr/bin:/bin", "LAMBDA_TASK_ROOT": "/var/task"},
        capture_output=True,
        text=True,
    )


def test_batchs_command_runs_the_job(tmp_path: Path) -> None:
    command = resource("JobDefinition", BATCH)["ContainerProperties"]["Command"]

    done = entered(tmp_path, *command)

    assert (done.returncode, done.stdout) == (0, "/var/task/job.py\n")


@pytest.mark.parametrize("arguments", [["app.handler"], []])
def test_anything_else_is_lambdas(tmp_path: Path, arguments: list[str]) -> None:
    done = entered(tmp_path, *arguments)

    assert done.returncode == 127  # there is no such file here
    assert "/lambda-entrypoint.sh" in done.stderr
    assert done.stdout == ""


def test_the_job_prints_what_came_of_it_as_the_metric_reads_it(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes((ROOM / "job.py").read_bytes())
    told = {"outcome": "refused", "version": "v", "reason": "No."}
    (tmp_path / "app.py").write_text(f"def handler(event, context):\n    return {told}\n")

    done = subprocess.run(
        [sys.executable, str(tmp_path / "job.py")], env={**os.environ}, capture_output=True
    )

    assert done.returncode == 0
    assert json.loads(done.stdout) == told
    assert resource("RefusalMetric", BATCH)["FilterPattern"] == '{ $.outcome = "refused" }'


def test_a_handler_that_fails_is_a_job_that_fails(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes((ROOM / "job.py").read_bytes())
    (tmp_path / "app.py").write_text("def handler(event, context):\n    raise OSError('No.')\n")

    assert subprocess.run([sys.executable, tmp_path / "job.py"], capture_output=True).returncode


def statements(role: str, file: Path) -> list[dict[str, Any]]:
    (policy,) = resource(role, file)["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_the_job_may_do_what_the_function_may_and_is_trusted_as_a_task() -> None:
    of_function = [each for each in statements("RetrainingRole", RETRAINING) if "s3" in str(each)]
    assert statements("JobRole", BATCH) == of_function
    for role in ("JobRole", "ExecutionRole"):
        (trusted,) = resource(role, BATCH)["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


def test_only_the_login_to_ecr_is_allowed_for_everything() -> None:
    wide = [
        each["Action"]
        for role in ("JobRole", "ExecutionRole", "ScheduleRole")
        for each in statements(role, BATCH)
        if each["Resource"] == "*"
    ]
    assert wide == ["ecr:GetAuthorizationToken"]


def test_the_job_gets_the_variables_that_the_function_gets() -> None:
    listed = resource("JobDefinition", BATCH)["ContainerProperties"]["Environment"]
    of_function = resource("RetrainingFunction", RETRAINING)["Environment"]["Variables"]
    given = {each["Name"]: each["Value"] for each in listed}

    assert {name: given[name] for name in of_function} == of_function
    for name in (
        "MinNewRows",
        "TrialDays",
        "Schedule",
        "TimeZone",
        "LogRetentionDays",
        "DataBucketName",
    ):
        (mine, theirs) = (template(file)["Parameters"][name] for file in (BATCH, RETRAINING))
        assert {**mine, "Description": ""} == {**theirs, "Description": ""}


def test_fargate_has_such_machines() -> None:
    parameters = template(BATCH)["Parameters"]
    processors, memory = parameters["Processors"], parameters["Memory"]
    least, most, step = FARGATE[processors["Default"]]

    assert set(processors["AllowedValues"]) == set(FARGATE)
    assert memory["Default"] in range(1024 * least, 1024 * most + 1, 1024 * step)
    assert memory["MaxValue"] == 1024 * FARGATE[16][1]


def test_the_schedule_submits_the_job_to_its_queue() -> None:
    target = resource("NightlySchedule", BATCH)["Target"]
    asked = json.loads(re.sub(r"\$\{(\w+)\}", r"\1", target["Input"]["Fn::Sub"]))

    assert target["Arn"]["Fn::Sub"].endswith(":aws-sdk:batch:submitJob")
    assert (asked["JobQueue"], asked["JobDefinition"]) == ("JobQueue", "JobDefinition")
    (submit,) = statements("ScheduleRole", BATCH)
    assert submit["Action"] == "batch:SubmitJob"
    assert submit["Resource"] == [{"Ref": "JobQueue"}, {"Ref": "JobDefinition"}]


def test_no_findings_are_silenced_without_a_reason_and_nothing_is_an_alias() -> None:
    resources = template(BATCH)["Resources"].values()
    skipped = [
        each
        for one in resources
        for each in one.get("Metadata", {}).get("checkov", {"skip": []})["skip"]
    ]
    assert len(skipped) == 3
    for finding in skipped:
        assert finding["comment"].endswith(".")
        assert len(finding["comment"].split()) >= 8
    # CloudFormation itself takes none; the other templates go through SAM.
    events = yaml.parse(BATCH.read_text("utf-8"))
    assert not [event for event in events if isinstance(event, yaml.AliasEvent)]
