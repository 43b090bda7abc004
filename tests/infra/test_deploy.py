"""What `make deploy` and `make destroy` do that can be tried without AWS, and what they refuse."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from digit_recognizer.settings import PROJECT
from infra.deploy import __main__ as command
from infra.deploy import account, functions, parameters, retraining, site, smoke, stack
from infra.deploy.account import Account, DeployError
from infra.packaging import sizes
from infra.packaging.target import PackagingError, Target
from tests.conftest import AWS_VARIABLES
from tests.e2e.conftest import LocalServer, free_port
from tests.layers.store.faulty_s3 import faulty_s3

STACK = "digits"
OUTPUTS = {
    "SiteAddress": "https://d111111abcdef8.cloudfront.net",
    "ApiAddress": "https://abcdefghij.execute-api.eu-central-1.amazonaws.com",
    "DataBucketName": "digits-data",
    "SiteBucketName": "digits-site",
    "DistributionId": "",
    "DashboardAddress": "https://dashboard",
}
RESOURCES = {"DataBucket": "digits-data", "SiteBucket": "digits-site"}
RETRAINING_OUTPUTS = {"RetrainingFunctionName": "retrain", "RetrainingLogsName": "its-logs"}


def run(action: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in an environment that has nothing else."""
    return subprocess.run(
        [str(PROJECT / ".venv-infra" / "bin" / "python"), "-m", "infra.deploy", action],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def no_credentials(tmp_path: Path) -> dict[str, str]:
    """An environment with tools and no credentials, not even those of a virtual machine."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.mark.parametrize("action", ["check", "destroy"])
def test_without_credentials_it_stops_with_one_sentence(
    action: str, no_credentials: dict[str, str]
) -> None:
    done = run(action, **no_credentials)

    assert done.returncode == 1
    assert done.stderr.startswith("Stopped: There are no AWS credentials; run `aws configure`")
    assert done.stderr.count("\n") == 1


def test_without_a_region_it_stops_with_one_sentence(no_credentials: dict[str, str]) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}

    done = run("check", **no_credentials, **keys)

    assert done.stderr.startswith("Stopped: There is no AWS region;")


def test_credentials_that_are_refused_are_named(
    no_credentials: dict[str, str],
) -> None:
    keys = {**AWS_VARIABLES, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}

    done = run("check", **no_credentials, **keys)

    assert done.returncode == 1
    assert done.stderr.startswith("Stopped: The AWS credentials don't work: ")
    assert done.stderr.rstrip().endswith("choose others with AWS_PROFILE.")


def test_a_missing_tool_is_named(no_credentials: dict[str, str], tmp_path: Path) -> None:
    done = run("check", **no_credentials | {"PATH": str(tmp_path)})

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Stopped: node is missing; install Node.js 20.19 or newer and run this again."
    )


def test_make_refuses_before_it_builds(no_credentials: dict[str, str]) -> None:
    done = subprocess.run(
        ["make", "deploy"], cwd=PROJECT, env=no_credentials, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "Stopped: There are no AWS credentials" in done.stderr
    assert "Building" not in done.stdout


def docker_that_ends_with(status: int, folder: Path) -> str:
    """A PATH with a stand-in for Docker, which this machine need not have."""
    docker = folder / "docker"
    docker.write_text(f"#!/bin/sh\nexit {status}\n")
    docker.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_without_docker_no_retraining_is_deployed(
    no_credentials: dict[str, str], tmp_path: Path
) -> None:
    done = run("deploy-retraining", **no_credentials | {"PATH": str(tmp_path)})

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Stopped: docker is missing; the image of the retraining is built with it. Install Docker"
        " and run this again."
    )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(1, "Docker does not answer; start it"), (0, "There are no AWS credentials; run")],
)
def test_before_an_image_is_built_docker_and_credentials_are_looked_for(
    no_credentials: dict[str, str], tmp_path: Path, status: int, sentence: str
) -> None:
    path = docker_that_ends_with(status, tmp_path)

    done = run("deploy-retraining", **no_credentials | {"PATH": path})

    assert done.returncode == 1
    assert done.stderr.startswith(f"Stopped: {sentence}")
    assert done.stderr.count("\n") == 1


@pytest.fixture
def aws(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account in moto, with the page's bucket and distribution."""
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": s3_server, "STACK": STACK}.items():
        monkeypatch.setenv(name, value)
    opened = account.open_account()
    s3 = opened.session.client("s3")
    region = {"LocationConstraint": opened.region}
    buckets = [OUTPUTS["SiteBucketName"], OUTPUTS["DataBucketName"]]
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=region)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    yield opened
    left = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    for bucket in left.intersection(buckets):
        site.empty(opened, bucket)
        s3.delete_bucket(Bucket=bucket)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page in little."""
    for name in ("index.html", "favicon.svg", "theme.js", "assets/index-C1.js", "assets/a-D2.css"):
        (tmp_path / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / name).write_text(name)
    return tmp_path / "dist"


def test_the_page_is_uploaded_with_the_right_headers(aws: Account, page: Path) -> None:
    changing = site.upload(aws, OUTPUTS["SiteBucketName"], page)

    s3 = aws.session.client("s3")
    headers = {}
    for key in ("index.html", "theme.js", "favicon.svg", "assets/index-C1.js", "assets/a-D2.css"):
        found = s3.get_object(Bucket=OUTPUTS["SiteBucketName"], Key=key)
        assert found["Body"].read().decode() == key
        headers[key] = (found["ContentType"], found["CacheControl"])
    year = "public, max-age=31536000, immutable"
    assert headers == {
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "theme.js": ("text/javascript; charset=utf-8", "no-cache"),
        "favicon.svg": ("image/svg+xml", "no-cache"),
        "assets/index-C1.js": ("text/javascript; charset=utf-8", year),
        "assets/a-D2.css": ("text/css; charset=utf-8", year),
    }
    assert changing == ["favicon.svg", "theme.js", "index.html"]


def test_the_real_page_has_no_file_of_an_unknown_type() -> None:
    site.check_page()
    for path in site.PAGE.rglob("*"):
        assert path.is_dir() or path.suffix in site._TYPES, path


def test_a_page_that_is_not_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="The page is not built"):
        site.check_page(tmp_path)


def test_the_cdn_forgets_what_changes_under_the_same_name(aws: Account) -> None:
    cloudfront = aws.session.client("cloudfront")
    origin = {
        "Id": "o",
        "DomainName": "o.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behaviour = {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"}
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behaviour | {"CachePolicyId": "658327ea"},
        }
    )
    distribution = made["Distribution"]["Id"]

    site.invalidate(aws, distribution, ["theme.js", "index.html"])

    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"]
    details = cloudfront.get_invalidation(DistributionId=distribution, Id=listed["Items"][0]["Id"])[
        "Invalidation"
    ]
    paths = details["InvalidationBatch"]["Paths"]["Items"]
    assert sorted(paths) == ["/", "/index.html", "/theme.js"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """The local server, which has page and API under one address, too."""
    local = LocalServer(store=tmp_path_factory.mktemp("store"), port=free_port())
    try:
        local.start()
        yield local
    finally:
        local.stop()


def test_the_smoke_test_passes_where_all_is_well_and_leaves_one_row(server: LocalServer) -> None:
    for _ in range(2):
        smoke.check(server.url, None, wait_s=0)

    rows = smoke._ask(f"{server.url}/download_csv", wait_s=0).splitlines()
    assert [row.split(b",")[0] for row in rows] == [b"label", b"7"]


def test_a_bucket_that_refuses_to_overwrite_is_fit(aws: Account) -> None:
    for _ in range(2):
        smoke.check_condition(aws, OUTPUTS["DataBucketName"])


def test_a_bucket_that_ignores_the_condition_is_found_out(
    aws: Account, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty_s3(s3_server, seed=1) as proxy, monkeypatch.context() as environment:
        proxy.ignored_headers = {"if-none-match"}
        environment.setenv("AWS_ENDPOINT_URL", proxy.address)
        with pytest.raises(DeployError, match="overwrites an object"):
            smoke.check_condition(account.open_account(), OUTPUTS["DataBucketName"])


def test_the_smoke_test_fails_where_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "_TRIES", 2)

    with pytest.raises(DeployError, match="can't be reached"):
        smoke.check(f"http://127.0.0.1:{free_port()}", None, wait_s=0)


def test_the_smoke_test_finds_out_that_something_older_answers(server: LocalServer) -> None:
    with pytest.raises(DeployError, match="not revision 0123456789abcdef that answers"):
        smoke.check(server.url, "0123456789abcdef", wait_s=0)


TOKEN = "correct-horse-battery"


def test_with_a_token_the_smoke_test_wants_refusals_without_it(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOWNLOAD_TOKEN", TOKEN)
    closed = LocalServer(store=tmp_path, port=free_port())
    try:
        closed.start()
        smoke.check(closed.url, None, TOKEN, wait_s=0)
    finally:
        closed.stop()
    with pytest.raises(DeployError, match="/download_csv is open to who has no token"):
        smoke.check(server.url, None, TOKEN, wait_s=0)


def test_of_a_large_csv_the_smoke_test_reads_the_beginning() -> None:
    sent: list[int] = []

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while sum(sent) < 64 << 20:
                    sent.append(self.wfile.write(b"0," * (1 << 16)))

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Endless)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    assert len(smoke._ask(f"http://127.0.0.1:{server.server_port}/", wait_s=0)) == smoke._READ
    thread.join()
    server.server_close()
    assert sum(sent) < 32 << 20


@pytest.fixture
def deleted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that were deleted; CloudFormation itself is not tried here."""
    names: list[str] = []

    def sam(arguments: list[str]) -> int:
        assert arguments[0] == "delete"
        names.append(arguments[1].removeprefix("--stack-name="))
        return 0

    monkeypatch.setattr(stack, "outputs", lambda _account, _name: OUTPUTS)
    monkeypatch.setattr(stack, "resources", lambda _account, _name: RESOURCES)
    monkeypatch.setattr(stack, "delete", lambda _account, name: names.append(name))
    monkeypatch.setattr(stack, "run_sam", sam)
    return names


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: answer)


