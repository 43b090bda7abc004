"""What reading very many rows takes: as a retraining does, and as Parquet (`make bench-rows`).

The store is synthetic: segments that are links to one, each with ids of its own. As they are read
each row is given a picture and a contributor of its own, else all but 4,300 would be exact doubles.
Each figure comes from a process of its own, so that memory is of that step alone.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from benchmarks.sections import table
from benchmarks.store.report import SCRATCH
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.settings import PROJECT

ROWS = os.environ.get("ROWS", "100_000 1_000_000")

_OUT = SCRATCH / "parquet"


def report() -> str:
    """The table for `docs/benchmarks.md`."""
    steps = [_step(name, int(n)) for name in _STEPS for n in ROWS.split()]
    return (
        "A synthetic store on a folder, rows of 6 KB, each of another contributor. A retraining"
        " reads all and learns from 5,000; the export writes pictures, pixels and labels. To"
        " reach: 1,000,000 rows as Parquet in 300 MB.\n\n"
        + table(
            ["what", "rows", "seconds", "rows/s", "peak, MB", "written, MB"],
            [
                [
                    step["what"],
                    f"{step['rows']:,}",
                    f"{step['seconds']:,.0f}",
                    f"{step['rows'] / step['seconds']:,.0f}",
                    f"{step['peak']:,.0f}",
                    f"{step['written']:,.0f}",
                ]
                for step in steps
            ],
        )
    )


def _step(name: str, rows: int) -> Any:
    command = [sys.executable, "-m", "benchmarks.many_rows", name, str(rows)]
    environment = {**os.environ, "DATA_STORE": (SCRATCH / "store").as_uri()}
    try:
        finished = subprocess.run(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, check=True
        )
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
    print(" ", name, rows, finished.stdout.decode().splitlines()[-1], flush=True)
    return json.loads(finished.stdout.splitlines()[-1])


async def _distinct(records: AsyncIterator[Feedback]) -> AsyncIterator[Feedback]:
    from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION as TODAY

    number = 0
    async for record in records:
        # In place: a row that is made anew would cost a tenth of all.
        object.__setattr__(record, "contributor", f"contributor-{number:012}")
        object.__setattr__(record, "pixels", number.to_bytes(4, "big") + record.pixels[4:])
        object.__setattr__(record, "preprocessing_version", TODAY)
        yield record
        number += 1


def read() -> int:
    """The rows of the store, as a retraining takes its sample of them; how many there were."""
    from digit_recognizer.rows import snapshot
    from digit_recognizer.store import opening
    from training.retraining.collected import collect

    collected = asyncio.run(collect(_distinct(snapshot.rows(opening.configured()))))
    assert 4_000 < len(collected.labels) <= 5_000
    return collected.rows


def export() -> int:
    """The rows of the store as Parquet; how many there were."""
    from digit_recognizer.rows import snapshot
    from digit_recognizer.store import opening
    from training import export_parquet

    records = _distinct(snapshot.rows(opening.configured()))
    return asyncio.run(export_parquet.export(records, _OUT)).rows


_STEPS = {"read": (read, "read for a retraining"), "export": (export, "make export-parquet")}


def main(name: str, rows: int) -> None:
    """One step, after its store was made; prints its figures as a line of JSON."""
    from benchmarks.store.step import peak, prepared

    prepared(rows, 0)
    work, what = _STEPS[name]
    started = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - started
    written = sum(file.stat().st_size for file in _OUT.rglob("*.parquet")) / 1e6
    figures = {"what": what, "rows": done, "seconds": seconds, "peak": peak(), "written": written}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
