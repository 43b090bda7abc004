"""Where a store is that other processes use, and the process that does so until it is killed."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from digit_recognizer.settings import PROJECT
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store
from tests.conftest import AWS_VARIABLES, BUCKET
from tests.layers.faults.conftest import Stores
from tests.layers.faults.operations import Answer, Operation


class Place(Protocol):
    """A kind of store."""

    def new(self, objects: Mapping[str, bytes]) -> str:
        """The `DATA_STORE` of a new store with these objects."""

    def live(self, url: str) -> Store:
        """A sound way to its objects."""

    def sound(self, url: str) -> Store:
        """A copy of its objects, or a sound way to them."""


class OnS3:
    """On a server that does not fail."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def new(self, objects: Mapping[str, bytes]) -> str:
        return f"s3://{BUCKET}/{self._stores.new(objects)}"

    def live(self, url: str) -> Store:
        return open_store(url)

    def sound(self, url: str) -> Store:
        return self._stores.copied(url.rpartition("/")[2])


class InAFolder:
    """Each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def new(self, objects: Mapping[str, bytes]) -> str:
        self._made += 1
        folder = self._folder / f"store-{self._made}"
        folder.mkdir()
        for key, content in objects.items():
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(content)
        return folder.as_uri()

    def live(self, url: str) -> Store:
        return open_store(url)

    sound = live


class Helper:
    """The process that does operations in children (see `killed`).

    Attributes:
        killed: how many of them.
    """

    def __init__(self, endpoint: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.layers.faults.killed"],
            cwd=PROJECT,
            env={
                **os.environ,
                **AWS_VARIABLES,
                "PYTHONPATH": str(PROJECT),
                "AWS_ENDPOINT_URL": endpoint,
                "SEGMENT_BYTES": "5000",
                "ROW_PREFIXES": "2",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.killed = 0

    def __call__(self, url: str, operation: Operation, nth: int = 0, when: str = "") -> Answer:
        """Do it on a store; it is killed at its nth request, if it comes so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        done_by = [operation.name, operation.number, operation.id]
        order = {"store": url, "operation": done_by, "nth": nth, "when": when}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        got = Answer(*json.loads(self._process.stdout.readline()))
        self.killed += got.error == "killed"
        return got

    def end(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(60) == 0