@pytest.mark.parametrize("answer", ["", "y", "yes", "Digits"])
def test_destroy_deletes_nothing_without_the_stacks_name(
    aws: Account, deleted: list[str], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    answering(monkeypatch, answer)

    with pytest.raises(DeployError, match=r"Nothing was changed\."):
        command.destroy()

    assert deleted == []


def test_destroy_asks_for_someone(aws: Account, deleted: list[str]) -> None:
    with pytest.raises(DeployError, match="set YES=1"):
        command.destroy()


@pytest.mark.parametrize("retrained", [False, True])
@pytest.mark.parametrize("with_data", [False, True])
def test_destroy_says_what_it_deletes_and_keeps_the_data_unless_told(
    aws: Account,
    page: Path,
    deleted: list[str],
    with_data: bool,
    retrained: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    s3 = aws.session.client("s3")
    for _ in range(2):
        site.upload(aws, OUTPUTS["SiteBucketName"], page)
    s3.put_object(Bucket=OUTPUTS["DataBucketName"], Key="feedback/rows/1.json", Body=b"{}")
    answering(monkeypatch, STACK)
    monkeypatch.setattr(stack, "exists", lambda _account, _name: retrained)
    if with_data:
        monkeypatch.setenv("DELETE_DATA", "yes")

    command.destroy()

    said = capsys.readouterr().out
    assert f"bucket {OUTPUTS['SiteBucketName']} with the page's files" in said
    assert ("WITH ALL FEEDBACK" in said) is with_data
    assert (f"stack {STACK}-retraining, which retrains" in said) is retrained
    assert deleted == [*([f"{STACK}-retraining"] if retrained else []), STACK]
    assert not s3.list_object_versions(Bucket=OUTPUTS["SiteBucketName"]).get("Versions")
    buckets = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert (OUTPUTS["DataBucketName"] in buckets) is not with_data


def test_a_stack_that_is_not_there_is_named(aws: Account) -> None:
    assert not stack.exists(aws, "digits")
    with pytest.raises(DeployError, match=r"There is no stack digits in eu-central-1"):
        stack.outputs(aws, "digits")


def handed_on(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The parameters that the SAM CLI gets; how, test_names tries with its own parser."""
    values: list[dict[str, str]] = []

    @contextmanager
    def for_sam(given: Mapping[str, str]) -> Iterator[str]:
        values.append(dict(given))
        yield "file://values.yaml"

    monkeypatch.setattr(parameters, "for_sam", for_sam)
    return values


def test_the_retraining_is_built_and_deployed_for_the_main_stacks_bucket(
    aws: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []

    def sam(arguments: list[str]) -> int:
        commands.append(arguments)
        return 0

    values = handed_on(monkeypatch)
    outputs = {STACK: OUTPUTS, f"{STACK}-retraining": RETRAINING_OUTPUTS}
    monkeypatch.setenv("YES", "1")
    monkeypatch.setenv("PARAMETERS", "MinNewRows=100")
    monkeypatch.setattr(retraining, "check_docker", lambda: None)
    monkeypatch.setattr(stack, "run_sam", sam)
    monkeypatch.setattr(stack, "outputs", lambda _account, name: outputs[name])

    kept: list[str] = []
    monkeypatch.setattr(
        retraining, "keep_few_images", lambda _account, function: kept.append(function)
    )

    command.deploy_retraining()

    assert kept == ["retrain"]
    build, deploy = commands
    assert build[:2] == ["build", f"--template={PROJECT / 'infra' / 'retraining.yaml'}"]
    assert f"--stack-name={STACK}-retraining" in deploy
    assert "--resolve-image-repos" in deploy
    assert values == [{"MinNewRows": "100", "DataBucketName": OUTPUTS["DataBucketName"]}]
    said = capsys.readouterr().out
    assert f"make upload-datasets DATA_STORE=s3://{OUTPUTS['DataBucketName']}" in said
    assert "--function-name retrain" in said


def test_an_image_that_was_not_built_is_not_deployed(
    aws: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def sam(arguments: list[str]) -> int:
        commands.append(arguments)
        return 1

    monkeypatch.setenv("YES", "1")
    monkeypatch.setattr(retraining, "check_docker", lambda: None)
    monkeypatch.setattr(stack, "run_sam", sam)
    monkeypatch.setattr(stack, "outputs", lambda _account, _name: OUTPUTS)

    with pytest.raises(DeployError, match="The image was not built"):
        command.deploy_retraining()

    assert len(commands) == 1


@pytest.mark.long
def test_deploy_uses_the_build_and_the_outputs(
    aws: Account,
    built: Path,
    target: Target,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands: list[list[str]] = []
    tried: list[Any] = []
    values = handed_on(monkeypatch)

    def sam(arguments: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(arguments)
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setenv("YES", "1")
    monkeypatch.setenv("PARAMETERS", "DownloadAccess=token AlarmEmail=me@example.org")
    monkeypatch.setattr(stack, "sam", lambda: "sam")
    monkeypatch.setattr("infra.deploy.stack.subprocess.run", sam)
    monkeypatch.setattr(stack, "outputs", lambda _account, _name: OUTPUTS)
    monkeypatch.setattr(sizes, "BUILT", built)
    monkeypatch.setattr(sizes, "weigh", dict)
    monkeypatch.setattr(sizes, "check", lambda _weights: None)
    monkeypatch.setattr(site, "invalidate", lambda *arguments: tried.append(arguments[1:]))
    monkeypatch.setattr(smoke, "check", lambda *arguments: tried.append(arguments))
    monkeypatch.setattr(stack, "resources", lambda _account, _name: RESOURCES)
    monkeypatch.setattr(functions, "check_revision", lambda *_: None)
    monkeypatch.setattr(functions, "prune", lambda *_: 0)

    command.deploy()

    (deployed,) = values
    secret, revision = deployed.pop("OriginSecret"), deployed.pop("Revision")
    assert deployed == {
        "DownloadAccess": "token",
        "AlarmEmail": "me@example.org",
        "PythonVersion": target.python,
        "Architecture": target.architecture,
    }
    assert f"--template-file={built / 'template.yaml'}" in commands[0]
    assert tried[-1] == (OUTPUTS["SiteAddress"], revision, None)
    assert {"index.html", "exports/*"} <= set(tried[0][1])
    said = capsys.readouterr().out
    assert f"Digit recogniser: {OUTPUTS['SiteAddress']}, revision {revision}" in said
    assert secret not in said


def test_deploy_stops_at_a_build_that_is_not_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes.weigh, "__defaults__", (tmp_path,))

    with pytest.raises(PackagingError, match=r"not whole.*run `make build`"):
        command.deploy()
