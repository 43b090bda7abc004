"""The image that retrains, without Docker: a night in it, with what Lambda has and lacks.

The Dockerfile's instructions make a root (`infra.image_root`). In it the entry of AWS Batch runs,
which does what the schedule's handler does, as a user without rights and without `/dev/shm`. Needs
root's rights and `debootstrap`.
"""

import asyncio
import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.drawn import held_out_digits, plain
from benchmarks.loop.case import in_style, save
from benchmarks.sections import table
from benchmarks.store.report import SCRATCH
from digit_recognizer.store.opening import open_store
from infra import image_root
from training.datasets import stored
from training.datasets.files import located
from training.datasets.mnist import MNIST
from training.datasets.pen_digits import PEN_DIGITS

ROWS = 1000

_NOBODY = 65534
_STORE = "/store"


def report() -> str:
    """Time, memory and what came of it, as Markdown."""
    root = SCRATCH / "root"
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir(parents=True)
    try:
        began = time.monotonic()
        environment = image_root.make(root)
        built = time.monotonic() - began
        size = int(subprocess.check_output(["du", "-sm", root]).split()[0])
        store = root / _STORE[1:]
        asyncio.run(_fill(store))
        for path in (store, *store.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
        seconds, megabytes, said = _night(root, environment)
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
    outcome = json.loads(said.splitlines()[-1])["outcome"]
    return (
        "The Dockerfile's instructions in a Debian root with Python 3.13, then `entry.sh job` there"
        " as `nobody`: a store on a folder, no `/dev/shm`, nothing rendered before. A function has"
        " 10,240 MB and 15 minutes.\n\n"
        + table(
            [
                "rows",
                "made in, s",
                "size, MB",
                "night, s",
                "memory of all processes, MB",
                "outcome",
            ],
            [
                [
                    f"{ROWS:,}",
                    f"{built:.0f}",
                    f"{size:,}",
                    f"{seconds:.0f}",
                    f"{megabytes:,.0f}",
                    outcome,
                ]
            ],
        )
    )


async def _fill(folder: Path) -> None:
    """Rows to learn from, a quarter in a new style, and the data sets."""
    giving, _ = held_out_digits()
    new = in_style("sevens like a V", giving, ROWS // 4, 1)
    store = open_store(folder.as_uri())
    await save(store, [*new, *plain(giving, ROWS - len(new), np.random.default_rng(ROWS))])
    await stored.upload(store, [located(MNIST), located(PEN_DIGITS)])


def _night(root: Path, environment: dict[str, str]) -> tuple[float, float, str]:
    """Seconds, megabytes at most of all processes together, and what was printed."""
    user = f"--userspec={_NOBODY}:{_NOBODY}"
    command = ["chroot", user, str(root), "/bin/sh", "/var/task/entry.sh", "job"]
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    began = time.monotonic()
    try:
        with subprocess.Popen(
            command,
            env={**environment, "DATA_STORE": f"file://{_STORE}", "HOME": "/tmp"},
            stdout=subprocess.PIPE,
            text=True,
        ) as night:
            peaks = [0.0]
            ended = threading.Event()
            watcher = threading.Thread(target=_watch, args=(root, peaks, ended))
            watcher.start()
            assert night.stdout is not None
            said = night.stdout.read()
            ended.set()
            watcher.join()
        if night.returncode:
            raise RuntimeError(f"The night ended with {night.returncode}.")
    finally:
        subprocess.run(["umount", root / "proc"], check=True)
    return time.monotonic() - began, max(peaks), said


def _watch(root: Path, peaks: list[float], ended: threading.Event) -> None:
    """Twice a second, what all processes in a root have in memory, shared pages counted once."""
    while not ended.wait(0.5):
        kilobytes = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "root").readlink() == root:
                    lines = (process / "smaps_rollup").read_text().splitlines()
                    kilobytes += next(int(each.split()[1]) for each in lines if "Pss:" in each)
            except (OSError, StopIteration):
                continue  # it has ended meanwhile
        peaks.append(kilobytes / 1000)
