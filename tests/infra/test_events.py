"""Each sample event against its handler, in this process."""

import importlib
import json
from types import ModuleType

import pytest

from tests.functions.conftest import invoke
from tests.infra.events import ANSWERS, EVENTS, check_shape, event
from tests.infra.template import resource

__all__ = ["invoke"]


def handler_of(function: str) -> ModuleType:
    return importlib.import_module(f"functions.{function.removesuffix('Function').lower()}.app")


def test_every_file_has_an_expected_answer() -> None:
    files = {path.stem for path in EVENTS.glob("*.json")}

    assert files == {name for answers in ANSWERS.values() for name in answers}


def test_every_route_of_the_template_has_an_event() -> None:
    routes = {
        f"{route['Properties']['Method']} {route['Properties']['Path']}"
        if "Path" in route["Properties"]
        else "$default"
        for function in ANSWERS
        for route in resource(function)["Events"].values()
    }

    assert {event(name)["routeKey"] for answers in ANSWERS.values() for name in answers} == routes


@pytest.mark.usefixtures("folder", "invoke")
def test_each_event_is_answered_as_expected() -> None:
    for function, answers in ANSWERS.items():
        app = handler_of(function)
        for name, status in answers.items():
            answer = json.loads(json.dumps(app.handler(event(name), None)))
            check_shape(answer, status)
