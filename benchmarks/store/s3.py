"""An S3 server, played by moto in a process of its own, filled with rows; a download from it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import boto3
import httpx

from benchmarks.store.filled import CountingStore, grow, pattern_of, write_rows
from digit_recognizer.download import csv_file, s3_join
from digit_recognizer.store.opening import open_store

_BUCKET = "benchmarks"


@contextmanager
def running() -> Iterator[str]:
    """The URL of an empty store on a server of its own; the environment leads there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_REGION="us-east-1",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ENDPOINT_URL=endpoint,
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        boto3.client("s3").create_bucket(Bucket=_BUCKET)
        yield f"s3://{_BUCKET}/store"
    finally:
        server.kill()
        server.wait()


def fill(url: str, pattern: Path, compacted: int, new: int) -> None:
    """Put a folder's store of so many rows there."""
    folder = pattern.parent / "for-s3"
    grow(pattern, *pattern_of(pattern, compacted), folder, compacted)
    write_rows(folder, new)
    # Nothing reads the records here.
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".jsonl"]
    asyncio.run(_put(url, folder, files))


async def downloaded(url: str) -> tuple[float, float, int, int]:
    """Seconds to the first byte and in all, the file's length, requests to S3."""
    store = CountingStore(open_store(url, timedelta(minutes=1)))
    started = time.perf_counter()
    file = await csv_file.assemble(store, to_be_joined=True)
    if file.is_short:
        content = await file.content()
        elapsed = time.perf_counter() - started
        return elapsed, elapsed, len(content), store.requests
    current = await file.compacted()
    address = await s3_join.address(store, current, "GET")
    parts = s3_join.plan(current.segments)
    fetched = sum(len(part.segments) for part in parts if not part.is_copied)
    requests = store.requests + 2 + len(parts) + fetched + 1
    first, length = 0.0, 0
    async with (
        httpx.AsyncClient(trust_env=False, timeout=120) as client,
        client.stream("GET", address) as answer,
    ):
        async for chunk in answer.aiter_raw():
            first = first or time.perf_counter() - started
            length += len(chunk)
    return first, time.perf_counter() - started, length, requests


async def _put(url: str, folder: Path, files: list[Path]) -> None:
    store = open_store(url, timedelta(minutes=1))

    async def some(of: list[Path]) -> None:
        for file in of:
            await store.create(str(file.relative_to(folder)), file.read_bytes())

    await asyncio.gather(*(some(files[start::8]) for start in range(8)))


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("moto's server does not answer.")
