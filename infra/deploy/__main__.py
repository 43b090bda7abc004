"""`python -m infra.deploy check | deploy | deploy-retraining | rollback-functions | destroy`.

make runs it. From the environment: STACK (its name), PARAMETERS (of the template, as Name=value
Name="a value with blanks"), YES=1 (ask nothing), DELETE_DATA=yes (destroy the feedback, too), and
AWS's own variables.
"""

import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import functions, parameters, retraining, revision, site, smoke, stack
from infra.deploy.account import Account, DeployError, check_tools, open_account
from infra.packaging import sizes
from infra.packaging.artefacts import LAYER_NAME, PROJECT
from infra.packaging.target import PackagingError

TEMPLATE = PROJECT / "infra" / "template.yaml"


def check() -> None:
    """Refuse now what would fail in ten minutes."""
    check_tools()
    open_account()


def deploy() -> None:
    """Deploy what was built, upload the page, try it, say where it is."""
    site.check_page()
    sizes.check(sizes.weigh())
    account = open_account()
    name = _stack_name()
    built = sizes.BUILT
    before = stack.described(account, name)
    failed = stack.check_state(name, before)
    values = _values(built, None if failed else before)
    print(f"Stack {name}, account {account.number}, region {account.region}.")
    print(f"Parameters: {_shown(values)}; the others keep what they are.")
    if failed:
        print("What a first deployment left that failed is deleted before.")
    if adopted := values.get("DataBucketName"):
        site.check_adoptable(account, adopted)
        print(f"It goes on with the feedback and the models in bucket {adopted}.")
    _confirm("Deploy? [y/N] ", ("y", "yes"))
    if adopted and (failed or not _has_policy(account, name, before)):
        site.release_policy(account, adopted)
    outputs = stack.apply(account, name, built / "template.yaml", values)
    print("Uploading the page …")
    changing = site.upload(account, outputs["SiteBucketName"])
    site.invalidate(account, outputs["DistributionId"], [*changing, "exports/*"])
    print("Trying it …")
    resources = stack.resources(account, name)
    functions.check_revision(account, resources, values["Revision"])
    smoke.check_condition(account, outputs["DataBucketName"])
    smoke.check(outputs["SiteAddress"], values["Revision"], _token(account, outputs))
    if pruned := functions.prune(account, resources):
        print(f"Deleted {pruned} old versions of functions.")
    print(f"Digit recogniser: {outputs['SiteAddress']}, revision {values['Revision']}")
    print(f"Dashboard: {outputs['DashboardAddress']}")


def deploy_retraining() -> None:
    """Build the image that retrains, and deploy it beside the main stack."""
    retraining.check_docker()
    account = open_account()
    main = _stack_name()
    data = retraining.bucket_of(account, main)
    name = retraining.name_of(main)
    values = parameters.given(os.environ.get("PARAMETERS", ""), retraining.TEMPLATE)
    stack.check_state(name, stack.described(account, name))
    print(f"Stack {name}, account {account.number}, region {account.region}, bucket {data}.")
    print(f"Parameters: {_shown(values)}; the others keep what they are.")
    _confirm("Build the image, and deploy? [y/N] ", ("y", "yes"))
    retraining.build()
    outputs = retraining.deploy(account, main, values)
    retraining.keep_few_images(account, outputs["RetrainingFunctionName"])
    print(
        f"It retrains on its schedule. The data sets, once: make upload-datasets DATA_STORE=s3://{data}"
    )
    function = outputs["RetrainingFunctionName"]
    print(
        f"At once: aws lambda invoke --invocation-type Event --function-name {function} /dev/null"
    )
    print(f"What it says: aws logs tail {outputs['RetrainingLogsName']} --follow")


