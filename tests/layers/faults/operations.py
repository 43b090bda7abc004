"""What a machine does with a store, one operation at a time, each named in JSON.

So the same operations are run here through an S3 server that fails, and in a process that is killed
in the middle of one. What an operation answers can be sent from one process to another.
"""

import hashlib
import json
import tempfile
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from digit_recognizer.download import s3_join
from digit_recognizer.errors import DigitRecognizerError
from digit_recognizer.models import promotion, retraining_log, versions
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.recognition.model import CARD_FILE, LITERT_FILE
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION
from digit_recognizer.rows import arrivals, compaction, snapshot
from digit_recognizer.store.storage import Store
from tests.layers.rows.examples import downloaded, numbered, numbers_in
from training.datasets import stored

DATA_SET = "a data set.npz"


@dataclass(frozen=True, slots=True)
class Operation:
    """Something to do with a store.

    Attributes:
        name: in `_DONE_BY`.
        number: tells it from others of its name: which row, which version, which attempt.
        id: of a row.
    """

    name: str
    number: int = 0
    id: str = ""

    @property
    def is_decision(self) -> bool:
        """Whether doing it twice is not the same as doing it once."""
        return self.name in ("promote", "rollback")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an operation ended.

    Attributes:
        error: the name of the error, "" for success; "killed" if nobody is left to say.
        value: what came of it.
    """

    error: str = ""
    value: Any = None


async def answer(store: Store, operation: Operation) -> Answer:
    """Do it. Errors that a client may read are answers; any other one is a fault of ours."""
    try:
        return Answer(value=await _DONE_BY[operation.name](store, operation))
    except DigitRecognizerError as error:
        return Answer(type(error).__name__, str(error))


def picture(number: int) -> str:
    """Of a row: a picture of its own, as far as nobody looks at it."""
    return f"data:image/png;base64,{b64encode(number.to_bytes(3, 'big')).decode('ascii')}"


def version_name(number: int) -> str:
    """Of the version of a number."""
    return f"v{number}"


def version_files(number: int) -> dict[str, bytes]:
    """What a training leaves behind; what is in it is not looked at here."""
    content = b"LiteRT %d" % number
    card = {
        "version": version_name(number),
        "created": "2026-11-23T12:00:00+00:00",
        "preprocessing_version": PREPROCESSING_VERSION,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return {LITERT_FILE: content, CARD_FILE: json.dumps(card).encode()}


def retraining(number: int) -> Retraining:
    """A retraining, one of its kind."""
    return Retraining("2026-11-24T02:00:00.000+00:00", number, "", "refused", None, "So.")


async def _save(store: Store, do: Operation) -> None:
    await arrivals.save(store, numbered(do.number, id=do.id, image=picture(do.number)))


async def _take_back(store: Store, do: Operation) -> None:
    await arrivals.take_back(store, do.id)


async def _compact(store: Store, _: Operation) -> int:
    return (await compaction.compact_all(store)).rows


async def _compact_later(store: Store, do: Operation) -> int:
    """When what is kept for readers, and what was never committed, is old enough to go."""
    with (
        patch.object(compaction, "_KEPT_FOR", timedelta(0)),
        patch.object(compaction, "_ORPHAN_AFTER", timedelta(seconds=-60)),
    ):
        return await _compact(store, do)


async def _download(store: Store, _: Operation) -> list[int]:
    return await downloaded(store)


async def _join(store: Store, _: Operation) -> list[int] | None:
    """As `GET /download_csv` does with a long file on S3; None if the browser can't fetch it."""
    url = await s3_join.address(store, await snapshot.compacted(store), "GET")
    async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
        for _attempt in range(3):  # it is not what the browser meets that is tried here
            try:
                return numbers_in((await browser.get(url)).raise_for_status().content)
            except httpx.HTTPError:
                continue
    return None


async def _read(store: Store, _: Operation) -> list[int]:
    """As a retraining does."""
    return [int.from_bytes(record.pixels[:3], "big") async for record in snapshot.rows(store)]


async def _summary(store: Store, _: Operation) -> int:
    rows: int = (await snapshot.summary(store, 0))["rows"]
    return rows


async def _publish(store: Store, do: Operation) -> None:
    await versions.publish(store, version_name(do.number), version_files(do.number))


async def _promote(store: Store, do: Operation) -> int:
    """Two versions in turn, since one that is in service is not promoted again."""
    name = version_name(do.number % 2)
    return (await promotion.promote(store, name, f"attempt {do.number}")).number


async def _rollback(store: Store, do: Operation) -> int:
    return (await promotion.rollback(store, f"attempt {do.number}")).number


async def _retrained(store: Store, do: Operation) -> None:
    await retraining_log.append(store, retraining(do.number))


async def _upload(store: Store, do: Operation) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{do.number} {DATA_SET}"
        file.write_bytes(b"set %d" % do.number)
        await stored.upload(store, [file])


_DONE_BY: dict[str, Callable[[Store, Operation], Awaitable[Any]]] = {
    "save": _save,
    "take back": _take_back,
    "compact": _compact,
    "compact a day later": _compact_later,
    "download": _download,
    "join": _join,
    "read": _read,
    "summary": _summary,
    "publish": _publish,
    "promote": _promote,
    "rollback": _rollback,
    "retrained": _retrained,
    "upload": _upload,
}
