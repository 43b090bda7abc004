"""A store with something of everything in it, and what can be done next."""

from dataclasses import dataclass

from obstore.store import MemoryStore

from digit_recognizer.ids import new_id
from digit_recognizer.store.storage import Store
from tests.layers.faults.operations import Operation, answer
from tests.layers.faults.world import World, put_broken, row_key

OPERATIONS = (
    "save",
    "save again",
    "save a compacted row again",
    "save another opinion",
    "save a later opinion",
    "save where something broken is",
    "take back",
    "take back a row that waits",
    "take back again",
    "take back early",
    "compact",
    "download",
    "join",
    "read",
    "summary",
    "publish",
    "promote",
    "rollback",
    "retrained",
    "upload",
)


@dataclass(frozen=True)
class Beginning:
    """A store with something of everything in it.

    Attributes:
        objects: what is stored.
        world: what was acknowledged of it.
        operations: what can be done next, by what it is about.
    """

    objects: dict[str, bytes]
    world: World
    operations: dict[str, Operation]


async def begun() -> Beginning:
    """Make one; it takes settings and promotions as `conftest.small` has them."""
    memory = MemoryStore()
    store, world = Store(memory), World()

    async def do(*operations: Operation) -> None:
        for operation in operations:
            world.begin(operation)
            got = await answer(store, operation)
            world.note(operation, got)
            assert not got.error, (operation, got)

    ids = [new_id() for _ in range(14)]
    await do(*(Operation("save", n, ids[n]) for n in range(8)), Operation("compact"))
    await do(*(Operation("save", n, ids[n]) for n in range(8, 12)))
    # Sent again, and another opinion, of rows that are compacted.
    await do(Operation("save", 2, ids[2]), Operation("save", 12, ids[5]))
    # Taken back while they wait, once they are compacted, and before they come.
    await do(*(Operation("take back", id=each) for each in (ids[11], ids[0], new_id())))
    await put_broken(world, store, row_key(ids[13]), b"{")
    await put_broken(world, store, "feedback/rows/00/notes.txt", b"a stray")
    await do(Operation("publish", 0), Operation("publish", 1))
    await do(Operation("promote", 1), Operation("promote", 2))
    await do(Operation("retrained", 1), Operation("upload", 1))
    await world.check(store)
    keys = [entry["path"] for page in memory.list() for entry in page]
    return Beginning(
        {key: bytes(memory.get(key).bytes()) for key in keys},
        world,
        {
            "save": Operation("save", 20, new_id()),
            "save again": Operation("save", 8, ids[8]),
            "save a compacted row again": Operation("save", 1, ids[1]),
            "save another opinion": Operation("save", 21, ids[9]),
            "save a later opinion": Operation("save", 22, ids[3]),
            "save where something broken is": Operation("save", 23, ids[13]),
            "take back": Operation("take back", id=ids[4]),
            "take back a row that waits": Operation("take back", id=ids[10]),
            "take back again": Operation("take back", id=ids[0]),
            "take back early": Operation("take back", id=new_id()),
            "compact": Operation("compact"),
            "download": Operation("download"),
            "join": Operation("join"),
            "read": Operation("read"),
            "summary": Operation("summary"),
            "publish": Operation("publish", 2),
            "promote": Operation("promote", 3),
            "rollback": Operation("rollback", 3),
            "retrained": Operation("retrained", 2),
            "upload": Operation("upload", 2),
        },
    )
