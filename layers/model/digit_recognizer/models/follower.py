"""Which classifier answers requests: that of the version that the log of promotions names.

A request that finds the last look at the log a while ago begins another one, in a thread, and does
not wait for it. What is new is loaded, built and tried in that thread and then put in the place of
the old, which answers until then. So there is no look without requests, and where a function is
frozen between them (Lambda), a look hardly gets on. Therefore a request that finds that nobody has
looked for a long time does wait, for a moment that is bounded: LOOK_EVERY and STALE_AFTER together
are less than the minute in which a promotion is to take effect. It waits while the look finds out
whether something is new, which is one request to the store; only if something is, until that is
loaded: a version that was taken back must not go on answering because nobody has looked.

| when | waits at most | why |
| --- | --- | --- |
| the last look began less than STALE_AFTER ago | not at all | what is known is fresh enough |
| the process never looked before | PATIENCE_AT_START | a first request is slow already |
| it stood still for long | PATIENCE | its connections may have ended meanwhile |
| the look has found something new | until it is LOADING old | what was taken back must not answer |
| whatever happens | until it is AT_MOST old | then it is given up; an ending process waits, too |

Whatever is wrong with the store or with a version, the classifier in service goes on, and it is
logged once. A process that starts after that tries the entries before.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from digit_recognizer.errors import StoreUnavailable, UnfitModel
from digit_recognizer.models import promotion_log, versions
from digit_recognizer.models.fitness import accept
from digit_recognizer.models.promotion_log import PROMOTIONS, Entry
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import built_in
from digit_recognizer.store import opening, storage
from digit_recognizer.store.storage import Store

# In seconds; the table above says when each of them counts.
LOOK_EVERY = 15.0
STALE_AFTER = 40.0
PATIENCE_AT_START = 0.03
PATIENCE = 0.1
LOADING = 1.0
AT_MOST = 8.0

THREAD = "look at the log of promotions"

_POLL = 0.001
_TRIED = 4  # entries of the log, if the last ones can't be served
_READ_AT_MOST = 16  # entries of the log, if the last ones can't be read

# Of a card: pictures that only a check needs, and of some the id of a row, which is a secret.
_NOT_TOLD = ("smoke_test", "learned_from")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InService:
    """What answers requests.

    Attributes:
        classifier: names the digits.
        card: the card of its version.
        entry: what put it into service.
    """

    classifier: Classifier
    card: Mapping[str, Any]
    entry: Entry

    def described(self) -> dict[str, Any]:
        """The card, how it came into service, and the versions before it, the latest first."""
        card = {name: value for name, value in self.card.items() if name not in _NOT_TOLD}
        how = {"kind": self.entry.kind, "reason": self.entry.reason, "since": self.entry.at}
        return {**card, "in_service": how, "previous": list(self.entry.before)}


@dataclass(slots=True)
class _Look:
    """A look at the log.

    Attributes:
        began: seconds since 1970, which go on while a function is frozen.
        started: the same by the monotonic clock, for those who wait.
        is_first: whether it is the first one of this process.
        as_of: seconds since 1970 when what is known of the log was so.
        trouble: what was wrong in this look, or in the one before it until this one has ended.
        is_new: whether the log has an entry that was not seen before; None if not known yet.
        ended: whether it is over, however it went.
    """

    began: float
    started: float
    is_first: bool = True
    as_of: float = 0.0
    trouble: str = ""
    is_new: bool | None = None
    ended: bool = False

    @classmethod
    def after(cls, last: "_Look | None") -> "_Look":
        """The look that begins now."""
        began, started = time.time(), time.monotonic()
        if last is None:
            return cls(began, started)
        return cls(began, started, is_first=False, as_of=last.as_of, trouble=last.trouble)


class Follower:
    """Keeps in service what the log of promotions says, beginning with the model of the package.

    One instance serves a process for life, whatever event loops its requests run in.
    """

    def __init__(self) -> None:
        model = built_in()
        self._now = InService(Classifier(model), model.card, promotion_log.first())
        self._last = self._now.entry.number  # of the entries that were looked at
        self._swapping = threading.Lock()
        self._look: _Look | None = None

    def look(self) -> None:
        """Begin a look at the log, if the last one began a while ago; does not wait."""
        if self._look is not None and 0 <= time.time() - self._look.began < LOOK_EVERY:
            return
        self._look = _Look.after(self._look)
        threading.Thread(target=self._follow, args=(self._look,), name=THREAD).start()

    async def in_service(self, patience: float | None = None) -> InService:
        """What answers.

        Args:
            patience: so many seconds at most this waits for a look that is under way; None for a
                request that should be answered at once, see above.
        """
        look = self._look
        if look is None or look.ended:
            return self._now
        if patience is None:
            if 0 <= time.time() - look.as_of < STALE_AFTER:
                return self._now
            patience = PATIENCE_AT_START if look.is_first else PATIENCE
        arrived = time.monotonic()
        # Polled, since a future would belong to the event loop of this one request.
        while not look.ended and (now := time.monotonic()) - look.started < LOADING:
            if now - arrived > patience and not look.is_new:
                break
            await asyncio.sleep(_POLL)
        return self._now

    def _follow(self, look: _Look) -> None:
        """The thread of a look."""
        try:
            with storage.failures_not_logged():
                asyncio.run(asyncio.wait_for(self._catch_up(look), AT_MOST))
            look.trouble = ""
            look.as_of = look.began
        except UnfitModel as error:
            self._failed(look, logging.ERROR, error)
        except TimeoutError:
            late = TimeoutError(f"the store did not answer within {AT_MOST:g} seconds.")
            self._failed(look, logging.WARNING, late)
        except (StoreUnavailable, ValueError) as error:
            self._failed(look, logging.WARNING, error)
        except Exception as error:  # whatever it is, requests are answered
            self._failed(look, logging.ERROR, error)
        finally:
            look.ended = True

    async def _catch_up(self, look: _Look) -> None:
        """Put the version that the log names into service."""
        store = opening.configured()
        new = await PROMOTIONS.numbers(store, after=self._last)
        look.is_new = bool(new)
        if not new:
            return
        newest = await promotion_log.readable(store, new[-_READ_AT_MOST:])
        unfit = UnfitModel(newest.broken[0]) if newest.broken else None
        entry, following = newest.entry, self._now
        for _ in range(_TRIED):
            # Down to what was in service before that, unless this process is there already.
            if entry.number <= following.entry.number:
                break
            try:
                following = await self._prepared(store, entry)
                break
            except UnfitModel as error:
                unfit = unfit or error
            if entry.below is None:
                break
            entry = (await promotion_log.readable(store, range(1, entry.below + 1))).entry
        self._take(newest.last, following)
        if unfit is not None:
            raise unfit  # to be logged; it is not tried again

    async def _prepared(self, store: Store, entry: Entry) -> InService:
        """The version that an entry names, ready to answer."""
        now = self._now
        if (entry.built_in, entry.version) == (now.entry.built_in, now.entry.version):
            return replace(now, entry=entry)
        if entry.built_in:
            model = built_in()
            return InService(Classifier(model), model.card, entry)
        model = await versions.load(store, entry.version, entry.sha256)
        return InService(accept(model), model.card, entry)

    def _take(self, last: int, following: InService) -> None:
        """Let something answer from now on, unless a later look came first."""
        with self._swapping:
            if last > self._last:
                self._last, self._now = last, following

    def _failed(self, look: _Look, level: int, error: Exception) -> None:
        """Log what is wrong, once for as long as it goes on."""
        if time.time() - look.began > AT_MOST + 1 and not isinstance(error, UnfitModel):
            return  # it stood still meanwhile, which says nothing of the store; the next one will
        look.as_of = look.began
        if repr(error) != look.trouble:
            look.trouble = repr(error)
            # What a client reads of a store that fails is for clients.
            cause = error.__cause__ if isinstance(error, StoreUnavailable) else error
            reason = str(cause).partition("\n")[0] or repr(error)
            version = self._now.classifier.version
            _log.log(level, "Version %s stays in service: %s", version, reason)


@lru_cache(maxsize=1)
def follower() -> Follower:
    """The follower of this process, on the store that its settings name."""
    return Follower()
