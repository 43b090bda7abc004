"""The stack that retrains on a schedule: its image is built with Docker, and kept in ECR."""

import json
import shutil
import subprocess
from collections.abc import Mapping

from infra.deploy import stack
from infra.deploy.account import Account, DeployError
from infra.packaging.artefacts import PROJECT

TEMPLATE = PROJECT / "infra" / "retraining.yaml"
BUILT = PROJECT / ".aws-sam" / "retraining"

_KEPT_IMAGES = 3  # as infra/costs.py counts them


def name_of(main: str) -> str:
    """The name of the stack that retrains for a main stack."""
    return f"{main}-retraining"


def bucket_of(account: Account, main: str) -> str:
    """The data bucket of a main stack.

    Raises:
        DeployError: there is no such stack, or it is not whole.
    """
    outputs = stack.outputs(account, main)
    if "DataBucketName" not in outputs:
        raise DeployError(f"Stack {main} is not whole; run `make deploy` to the end first.")
    return outputs["DataBucketName"]


def check_docker() -> None:
    """Make sure that an image can be built.

    Raises:
        DeployError: Docker is missing or does not run.
    """
    if shutil.which("docker") is None:
        raise DeployError(
            "docker is missing; the image of the retraining is built with it. Install Docker and"
            " run this again."
        )
    if subprocess.run(["docker", "info"], capture_output=True).returncode:
        raise DeployError(
            "Docker does not answer; start it (or get its rights) and run this again."
        )


def build() -> None:
    """Build the image.

    Raises:
        DeployError: Docker could not build it.
    """
    if stack.run_sam(["build", f"--template={TEMPLATE}", f"--build-dir={BUILT}"]):
        raise DeployError("The image was not built (see above).")


def deploy(account: Account, main: str, values: Mapping[str, str]) -> dict[str, str]:
    """Push the image that was built, and create the stack or change it.

    Args:
        account: where to.
        main: name of the main stack, whose feedback it learns from.
        values: of the template's parameters; the others keep what they had.

    Returns:
        The stack's outputs.

    Raises:
        DeployError: there is no main stack, or CloudFormation refused.
    """
    return stack.apply(
        account,
        name_of(main),
        BUILT / "template.yaml",
        {**values, "DataBucketName": bucket_of(account, main)},
        "--resolve-image-repos",
    )


def keep_few_images(account: Account, function: str) -> None:
    """Let ECR delete all images of a function but the newest few: each has 2 GB."""
    found = account.session.client("lambda").get_function(FunctionName=function)
    repository = found["Code"]["ImageUri"].partition("/")[2].rpartition(":")[0].partition("@")[0]
    newest = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": _KEPT_IMAGES}
    rule = {"rulePriority": 1, "selection": newest, "action": {"type": "expire"}}
    account.session.client("ecr").put_lifecycle_policy(
        repositoryName=repository, lifecyclePolicyText=json.dumps({"rules": [rule]})
    )


def delete(account: Account, main: str) -> None:
    """Delete the stack with its images, if there is one.

    Raises:
        DeployError: CloudFormation refused.
    """
    name = name_of(main)
    if not stack.exists(account, name):
        return
    # The SAM CLI made a second stack for the images, and only it knows its name.
    options = [f"--stack-name={name}", f"--region={account.region}", "--no-prompts"]
    if stack.run_sam(["delete", *options]):
        raise DeployError(f"Stack {name} was not deleted (see above).")
