"""Real processes on one folder: writers, and compactors that are killed at random moments."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest

from digit_recognizer.rows import compaction
from digit_recognizer.store.opening import open_store
from tests.layers.rows.examples import downloaded, each_once

SECONDS = 10
WRITERS = 8

# Saves rows for some time and notes each that was acknowledged; every seventh is sent again.
WRITER = """
import asyncio, random, sys, time
from digit_recognizer.rows import arrivals
from digit_recognizer.store import opening
from tests.layers.rows.examples import id_from, numbered

async def write(first, seconds, notes):
    until = time.time() + seconds
    store = opening.configured()
    number = first
    while time.time() < until:
        late = id_from(random.randrange(500)) if number % 11 == 0 else None
        record = numbered(number, id=late)
        await arrivals.save(store, record)
        notes.write(f"{number}\\n")
        notes.flush()
        if number % 7 == 0:
            await asyncio.sleep(random.random() / 5)
            await arrivals.save(store, record)
        number += 1
        await asyncio.sleep(0.01)

with open(sys.argv[3], "w") as notes:
    asyncio.run(write(int(sys.argv[1]), float(sys.argv[2]), notes))
"""

# Has everything imported and no thread running, and forks compactors that compact for ever.
COMPACTOR = """
import asyncio, os, random, signal, sys, time
from digit_recognizer.rows import compaction
from digit_recognizer.store import opening
from digit_recognizer.errors import StoreUnavailable

async def compact():
    while True:
        try:
            await compaction.compact_all(opening.configured())
        except StoreUnavailable:
            pass  # the other one was always faster

random.seed(int(sys.argv[1]))
killed = 0
until = time.time() + float(sys.argv[2])
while time.time() < until:
    child = os.fork()
    if not child:
        asyncio.run(compact())
    time.sleep(random.uniform(0.02, 0.4))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status
    killed += 1
print(killed)
"""


def test_what_was_acknowledged_is_there_once_whoever_was_killed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENT_BYTES", "50000")
    notes = [tmp_path / f"acknowledged-{n}" for n in range(WRITERS)]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(n * 1_000_000), str(SECONDS), notes[n]])
        for n in range(WRITERS)
    ]
    compactors = [
        subprocess.Popen(
            [sys.executable, "-c", COMPACTOR, str(random.randrange(1000)), str(SECONDS)],
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    killed = [int(compactor.communicate(timeout=60)[0]) for compactor in compactors]
    assert [process.wait(60) for process in (*writers, *compactors)] == [0] * (WRITERS + 2)
    acknowledged = {int(line) for file in notes for line in file.read_text().split()}

    store = open_store(folder.as_uri())
    assert each_once(asyncio.run(downloaded(store))) == acknowledged
    current = asyncio.run(compaction.compact_all(store))
    assert current.rows == len(acknowledged)
    assert each_once(asyncio.run(downloaded(store))) == acknowledged

    # It did happen: rows came in, generations were committed, compactors died.
    assert len(acknowledged) > 200
    assert current.generation > 3
    assert min(killed) > 3
