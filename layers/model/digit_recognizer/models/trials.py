"""Which version is on trial: made and found good, but not in service until new answers confirm it.

`models/trials/<n>.json`, n counting up from 1: one object where a trial begins, another where it
ends. Those who serve know nothing of it: a version on trial answers nobody, and costs nothing.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from digit_recognizer.errors import Conflict
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_kept

TRIALS = Numbered("models/trials")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trial:
    """The beginning or the end of a trial.

    Attributes:
        at: when it began or ended, ISO 8601 with its time zone.
        version: the one that is, or was, on trial.
        entry: the number of the entry in the log of promotions that it was found better than.
        days: how long it is to last.
        running: whether it began.
        reason: why it ended, for people.
    """

    at: str
    version: str
    entry: int
    days: int
    running: bool
    reason: str = ""

    @property
    def began(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.at)

    @property
    def ends(self) -> datetime:
        """From when on it may be judged."""
        return self.began + timedelta(days=self.days)

    @property
    def is_void_from(self) -> datetime:
        """When it is given up if still too few answers have come."""
        return self.began + 2 * timedelta(days=self.days)

    def ended(self, at: str, reason: str) -> "Trial":
        """The end of this trial."""
        return replace(self, at=at, running=False, reason=reason)

    def to_json(self) -> bytes:
        """The trial as it is stored."""
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, stored: bytes) -> "Trial":
        """The trial that was stored; fields that a later version added are passed over.

        Raises:
            ValueError: it is none.
        """
        found = parse_kept(cls, stored)
        kinds = tuple(type(getattr(found, name)) for name in cls.__slots__)
        if kinds != (str, str, int, int, bool, str) or found.began.tzinfo is None:
            raise ValueError("A field of the trial is not what it should be.")
        return found


async def current(store: Store) -> tuple[int, Trial | None]:
    """How many objects there are in the log, and the trial that has begun and not ended yet.

    Raises:
        StoreUnavailable: the store failed.
    """
    newest = await TRIALS.newest(store)
    if newest is None:
        return 0, None
    number, content = newest
    try:
        trial = Trial.from_json(content)
    except ValueError as error:
        _log.warning("%s does not count: %s", TRIALS.key(number), error)
        return number, None
    return number, trial if trial.running else None


async def put(store: Store, trial: Trial, after: int) -> None:
    """Begin a trial, or end it.

    Args:
        store: the store.
        trial: what is begun or ended.
        after: how many objects there were in the log when this was decided (see `current`).

    Raises:
        Conflict: somebody else began or ended one meanwhile.
        StoreUnavailable: the store failed.
    """
    if not await TRIALS.create(store, after + 1, trial.to_json()):
        raise Conflict("Another retraining began or ended a trial meanwhile.")
