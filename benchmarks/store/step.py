"""One step of `store` in a process of its own: prints its figures as a line of JSON.

What a step needs is made by a child process before, so that the peak of memory is the step's own.
"""

import asyncio
import json
import multiprocessing
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.store.report import SCRATCH
from digit_recognizer.download import csv_file
from digit_recognizer.rows import compaction
from digit_recognizer.store import opening
from digit_recognizer.store.opening import open_store

FOLDER = SCRATCH / "store"
PATTERN = SCRATCH / "pattern"
SAVES = 300


def save(*stored: int) -> list[dict[str, Any]]:
    """`POST /save_feedback` beside so many rows, none of them compacted.

    The stores take turns, so that other work on the machine makes all of them slower alike.
    """
    folders = [SCRATCH / f"store-{count}" for count in stored]
    for folder, count in zip(folders, stored, strict=True):
        prepared(0, count, folder)
    import httpx

    from functions.feedback.app import app

    stores = [open_store(folder.as_uri()) for folder in folders]
    turn = cycle(stores)
    opening.configured = lambda: next(turn)  # type: ignore[assignment]

    async def measured() -> list[list[float]]:
        times: list[list[float]] = [[] for _ in stores]
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            body = {"image": _drawing(), "label": 7, "prediction": 7}
            for _ in range(SAVES):
                for of_store in times:
                    started = time.perf_counter()
                    (await client.post("/save_feedback", json=body)).raise_for_status()
                    of_store.append(time.perf_counter() - started)
        return times

    return [
        {
            "stored": count,
            "median": 1000 * statistics.median(seconds),
            "p95": 1000 * sorted(seconds)[SAVES * 95 // 100],
        }
        for count, seconds in zip(stored, asyncio.run(measured()), strict=True)
    ]


def compact(compacted: int, new: int) -> dict[str, Any]:
    """Take new rows into segments; by the processor's time it is what one core does."""
    prepared(compacted, new)
    started, processor = time.perf_counter(), time.process_time()
    asyncio.run(compaction.compact_all(open_store(FOLDER.as_uri())))
    return {
        "compacted": compacted,
        "rows": new,
        "wall": time.perf_counter() - started,
        "processor": time.process_time() - processor,
        "peak": peak(),
    }


def download(compacted: int, new: int) -> dict[str, Any]:
    """Assemble the file and read it to its end, as the local server does."""
    from benchmarks.store.filled import CountingStore

    prepared(compacted, new)
    store = CountingStore(open_store(FOLDER.as_uri()))

    async def measured() -> tuple[float, float, int]:
        started = time.perf_counter()
        file = await csv_file.assemble(store)
        first, length = 0.0, 0
        async for chunk in file.chunks():
            first = first or time.perf_counter() - started
            length += len(chunk)
        assert length == file.size
        return first, time.perf_counter() - started, length

    first, total, length = asyncio.run(measured())
    return _downloaded(compacted, new, store.requests, first, total, length)


def download_s3(compacted: int, new: int) -> dict[str, Any]:
    """The same from S3: in the answer, or joined there and fetched."""
    from benchmarks.store import s3

    with s3.running() as url:
        s3.fill(url, PATTERN, compacted, new)
        first, total, length, requests = asyncio.run(s3.downloaded(url))
    return _downloaded(compacted, new, requests, first, total, length)


def _downloaded(
    compacted: int, new: int, requests: int, first: float, total: float, length: int
) -> dict[str, Any]:
    return {
        "compacted": compacted,
        "new": new,
        "first": first,
        "total": total,
        "bytes": length,
        "requests": requests,
        "peak": peak(),
    }


def prepared(compacted: int, new: int, folder: Path = FOLDER) -> None:
    """A folder's store with so many rows; made in a process of its own."""
    child = multiprocessing.get_context("spawn").Process(
        target=_prepare, args=(compacted, new, folder)
    )
    child.start()
    child.join()
    assert child.exitcode == 0, "the rows could not be made"


def _prepare(compacted: int, new: int, folder: Path) -> None:
    from benchmarks.store.filled import grow, pattern_of, write_rows

    shutil.rmtree(folder, ignore_errors=True)
    if compacted:
        grow(PATTERN, *pattern_of(PATTERN, compacted), folder, compacted)
    write_rows(folder, new)


def _drawing() -> str:
    """A seven on the page's canvas."""
    from base64 import b64encode
    from io import BytesIO

    from PIL import Image, ImageDraw

    image = Image.new("L", (280, 280))
    ImageDraw.Draw(image).line([(70, 60), (205, 62), (125, 235)], fill=255, width=20)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"


def peak() -> float:
    """The most memory that this process had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    step: dict[str, Callable[..., Any]]
    step = {"save": save, "compact": compact, "download": download, "download_s3": download_s3}
    print(json.dumps(step[sys.argv[1]](*map(int, sys.argv[2:]))))
