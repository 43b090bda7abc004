"""Two stacks in an account, in a region or in two: no name of theirs is the same, or too long.

And what an operator writes as parameters comes through SAM's own parser as it was written.
"""

from collections.abc import Mapping
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import parameters
from infra.deploy.account import DeployError
from tests.infra import sam
from tests.infra.template import BATCH, RETRAINING, TEMPLATE, template

# CloudFormation makes the names of all other types itself. The most letters, from the reference.
NAMED = {
    "AWS::CloudFront::Function": (("Name",), 64),
    "AWS::CloudFront::OriginAccessControl": (("OriginAccessControlConfig", "Name"), 64),
    "AWS::CloudFront::ResponseHeadersPolicy": (("ResponseHeadersPolicyConfig", "Name"), 128),
    "AWS::WAFv2::WebACL": (("VisibilityConfig", "MetricName"), 128),
    "AWS::Athena::WorkGroup": (("Name",), 128),
    "AWS::Glue::Database": (("DatabaseInput", "Name"), 255),
}
# A policy's name is its role's own, an alias's is its function's, a namespace may be shared; of
# queries in Athena two may have one name.
INNER = {
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::Lambda::Alias",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Athena::NamedQuery",
}
STACKS = [
    (name, region, f"arn:aws:cloudformation:{region}:123456789012:stack/{name}/{identity}")
    for name, region, identity in [
        ("digits", "eu-central-1", "0a6e1b50-0001-11f0-9b6b-0a1b2c3d4e5f"),
        ("digits", "us-east-1", "0a6e1b50-0002-11f0-9b6b-0a1b2c3d4e5f"),
        ("d" * 64, "eu-central-1", "0a6e1b50-0003-11f0-9b6b-0a1b2c3d4e5f"),
    ]
]


def resolved(value: Any, pseudo: Mapping[str, str]) -> Any:
    """What CloudFormation makes of a name."""
    if isinstance(value, list):
        return [resolved(each, pseudo) for each in value]
    if not isinstance(value, dict):
        return value
    ((function, inner),) = value.items()
    if function == "Ref":
        return pseudo[inner]
    if function == "Fn::Select":
        return resolved(inner[1], pseudo)[int(inner[0])]
    if function == "Fn::Join":
        return inner[0].join(resolved(inner[1], pseudo))
    if function == "Fn::Split":
        return resolved(inner[1], pseudo).split(inner[0])
    assert function == "Fn::Sub"
    text, names = (inner, {}) if isinstance(inner, str) else inner
    for name, each in {**pseudo, **names}.items():
        text = text.replace(f"${{{name}}}", str(resolved(each, pseudo)))
    return text


def physical_names(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a resource that name it for the whole account."""
    properties = resource.get("Properties", {})
    short = resource["Type"].rpartition("::")[2]
    candidates = {"Name", f"{short}Name", "BucketName", "FunctionName", "RoleName", "TopicName"}
    return {name: value for name, value in properties.items() if name in candidates}


GIVEN = {
    "DataBucketName": "data",
    "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/x:1",
    "VpcId": "vpc-1",
    "SubnetIds": "subnet-1",
}


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING, BATCH])
def test_no_resource_has_a_fixed_name(file: Path, tmp_path: Path) -> None:
    declared = template(file)["Parameters"].items()
    values = {name: GIVEN[name] for name, each in declared if "Default" not in each}
    (made,) = sam.transformed((sam.packaged(file, tmp_path / "t.yaml"), values))
    for name, resource in made["Resources"].items():
        if resource["Type"] in INNER | NAMED.keys():
            continue
        for found in physical_names(resource).values():
            # A reference to another resource, whose name CloudFormation made.
            assert isinstance(found, dict), (name, found)
            assert set(found) <= {"Ref", "Fn::GetAtt"}, (name, found)


def test_the_names_that_must_be_given_differ_between_stacks_and_regions() -> None:
    seen = set()
    for stack, region, identity in STACKS:
        pseudo = {"AWS::StackName": stack, "AWS::Region": region, "AWS::StackId": identity}
        for resource in template()["Resources"].values():
            if resource["Type"] not in NAMED:
                continue
            path, most = NAMED[resource["Type"]]
            name = resolved(reduce(getitem, path, resource["Properties"]), pseudo)
            assert len(name) <= most
            assert name not in seen
            seen.add(name)
    assert len(seen) == len(STACKS) * len(NAMED)


def test_the_longest_stacks_comment_is_not_too_long() -> None:
    comment = template()["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["Comment"]
    assert len(resolved(comment, {"AWS::StackName": "d" * 64})) <= 128


WRITTEN = {
    "Schedule": ("cron(15 2 * * ? *)", 'Schedule="cron(15 2 * * ? *)"'),
    "TimeZone": ("Europe/Berlin", "TimeZone=Europe/Berlin"),
    "AlarmEmail": ("", "AlarmEmail="),
}


def test_a_schedule_with_blanks_comes_through() -> None:
    text = " ".join(written for _, written in WRITTEN.values())
    values = parameters.given(text, RETRAINING)

    assert values == {name: value for name, (value, _) in WRITTEN.items()}
    assert through_sam(values) == values


HARD = [
    "",
    " ",
    "a b",
    " begins and ends ",
    '"quoted"',
    "'quoted'",
    'a "word" in it',
    "it's",
    'ends with "',
    "a=b, c=d",
    "a,b,c",
    "file://nothing",
    "back\\slash",
    "#no comment; $none *",
    "ParameterKey=a,ParameterValue=b",
    "Ünïcode – é",
    "{json: 'no'}",
]


def test_whatever_can_be_written_comes_through() -> None:
    wanted = {f"P{number}": value for number, value in enumerate(HARD)}

    assert through_sam(wanted) == wanted


def through_sam(values: Mapping[str, str]) -> dict[str, str]:
    with parameters.for_sam(values) as overrides:
        (found,) = sam.parsed(overrides)
    return found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Shedule=cron(1)", r"PARAMETERS has 'Shedule=cron\(1\)'.*The names are: AlarmDays"),
        ("Schedule", "PARAMETERS has 'Schedule'"),
        ("Schedule=cron(15 2 * * ? *)", r"PARAMETERS has '2'"),
        ("Schedule='cron(", "can't be read"),
        ("'TimeZone=a\\ b'", "TimeZone has a backslash"),
    ],
)
def test_what_is_no_parameter_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(DeployError, match=sentence):
        parameters.given(text, RETRAINING)


def test_a_secret_is_in_no_list_of_processes() -> None:
    with parameters.for_sam({"OriginSecret": "s3cret"}) as overrides:
        assert "s3cret" not in overrides
        file = Path(overrides.removeprefix("file://"))
        assert file.stat().st_mode & 0o077 == 0
    assert not file.exists()
