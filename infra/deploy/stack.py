"""The CloudFormation stack: deploy, read its outputs, delete."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import Account, DeployError, sam
from infra.packaging import sizes
from infra.packaging.artefacts import LAYER_NAME, PROJECT


def deploy(account: Account, name: str, parameters: Sequence[str], built: Path) -> dict[str, str]:
    """Create the stack, or change it to what was built.

    Args:
        account: where to.
        name: of the stack.
        parameters: of the template, each as Name=value; the others keep what they had.
        built: the folder that `make build` made.

    Returns:
        The stack's outputs.

    Raises:
        DeployError: CloudFormation refused; it has put everything back as it was.
    """
    target = sizes.built_for(built / LAYER_NAME)
    built_for = [f"PythonVersion={target.python}", f"Architecture={target.architecture}"]
    return apply(account, name, built / "template.yaml", [*parameters, *built_for])


def apply(
    account: Account, name: str, template: Path, parameters: Sequence[str], *options: str
) -> dict[str, str]:
    """Create a stack, or change it to what a built template says; see `deploy`."""
    command = [
        "deploy",
        f"--template-file={template}",
        f"--config-file={PROJECT / 'infra' / 'samconfig.toml'}",
        f"--stack-name={name}",
        f"--region={account.region}",
        "--no-confirm-changeset",
        *options,
        "--parameter-overrides",
        *parameters,
    ]
    if run_sam(command):
        raise DeployError(
            "The stack was not deployed, and is as it was before (see above); mend what"
            " CloudFormation names and run this again."
        )
    return outputs(account, name)


def run_sam(arguments: Sequence[str]) -> int:
    """Run the SAM CLI; its status."""
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    return subprocess.run([sam(), *arguments], env=environment).returncode


def outputs(account: Account, name: str) -> dict[str, str]:
    """The stack's outputs by name.

    Raises:
        DeployError: there is no such stack.
    """
    try:
        found = _client(account).describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise DeployError(
            f"There is no stack {name} in {account.region} of account {account.number};"
            " name another one: make … STACK=name, AWS_REGION=region."
        ) from error
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def exists(account: Account, name: str) -> bool:
    """Whether there is a stack of this name."""
    try:
        outputs(account, name)
    except DeployError:
        return False
    return True


def delete(account: Account, name: str) -> None:
    """Delete the stack and wait until it is gone; the data bucket stays."""
    client = _client(account)
    client.delete_stack(StackName=name)
    client.get_waiter("stack_delete_complete").wait(StackName=name)


def _client(account: Account) -> Any:
    return account.session.client("cloudformation")
