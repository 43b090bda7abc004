"""Each function may do what its code does, and nothing else.

The template goes through SAM's translator and moto's CloudFormation; each function runs as a
process of its own with the credentials of its deployed role, and between it and S3 stands a gate
that evaluates the deployed policies.
"""

import ast
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from digit_recognizer.ids import new_id
from digit_recognizer.models import promotion, versions
from digit_recognizer.recognition.model import CARD_FILE, LITERT_FILE, built_in
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION
from digit_recognizer.settings import PROJECT
from digit_recognizer.store.opening import open_store
from infra.packaging.artefacts import FUNCTIONS
from tests.conftest import AWS_VARIABLES
from tests.functions.conftest import http_api_event
from tests.infra import sam
from tests.infra.gate import Gate, Right, covered, rights_in
from tests.infra.s3_requests import Needed
from tests.infra.template import TEMPLATE

KEPT = ("AWS::IAM::Role", "AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SecretsManager::Secret")
STACK = "roles"
COMPACTOR = "arn:aws:lambda:eu-central-1:123456789012:function:compact:live"
# Said in a policy and done by nobody here: logs are written by Lambda itself.
OF_LAMBDA = ("logs:", "xray:")
# Asked for when S3 fails, which it does not here: an export breaks off; a creation is refused with
# 409, and the row that is looked for then is not there.
WHEN_IT_FAILS = {("DownloadRole", "s3:AbortMultipartUpload"), ("FeedbackRole", "s3:ListBucket")}


class Function:
    """A handler in a process of its own."""

    def __init__(self, name: str, handler: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("worker.py")),
                f"functions.{FUNCTIONS[name]}.app",
                handler,
            ],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("=> "):
                answer: dict[str, Any] = json.loads(line[3:])
                return answer
        raise AssertionError("the function's process has ended")

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        return self.invoke(http_api_event(method, path, body))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


class Deployed:
    """The roles and the bucket of the template in moto, and the functions before a gate."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server = server
        self.session = boto3.Session(
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            region_name=AWS_VARIABLES["AWS_REGION"],
        )
        (made,) = sam.transformed((sam.packaged(TEMPLATE, folder / "t.yaml"), {}))
        self.roles = {
            name: properties["Properties"]["Role"]["Fn::GetAtt"][0]
            for name, properties in sam.resources(made, "AWS::Lambda::Function").items()
        }
        little = {key: made[key] for key in ("Parameters", "Conditions")}
        little["Resources"] = {
            name: each
            for name, each in sam.resources(made, *KEPT).items()
            if name in self.roles.values() or not name.endswith("Role")
        }
        # The alias that the download asks for compaction, which is not made here.
        text = json.dumps(little).replace(
            json.dumps({"Ref": "CompactFunctionAliaslive"}), f'"{COMPACTOR}"'
        )
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK, TemplateBody=text, Capabilities=["CAPABILITY_IAM"]
        )
        listed = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        physical = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in listed
            if "LogicalResourceId" in each  # moto lacks it for log groups
        }
        self.bucket = physical["DataBucket"]
        self.gate = Gate(server, self.bucket)
        self.rights = {role: self._rights(physical[role]) for role in set(self.roles.values())}
        self._physical = physical
        self._functions: dict[str, Function] = {}

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self._server)

    def function(self, name: str, without: Right | None = None, **variables: str) -> Function:
        """A function with its role's credentials; `without` one of its rights."""
        role = self.roles[name]
        arn = self.client("iam").get_role(RoleName=self._physical[role])["Role"]["Arn"]
        assumed = self.client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
        who = name if without is None else f"{name} without {without.action}"
        self.gate.admit(who, assumed["AccessKeyId"], self.rights[role] - {without})
        environment = {
            "DATA_STORE": f"s3://{self.bucket}",
            "SEGMENT_BYTES": "2000",
            "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
            "AWS_SESSION_TOKEN": assumed["SessionToken"],
            "AWS_REGION": AWS_VARIABLES["AWS_REGION"],
            "AWS_DEFAULT_REGION": AWS_VARIABLES["AWS_REGION"],
            "AWS_ENDPOINT_URL": self.gate.url,
            **variables,
        }
        if name == "DownloadFunction":
            environment["COMPACTOR"] = COMPACTOR
        handler = "compact_handler" if name == "CompactFunction" else "handler"
        found = Function(name, handler, environment)
        self._functions[f"{who}{variables}"] = found
        return found

    def close(self) -> None:
        for each in self._functions.values():
            each.close()
        self.gate.close()

    def _rights(self, role: str) -> set[Right]:
        """What a deployed role may do, as IAM has it."""
        iam = self.client("iam")
        statements: list[dict[str, Any]] = []
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            # moto gives Python's own notation where CloudFormation made it.
            read = ast.literal_eval(document) if isinstance(document, str) else document
            statements += read["Statement"]
        return rights_in(statements)


