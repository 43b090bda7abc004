"""What `infra/template.yaml` says against what the code does."""

import importlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from digit_recognizer.api import log_line, telemetry
from digit_recognizer.settings import PROJECT, Settings
from infra.packaging.artefacts import FUNCTIONS, LAYER_NAME
from infra.packaging.target import ARCHITECTURES, PYTHONS, Target
from tests.functions.conftest import FUNCTIONS as APPS
from tests.functions.conftest import invoke
from tests.infra.template import (
    BATCH,
    RETRAINING,
    TEMPLATE,
    content_security_policy,
    resource,
    template,
)

__all__ = ["invoke"]


ROLES = ["PredictRole", "FeedbackRole", "DownloadRole", "CompactRole"]


def statements(role: str, policy: int = 0) -> list[dict[str, Any]]:
    document = resource(role)["Policies"][policy]["PolicyDocument"]
    listed: list[dict[str, Any]] = document["Statement"]
    return listed


def test_every_function_and_layer_is_built_by_a_makefile() -> None:
    resources = template()["Resources"]
    for name in (*FUNCTIONS, LAYER_NAME):
        assert resources[name]["Metadata"]["BuildMethod"] == "makefile"
        properties = resources[name]["Properties"]
        folder = PROJECT / "infra" / (properties.get("CodeUri") or properties["ContentUri"])
        assert f"build-{name}" in (folder / "Makefile").read_text("utf-8")
    made = {n for n, r in resources.items() if r["Type"] == "AWS::Serverless::Function"}
    assert made == set(FUNCTIONS)


def test_every_handler_exists() -> None:
    for name, folder in FUNCTIONS.items():
        handler = resource(name).get("Handler", template()["Globals"]["Function"]["Handler"])
        module, _, function = handler.partition(".")
        assert callable(getattr(importlib.import_module(f"functions.{folder}.{module}"), function))


def test_the_api_has_the_routes_of_the_apps_and_no_others() -> None:
    routes = {
        (event["Properties"]["Method"], event["Properties"]["Path"], FUNCTIONS[function])
        for function in FUNCTIONS
        for event in resource(function)["Events"].values()
        if event["Type"] == "HttpApi" and "Path" in event["Properties"]
    }
    served = {
        (method, route.path, folder)
        for folder in set(FUNCTIONS.values())
        for route in importlib.import_module(f"functions.{folder}.app").app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    served |= {("HEAD", path, folder) for method, path, folder in served if method == "GET"}
    assert routes == served
    assert {(method, path) for method, path, _ in routes} >= set(APPS)


def exports(behaviour: dict[str, Any]) -> bool:
    return str(behaviour["PathPattern"]).startswith("/exports/")


def test_the_site_has_the_api_under_its_own_address() -> None:
    behaviours = [
        each["Fn::If"][1] if "Fn::If" in each else each
        for each in resource("Distribution")["DistributionConfig"]["CacheBehaviors"]
    ]
    patterns = [behaviour["PathPattern"] for behaviour in behaviours]

    for _, path in APPS:
        assert path in patterns or f"{path.rpartition('/')[0]}/*" in patterns
    for behaviour in behaviours:
        assert behaviour["TargetOriginId"] == ("exports" if exports(behaviour) else "api")
        assert behaviour["ResponseHeadersPolicyId"] == {"Ref": "SecurityHeaders"}


def test_the_firewall_counts_calls_of_the_api_and_refuses_in_the_contracts_shape() -> None:
    firewall = resource("Firewall")
    (rule,) = firewall["Rules"]
    refusal = rule["Action"]["Block"]["CustomResponse"]
    body = firewall["CustomResponseBodies"][refusal["CustomResponseBodyKey"]]
    counted = rule["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["RegexMatchStatement"]

    assert firewall["Scope"] == "CLOUDFRONT"
    assert refusal["ResponseCode"] == 429
    assert body["ContentType"] == "APPLICATION_JSON"
    said = json.loads(body["Content"])
    assert list(said) == ["error"]
    assert said["error"].endswith(".")
    for _, path in APPS:
        assert re.search(counted["RegexString"], path), path
    for path in ("/", "/index.html", "/assets/index.js", "/sw.js", "/models"):
        assert not re.search(counted["RegexString"], path), path


def test_there_is_no_firewall_unless_it_is_asked_for() -> None:
    parameters = template()["Parameters"]
    chosen = resource("Distribution")["DistributionConfig"]["WebACLId"]["Fn::If"]

    assert template()["Resources"]["Firewall"]["Condition"] == "HasRateLimit"
    assert chosen[0] == "HasRateLimit"
    assert chosen[2]["Fn::If"][0] == "HasWebAcl"
    assert chosen[2]["Fn::If"][2] == {"Ref": "AWS::NoValue"}
    assert (parameters["RateLimit"]["Default"], parameters["WebAclArn"]["Default"]) == (0, "")
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/mine/a-b"
    for given, right in [("", True), (arn, True), (arn.replace("us-east-1", "eu-west-1"), False)]:
        assert bool(re.search(parameters["WebAclArn"]["AllowedPattern"], given)) is right


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING, BATCH])
def test_the_parameters_are_described(file: Path) -> None:
    for name, parameter in template(file)["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        given = {"DataBucketName", "Image", "VpcId", "SubnetIds"}
        assert "Default" in parameter or name in given, name


def test_the_parameters_match_what_can_be_built() -> None:
    parameters = template()["Parameters"]
    assert set(parameters["PythonVersion"]["AllowedValues"]) < set(PYTHONS)
    assert parameters["PythonVersion"]["Default"] == Target().python
    assert parameters["Architecture"]["AllowedValues"] == list(ARCHITECTURES)
    assert parameters["Architecture"]["Default"] == Target().architecture


def test_the_settings_of_the_functions_are_settings() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]

    of_others = {"OPENBLAS_NUM_THREADS"}
    for name in variables.keys() - of_others:
        assert name.lower() in Settings.__dataclass_fields__
    assert int(variables["MAX_BODY_BYTES"]) < 6_000_000


