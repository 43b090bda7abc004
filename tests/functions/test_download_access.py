"""`DownloadAccess: token`: the feedback is for those who send the operator's token."""

import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from digit_recognizer.api import access
from tests.conftest import AWS_VARIABLES
from tests.functions.conftest import Invoke

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def token_needed(s3_server: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in Secrets Manager, named in the settings."""
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    secret = boto3.client("secretsmanager").create_secret(Name=str(folder), SecretString=TOKEN)
    monkeypatch.setenv("DOWNLOAD_TOKEN_SECRET", secret["ARN"])
    access._token.cache_clear()


@pytest.mark.usefixtures("token_needed")
@pytest.mark.parametrize("path", ["/download_csv", "/feedback/summary"])
@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_without_the_token_there_is_no_feedback(
    invoke: Invoke, path: str, given: str | None
) -> None:
    answer = invoke("GET", path, headers={} if given is None else {"authorization": given})

    assert answer["statusCode"] == 401
    assert answer["headers"]["www-authenticate"] == "Bearer"
    assert "token" in answer["body"]


@pytest.mark.usefixtures("token_needed")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_token_opens_the_download(invoke: Invoke, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {TOKEN}"}

    assert invoke("GET", "/feedback/summary", headers=headers)["statusCode"] == 200
    assert invoke("GET", "/download_csv", headers=headers)["statusCode"] == 404  # none yet
    assert invoke("GET", "/health")["statusCode"] == 200


@pytest.mark.usefixtures("unreachable_s3")
def test_a_token_that_cannot_be_looked_up_is_a_503(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    access._token.cache_clear()
    monkeypatch.setenv("DOWNLOAD_TOKEN_SECRET", "gone")

    answer = invoke("GET", "/download_csv", headers={"authorization": f"Bearer {TOKEN}"})

    assert answer["statusCode"] == 503
    assert "try again" in answer["body"]


@pytest.mark.usefixtures("folder")
def test_everyone_may_download_by_default(invoke: Invoke) -> None:
    assert invoke("GET", "/feedback/summary")["statusCode"] == 200


def test_who_needs_no_token_pays_nothing_for_it() -> None:
    program = "import sys, digit_recognizer.api.access; sys.exit('boto3' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
