"""JSON objects as they lie on the store: read strictly, since whatever may lie there."""

import json
import math
from dataclasses import MISSING, fields
from typing import Any, NoReturn, TypeVar

DEEPEST = 64
"""So many objects and lists may lie in one another; what we write has five."""


Kept = TypeVar("Kept")

_NESTING = frozenset((dict, list))


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object (RFC 8259) in some bytes.

    Raises:
        ValueError: it is none, has numbers that JSON can't say (NaN, infinity, 1e999), or is
            nested more than DEEPEST deep; in one sentence.
    """
    try:
        parsed = _DECODER.decode(content.decode("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deep.") from None
    except ValueError as error:
        odd = error.args[0] if isinstance(error, _OddNumber) else ""
        raise ValueError(f"it is not a JSON object{odd}.") from None
    if not isinstance(parsed, dict):
        raise ValueError("it is not a JSON object.")
    # Few brackets are not nested deep; looking at each value takes as long as parsing them. And
    # where nothing lies in the object, as in a row's record, nothing needs to be counted.
    if (
        not _NESTING.isdisjoint(map(type, parsed.values()))
        and content.count(b"{") + content.count(b"[") > DEEPEST
        and _deeper_than(parsed, DEEPEST)
    ):
        raise ValueError("it is nested too deep.")
    return parsed


def parse_kept(kind: type[Kept], content: bytes) -> Kept:
    """A dataclass that was stored as an object of its fields (`asdict`).

    Fields that a later version added are passed over; those that an earlier one did not know have
    their defaults. What is in the fields is for the caller to check.

    Raises:
        ValueError: it is no object, or lacks a field that has no default.
    """
    stored = parse_object(content)
    known = fields(kind)  # type: ignore[arg-type]
    for each in known:
        if each.name not in stored and each.default is MISSING:
            raise ValueError(f"it is no {kind.__name__.lower()}: it lacks {each.name}.")
    return kind(**{each.name: stored[each.name] for each in known if each.name in stored})


class _OddNumber(ValueError):
    """What Python reads as a number and JSON does not."""


def _deeper_than(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return depth == 0 or any(_deeper_than(each, depth - 1) for each in value.values())
    if isinstance(value, list):
        return depth == 0 or any(_deeper_than(each, depth - 1) for each in value)
    return False


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        _refuse(number)
    return value


def _refuse(number: str) -> NoReturn:
    raise _OddNumber(f": {number[:20]} is no number there")


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
