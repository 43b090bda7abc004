"""A log of numbered objects: the next one is created if it is absent, none is ever changed.

`<prefix>/<number>.json`, numbers counting up from 1. Of two who build on number n one gets n + 1:
that is how everything here is committed, generations of the manifest as well as promotions.
"""

from dataclasses import dataclass

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.store.storage import Store

_READS = 5


@dataclass(frozen=True, slots=True)
class Numbered:
    """A log below a prefix of keys."""

    prefix: str

    def key(self, number: int) -> str:
        """Where the object of a number is kept."""
        return f"{self.prefix}/{number:010}.json"

    async def numbers(self, store: Store, after: int = 0) -> list[int]:
        """The numbers that are kept, in order, from the one after `after` on."""
        pages = store.pages(self.prefix, after=self.key(after))
        keys = [listed.key async for page in pages for listed in page]
        names = (key.rpartition("/")[2].removesuffix(".json") for key in keys)
        return sorted(int(name) for name in names if name.isdecimal())

    async def newest(self, store: Store) -> tuple[int, bytes] | None:
        """The highest number with what it holds, or None where there is none: two requests.

        Raises:
            StoreUnavailable: the store failed, or keeps removing what it lists.
        """
        for _ in range(_READS):
            kept = await self.numbers(store)
            if not kept:
                return None
            content = await store.get(self.key(kept[-1]))
            if content is not None:  # else it was removed as an old one meanwhile
                return kept[-1], content
        raise StoreUnavailable(f"{self.prefix} keeps changing; try again in a moment.")

    async def create(self, store: Store, number: int, content: bytes) -> bool:
        """Create the object of a number where there is none.

        Returns:
            Whether the object of this number is the given one (see `Store.create`).
        """
        return await store.create(self.key(number), content)

    async def append(self, store: Store, content: bytes) -> bool:
        """Create the object that comes after all that are kept.

        Returns:
            False if another one has taken its number at the same moment.
        """
        kept = await self.numbers(store)
        return await self.create(store, kept[-1] + 1 if kept else 1, content)
