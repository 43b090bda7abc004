"""The stack that retrains on a schedule: its image is built with Docker, and kept in ECR."""

import shutil
import subprocess
from collections.abc import Sequence

from infra.deploy import stack
from infra.deploy.account import Account, DeployError
from infra.packaging.artefacts import PROJECT

TEMPLATE = PROJECT / "infra" / "retraining.yaml"
BUILT = PROJECT / ".aws-sam" / "retraining"


def name_of(main: str) -> str:
    """The name of the stack that retrains for a main stack."""
    return f"{main}-retraining"


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


def deploy(account: Account, main: str, parameters: Sequence[str]) -> dict[str, str]:
    """Push the image that was built, and create the stack or change it.

    Args:
        account: where to.
        main: name of the main stack, whose feedback it learns from.
        parameters: of the template, each as Name=value; the others keep what they had.

    Returns:
        The stack's outputs.

    Raises:
        DeployError: there is no main stack, or CloudFormation refused.
    """
    bucket = stack.outputs(account, main)["DataBucketName"]
    return stack.apply(
        account,
        name_of(main),
        BUILT / "template.yaml",
        [*parameters, f"DataBucketName={bucket}"],
        "--resolve-image-repos",
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
