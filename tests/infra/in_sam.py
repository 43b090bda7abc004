"""Run by the Python of .venv-infra: what SAM's own code makes of templates and parameters.

From standard input, in JSON: {"transform": [[file, {parameter: value}], …], "parse": [text, …]}.
To standard output: what AWS's translator makes of each template, as CloudFormation gets it, and
what the SAM CLI's parser reads from each `--parameter-overrides`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from samcli.cli.types import CfnParameterOverridesType
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator


def transformed(file: str, parameters: dict[str, str]) -> Any:
    """A template whose artefacts lie on S3 already, translated."""
    template = yaml_parse(Path(file).read_text("utf-8"))
    policies = {
        "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"
    }
    return Translator(policies, Parser()).translate(template, parameters)


asked = json.load(sys.stdin)
json.dump(
    {
        "transform": [transformed(*each) for each in asked.get("transform", [])],
        "parse": [
            CfnParameterOverridesType().convert((each,), None, None)
            for each in asked.get("parse", [])
        ],
    },
    sys.stdout,
)
