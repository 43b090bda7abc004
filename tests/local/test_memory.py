"""What a process keeps of memory that it has given back."""

import ctypes
import subprocess
import sys

import pytest

from digit_recognizer.settings import PROJECT

# As of photos: first a large one, then smaller ones, and something small stays of each.
PROGRAM = """
import re, sys
from pathlib import Path
from local import memory

def held():
    told = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"^Anonymous: +(\\d+)", told, re.MULTILINE)[1]) / 1000

if sys.argv[1] == "bounded":
    memory.give_back()
before, kept = held(), []
for size in (16 << 20, *[8 << 20] * 20):
    large = bytearray(size)
    kept.append(bytes(10_000))
    del large
print(held() - before)
"""


def grown(how: str) -> float:
    """Megabytes that a process of its own keeps."""
    command = [sys.executable, "-c", PROGRAM, how]
    return float(subprocess.check_output(command, cwd=PROJECT, timeout=60))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")
def test_large_blocks_are_given_back_when_they_are_freed() -> None:
    assert grown("bounded") < 2
    assert grown("as it is") > 6  # else this test would show nothing
