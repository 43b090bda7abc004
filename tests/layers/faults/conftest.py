"""Stores on an S3 server that fails by script, each under a root of its own: many cases at once."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.retries.standard import ExponentialBackoff
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3 import models as moto_s3
from moto.s3.models import s3_backends
from obstore.store import MemoryStore

from digit_recognizer import settings
from digit_recognizer.download import s3_join
from digit_recognizer.models import promotion
from digit_recognizer.store import opening, storage
from digit_recognizer.store.storage import Store
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.layers.faults.beginning import Beginning, begun
from tests.layers.store.faulty_s3 import Asked, FaultyS3, Script, faulty_s3

IMPATIENT = timedelta(milliseconds=300)
_LATE = 0.5


class Stores:
    """Where cases keep their objects.

    Attributes:
        proxy: what fails.
    """

    def __init__(self, proxy: FaultyS3) -> None:
        self.proxy = proxy
        self._server = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        self._roots = (f"case-{number}" for number in itertools.count())

    def new(self, objects: Mapping[str, bytes]) -> str:
        """The root of a new store with these objects."""
        root = next(self._roots)
        for key, content in objects.items():
            self._server.put_object(BUCKET, f"{root}/{key}", content)
        return root

    def open(self, root: str, is_patient: bool = True) -> Store:
        """A way to a store; one that is not patient takes what is late for lost."""
        patience = timedelta(seconds=20) if is_patient else IMPATIENT
        return opening.open_store(f"s3://{BUCKET}/{root}", patience)

    def fail(self, root: str, fails: Script) -> None:
        """Let requests fail from now on."""
        self.proxy.scripts[root] = fails

    def heal(self, root: str) -> None:
        """Let nothing fail any more."""
        self.proxy.scripts.pop(root, None)

    def copied(self, root: str) -> Store:
        """A copy in memory of what is on the server, which nothing can disturb."""
        memory = MemoryStore()
        for key, stored in self._objects(root):
            memory.put(key.partition("/")[2], stored.value)
        return Store(memory)

    def forget(self, root: str) -> None:
        """Remove a store, to keep listings quick."""
        for key, _ in self._objects(root):
            self._server.delete_object(BUCKET, key)

    def _objects(self, root: str) -> list[tuple[str, Any]]:
        keys = self._server.get_bucket(BUCKET).keys
        return [(key, keys[key]) for key in list(keys) if key.startswith(f"{root}/")]


class Plan:
    """One kind of fault, at the nth request that can fail so, once or from then on.

    Attributes:
        fault: of `faulty_s3.SCRIPTED`.
        for_ever: whether it goes on.
        met: the requests that it hit.
    """

    def __init__(self, fault: str, nth: int, for_ever: bool = False) -> None:
        self.fault = fault
        self.for_ever = for_ever
        self.met: list[Asked] = []
        self._nth = nth
        self._seen = 0

    @property
    def is_passing(self) -> bool:
        """Whether it is what a client tries again until it succeeds."""
        operations = {asked.operation for asked in self.met}
        creations = self.fault in ("409 conflict", "409 aborted", "412")
        refusals = self.fault in ("500", "503") or (creations and operations <= {"PutObject"})
        return refusals and not self.for_ever

    @property
    def is_about_time(self) -> bool:
        """Whether it takes a client that is not patient."""
        return self.fault in ("late", "stall")

    def __call__(self, asked: Asked) -> str | None:
        if not asked.can_fail_by(self.fault):
            return None
        self._seen += 1
        if self._seen != self._nth and not (self.for_ever and self._seen > self._nth):
            return None
        self.met.append(asked)
        return self.fault

    def __repr__(self) -> str:
        often = "for ever from" if self.for_ever else "once, at"
        return f"{self.fault} {often} request {self._nth}"


@pytest.fixture(scope="session")
def stores(s3_server: str) -> Iterator[Stores]:
    """Stores whose clients try again at once and give up soon."""
    with faulty_s3(s3_server, seed=7) as proxy, pytest.MonkeyPatch.context() as patch:
        proxy.late = proxy.stall = _LATE
        quick = {"init_backoff": timedelta(milliseconds=2), "max_backoff": timedelta(0, 0.01)}
        patch.setattr(opening, "_RETRIES", {**opening._RETRIES, "backoff": quick})
        patch.setattr(storage, "_PAUSES", (0.005, 0.02, 0.05))
        patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.01)
        patch.setattr(s3_join, "_ANSWERED_WITHIN", 0.4, raising=False)
        # A part is a segment of a few rows.
        patch.setattr(s3_join, "SMALLEST_PART", 1)
        patch.setattr(moto_s3, "S3_UPLOAD_PART_MIN_SIZE", 1)
        yield Stores(proxy)


@pytest.fixture
def small(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """The same, with segments of three rows, and versions that nobody tries."""
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": stores.proxy.address}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SEGMENT_BYTES", "5000")
    monkeypatch.setenv("ROW_PREFIXES", "2")
    monkeypatch.setattr(promotion, "accept", lambda model: None)
    settings.settings.cache_clear()
    return stores


@pytest.fixture
async def beginning(small: Stores) -> Beginning:
    """A store with something of everything in it, to be copied."""
    return await begun()