@pytest.fixture(scope="module")
def deployed(s3_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    found = Deployed(s3_server, tmp_path_factory.mktemp("roles"))
    yield found
    found.close()


def by_an_operator(deployed: Deployed, server: str, drawing: str) -> None:
    """Promote a version, and lay an object that is no row among the rows."""

    async def work() -> None:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": server}.items():
                environment.setenv(name, value)
            store, model = open_store(f"s3://{deployed.bucket}"), built_in()
            assert isinstance(model.litert, Path)
            card = {**model.card, "version": "next", "preprocessing_version": PREPROCESSING_VERSION}
            files = {LITERT_FILE: model.litert.read_bytes(), CARD_FILE: json.dumps(card).encode()}
            await versions.publish(store, "next", files)
            await promotion.promote(store, "next", "A test asks for it.")
            await store.create("feedback/rows/0/2026-11-27/broken.json", b"{")

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()


@pytest.fixture(scope="module")
def needed(deployed: Deployed, s3_server: str, drawing: str) -> dict[str, set[Needed]]:
    """What each role asked for while the functions did all that they do; nothing was refused."""
    by_an_operator(deployed, s3_server, drawing)
    predict, feedback = deployed.function("PredictFunction"), deployed.function("FeedbackFunction")
    compact, download = deployed.function("CompactFunction"), deployed.function("DownloadFunction")
    deployed.gate.compactor = compact.invoke

    def ok(answer: dict[str, Any], status: int = 200) -> Any:
        assert answer.get("statusCode") == status, answer
        return json.loads(answer["body"]) if answer.get("body") else answer["headers"]

    while ok(predict.ask("POST", "/predict", {"image": drawing}))["model_version"] != "next":
        pass
    ok(predict.ask("GET", "/model"))
    ok(predict.ask("GET", "/health"))
    save = {"image": drawing, "label": 7}
    for _ in range(3):
        ok(feedback.ask("POST", "/save_feedback", save))
    again = {**save, "id": new_id()}
    for label, status in ((7, 200), (7, 200), (3, 409)):  # what was refused is asked for
        ok(feedback.ask("POST", "/save_feedback", {**again, "label": label}), status)
    for _ in range(3):
        assert compact.invoke({})["rows"] > 0
        ok(feedback.ask("POST", "/save_feedback", save))
        ok(download.ask("GET", "/feedback/summary"))
        ok(predict.ask("GET", "/health"))
        for method in ("HEAD", "GET"):
            address = ok(download.ask(method, "/download_csv"), 307)["location"]
            with httpx.Client(trust_env=False) as client:
                assert client.request(method, address).status_code == 200
        ok(feedback.ask("POST", "/save_feedback", save))
    return {name: set(deployed.gate.needed[name]) for name in FUNCTIONS}


def test_everything_that_the_code_does_is_allowed(
    deployed: Deployed, needed: dict[str, set[Needed]]
) -> None:
    for name in FUNCTIONS:
        assert not deployed.gate.refused[name], name
    assert {action for each in needed.values() for action, _ in each} >= {
        "s3:PutObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:DeleteObject",
    }


@pytest.mark.usefixtures("needed")
def test_everything_else_is_refused(deployed: Deployed) -> None:
    places = [
        "feedback/rows/0/2026-11-27/a.json",
        "feedback/segments/a.csv",
        "feedback/manifests/1.json",
        "feedback/quarantine/a.json",
        "feedback/table/csv/segments.txt",
        "exports/1/user_pixel_data.csv",
        "models/next/model_card.json",
        "models/promotions/1.json",
        "datasets/mnist",
        "anything",
    ]
    actions = ["s3:PutObject", "s3:DeleteObject", "s3:GetObject"]
    changes = {
        (role, action.removeprefix("s3:"), place.partition("/")[0], place.split("/")[1])
        for role, rights in deployed.rights.items()
        for action in actions[:2]
        for place in places
        if "/" in place and covered(rights, deployed.bucket, (action, place))
    }
    assert changes == {
        ("FeedbackRole", "PutObject", "feedback", "rows"),
        ("DownloadRole", "PutObject", "exports", "1"),
        ("CompactRole", "PutObject", "feedback", "segments"),
        ("CompactRole", "PutObject", "feedback", "manifests"),
        ("CompactRole", "PutObject", "feedback", "quarantine"),
        ("CompactRole", "PutObject", "feedback", "table"),
        ("CompactRole", "DeleteObject", "feedback", "rows"),
        ("CompactRole", "DeleteObject", "feedback", "segments"),
        ("CompactRole", "DeleteObject", "feedback", "manifests"),
    }
    for rights in deployed.rights.values():
        for action in actions:
            for place in ("anything", "datasets/mnist"):
                assert not covered(rights, deployed.bucket, (action, place))
            assert not covered(rights, "another", (action, places[0]))
        for right in rights:
            assert "*" not in right.action
            assert right.resource != "*"


def test_each_right_is_used(deployed: Deployed, needed: dict[str, set[Needed]]) -> None:
    """With any one of them removed, something that the code does would be refused."""
    for role, rights in deployed.rights.items():
        asked = set().union(*(needed[name] for name in FUNCTIONS if deployed.roles[name] == role))
        for right in rights:
            if right.action.startswith(OF_LAMBDA) or (role, right.action) in WHEN_IT_FAILS:
                continue
            less = rights - {right}
            refused = [need for need in asked if not covered(less, deployed.bucket, need)]
            assert refused, f"{role} needs no {right.action} on {right.resource}"


@pytest.mark.usefixtures("needed")
def test_where_the_compaction_fails_a_download_says_so_in_the_contracts_words(
    deployed: Deployed, drawing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = deployed.function("FeedbackFunction").ask(
        "POST", "/save_feedback", {"image": drawing, "label": 5}
    )
    assert saved["statusCode"] == 200
    monkeypatch.setattr(deployed.gate, "compactor", lambda _event: {"error": "MemoryError"})

    answer = deployed.function("DownloadFunction").ask("GET", "/download_csv")

    assert answer["statusCode"] == 503
    assert "try again" in json.loads(answer["body"])["error"]


@pytest.mark.usefixtures("needed")
@pytest.mark.parametrize(
    ("name", "action", "place"),
    [
        ("FeedbackFunction", "s3:PutObject", "/feedback/rows/*"),
        ("CompactFunction", "s3:DeleteObject", "/feedback/rows/*"),
        ("DownloadFunction", "s3:PutObject", "/exports/*"),
        ("DownloadFunction", "s3:GetObject", "/feedback/*"),
        ("PredictFunction", "s3:ListBucket", ""),
    ],
)
def test_without_one_right_the_function_fails(
    deployed: Deployed, drawing: str, name: str, action: str, place: str
) -> None:
    right = Right(action, f"arn:aws:s3:::{deployed.bucket}{place}")
    assert right in deployed.rights[deployed.roles[name]]
    saved = deployed.function("FeedbackFunction").ask(
        "POST", "/save_feedback", {"image": drawing, "label": 5}
    )
    assert saved["statusCode"] == 200
    function = deployed.function(name, right)

    answers = {
        "FeedbackFunction": lambda: function.ask(
            "POST", "/save_feedback", {"image": drawing, "label": 5}
        ),
        "CompactFunction": lambda: function.invoke({}),
        "DownloadFunction": lambda: function.ask("GET", "/download_csv"),
        "PredictFunction": lambda: function.ask("GET", "/health"),
    }
    answer = answers[name]()

    assert answer.get("statusCode") == 503 or answer.get("error") == "StoreUnavailable"
    assert deployed.gate.refused[f"{name} without {action}"]
