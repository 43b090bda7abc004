"""The published versions of the functions: which one runs, the one before, old ones.

API Gateway and the schedules call the alias, so who moves it decides what runs, within seconds.
"""

from collections.abc import Mapping
from typing import Any

from infra.deploy.account import Account, DeployError
from infra.packaging.artefacts import FUNCTIONS

ALIAS = "live"
_KEPT = 5  # versions of each function, so that there are some to go back to


def check_revision(account: Account, resources: Mapping[str, str], revision: str) -> None:
    """Make sure that each function's alias names a version of this revision.

    Args:
        account: where.
        resources: the stack's (see `stack.resources`).
        revision: what was deployed.

    Raises:
        DeployError: a function still runs something else.
    """
    client = _client(account)
    for name in FUNCTIONS:
        found = client.get_function_configuration(FunctionName=resources[name], Qualifier=ALIAS)
        runs = found.get("Environment", {}).get("Variables", {}).get("REVISION")
        if runs != revision:
            raise DeployError(
                f"Deployed, but {name} runs revision {runs} and not {revision}: its alias {ALIAS}"
                f" names version {found['Version']}."
            )


def roll_back(account: Account, resources: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Let each function's alias name the version before, all of them or none.

    Returns:
        For each function the version that ran and the one that runs now.

    Raises:
        DeployError: a function has no version before; then nothing was changed.
    """
    client = _client(account)
    moves = {}
    for name in FUNCTIONS:
        function = _existing(resources, name)
        running = client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
        before = [version for version in _versions(client, function) if version < int(running)]
        if not before:
            raise DeployError(f"{name} has no version before {running}; nothing was changed.")
        moves[name] = (running, str(max(before)))
    for name, (_, version) in moves.items():
        # All traffic, also where a deployment is shifting it just now.
        client.update_alias(
            FunctionName=resources[name],
            Name=ALIAS,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
    return moves


def prune(account: Account, resources: Mapping[str, str]) -> int:
    """Delete old versions, but for the newest few and what the alias names; how many there were.

    Each weighs on the account's 75 GB of code, and with SnapStart on the bill.
    """
    client = _client(account)
    deleted = 0
    for name in FUNCTIONS:
        alias = client.get_alias(FunctionName=resources[name], Name=ALIAS)
        named = {int(alias["FunctionVersion"])}
        named.update(map(int, alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})))
        for version in _versions(client, resources[name])[:-_KEPT]:
            if version not in named:
                client.delete_function(FunctionName=resources[name], Qualifier=str(version))
                deleted += 1
    return deleted


def _versions(client: Any, function: str) -> list[int]:
    """The published versions, the oldest first."""
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    numbers = [each["Version"] for page in pages for each in page["Versions"]]
    return sorted(int(number) for number in numbers if number != "$LATEST")


def _existing(resources: Mapping[str, str], name: str) -> str:
    if name not in resources:
        raise DeployError(f"The stack has no {name}; deploy it first.")
    return resources[name]


def _client(account: Account) -> Any:
    return account.session.client("lambda")
