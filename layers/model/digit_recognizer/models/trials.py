"""Which version is on trial: made and found good, but not in service until new answers confirm it.

`models/trials/<n>.json`, n counting up from 1: one object where a trial begins, another where it
ends. Those who serve know nothing of it: a version on trial answers nobody, and costs nothing.
"""

import json
from dataclasses import asdict, dataclass, replace

from digit_recognizer.errors import Conflict
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_object

TRIALS = Numbered("models/trials")


@dataclass(frozen=True, slots=True)
class Trial:
    """The beginning or the end of a trial.

    Attributes:
        at: when it began or ended, ISO 8601, UTC.
        version: the one that is, or was, on trial.
        entry: the number of the entry in the log of promotions that it was found better than.
        running: whether it began.
    """

    at: str
    version: str
    entry: int
    running: bool

    def ended(self, at: str) -> "Trial":
        """The end of this trial, at a moment."""
        return replace(self, at=at, running=False)

    def to_json(self) -> bytes:
        """The trial as it is stored."""
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, stored: bytes) -> "Trial":
        """The trial that was stored; fields that a later version added are passed over.

        Raises:
            ValueError: it is none.
        """
        content = parse_object(stored)
        try:
            found = cls(**{name: content[name] for name in cls.__slots__})
        except (KeyError, TypeError) as error:
            raise ValueError("Not a trial.") from error
        kinds = tuple(type(getattr(found, name)) for name in cls.__slots__)
        if kinds != (str, str, int, bool):
            raise ValueError("A field of the trial is not what it should be.")
        return found


async def put(store: Store, trial: Trial) -> None:
    """Begin a trial, or end it.

    Raises:
        Conflict: somebody else began or ended one at the same moment.
        StoreUnavailable: the store failed.
    """
    if not await TRIALS.append(store, trial.to_json()):
        raise Conflict("Another retraining began or ended a trial at the same moment.")


async def running(store: Store) -> Trial | None:
    """The trial that has begun and not ended yet.

    Raises:
        ValueError: what is stored is no trial.
        StoreUnavailable: the store failed.
    """
    newest = await TRIALS.newest(store)
    if newest is None:
        return None
    trial = Trial.from_json(newest[1])
    return trial if trial.running else None
