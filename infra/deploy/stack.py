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
    command = [
        sam(),
        "deploy",
        f"--template-file={built / 'template.yaml'}",
        f"--config-file={PROJECT / 'infra' / 'samconfig.toml'}",
        f"--stack-name={name}",
        f"--region={account.region}",
        "--no-confirm-changeset",
        "--parameter-overrides",
        *parameters,
        f"PythonVersion={target.python}",
        f"Architecture={target.architecture}",
    ]
    if subprocess.run(command, env={**os.environ, "SAM_CLI_TELEMETRY": "0"}).returncode:
        raise DeployError(
            "The stack was not deployed, and is as it was before (see above); mend what"
            " CloudFormation names and run `make deploy` again."
        )
    return outputs(account, name)


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


def delete(account: Account, name: str) -> None:
    """Delete the stack and wait until it is gone; the data bucket stays."""
    client = _client(account)
    client.delete_stack(StackName=name)
    client.get_waiter("stack_delete_complete").wait(StackName=name)


def _client(account: Account) -> Any:
    return account.session.client("cloudformation")
