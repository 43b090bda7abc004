"""The machine that something is measured on, and how busy it is."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def description() -> str:
    """One line for the head of a section."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    busy = "" if load < 0.5 else ", so the times are longer than they would be on a quiet machine"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {cores} cores, {platform.system()},"
        f" Python {platform.python_version()}; load {load:.1f} from other work{busy}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