def test_the_dashboard_is_json() -> None:
    body = resource("Dashboard")["DashboardBody"]["Fn::Sub"]

    assert len(json.loads(re.sub(r"\$\{[^}]+\}", "x", body))["widgets"]) == 8


def test_the_dashboard_shows_metrics_that_the_functions_write() -> None:
    body = resource("Dashboard")["DashboardBody"]["Fn::Sub"]
    answered = telemetry.Measured("id", digit=7, label="7", source="confirmed")
    written = {
        (",".join(dimensions), metric["Name"])
        for directive in json.loads(log_line.line(answered, "name"))["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    }
    space = log_line.NAMESPACE
    plain = re.findall(rf'\["{space}", "(\w+)", "(\w+)", "\$', body)
    searched = re.findall(rf'\{{{space},([\w,]+)\}} MetricName=\\"(\w+)', body)

    assert len(plain) == 4
    assert len(searched) == 2
    assert {(dimension, name) for name, dimension in plain} | set(searched) <= written


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING, BATCH])
def test_every_alarm_tells_the_same_topic_and_every_log_is_kept_as_long(file: Path) -> None:
    for name, each in template(file)["Resources"].items():
        if each["Type"] == "AWS::CloudWatch::Alarm":
            properties = each["Properties"]
            told = [properties[key] for key in properties if key.endswith("Actions")]
            assert "OKActions" in properties, name
            assert len(told) == 2, name
            for actions in told:
                assert actions[0]["Fn::If"][0] == "HasAlarmEmail", name
        if each["Type"] == "AWS::Logs::LogGroup":
            assert each["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_the_policy_of_the_page_allows_nothing_inline_and_no_other_origin() -> None:
    policy = content_security_policy()

    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_the_access_log_says_what_was_asked_for_and_nothing_of_who_asked() -> None:
    line = json.loads(resource("HttpApi")["AccessLogSettings"]["Format"])

    assert {"requestId", "time", "route", "status"} <= line.keys()
    told = {value.removeprefix("$context.").partition(".")[0] for value in line.values()}
    assert not told & {"identity", "authorizer", "path", "customDomain", "domainName"}


def test_downloads_are_public_for_a_reason_that_stands_beside_it() -> None:
    assert template()["Parameters"]["DownloadAccess"]["Default"] == "public"
    text = TEMPLATE.read_text("utf-8")
    beside = text[text.index("  DownloadAccess:") :].partition("Default:")[0]
    assert "because it is an open collection" in beside


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING])
def test_no_findings_are_silenced_without_a_reason(file: Path) -> None:
    for finding in template(file)["Metadata"]["Findings"]:
        assert finding["comment"].endswith(".")
        assert len(finding["comment"].split()) >= 8


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_may_list_the_whole_bucket(role: str) -> None:
    """Else S3 answers 403 instead of 404 where there is no object: no prefix is asked for then."""
    (listing,) = (each for each in statements(role) if each["Action"] == "s3:ListBucket")

    assert "Condition" not in listing
    assert listing["Resource"]["Fn::Sub"][0] == "arn:${AWS::Partition}:s3:::${Bucket}"


def test_no_role_may_do_everything() -> None:
    for role in ROLES:
        for statement in statements(role):
            actions = statement["Action"]
            for action in actions if isinstance(actions, list) else [actions]:
                assert not action.endswith("*")
            assert statement["Resource"] != "*"


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/", "/index.html"),
        ("/index.html", "/index.html"),
        ("/nothing", "/index.html"),
        ("/nothing/here/", "/index.html"),
        ("/assets/index-C0MHP6lQ.js", "/assets/index-C0MHP6lQ.js"),
        ("/favicon.svg", "/favicon.svg"),
    ],
)
def test_a_browser_gets_the_page_at_any_address_that_is_no_files(asked: str, sent: str) -> None:
    code = resource("PageOfUnknownAddress")["FunctionCode"]
    event = json.dumps({"request": {"method": "GET", "uri": asked}})
    node = ["node", "-e", f"{code}\nconsole.log(handler({event}).uri)"]
    assert subprocess.check_output(node, text=True).strip() == sent
    behaviour = resource("Distribution")["DistributionConfig"]["DefaultCacheBehavior"]
    (association,) = behaviour["FunctionAssociations"]
    assert association["FunctionARN"] == {"Fn::GetAtt": ["PageOfUnknownAddress", "FunctionARN"]}


def test_the_functions_own_answers_are_left_as_they_are() -> None:
    """An error page of the distribution, or the page's function, would take their place."""
    config = resource("Distribution")["DistributionConfig"]
    assert "CustomErrorResponses" not in config
    for behaviour in config["CacheBehaviors"]:
        chosen = behaviour["Fn::If"][1] if "Fn::If" in behaviour else behaviour
        assert "FunctionAssociations" not in chosen
