"""What `infra/template.yaml` says against what the code does."""

import asyncio
import importlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from digit_recognizer import assembly, compaction, promotions, registry, storage, telemetry
from digit_recognizer.preprocessing import PREPROCESSING_VERSION
from digit_recognizer.settings import PROJECT, Settings, settings
from functions.download import app as download
from infra.packaging.artefacts import FUNCTIONS, LAYER_NAME
from infra.packaging.target import ARCHITECTURES, PYTHONS, Target
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.functions.conftest import FUNCTIONS as APPS
from tests.functions.conftest import Invoke, invoke
from tests.infra.s3_requests import Needed, Recorder, allows
from tests.infra.template import (
    RETRAINING,
    TEMPLATE,
    content_security_policy,
    resource,
    template,
)

__all__ = ["invoke"]


def aside(function: Callable[..., object], *arguments: object) -> None:
    """Run what makes an event loop of its own beside that of the invocations."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(function, *arguments).result()


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
    assert routes == served
    assert {(method, path) for method, path, _ in routes} >= set(APPS)


def test_the_site_has_the_api_under_its_own_address() -> None:
    behaviours = resource("Distribution")["DistributionConfig"]["CacheBehaviors"]
    patterns = [behaviour["PathPattern"] for behaviour in behaviours]

    for _, path in APPS:
        assert path in patterns or f"{path.rpartition('/')[0]}/*" in patterns
    for behaviour in behaviours:
        assert behaviour["TargetOriginId"] == "api"
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


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING])
def test_the_parameters_are_described(file: Path) -> None:
    for name, parameter in template(file)["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        assert "Default" in parameter or name == "DataBucketName", name


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
        for directive in json.loads(telemetry.line(answered, "name"))["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    }
    space = telemetry.NAMESPACE
    plain = re.findall(rf'\["{space}", "(\w+)", "(\w+)", "\$', body)
    searched = re.findall(rf'\{{{space},([\w,]+)\}} MetricName=\\"(\w+)', body)

    assert len(plain) == 4
    assert len(searched) == 2
    assert {(dimension, name) for name, dimension in plain} | set(searched) <= written


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING])
def test_every_alarm_tells_the_same_topic_and_every_log_is_kept_as_long(file: Path) -> None:
    for name, each in template(file)["Resources"].items():
        if each["Type"] == "AWS::CloudWatch::Alarm":
            assert each["Properties"]["AlarmActions"][0]["Fn::If"][0] == "HasAlarmEmail", name
        if each["Type"] == "AWS::Logs::LogGroup":
            assert each["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_the_policy_of_the_page_allows_nothing_inline_and_no_other_origin() -> None:
    policy = content_security_policy()

    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("file", [TEMPLATE, RETRAINING])
def test_no_findings_are_silenced_without_a_reason(file: Path) -> None:
    for finding in template(file)["Metadata"]["Findings"]:
        assert finding["comment"].endswith(".")
        assert len(finding["comment"].split()) >= 8


@pytest.fixture
def recorder(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """An S3 server of this test's own bucket that notes what rights are used."""
    recording = Recorder(s3_server)
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": recording.url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATA_STORE", f"s3://{BUCKET}")
    yield recording
    recording.close()


async def promoted(version: str) -> None:
    """Put the package's model into service under another name."""
    store, model = storage.in_service(), registry.built_in()
    assert isinstance(model.litert, Path)
    card = {**model.card, "version": version, "preprocessing_version": PREPROCESSING_VERSION}
    files = {
        registry.LITERT_FILE: model.litert.read_bytes(),
        registry.CARD_FILE: json.dumps(card).encode(),
    }
    await registry.publish(store, version, files)
    await promotions.promote(store, version, "A test asks for it.")


def test_each_role_allows_what_its_function_asks_of_s3_and_nothing_else(
    recorder: Recorder, invoke: Invoke, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = {"image": drawing, "label": 7}
    aside(asyncio.run, promoted("next"))
    recorder.taken()
    version = ""
    while version != "next":  # it is looked for and loaded aside of requests
        version = json.loads(invoke("POST", "/predict", {"image": drawing})["body"])[
            "model_version"
        ]
    predicting = recorder.taken()
    for _ in range(3):
        assert invoke("POST", "/save_feedback", save)["statusCode"] == 200
    saving = recorder.taken()
    # A row that is none, for the quarantine.
    row = next(key for _, key in saving)
    broken = f"{row.rpartition('/')[0]}/broken.json"
    aside(asyncio.run, storage.in_service().create(broken, b"{"))
    recorder.taken()

    # In little all that compaction and download ever do: nothing is young, or short.
    monkeypatch.setenv("SEGMENT_BYTES", "2000")
    settings.cache_clear()
    monkeypatch.setattr(compaction, "_KEPT_FOR", timedelta(0))
    monkeypatch.setattr(compaction, "_ORPHAN_AFTER", timedelta(days=-1))
    monkeypatch.setattr(compaction, "_SWEEP_EVERY", 1)
    monkeypatch.setattr(compaction, "_KEPT_GENERATIONS", 1)
    monkeypatch.setattr(assembly, "IN_RESPONSE", 0)
    downloading: set[Needed] = set()
    for _ in range(3):
        aside(download.compact_handler, {}, None)
        assert invoke("GET", "/feedback/summary")["statusCode"] == 200
        assert invoke("GET", "/health")["statusCode"] == 200
        for method in ("HEAD", "GET"):
            answer = invoke(method, "/download_csv", function=download)
            assert answer["statusCode"] == 307
        downloading |= recorder.taken()
        assert invoke("POST", "/save_feedback", save)["statusCode"] == 200
        saving |= recorder.taken()

    asked = {"PredictRole": predicting, "FeedbackRole": saving, "DownloadRole": downloading}
    for role, needed in asked.items():
        refused = {need for need in needed if not allows(statements(role), need)}
        assert not refused, role
    # Each role needs what others may not.
    assert not [need for need in downloading if allows(statements("FeedbackRole"), need)]
    assert not [need for need in saving if allows(statements("DownloadRole"), need)]
    assert ("s3:GetObject", f"models/next/{registry.LITERT_FILE}") in predicting
    used = {action for action, _ in saving | downloading}
    assert used >= {"s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:DeleteObject"}


@pytest.mark.parametrize("role", ["PredictRole", "DownloadRole"])
def test_who_reads_may_list_the_whole_bucket(role: str) -> None:
    """Else S3 answers 403 instead of 404 where there is no object: no prefix is asked for then."""
    (listing,) = (each for each in statements(role) if each["Action"] == "s3:ListBucket")

    assert "Condition" not in listing
    assert listing["Resource"] == {"Fn::GetAtt": ["DataBucket", "Arn"]}


def test_no_role_may_do_everything() -> None:
    for role in ("PredictRole", "FeedbackRole", "DownloadRole"):
        for statement in statements(role):
            actions = statement["Action"]
            for action in actions if isinstance(actions, list) else [actions]:
                assert not action.endswith("*")
            assert statement["Resource"] != "*"
