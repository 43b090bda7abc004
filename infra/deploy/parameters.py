"""The parameters of a template: declared, given, in force, and handed on to SAM."""

import json
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from infra.deploy.account import DeployError

# CloudFormation describes the value of a parameter with NoEcho by such stars.
_HIDDEN = re.compile(r"\*+")
# SAM's parser takes a backslash here for an escape, and there is no way to write that one.
_UNSPEAKABLE = re.compile(r"""\\[ "']|\\$""")


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """YAML with CloudFormation's short forms: `!Sub x` is `{"Fn::Sub": x}`."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".") if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def read_template(file: Path) -> dict[str, Any]:
    """A whole template, with CloudFormation's short forms in their long ones."""
    loaded: dict[str, Any] = yaml.load(file.read_text("utf-8"), _Loader)
    return loaded


def given(text: str, template: Path) -> dict[str, str]:
    """What an operator wrote: Name=value Name="a value with blanks".

    Args:
        text: as a shell would read it.
        template: whose parameters they are.

    Raises:
        DeployError: it can't be read, or names something else than a parameter.
    """
    declared = read_template(template)["Parameters"]
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise DeployError(f"PARAMETERS can't be read: {error}.") from error
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in declared:
            raise DeployError(
                f"PARAMETERS has {word!r}; write Name=value, with quotes where the value has"
                f" blanks. The names are: {', '.join(sorted(declared))}."
            )
        if _UNSPEAKABLE.search(value) or not value.isprintable():
            raise DeployError(
                f"{name} has a backslash before a blank, a quote or its end, or a character that"
                " can't be seen; the SAM CLI can't hand that on."
            )
        found[name] = value
    return found


def effective(
    template: Path, in_force: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The values after a deployment: as given, else as they are in the stack, else the defaults.

    Secret ones (NoEcho) and those without a value are left out.
    """
    values = {}
    for name, declared in read_template(template)["Parameters"].items():
        value = given.get(name, in_force.get(name, declared.get("Default")))
        if value is not None and not declared.get("NoEcho"):
            values[name] = str(value)
    return values


def in_force(stack: Mapping[str, Any] | None) -> dict[str, str]:
    """The values that a stack has, as CloudFormation describes it; the secret ones are left out."""
    listed = stack.get("Parameters", []) if stack else []
    values = {each["ParameterKey"]: each["ParameterValue"] for each in listed}
    return {name: value for name, value in values.items() if not _HIDDEN.fullmatch(value)}


@contextmanager
def for_sam(values: Mapping[str, str]) -> Iterator[str]:
    """The value of `--parameter-overrides`: a file, so that a secret is in no list of processes.

    It reads YAML, which JSON is, and takes quotes off what it read, and once more off that.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        json.dump({name: _quoted(_quoted(value)) for name, value in values.items()}, file)
        file.flush()
        yield f"file://{file.name}"


def _quoted(value: str) -> str:
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'
