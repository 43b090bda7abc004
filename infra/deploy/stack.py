"""The CloudFormation stack in whatever state it is: deploy, read, delete."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from infra.deploy import parameters
from infra.deploy.account import Account, DeployError, sam
from infra.packaging.artefacts import PROJECT

# A first creation that failed: nothing of it runs, and CloudFormation takes no change of it.
_FAILED_AT_BIRTH = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


def described(account: Account, name: str) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it, or None where there is none of this name."""
    try:
        found: dict[str, Any] = _client(account).describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    return found


def check_state(name: str, stack: Mapping[str, Any] | None) -> bool:
    """Make sure that a stack can be created, changed, or deleted and created anew.

    Args:
        name: of the stack.
        stack: as `described` gives it.

    Returns:
        Whether it is what a failed first creation left, to be deleted before the next one.

    Raises:
        DeployError: something else has to be done first, and the sentence says what.
    """
    # REVIEW_IN_PROGRESS: a change set was made and not carried out; the SAM CLI creates it then.
    state = stack["StackStatus"] if stack else "REVIEW_IN_PROGRESS"
    if state in _FAILED_AT_BIRTH:
        return True
    if state == "REVIEW_IN_PROGRESS":
        return False
    if state.endswith("_IN_PROGRESS"):
        raise DeployError(
            f"CloudFormation is at work on stack {name} ({state}); wait until it is done, and run"
            " this again."
        )
    if state == "DELETE_FAILED":
        raise DeployError(
            f"Stack {name} is half deleted (DELETE_FAILED); run `make destroy` to the end, then"
            " deploy."
        )
    if state == "UPDATE_ROLLBACK_FAILED":
        raise DeployError(
            f"Stack {name} could not be put back (UPDATE_ROLLBACK_FAILED); mend what its events"
            f" name, run `aws cloudformation continue-update-rollback --stack-name {name}`, then"
            " this again."
        )
    return False


def apply(
    account: Account, name: str, template: Path, values: Mapping[str, str], *options: str
) -> dict[str, str]:
    """Create a stack, or change it to what a built template says.

    Args:
        account: where to.
        name: of the stack.
        template: the built one.
        values: of parameters; the others keep what they had.
        options: more of the SAM CLI's.

    Returns:
        The stack's outputs.

    Raises:
        DeployError: CloudFormation refused, and the sentence says what is there now.
    """
    before = described(account, name)
    if check_state(name, before):
        print(f"Deleting what a first deployment of stack {name} left that failed …")
        delete(account, name)
        before = None
    with parameters.for_sam(values) as overrides:
        command = [
            "deploy",
            f"--template-file={template}",
            f"--config-file={PROJECT / 'infra' / 'samconfig.toml'}",
            f"--stack-name={name}",
            f"--region={account.region}",
            "--no-confirm-changeset",
            *options,
            f"--parameter-overrides={overrides}",
        ]
        status = run_sam(command)
    if status:
        left = "as it was before" if before else "nothing of it runs; the next run clears it away"
        raise DeployError(
            f"The stack was not deployed (see above): {left}. Mend what CloudFormation names, and"
            " run this again."
        )
    return outputs(account, name)


def run_sam(arguments: Sequence[str]) -> int:
    """Run the SAM CLI; its status."""
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    return subprocess.run([sam(), *arguments], env=environment).returncode


def outputs(account: Account, name: str) -> dict[str, str]:
    """The stack's outputs by name; none where it was never whole.

    Raises:
        DeployError: there is no such stack.
    """
    found = described(account, name)
    if found is None:
        raise DeployError(
            f"There is no stack {name} in {account.region} of account {account.number};"
            " name another one: make … STACK=name, AWS_REGION=region."
        )
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def resources(account: Account, name: str) -> dict[str, str]:
    """The physical names of what a stack has, by the names of the template; it may be broken."""
    pages = _client(account).get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each.get("PhysicalResourceId") and each["ResourceStatus"] != "DELETE_COMPLETE"
    }


def exists(account: Account, name: str) -> bool:
    """Whether there is a stack of this name, in whatever state."""
    return described(account, name) is not None


def delete(account: Account, name: str) -> None:
    """Delete the stack and wait until it is gone; the data bucket stays.

    Raises:
        DeployError: CloudFormation could not delete all of it.
    """
    client = _client(account)
    client.delete_stack(StackName=name)
    try:
        client.get_waiter("stack_delete_complete").wait(StackName=name)
    except WaiterError as error:
        reason = (described(account, name) or {}).get("StackStatusReason", "its events say why")
        raise DeployError(
            f"Stack {name} was not deleted: {str(reason).rstrip('.')}. Mend that, and run this"
            " again."
        ) from error


def _client(account: Account) -> Any:
    return account.session.client("cloudformation")
