"""A process that does one operation in a child, and kills it at its nth request to the store.

`python -m tests.layers.faults.killed`: a line of JSON in, `{"store": …, "operation": […], "nth": …,
"when": …}`, the answer as a line out. It has all imported and no thread running, so that it can
fork.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import boto3
from botocore.httpsession import URLLib3Session

from digit_recognizer.download import s3_join
from digit_recognizer.models import promotion
from digit_recognizer.rows import compaction
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Listed, Store
from tests.layers.faults.operations import Answer, Operation, answer

WHEN = ("before", "within", "after")
"""Of a request to the store; "within" is before it but for a file that is half written."""

_ = boto3  # imported here, once


class Death:
    """Comes at the nth request of this process."""

    def __init__(self, nth: int, when: str) -> None:
        self._left = nth
        self._when = when
        self._is_now = False

    def before(self, half: tuple[Path, bytes] | None = None) -> None:
        """A request begins; what is half of it may be left in a file."""
        self._left -= 1
        self._is_now = self._left == 0
        if self._is_now and self._when != "after":
            if half is not None and self._when == "within":
                file, content = half
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            self._now()

    def after(self) -> None:
        """It has ended."""
        if self._is_now:
            self._now()

    def _now(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(Store):
    """A store whose process dies at some request; of many deletions, between any two."""

    def __init__(self, url: str, death: Death) -> None:
        opened = opening.open_store(url)
        super().__init__(opened._objects, opened.bucket)
        self._death = death
        self._folder = None if self.bucket else Path(unquote(urlsplit(url).path))

    async def create(self, key: str, content: bytes | bytearray) -> bool:
        # So object_store names a file until it is whole.
        half = bytes(content[: len(content) // 2])
        self._death.before((self._folder / f"{key}#1", half) if self._folder else None)
        created = await super().create(key, content)
        self._death.after()
        return created

    async def swap(self, key: str, seen: bytes | None, content: bytes) -> bool:
        half = content[: len(content) // 2]
        folder, _, name = key.rpartition("/")
        self._death.before((self._folder / folder / f".{name}#1", half) if self._folder else None)
        swapped = await super().swap(key, seen, content)
        self._death.after()
        return swapped

    async def get(self, key: str) -> bytes | None:
        self._death.before()
        return await super().get(key)

    async def chunks(self, key: str, size: int = 1 << 20) -> AsyncIterator[bytes]:
        self._death.before()
        async for chunk in super().chunks(key, size):
            yield chunk

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._death.before()
            await super().delete([key])
            self._death.after()

    async def pages(
        self, prefix: str, page_size: int = 1000, after: str | None = None
    ) -> AsyncIterator[list[Listed]]:
        self._death.before()
        async for page in super().pages(prefix, page_size, after):
            yield page


def _child(order: dict[str, Any], answers: int) -> NoReturn:
    try:
        death = Death(order["nth"], order["when"])
        send = URLLib3Session.send

        def sent(self: Any, request: Any) -> Any:
            death.before()
            answered = send(self, request)
            death.after()
            return answered

        with patch.object(URLLib3Session, "send", sent):
            got = asyncio.run(
                answer(MortalStore(order["store"], death), Operation(*order["operation"]))
            )
        os.write(answers, json.dumps([got.error, got.value]).encode())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _done(order: dict[str, Any]) -> Answer:
    answers, write_to = os.pipe()
    child = os.fork()
    if not child:
        os.close(answers)
        _child(order, write_to)
    os.close(write_to)
    with os.fdopen(answers) as said:
        content = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return Answer("killed")
    return Answer(*json.loads(content)) if status == 0 else Answer("crashed", status)


def main() -> None:
    """Serve orders until there are no more."""
    with (
        patch.object(promotion, "accept", lambda _: None),
        patch.object(compaction, "_SWEEP_EVERY", 2),
        patch.object(compaction, "_KEPT_GENERATIONS", 1),
        patch.object(s3_join, "SMALLEST_PART", 1),
    ):
        answers = sys.stdout
        sys.stdout = sys.stderr  # what operations say is no answer
        for line in sys.stdin:
            got = _done(json.loads(line))
            print(json.dumps([got.error, got.value]), file=answers, flush=True)


if __name__ == "__main__":
    main()