def rollback_functions() -> None:
    """Put the functions' versions before back into service, within seconds."""
    account = open_account()
    name = _stack_name()
    if not stack.exists(account, name):
        raise DeployError(
            f"There is no stack {name} in {account.region}; name another: STACK=name."
        )
    _confirm(f"Put the functions of stack {name} back to the versions before? [y/N] ", ("y", "yes"))
    for function, (ran, runs) in functions.roll_back(
        account, stack.resources(account, name)
    ).items():
        print(f"{function}: version {runs} runs, instead of {ran}.")
    print("The page and the stack are as they were; the next `make deploy` publishes new versions.")


def destroy() -> None:
    """Delete the stack and the one that retrains for it, and the data only on demand.

    Whatever state it is in: it is asked what there is, not what there should be.
    """
    account = open_account()
    name = _stack_name()
    outputs = stack.outputs(account, name)
    resources = stack.resources(account, name)
    with_data = os.environ.get("DELETE_DATA") == "yes"
    data = resources.get("DataBucket") or outputs.get("DataBucketName")
    page = resources.get("SiteBucket")
    print(f"This deletes stack {name} in {account.region} of account {account.number}:")
    if "SiteAddress" in outputs:
        print(f"  the page and the API at {outputs['SiteAddress']}, for everyone, at once")
    print("  the functions, their logs, alarms and dashboard, as far as they are there")
    if stack.exists(account, retraining.name_of(name)):
        print(f"  stack {retraining.name_of(name)}, which retrains, with its images")
    if page:
        print(f"  bucket {page} with the page's files")
    if data and with_data:
        print(f"  bucket {data} WITH ALL FEEDBACK AND MODELS, for good")
    elif data:
        print(f"Bucket {data} with feedback and models stays (DELETE_DATA=yes deletes it, too).")
    _confirm(f"Type {name} to go on: ", (name,))
    retraining.delete(account, name)
    if page:
        site.empty(account, page)
    stack.delete(account, name)
    if data and with_data:
        site.delete(account, data)
    kept = data and not with_data and site.exists(account, data)
    print(f"Stack {name} is deleted." + (f" The data is in {data}." if kept else ""))
    if kept:
        print(f"A new stack goes on with it: make deploy PARAMETERS=DataBucketName={data}")


def _values(built: Path, before: Mapping[str, Any] | None) -> dict[str, str]:
    """The parameters to deploy with: as given, what the build is for, and what they come to."""
    target = sizes.built_for(built / LAYER_NAME)
    values = parameters.given(os.environ.get("PARAMETERS", ""), TEMPLATE)
    values |= {"PythonVersion": target.python, "Architecture": target.architecture}
    described = before.get("Parameters", []) if before else []
    known = {each["ParameterKey"]: each["ParameterValue"] for each in described}
    # CloudFormation hides the one that is in force, and keeps it.
    if not known.get("OriginSecret") and "OriginSecret" not in values:
        values["OriginSecret"] = secrets.token_urlsafe(32)
    in_force = parameters.in_force(before)
    values["Revision"] = revision.of(built, parameters.effective(TEMPLATE, in_force, values))
    return values


def _shown(values: Mapping[str, str]) -> str:
    """The values for the operator to read, without the secret."""
    shown = [f"{name}={value}" for name, value in values.items() if name != "OriginSecret"]
    return " ".join(shown) or "none given"


def _has_policy(account: Account, name: str, before: Mapping[str, Any] | None) -> bool:
    """Whether the bucket's policy is this stack's own already."""
    return bool(before) and "DataBucketPolicy" in stack.resources(account, name)


def _stack_name() -> str:
    name = os.environ.get("STACK") or "digit-recogniser"
    # CloudFormation takes 128, and puts more behind it in the names of what it makes.
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", name):
        raise DeployError(
            f"STACK is {name!r}; it must begin with a letter and have up to 64 letters, digits and"
            " hyphens."
        )
    return name


def _token(account: Account, outputs: dict[str, str]) -> str | None:
    """The token that the download asks for, if it does."""
    if "DownloadTokenArn" not in outputs:
        return None
    manager: Any = account.session.client("secretsmanager")
    token: str = manager.get_secret_value(SecretId=outputs["DownloadTokenArn"])["SecretString"]
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
    "rollback-functions": rollback_functions,
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
