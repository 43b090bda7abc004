"""One step of `store` in a process of its own: prints its figures as a line of JSON.

What a step needs is made by a child process before, so that the peak of memory is the step's own.
"""

import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.store import SCRATCH
from digit_recognizer import assembly, compaction
from digit_recognizer.storage import open_store

FOLDER = SCRATCH / "store"
PATTERN = SCRATCH / "pattern"
SAVES = 300


def save(stored: int) -> dict[str, Any]:
    """`POST /save_feedback` beside so many rows, most of them not compacted."""
    _prepared(0, stored)
    import httpx

    from functions.feedback.app import app

    async def measured() -> list[float]:
        transport = httpx.ASGITransport(app)
        times = []
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            body = {"image": _drawing(), "label": 7, "prediction": 7}
            for number in range(SAVES + 20):
                started = time.perf_counter()
                answer = await client.post("/save_feedback", json=body)
                if number >= 20:
                    times.append(time.perf_counter() - started)
                answer.raise_for_status()
        return times

    times = sorted(1000 * seconds for seconds in asyncio.run(measured()))
    return {"stored": stored, "median": statistics.median(times), "p95": times[SAVES * 95 // 100]}


def compact(compacted: int, new: int) -> dict[str, Any]:
    """Take new rows into segments, on one core."""
    _prepared(compacted, new)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    started, processor = time.perf_counter(), time.process_time()
    asyncio.run(compaction.compact_all(open_store(FOLDER.as_uri())))
    return {
        "compacted": compacted,
        "rows": new,
        "wall": time.perf_counter() - started,
        "processor": time.process_time() - processor,
        "peak": _peak(),
    }


def download(compacted: int, new: int) -> dict[str, Any]:
    """Assemble the file and read it to its end, as the local server does."""
    from benchmarks.feedback_store import CountingStore

    _prepared(compacted, new)
    store = CountingStore(open_store(FOLDER.as_uri()))

    async def measured() -> tuple[float, float, int]:
        started = time.perf_counter()
        file = await assembly.assemble(store)
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
    from benchmarks import s3_store

    with s3_store.running() as url:
        s3_store.fill(url, PATTERN, compacted, new)
        first, total, length, requests = asyncio.run(s3_store.downloaded(url))
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
        "peak": _peak(),
    }


def _prepared(compacted: int, new: int) -> None:
    """A folder's store with so many rows; made in a process of its own."""
    child = multiprocessing.get_context("spawn").Process(target=_prepare, args=(compacted, new))
    child.start()
    child.join()
    assert child.exitcode == 0, "the rows could not be made"


def _prepare(compacted: int, new: int) -> None:
    from benchmarks.feedback_store import grow, pattern_of, write_rows

    shutil.rmtree(FOLDER, ignore_errors=True)
    if compacted:
        grow(PATTERN, *pattern_of(PATTERN), FOLDER, compacted)
    write_rows(FOLDER, new)


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


def _peak() -> float:
    """The most memory that this process had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    step: dict[str, Callable[..., dict[str, Any]]]
    step = {"save": save, "compact": compact, "download": download, "download_s3": download_s3}
    print(json.dumps(step[sys.argv[1]](*map(int, sys.argv[2:]))))
