"""The log of retrainings: what each looked at, and what came of it.

`models/retrainings/<n>.json`, n counting up from 1 by *create if absent*. It is not the log of
promotions, which says what is in service: a retraining that was refused has looked at rows, too.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args
from weakref import WeakKeyDictionary

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.storage import Store

RETRAININGS = "models/retrainings"

Outcome = Literal["promoted", "refused", "skipped"]

_ATTEMPTS = 8

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retraining:
    """One retraining.

    Attributes:
        at: when it ended, ISO 8601, UTC.
        rows: how many rows have been looked at by then, from the first one on.
        newest_id: the newest id among them; "" without rows.
        outcome: whether a version took the place of the one in service, was made and refused, or
            none was made.
        version: the one that was made.
        reason: of the outcome, a sentence.
    """

    at: str
    rows: int
    newest_id: str
    outcome: Outcome
    version: str | None
    reason: str

    def to_json(self) -> bytes:
        """The retraining as it is stored."""
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, stored: bytes) -> "Retraining":
        """The retraining that was stored; fields that a later version added are passed over.

        Raises:
            ValueError: it is none.
        """
        content: Any = json.loads(stored)
        try:
            found = cls(**{name: content[name] for name in cls.__slots__})
        except (KeyError, TypeError) as error:
            raise ValueError("Not a retraining.") from error
        if type(found.rows) is not int or found.outcome not in get_args(Outcome):
            raise ValueError("A field of the retraining is not what it should be.")
        return found


# Of each store, the last number that was seen and the newest retraining up to it. So whoever asks
# again makes one request, however many there are.
_seen: WeakKeyDictionary[Store, tuple[int, Retraining | None]] = WeakKeyDictionary()


async def append(store: Store, retraining: Retraining) -> Retraining:
    """Add a retraining to the log.

    One that was skipped has looked at nothing: `rows` and `newest_id` are those of the one before.

    Returns:
        The retraining as it was added.

    Raises:
        StoreUnavailable: it may not have been added.
    """
    for _ in range(_ATTEMPTS):
        before = await newest(store)
        if retraining.outcome == "skipped":
            rows, newest_id = (before.rows, before.newest_id) if before else (0, "")
            retraining = replace(retraining, rows=rows, newest_id=newest_id)
        key = key_of(_seen[store][0] + 1)
        content = retraining.to_json()
        # A creation whose answer was lost finds its own object there.
        if await store.create(key, content) or await store.get(key) == content:
            return retraining
    raise StoreUnavailable("Others are writing the log of retrainings; try again in a moment.")


async def newest(store: Store) -> Retraining | None:
    """The latest retraining: one request, but for the first time in a process."""
    number, found = _seen.get(store) or await _last(store)
    while (content := await store.get(key_of(number + 1))) is not None:
        number += 1
        found = _parsed(key_of(number), content) or found
    _seen[store] = number, found
    return found


def key_of(number: int) -> str:
    """Where the retraining of a number is kept."""
    return f"{RETRAININGS}/{number:010}.json"


async def _last(store: Store) -> tuple[int, Retraining | None]:
    """The last number in a listing, and the newest retraining up to it that can be read."""
    numbers = await _numbers(store)
    for number in reversed(numbers):
        content = await store.get(key_of(number))
        found = None if content is None else _parsed(key_of(number), content)
        if found is not None:
            return numbers[-1], found
    return (numbers[-1] if numbers else 0), None


async def _numbers(store: Store) -> list[int]:
    kept = [entry.key async for page in store.pages(RETRAININGS) for entry in page]
    names = (key.rpartition("/")[2].removesuffix(".json") for key in kept)
    return sorted(int(name) for name in names if name.isdecimal())


def _parsed(key: str, content: bytes) -> Retraining | None:
    try:
        return Retraining.from_json(content)
    except ValueError:
        _log.warning("Passed over %s: it is not a retraining.", key)
        return None
