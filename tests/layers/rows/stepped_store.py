"""A store in memory whose requests are made one by one, in an order that a test decides.

Before a request and after it, the actor waits for its turn; it may be killed there instead, and
then makes no request any more.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any

from obstore.exceptions import AlreadyExistsError
from obstore.store import MemoryStore

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.store.storage import Listed, Store

# So many rounds of the event loop, at most, are between two requests of an actor.
_UNTIL_ALL_WAIT = 12


class Killed(BaseException):
    """The process has ended here."""


class Turns:
    """Gives the turn to one waiting actor at a time, by lot.

    Mostly to the same one again: so some do a lot while another stands still. With a head start,
    the first one has so many turns, then stands still until the others are done.
    """

    def __init__(self, seed: int, head_start: int | None = None) -> None:
        self._random = random.Random(seed)
        self._head_start = head_start
        self._first: object = None
        self._waiting: list[tuple[object, asyncio.Future[None]]] = []
        self._last: object = None
        self._stay = self._random.choice([0.0, 0.8, 0.95, 0.99])

    async def mine(self, actor: object) -> None:
        """Wait for a turn."""
        turn = asyncio.get_running_loop().create_future()
        self._first = self._first or actor
        self._waiting.append((actor, turn))
        await turn

    async def run(self, *actors: Coroutine[Any, Any, Any]) -> list[Any]:
        """Run actors to their ends; their results, or what they raised."""
        tasks = [asyncio.create_task(_kept(actor)) for actor in actors]
        while not all(task.done() for task in tasks):
            for _ in range(_UNTIL_ALL_WAIT):
                await asyncio.sleep(0)
            if self._waiting:
                self._one()
        return [task.result() for task in tasks]

    def _one(self) -> None:
        chosen = self._random.choice(self._preferred() or self._waiting)
        self._waiting.remove(chosen)
        self._last, turn = chosen
        if not turn.done():
            turn.set_result(None)

    def _preferred(self) -> list[tuple[object, asyncio.Future[None]]]:
        if self._head_start is not None:
            self._head_start -= 1
            is_first = self._head_start >= 0
            return [entry for entry in self._waiting if (entry[0] is self._first) is is_first]
        if self._random.random() > self._stay:
            return []
        return [entry for entry in self._waiting if entry[0] is self._last]


async def _kept(actor: Coroutine[Any, Any, Any]) -> Any:
    # A task would pass a BaseException on to the loop.
    try:
        return await actor
    except (Exception, Killed) as error:
        return error


class SteppedStore(Store):
    """One actor's sight of the objects.

    Args:
        objects: shared by all actors.
        turns: given to all actors.
        lives_for: after so many turns the actor is killed; None for never.
    """

    def __init__(self, objects: MemoryStore, turns: Turns, lives_for: int | None = None) -> None:
        super().__init__(objects)
        self._memory = objects
        self._turns = turns
        self._lives_for = lives_for

    async def _turn(self) -> None:
        await self._turns.mine(self)
        if self._lives_for is not None:
            self._lives_for -= 1
            if self._lives_for < 0:
                raise Killed

    async def create(self, key: str, content: bytes | bytearray) -> bool:
        await self._turn()
        try:
            self._memory.put(key, bytes(content), mode="create")
            created = True
        except AlreadyExistsError:
            created = bytes(self._memory.get(key).bytes()) == content
        await self._turn()
        return created

    async def swap(self, key: str, seen: bytes | None, content: bytes) -> bool:
        if seen is None:
            return await self.create(key, content)
        await self._turn()
        swapped = bytes(self._memory.get(key).bytes()) == seen
        if swapped:
            self._memory.put(key, content)
        await self._turn()
        return swapped

    async def get(self, key: str) -> bytes | None:
        await self._turn()
        try:
            return bytes(self._memory.get(key).bytes())
        except FileNotFoundError:
            return None

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        return [await self.get(key) for key in keys]

    async def chunks(self, key: str, size: int = 1 << 20) -> AsyncIterator[bytes]:
        content = await self.get(key)
        if content is None:
            raise StoreUnavailable(key)
        yield content

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:  # some may be gone and others not, when the process ends
            await self._turn()
            self._memory.delete(key)
        await self._turn()

    async def pages(
        self, prefix: str, page_size: int = 1000, after: str | None = None
    ) -> AsyncIterator[list[Listed]]:
        await self._turn()
        for page in self._memory.list(prefix, offset=after).collect():
            yield [Listed(page["path"], page["size"], page["last_modified"])]
