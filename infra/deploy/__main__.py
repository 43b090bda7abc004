"""`python -m infra.deploy check | deploy | deploy-retraining | destroy`; make runs it.

From the environment: STACK (its name), PARAMETERS (of the template, as Name=value Name=value),
YES=1 (ask nothing), DELETE_DATA=yes (destroy the feedback, too), and AWS's own variables.
"""

import os
import shlex
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import retraining, site, smoke, stack
from infra.deploy.account import Account, DeployError, check_tools, open_account
from infra.packaging import sizes
from infra.packaging.target import PackagingError


def check() -> None:
    """Refuse now what would fail in ten minutes."""
    check_tools()
    open_account()


def deploy() -> None:
    """Deploy what was built, upload the page, try it, say where it is."""
    site.check_page()
    weights = sizes.weigh()
    sizes.check(weights)
    account = open_account()
    name = _stack_name()
    parameters = shlex.split(os.environ.get("PARAMETERS", ""))
    print(f"Stack {name}, account {account.number}, region {account.region}.")
    print(f"Parameters: {' '.join(parameters) or 'the defaults, or what they were before'}.")
    _confirm("Deploy? [y/N] ", ("y", "yes"))
    outputs = stack.deploy(account, name, parameters, sizes.BUILT)
    print("Uploading the page …")
    changing = site.upload(account, outputs["SiteBucketName"])
    site.invalidate(account, outputs["DistributionId"], changing)
    print("Trying it …")
    smoke.check(outputs["SiteAddress"], _token(account, outputs))
    print(f"Digit recogniser: {outputs['SiteAddress']}")
    print(f"API: {outputs['ApiAddress']}; dashboard: {outputs['DashboardAddress']}")


def deploy_retraining() -> None:
    """Build the image that retrains, and deploy it beside the main stack."""
    retraining.check_docker()
    account = open_account()
    main = _stack_name()
    data = stack.outputs(account, main)["DataBucketName"]
    name = retraining.name_of(main)
    parameters = shlex.split(os.environ.get("PARAMETERS", ""))
    print(f"Stack {name}, account {account.number}, region {account.region}, bucket {data}.")
    print(f"Parameters: {' '.join(parameters) or 'the defaults, or what they were before'}.")
    _confirm("Build the image, and deploy? [y/N] ", ("y", "yes"))
    retraining.build()
    outputs = retraining.deploy(account, main, parameters)
    print(
        f"It retrains on its schedule. The data sets, once: make upload-datasets DATA_STORE=s3://{data}"
    )
    function = outputs["RetrainingFunctionName"]
    print(
        f"At once: aws lambda invoke --invocation-type Event --function-name {function} /dev/null"
    )
    print(f"What it says: aws logs tail {outputs['RetrainingLogsName']} --follow")


def destroy() -> None:
    """Delete the stack and the one that retrains for it, and the data only on demand."""
    account = open_account()
    name = _stack_name()
    outputs = stack.outputs(account, name)
    with_data = os.environ.get("DELETE_DATA") == "yes"
    data = outputs["DataBucketName"]
    print(f"This deletes stack {name} in {account.region} of account {account.number}:")
    print(f"  the page and the API at {outputs['SiteAddress']}, for everyone, at once")
    print("  the functions, their logs, alarms and dashboard")
    if stack.exists(account, retraining.name_of(name)):
        print(f"  stack {retraining.name_of(name)}, which retrains, with its images")
    print(f"  bucket {outputs['SiteBucketName']} with the page's files")
    if with_data:
        print(f"  bucket {data} WITH ALL FEEDBACK AND MODELS, for good")
    else:
        print(f"Bucket {data} with feedback and models stays (DELETE_DATA=yes deletes it, too).")
    _confirm(f"Type {name} to go on: ", (name,))
    retraining.delete(account, name)
    site.empty(account, outputs["SiteBucketName"])
    stack.delete(account, name)
    if with_data:
        site.empty(account, data)
        account.session.client("s3").delete_bucket(Bucket=data)
    print(f"Stack {name} is deleted." + ("" if with_data else f" The data is in {data}."))


def _stack_name() -> str:
    return os.environ.get("STACK") or "digit-recogniser"


def _token(account: Account, outputs: dict[str, str]) -> str | None:
    """The token that the download asks for, if it does."""
    if "DownloadTokenArn" not in outputs:
        return None
    secrets: Any = account.session.client("secretsmanager")
    token: str = secrets.get_secret_value(SecretId=outputs["DownloadTokenArn"])["SecretString"]
    return token


def _confirm(question: str, yes: tuple[str, ...]) -> None:
    """Ask, unless YES=1 says so already."""
    if os.environ.get("YES") == "1":
        return
    if not sys.stdin.isatty():
        raise DeployError("Nobody is there to say yes; set YES=1 to go on without asking.")
    if input(question).strip() not in yes:
        raise DeployError("Nothing was changed.")


_ACTIONS = {
    "check": check,
    "deploy": deploy,
    "deploy-retraining": deploy_retraining,
    "destroy": destroy,
}

if __name__ == "__main__":
    try:
        _ACTIONS[sys.argv[1]]()
    except (DeployError, PackagingError) as error:
        sys.exit(f"Stopped: {error}")
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"Stopped: AWS refused: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
