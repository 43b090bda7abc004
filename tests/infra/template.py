"""The templates as Python sees them: `!Sub x` is `{"Fn::Sub": x}`."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from digit_recognizer.settings import PROJECT

TEMPLATE = PROJECT / "infra" / "template.yaml"
RETRAINING = PROJECT / "infra" / "retraining.yaml"


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """YAML with CloudFormation's short forms."""


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


@lru_cache(maxsize=2)
def template(file: Path = TEMPLATE) -> dict[str, Any]:
    """A whole template."""
    loaded: dict[str, Any] = yaml.load(file.read_text("utf-8"), _Loader)
    return loaded


def resource(name: str, file: Path = TEMPLATE) -> dict[str, Any]:
    """The properties of a resource."""
    properties: dict[str, Any] = template(file)["Resources"][name]["Properties"]
    return properties


def content_security_policy() -> str:
    """The policy that CloudFront sends with the page."""
    headers = resource("SecurityHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy: str = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    return policy
