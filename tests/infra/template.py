"""The templates as Python sees them: `!Sub x` is `{"Fn::Sub": x}`."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from digit_recognizer.settings import PROJECT
from infra.deploy.parameters import read_template

TEMPLATE = PROJECT / "infra" / "template.yaml"
RETRAINING = PROJECT / "infra" / "retraining.yaml"
BATCH = PROJECT / "infra" / "batch.yaml"


@lru_cache(maxsize=4)
def template(file: Path = TEMPLATE) -> dict[str, Any]:
    """A whole template."""
    return read_template(file)


def resource(name: str, file: Path = TEMPLATE) -> dict[str, Any]:
    """The properties of a resource."""
    properties: dict[str, Any] = template(file)["Resources"][name]["Properties"]
    return properties


def content_security_policy() -> str:
    """The policy that CloudFront sends with the page."""
    headers = resource("SecurityHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy: str = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    return policy
