"""The log of retrainings: what each looked at, and what came of it.

`models/retrainings/<n>.json`, n counting up from 1 by *create if absent*. It is not the log of
promotions, which says what is in service: a retraining that was refused has looked at rows, too.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args
from weakref import WeakKeyDictionary

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_kept

RETRAININGS = Numbered("models/retrainings")

Outcome = Literal["promoted", "refused", "skipped", "on trial"]

_ATTEMPTS = 8

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retraining:
    """One retraining.

    Attributes:
        at: when it ended, ISO 8601, UTC.
        rows: how many rows have been looked at by then, from the first one on, those that were
            taken back before counted in (`rows.snapshot.Counted.places`).
        newest_id: the newest id among them; "" without rows.
        outcome: whether a version took the place of the one in service, was made and refused, is
            on trial (`models.trials`), or none was made.
        version: the one that was made.
        reason: of the outcome, a sentence.
        newest_at: when the newest row that was looked at arrived, ISO 8601, UTC; "" if unknown.
        taken_back: how many of `rows` had been taken back by then.
        sample_key: what its sample of the rows was drawn with, in hexadecimal; "" where none was.
    """

    at: str
    rows: int
    newest_id: str
    outcome: Outcome
    version: str | None
    reason: str
    newest_at: str = ""
    taken_back: int = 0
    sample_key: str = ""

    def to_json(self) -> bytes:
        """The retraining as it is stored."""
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, stored: bytes) -> "Retraining":
        """The retraining that was stored.

        Fields that a later version added are passed over; those that an earlier one did not know
        have their defaults.

        Raises:
            ValueError: it is none.
        """
        found = parse_kept(cls, stored)
        whole = type(found.rows) is int and type(found.taken_back) is int
        if not whole or found.outcome not in get_args(Outcome):
            raise ValueError("A field of the retraining is not what it should be.")
        return found


# Of each store, the last number that was seen and the newest retraining up to it. So whoever asks
# again makes one request, however many there are.
_seen: WeakKeyDictionary[Store, tuple[int, Retraining | None]] = WeakKeyDictionary()


async def append(store: Store, retraining: Retraining) -> Retraining:
    """Add a retraining to the log.

    One that was skipped has looked at nothing: how far it looked is as in the one before.
    One that is the newest already stays there once: it may have been added by a call that failed.

    Returns:
        The retraining as it was added.

    Raises:
        StoreUnavailable: it may not have been added.
    """
    for _ in range(_ATTEMPTS):
        before = await newest(store)
        if retraining.outcome == "skipped":
            retraining = _having_looked_as_far_as(before, retraining)
        if retraining == before:
            return retraining
        if await RETRAININGS.create(store, _seen[store][0] + 1, retraining.to_json()):
            return retraining
    raise StoreUnavailable("Others are writing the log of retrainings; try again in a moment.")


def _having_looked_as_far_as(before: Retraining | None, skipped: Retraining) -> Retraining:
    if before is None:
        return replace(skipped, rows=0, newest_id="", newest_at="", taken_back=0)
    return replace(
        skipped,
        rows=before.rows,
        newest_id=before.newest_id,
        newest_at=before.newest_at,
        taken_back=before.taken_back,
    )


async def newest(store: Store) -> Retraining | None:
    """The latest retraining: one request, but for the first time in a process."""
    number, latest = _seen.get(store) or await _last(store)
    while (content := await store.get(RETRAININGS.key(number + 1))) is not None:
        number += 1
        latest = _parsed(RETRAININGS.key(number), content) or latest
    _seen[store] = number, latest
    return latest


async def _last(store: Store) -> tuple[int, Retraining | None]:
    """The last number in a listing, and the newest retraining up to it that can be read."""
    numbers = await RETRAININGS.numbers(store)
    for number in reversed(numbers):
        content = await store.get(RETRAININGS.key(number))
        latest = None if content is None else _parsed(RETRAININGS.key(number), content)
        if latest is not None:
            return numbers[-1], latest
    return (numbers[-1] if numbers else 0), None


def _parsed(key: str, content: bytes) -> Retraining | None:
    try:
        return Retraining.from_json(content)
    except ValueError:
        _log.warning("Passed over %s: it is not a retraining.", key)
        return None
