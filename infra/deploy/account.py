"""What must be there before anything is deployed: tools, credentials, a region."""

import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# An account that can't be reached is said within seconds.
_QUICKLY = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})


class DeployError(Exception):
    """It can't go on; `str(error)` is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, and where.

    Attributes:
        session: boto3's session with the credentials.
        number: of the account.
        region: its region.
    """

    session: Any
    number: str
    region: str


def sam() -> str:
    """The SAM CLI beside this Python.

    Raises:
        DeployError: it is missing.
    """
    found = shutil.which("sam", path=str(Path(sysconfig.get_path("scripts"))))
    if found is None:
        raise DeployError("The SAM CLI is missing; `make deploy` installs it into .venv-infra.")
    return found


def check_tools() -> None:
    """Make sure of what the build of the page and of the artefacts needs.

    Raises:
        DeployError: a tool is missing.
    """
    sam()
    for tool, package in (("node", "Node.js 20.19 or newer"), ("npm", "npm"), ("make", "make")):
        if shutil.which(tool) is None:
            raise DeployError(f"{tool} is missing; install {package} and run this again.")


def open_account() -> Account:
    """The account that the environment's credentials are for.

    Raises:
        DeployError: there are no credentials, no region, or they are refused.
    """
    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            raise DeployError(
                "There are no AWS credentials; run `aws configure` or `aws sso login`, or set"
                " AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        if session.region_name is None:
            raise DeployError("There is no AWS region; set it: AWS_REGION=eu-central-1 make …")
        identity = session.client("sts", config=_QUICKLY).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(f"The AWS credentials don't work: {_sentence(error)}") from error
    return Account(session, identity["Account"], session.region_name)


def _sentence(error: Exception) -> str:
    return f"{str(error).rstrip('.')}. Renew them, or choose others with AWS_PROFILE."
