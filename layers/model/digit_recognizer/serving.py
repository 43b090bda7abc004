"""Which classifier answers requests: that of the version that the log of promotions names.

A request that finds the last look at the log a while ago begins another one, in a thread, and does
not wait for it. What is new is loaded, built and tried in that thread and then put in the place of
the old, which answers until then. So there is no look without requests, and where a function is
frozen between them (Lambda), a look hardly gets on. Therefore a request that finds that nobody has
looked for a long time does wait, for a moment that is bounded: LOOK_EVERY and STALE_AFTER together
are less than the minute in which a promotion is to take effect. It waits while the look finds out
whether something is new, which is one request to the store; only if something is, until that is
loaded: a version that was taken back must not go on answering because nobody has looked.

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

from digit_recognizer import promotion_log, registry, storage
from digit_recognizer.acceptance import accept
from digit_recognizer.classifier import Classifier
from digit_recognizer.errors import StoreUnavailable, UnfitModel
from digit_recognizer.promotion_log import Entry
from digit_recognizer.storage import Store

LOOK_EVERY = 15.0
"""Seconds from the beginning of a look to the next one, while there are requests."""

STALE_AFTER = 40.0
"""Seconds after the beginning of a look from which on a request waits for the next one: …"""

PATIENCE_AT_START = 0.03
"""… at most so many for what it finds out, in a process that never looked before; …"""

PATIENCE = 0.1
"""… so many in one that stood still meanwhile, and whose connections may have ended; …"""

LOADING = 1.0
"""… and until a look that has found something new is so many old, for what is loaded then."""

AT_MOST = 8.0
"""Seconds after which a look is given up; a process that is told to end waits for it, too."""

THREAD = "look at the log of promotions"

_POLL = 0.001
_TRIED = 4  # entries of the log, if the last ones can't be served

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
        card = {name: value for name, value in self.card.items() if name != "smoke_test"}
        how = {"kind": self.entry.kind, "reason": self.entry.reason, "since": self.entry.at}
        return {**card, "in_service": how, "previous": list(self.entry.before)}


@dataclass(slots=True)
class _Look:
    """A look at the log.

    Attributes:
        began: seconds since 1970; and by the monotonic clock, for those who wait.
        is_new: whether the log has an entry that was not seen before; None if not known yet.
        ended: whether it is over, however it went.
    """

    began: float
    started: float
    is_new: bool | None = None
    ended: bool = False


class Follower:
    """Keeps in service what the log of promotions says, beginning with the model of the package.

    One instance serves a process for life, whatever event loops its requests run in.
    """

    def __init__(self) -> None:
        model = registry.built_in()
        self._now = InService(Classifier(model), model.card, promotion_log.first())
        self._seen = self._now.entry
        self._swapping = threading.Lock()
        self._look: _Look | None = None
        self._looked = False
        self._as_of = 0.0  # seconds since 1970 when what is known of the log was so
        self._trouble = ""

    def look(self) -> None:
        """Begin a look at the log, if the last one began a while ago; does not wait."""
        now = time.time()  # goes on while a function is frozen
        if self._look is not None and 0 <= now - self._look.began < LOOK_EVERY:
            return
        self._looked = self._look is not None
        self._look = _Look(now, time.monotonic())
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
            if 0 <= time.time() - self._as_of < STALE_AFTER:
                return self._now
            patience = PATIENCE if self._looked else PATIENCE_AT_START
        asked = time.monotonic()
        # Polled, since a future would belong to the event loop of this one request.
        while not look.ended and (now := time.monotonic()) - look.started < LOADING:
            if now - asked > patience and not look.is_new:
                break
            await asyncio.sleep(_POLL)
        return self._now

    def _follow(self, look: _Look) -> None:
        """The thread of a look."""
        try:
            with storage.failures_not_logged():
                asyncio.run(asyncio.wait_for(self._catch_up(look), AT_MOST))
            self._trouble = ""
            self._as_of = look.began
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
        store = storage.in_service()
        new = await promotion_log.numbers(store, after=self._seen.number)
        look.is_new = bool(new)
        if not new:
            return
        seen = entry = await promotion_log.entry(store, new[-1])
        following, unfit = self._now, None
        for _ in range(_TRIED):
            try:
                following = await self._prepared(store, entry)
                break
            except UnfitModel as error:
                unfit = unfit or error
            # What was in service before that, unless this process is there already.
            if entry.below is None or entry.below <= following.entry.number:
                break
            entry = await promotion_log.entry(store, entry.below)
        self._take(seen, following)
        if unfit is not None:
            raise unfit  # to be told; it is not tried again

    async def _prepared(self, store: Store, entry: Entry) -> InService:
        """The version that an entry names, ready to answer."""
        now = self._now
        if (entry.built_in, entry.version) == (now.entry.built_in, now.entry.version):
            return replace(now, entry=entry)
        if entry.built_in:
            model = registry.built_in()
            return InService(Classifier(model), model.card, entry)
        model = await registry.load(store, entry.version, entry.sha256)
        return InService(accept(model), model.card, entry)

    def _take(self, seen: Entry, following: InService) -> None:
        """Let something answer from now on, unless a later look came first."""
        with self._swapping:
            if seen.number > self._seen.number:
                self._seen, self._now = seen, following

    def _failed(self, look: _Look, level: int, error: Exception) -> None:
        """Log what is wrong, once for as long as it goes on."""
        if time.time() - look.began > AT_MOST + 1 and not isinstance(error, UnfitModel):
            return  # it stood still meanwhile, which says nothing of the store; the next one will
        self._as_of = look.began
        if repr(error) != self._trouble:
            self._trouble = repr(error)
            # What a client reads of a store that fails is for clients.
            told = error.__cause__ if isinstance(error, StoreUnavailable) else error
            reason = str(told).partition("\n")[0] or repr(error)
            version = self._now.classifier.version
            _log.log(level, "Version %s stays in service: %s", version, reason)


@lru_cache(maxsize=1)
def follower() -> Follower:
    """The follower of this process, on the store that its settings name."""
    return Follower()
