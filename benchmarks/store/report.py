"""What feedback costs: saving, compacting, downloading, by how many rows there are.

Everything is measured on a folder under build/, which is removed, and the download on S3, too, as
moto plays it. Each figure comes from a process of its own, so that memory is of that step alone.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.sections import table
from benchmarks.store import plot
from digit_recognizer.settings import PROJECT

SCRATCH = PROJECT / "build" / "benchmarks"

STORED = (0, 1_000, 100_000)
COMPACTED = (1_000, 10_000, 100_000, 1_000_000)
NEW = (0, 100, 1_000, 10_000)
ON_S3 = (1_000, 10_000, 100_000)
NEW_ON_S3 = (0, 100, 1_000)


def report() -> str:
    """The tables for `docs/benchmarks.md`, and the plot beside them."""
    with _scratch():
        saves = _step("save", *STORED)
        compaction = _step("compact", 0, 100_000)
        again = [_step("compact", compacted, 10_000) for compacted in (100_000, 1_000_000)]
        downloads = [_step("download", rows, new) for rows in COMPACTED for new in NEW]
        on_s3 = [_step("download_s3", rows, new) for rows in ON_S3 for new in NEW_ON_S3]
    plot.draw(downloads)
    return "\n\n".join(
        [
            "`POST /save_feedback`, in process, median of 300, by the rows stored already; the"
            " stores take turns:",
            table(
                ["rows stored", "median, ms", "p95, ms"],
                [[f"{s['stored']:,}", f"{s['median']:.2f}", f"{s['p95']:.2f}"] for s in saves],
            ),
            "Compaction on a folder, by the clock and by the processor's time (one core's work):",
            table(
                ["compacted before", "new rows", "rows/s", "rows/s of one core", "peak, MB"],
                [_compaction_row(step) for step in (compaction, *again)],
            ),
            "`GET /download_csv` from a folder, N rows compacted and n new; requests are those to"
            " the store. Where n is over 1,000 they are compacted on the way:",
            table(_DOWNLOAD, [_download_row(step) for step in downloads]),
            "![Time of a download against the rows](download_time.svg)",
            "The same from S3 as moto plays it, in Python, on the same cores; a file over 4 MB is"
            " joined on the server's side, and the first byte comes from S3 after a redirect:",
            table(_DOWNLOAD, [_download_row(step) for step in on_s3]),
        ]
    )


_DOWNLOAD = ["N", "n", "file, MB", "first byte, ms", "total, ms", "requests", "peak, MB"]


def _compaction_row(step: dict[str, Any]) -> list[str]:
    speeds = [f"{step['rows'] / step[clock]:,.0f}" for clock in ("wall", "processor")]
    return [f"{step['compacted']:,}", f"{step['rows']:,}", *speeds, f"{step['peak']:.0f}"]


def _download_row(step: dict[str, Any]) -> list[str]:
    return [
        f"{step['compacted']:,}",
        f"{step['new']:,}",
        f"{step['bytes'] / 1e6:,.1f}",
        f"{1000 * step['first']:,.0f}",
        f"{1000 * step['total']:,.0f}",
        f"{step['requests']:,}",
        f"{step['peak']:.0f}",
    ]


def _step(name: str, *numbers: int) -> Any:
    """Run one step in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.store.step", name, *map(str, numbers)]
    environment = {**os.environ, "DATA_STORE": (SCRATCH / "store").as_uri()}
    finished = subprocess.run(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, check=True, timeout=900
    )
    print(" ", name, *numbers, finished.stdout.decode().splitlines()[-1], flush=True)
    return json.loads(finished.stdout.splitlines()[-1])


@contextmanager
def _scratch() -> Iterator[None]:
    shutil.rmtree(SCRATCH, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
