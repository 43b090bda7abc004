"""What clients were told of a store, and what must be true of it therefore, whatever happened."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b, sha256

from digit_recognizer.models import promotion_log, retraining_log, versions
from digit_recognizer.models.retraining_log import RETRAININGS, Retraining
from digit_recognizer.rows import arrivals, manifest, published, snapshot
from digit_recognizer.rows.arrivals import QUARANTINE, ROWS
from digit_recognizer.rows.segments import unpacked
from digit_recognizer.store.storage import Store
from tests.layers.faults.operations import (
    DATA_SET,
    Answer,
    Operation,
    retraining,
    version_files,
    version_name,
)
from tests.layers.rows.examples import downloaded, each_once, listed

HONEST = ("", "StoreUnavailable", "killed")


@dataclass
class World:
    """What was asked of a store, and which of it was acknowledged.

    Attributes:
        sent: the rows that were sent, their ids by their numbers.
        saved: the numbers of those that were acknowledged.
        asked_back: ids under which rows may be taken back.
        taken_back: ids under which that was acknowledged.
        broken: what somebody else put where rows are: contents by keys.
        tried: by the name of the operation, the numbers that were tried.
        done: the same of those that succeeded.
    """

    sent: dict[int, str] = field(default_factory=dict)
    saved: set[int] = field(default_factory=set)
    asked_back: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)
    broken: dict[str, bytes] = field(default_factory=dict)
    tried: dict[str, list[int]] = field(default_factory=dict)
    done: dict[str, list[int]] = field(default_factory=dict)

    @property
    def certain(self) -> set[int]:
        """The numbers of the rows that must be there."""
        return self.saved - self._under(self.asked_back)

    @property
    def possible(self) -> set[int]:
        """The numbers of the rows that may be there."""
        return self.sent.keys() - self._under(self.taken_back)

    def _under(self, ids: set[str]) -> set[int]:
        return {number for number, id_ in self.sent.items() if id_ in ids}

    def begin(self, do: Operation) -> None:
        """Note that something is tried."""
        if do.name == "take back":
            self.asked_back.add(do.id)
        if do.name == "save":
            self.sent[do.number] = do.id
        self.tried.setdefault(do.name, []).append(do.number)

    def note(self, do: Operation, got: Answer) -> None:
        """Note how it ended; fails where the answer can't be true."""
        assert got.error in (*HONEST, *self._refusals(do)), (do, got)
        if got.error or (do.name == "join" and got.value is None):
            return
        self.done.setdefault(do.name, []).append(do.number)
        if do.name == "save":
            self.saved.add(do.number)
        elif do.name == "take back":
            self.taken_back.add(do.id)
        elif do.name in ("download", "read", "join"):
            assert self.certain <= each_once(got.value) <= self.possible, (do, got)
        elif do.name in ("summary", "compact", "compact a day later"):
            assert len(self.certain) <= got.value <= len(self.possible), (do, got)

    def _refusals(self, do: Operation) -> tuple[str, ...]:
        """Of a sound store, which errors this operation may end with."""
        if do.name == "save":
            others = {n for n, id_ in self.sent.items() if id_ == do.id} - {do.number}
            return ("Conflict",) if others else ()
        if do.name == "promote":
            return ("InvalidRequest", "UnfitModel")  # in service already; never published
        if do.name == "rollback":
            return ("InvalidRequest", "UnfitModel")
        return ()

    async def check(self, store: Store) -> None:
        """Hold what was acknowledged against what is there.

        Args:
            store: a sound way to the same objects.
        """
        await self._check_rows(store)
        await self._check_segments(store)
        await self._check_published(store)
        await self._check_broken(store)
        await self._check_models(store)

    async def _check_rows(self, store: Store) -> None:
        found = each_once(await downloaded(store))
        assert self.certain <= found <= self.possible
        read = [(r.id, r.pixels[:3]) async for r in snapshot.rows(store)]
        assert self.certain <= {int.from_bytes(n, "big") for _, n in read} <= self.possible
        assert max(Counter(id_ for id_, _ in read).values(), default=1) == 1

    async def _check_segments(self, store: Store) -> None:
        """Whole are those in force, and those that a reader may still be in."""
        current = await manifest.in_force(store)
        for segment in (*current.segments, *(retired.segment for retired in current.retired)):
            stored = await store.get_many(segment.keys)
            assert tuple(len(content or b"") for content in stored) == segment.sizes

    async def _check_published(self, store: Store) -> None:
        """Whatever the lists for other readers name is there, and no row is in them twice."""
        for key in (published.CSV, published.RECORDS):
            keys = await listed(store, key)
            assert None not in await store.get_many(keys), key
            indexes = [f"{each.partition('.')[0]}.ids" for each in keys]
            ids = [id_ for index in await store.get_many(indexes) for id_ in unpacked(index or b"")]
            assert max(Counter(ids).values(), default=1) == 1

    async def _check_broken(self, store: Store) -> None:
        """Each is where it was, or in the quarantine, but for what was to be taken back."""
        for key, content in self.broken.items():
            if key in map(row_key, self.asked_back):
                continue
            copy = QUARANTINE + key.removeprefix(ROWS)
            digest = blake2b(content, digest_size=8).hexdigest()
            assert content in await store.get_many([key, copy, f"{copy}.{digest}"])

    async def _check_models(self, store: Store) -> None:
        for number in self.done.get("publish", []):
            for name, content in version_files(number).items():
                assert await store.get(f"models/{version_name(number)}/{name}") == content
        entries = (await promotion_log.log(store))[1:]
        assert [entry.number for entry in entries] == [*range(1, len(entries) + 1)]
        made = each_once([int(entry.reason.removeprefix("attempt ")) for entry in entries])
        told = {*self.done.get("promote", []), *self.done.get("rollback", [])}
        assert told <= made <= {*self.tried.get("promote", []), *self.tried.get("rollback", [])}
        assert {entry.version for entry in entries if not entry.built_in} <= {
            *await versions.names(store)
        }
        keys = [RETRAININGS.key(number) for number in await RETRAININGS.numbers(store)]
        logged = [Retraining.from_json(stored or b"") for stored in await store.get_many(keys)]
        looked_at = each_once([each.rows for each in logged])
        assert {*self.done.get("retrained", [])} <= looked_at
        assert looked_at <= {*self.tried.get("retrained", [])}
        assert all(each == retraining(each.rows) for each in logged)
        assert not logged or await retraining_log.newest(store) == logged[-1]
        for number in self.done.get("upload", []):
            content = b"set %d" % number
            key = f"datasets/{sha256(content).hexdigest()}/{number} {DATA_SET}"
            assert await store.get(key) == content


async def put_broken(world: World, store: Store, key: str, content: bytes) -> None:
    """Put something where rows are that is none, as a damaged disk or a stranger may."""
    if await store.create(key, content):
        world.broken[key] = content


def row_key(id_: str) -> str:
    """Where the row of an id waits."""
    return arrivals.key_of(id_)
