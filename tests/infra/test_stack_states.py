"""`make deploy` and `make destroy` with a stack in each state it can be left in, against moto."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from moto.backends import get_backend

from infra.deploy import __main__ as command
from infra.deploy import account, functions, retraining, site, smoke, stack
from infra.deploy.account import Account, DeployError
from infra.packaging import sizes
from infra.packaging.artefacts import FUNCTIONS
from infra.packaging.target import Target
from tests.conftest import AWS_VARIABLES
from tests.infra.template import TEMPLATE

NAME = "states"
# What matters of the template to who deploys and destroys: two buckets, outputs, parameters.
LITTLE: dict[str, Any] = {
    "Parameters": {
        "OriginSecret": {"Type": "String", "NoEcho": True, "Default": ""},
        "DownloadAccess": {"Type": "String", "Default": "public"},
        "DataBucketName": {"Type": "String", "Default": ""},
        "Revision": {"Type": "String"},
    },
    "Conditions": {"MakesDataBucket": {"Fn::Equals": [{"Ref": "DataBucketName"}, ""]}},
    "Resources": {
        "DataBucket": {"Type": "AWS::S3::Bucket", "Condition": "MakesDataBucket"},
        "SiteBucket": {"Type": "AWS::S3::Bucket"},
    },
    "Outputs": {
        "DataBucketName": {
            "Value": {
                "Fn::If": ["MakesDataBucket", {"Ref": "DataBucket"}, {"Ref": "DataBucketName"}]
            }
        },
        "SiteBucketName": {"Value": {"Ref": "SiteBucket"}},
        "SiteAddress": {"Value": "https://d111111abcdef8.cloudfront.net"},
        "DistributionId": {"Value": "E1"},
        "DashboardAddress": {"Value": "https://dashboard"},
    },
}


@pytest.fixture
def aws(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account in moto, in which nothing of this test is left."""
    environment = {**AWS_VARIABLES, "AWS_ENDPOINT_URL": s3_server, "STACK": NAME, "YES": "1"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    opened = account.open_account()
    yield opened
    if stack.exists(opened, NAME):
        bucket = stack.resources(opened, NAME).get("SiteBucket")
        set_state(opened, "CREATE_COMPLETE")
        if bucket and site.exists(opened, bucket):
            site.empty(opened, bucket)
        stack.delete(opened, NAME)


def create(aws: Account, **values: str) -> str:
    """Create the stack, or change it, as CloudFormation would; its id."""
    client = aws.session.client("cloudformation")
    before = stack.described(aws, NAME)
    had = {
        each["ParameterKey"]: each["ParameterValue"]
        for each in (before or {}).get("Parameters", [])
    }
    given = [
        {"ParameterKey": name, "ParameterValue": value}
        for name, value in {**had, **values}.items()
        if name in LITTLE["Parameters"]
    ]
    put = client.create_stack if before is None else client.update_stack
    with suppress(client.exceptions.ClientError):  # nothing to change, also for the SAM CLI
        put(StackName=NAME, TemplateBody=json.dumps(LITTLE), Parameters=given)
    made = stack.described(aws, NAME)
    assert made is not None
    return str(made["StackId"])


def set_state(aws: Account, state: str, *, whole: bool = True) -> None:
    """Put moto's stack into a state, perhaps without outputs and resources."""
    stacks = get_backend("cloudformation")[aws.number][aws.region].stacks
    (found,) = (each for each in stacks.values() if each.name == NAME)
    found.status = state
    if not whole:
        found.output_map._output_json_map = {}
        found.output_map._parsed_outputs = {}


@pytest.fixture
def deployed(
    aws: Account, built_in_little: Path, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, str]]:
    """What the SAM CLI was asked to deploy; the stack is made in moto, nothing else is tried."""
    asked: list[dict[str, str]] = []

    def sam(arguments: list[str]) -> int:
        (overrides,) = (each for each in arguments if each.startswith("--parameter-overrides="))
        file = Path(overrides.partition("file://")[2])
        values = {name: value[3:-3] for name, value in json.loads(file.read_text()).items()}
        asked.append(values)
        create(aws, **values)
        return 0

    monkeypatch.setattr(stack, "run_sam", sam)
    monkeypatch.setattr(sizes, "BUILT", built_in_little)
    monkeypatch.setattr(sizes, "weigh", dict)
    monkeypatch.setattr(sizes, "check", lambda _weights: None)
    monkeypatch.setattr(sizes, "built_for", lambda _layer: Target())
    monkeypatch.setattr(site, "check_page", lambda: None)
    monkeypatch.setattr(site, "upload", lambda *_: ["index.html"])
    monkeypatch.setattr(site, "invalidate", lambda *_: None)
    monkeypatch.setattr(smoke, "check", lambda *_: None)
    monkeypatch.setattr(functions, "check_revision", lambda *_: None)
    monkeypatch.setattr(functions, "prune", lambda *_: 0)
    return asked


@pytest.fixture
def built_in_little(tmp_path: Path) -> Path:
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "template.yaml").write_bytes(TEMPLATE.read_bytes())
    return tmp_path / "built"


def test_where_there_is_no_stack_it_is_created_with_a_secret(
    aws: Account, deployed: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    command.deploy()

    (values,) = deployed
    assert len(values["OriginSecret"]) >= 32
    assert values["OriginSecret"] not in capsys.readouterr().out
    assert stack.outputs(aws, NAME)["SiteAddress"]


def test_a_whole_stack_keeps_its_secret_and_its_parameters(
    aws: Account, deployed: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARAMETERS", "DownloadAccess=token")
    command.deploy()
    monkeypatch.delenv("PARAMETERS")
    command.deploy()

    first, second = deployed
    assert "OriginSecret" not in second
    assert "DownloadAccess" not in second
    assert second["Revision"] == first["Revision"]
    described = stack.described(aws, NAME)
    assert described is not None
    in_force = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    assert in_force["DownloadAccess"] == "token"


@pytest.mark.parametrize("state", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_what_a_failed_first_deployment_left_is_cleared_away(
    aws: Account, deployed: list[dict[str, str]], state: str
) -> None:
    failed = create(aws, Revision="0")
    set_state(aws, state, whole=False)

    command.deploy()

    described = stack.described(aws, NAME)
    assert described is not None
    assert described["StackId"] != failed
    assert described["StackStatus"] == "CREATE_COMPLETE"
    assert deployed[0]["OriginSecret"]


def test_a_change_set_that_was_never_carried_out_is_no_stack_yet(
    aws: Account, deployed: list[dict[str, str]]
) -> None:
    aws.session.client("cloudformation").create_change_set(
        StackName=NAME,
        ChangeSetName="one",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(LITTLE),
        Parameters=[{"ParameterKey": "Revision", "ParameterValue": "0"}],
    )
    before = stack.described(aws, NAME)
    assert before is not None
    assert before["StackStatus"] == "REVIEW_IN_PROGRESS"

    assert not stack.check_state(NAME, before)
    command.destroy()

    assert not stack.exists(aws, NAME)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("CREATE_IN_PROGRESS", "wait until it is done"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "wait until it is done"),
        ("DELETE_FAILED", "run `make destroy` to the end"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback"),
    ],
)
def test_where_nothing_can_be_deployed_it_says_what_comes_first(
    aws: Account, deployed: list[dict[str, str]], state: str, sentence: str
) -> None:
    create(aws, Revision="0")
    set_state(aws, state)

    with pytest.raises(DeployError, match=sentence):
        command.deploy()

    assert deployed == []


@pytest.mark.parametrize("state", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_what_was_changed_or_put_back_is_changed_again(
    aws: Account, deployed: list[dict[str, str]], state: str
) -> None:
    first = create(aws, Revision="0")
    set_state(aws, state)

    command.deploy()

    described = stack.described(aws, NAME)
    assert described is not None
    assert described["StackId"] == first


@pytest.mark.parametrize("before", [False, True])
def test_a_refusal_says_what_is_there_now(
    aws: Account, deployed: list[dict[str, str]], before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before:
        create(aws, Revision="0")
    monkeypatch.setattr(stack, "run_sam", lambda _arguments: 1)

    said = "as it was before" if before else "the next run clears it away"
    with pytest.raises(DeployError, match=said):
        command.deploy()


@pytest.mark.parametrize("state", ["ROLLBACK_COMPLETE", "DELETE_FAILED", "CREATE_COMPLETE"])
@pytest.mark.parametrize("whole", [False, True])
def test_destroy_takes_a_stack_in_any_state(
    aws: Account, state: str, whole: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    create(aws, Revision="0")
    bucket = stack.resources(aws, NAME)["SiteBucket"]
    aws.session.client("s3").put_object(Bucket=bucket, Key="index.html", Body=b"x")
    set_state(aws, state, whole=whole)

    command.destroy()

    assert not stack.exists(aws, NAME)
    assert not site.exists(aws, bucket)
    said = capsys.readouterr().out
    assert ("cloudfront.net" in said) is whole


def test_destroy_with_the_data_deletes_it_and_without_says_how_to_go_on(
    aws: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = aws.session.client("s3")
    region = {"LocationConstraint": aws.region}
    s3.create_bucket(Bucket="kept-data", CreateBucketConfiguration=region)
    s3.put_object(Bucket="kept-data", Key="feedback/rows/1.json", Body=b"{}")
    create(aws, Revision="0", DataBucketName="kept-data")
    command.destroy()

    assert "make deploy PARAMETERS=DataBucketName=kept-data" in capsys.readouterr().out
    assert site.exists(aws, "kept-data")

    create(aws, Revision="0", DataBucketName="kept-data")
    monkeypatch.setenv("DELETE_DATA", "yes")
    command.destroy()

    assert "WITH ALL FEEDBACK" in capsys.readouterr().out
    assert not site.exists(aws, "kept-data")


def test_a_kept_bucket_is_adopted_and_its_old_policy_makes_room(
    aws: Account, deployed: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = aws.session.client("s3")
    s3.create_bucket(
        Bucket="left-over", CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    policy = {"Version": "2012-10-17", "Statement": []}
    s3.put_bucket_policy(Bucket="left-over", Policy=json.dumps(policy))
    monkeypatch.setenv("PARAMETERS", "DataBucketName=left-over")

    command.deploy()

    assert stack.outputs(aws, NAME)["DataBucketName"] == "left-over"
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="left-over")
    site.delete(aws, "left-over")


def test_a_bucket_that_is_not_there_is_not_adopted(
    aws: Account, deployed: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARAMETERS", "DataBucketName=nobodys")

    with pytest.raises(DeployError, match="Bucket nobodys is not there"):
        command.deploy()

    assert deployed == []


def test_the_retraining_wants_a_whole_main_stack(aws: Account) -> None:
    create(aws, Revision="0")
    set_state(aws, "ROLLBACK_COMPLETE", whole=False)

    with pytest.raises(DeployError, match="is not whole"):
        retraining.bucket_of(aws, NAME)


@pytest.mark.parametrize("name", ["9digits", "a b", "x" * 65, "d_1"])
def test_a_name_that_no_stack_can_have_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACK", name)

    with pytest.raises(DeployError, match="STACK is"):
        command._stack_name()


# ---------------------------------------------------------------- versions of functions


@pytest.fixture
def lambdas(aws: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The functions in moto, each with three versions, the last of which is live."""
    client = aws.session.client("lambda")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam = aws.session.client("iam")
    role = iam.create_role(RoleName="lambda", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    names = {name: f"{NAME}-{name}" for name in FUNCTIONS}
    for function in names.values():
        client.create_function(
            FunctionName=function,
            Runtime="python3.13",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": zipped()},
        )
        client.create_alias(FunctionName=function, Name=functions.ALIAS, FunctionVersion="$LATEST")
        publish(aws, function, "one", "two", "three")
    yield names
    for function in names.values():
        client.delete_function(FunctionName=function)
    iam.delete_role(RoleName="lambda")


def publish(aws: Account, function: str, *revisions: str) -> None:
    """Publish a version with each revision; the alias names the last one."""
    client = aws.session.client("lambda")
    for revision in revisions:
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": {"REVISION": revision}}
        )
        version = client.publish_version(FunctionName=function)["Version"]
        client.update_alias(FunctionName=function, Name=functions.ALIAS, FunctionVersion=version)


def zipped() -> bytes:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): ...")
    return buffer.getvalue()


def live(aws: Account, names: dict[str, str]) -> set[str]:
    client = aws.session.client("lambda")
    return {
        client.get_alias(FunctionName=each, Name=functions.ALIAS)["FunctionVersion"]
        for each in names.values()
    }


def test_a_rollback_puts_all_functions_one_version_back(
    aws: Account, lambdas: dict[str, str]
) -> None:
    moves = functions.roll_back(aws, lambdas)

    assert set(moves) == set(FUNCTIONS)
    assert set(moves.values()) == {("3", "2")}
    assert live(aws, lambdas) == {"2"}
    functions.roll_back(aws, lambdas)
    assert live(aws, lambdas) == {"1"}


def test_below_the_first_version_nothing_is_rolled_back(
    aws: Account, lambdas: dict[str, str]
) -> None:
    one = lambdas["CompactFunction"]
    aws.session.client("lambda").update_alias(
        FunctionName=one, Name=functions.ALIAS, FunctionVersion="1"
    )

    with pytest.raises(DeployError, match="CompactFunction has no version before 1"):
        functions.roll_back(aws, lambdas)

    assert live(aws, lambdas) == {"1", "3"}


def test_a_function_that_runs_something_else_is_found_out(
    aws: Account, lambdas: dict[str, str]
) -> None:
    functions.check_revision(aws, lambdas, "three")
    aws.session.client("lambda").update_alias(
        FunctionName=lambdas["FeedbackFunction"], Name=functions.ALIAS, FunctionVersion="2"
    )

    with pytest.raises(DeployError, match="FeedbackFunction runs revision two and not three"):
        functions.check_revision(aws, lambdas, "three")


def test_old_versions_are_deleted_but_for_a_few_and_the_live_one(
    aws: Account, lambdas: dict[str, str]
) -> None:
    for function in lambdas.values():
        publish(aws, function, "four", "five", "six", "seven")
    client = aws.session.client("lambda")
    old = lambdas["PredictFunction"]
    client.update_alias(FunctionName=old, Name=functions.ALIAS, FunctionVersion="1")

    deleted = functions.prune(aws, lambdas)

    assert deleted == 7
    assert functions._versions(client, old) == [1, 3, 4, 5, 6, 7]
    assert functions._versions(client, lambdas["DownloadFunction"]) == [3, 4, 5, 6, 7]
    assert functions.prune(aws, lambdas) == 0


def test_of_the_images_that_retrain_a_few_are_kept(
    aws: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr = aws.session.client("ecr")
    ecr.create_repository(repositoryName="digits/retraining")
    address = f"{aws.number}.dkr.ecr.{aws.region}.amazonaws.com/digits/retraining:retraining-1"

    class Lambda:
        """moto's wants Docker for images."""

        def get_function(self, **_: str) -> dict[str, Any]:
            return {"Code": {"ImageUri": address}}

    client = aws.session.client
    monkeypatch.setattr(
        aws.session, "client", lambda name: Lambda() if name == "lambda" else client(name)
    )
    retraining.keep_few_images(aws, "retrain")

    policy = ecr.get_lifecycle_policy(repositoryName="digits/retraining")["lifecyclePolicyText"]
    (rule,) = json.loads(policy)["rules"]
    assert rule["selection"]["countNumber"] == 3
    assert rule["action"] == {"type": "expire"}
