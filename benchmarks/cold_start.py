"""Process start to first answer through the Lambda runtime's client, on one core.

The artefacts of `make build` run unpacked and read-only, as the tests prove them. Beside the time
on the clock stands the processor's time, which other work on the machine changes less.
"""

import os
import re
import statistics
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from infra import lambda_runtime
from infra.lambda_runtime import Runtime
from infra.packaging import bytecode, sizes
from tests.infra.events import event

RUNS = 10
FIRST_EVENTS = {
    "PredictFunction": "predict",
    "FeedbackFunction": "save-feedback",
    "DownloadFunction": "download-csv",
}
_CORE = max(os.sched_getaffinity(0))
_TICKS = os.sysconf("SC_CLK_TCK")
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)")


@dataclass(frozen=True, slots=True)
class Start:
    """One start, in seconds: on the clock, of the processor, and from a snapshot to the answer."""

    clock: float
    processor: float
    restored: float


@dataclass(frozen=True, slots=True)
class Stage:
    """An interpreter, the runtime's client and a folder for what is unpacked."""

    python: str
    client: Path
    folder: Path

    def start(self, unpacked: Path, first: str, number: int) -> Start:
        """Start a function with an empty store and wait for its first answer."""
        store = {"DATA_STORE": (self.folder / f"store-{unpacked.name}-{number}").as_uri()}
        with Runtime(self.python, self.client, unpacked, store, core=_CORE) as cold:
            answered = cold.invoke(event(first))
            assert answered.error is None, answered.error
            assert cold.process is not None
            processor = _processor_time(cold.process.pid)
            clock = answered.at - cold.started_at
        with Runtime(
            self.python, self.client, unpacked, store, core=_CORE, snap_start=True
        ) as restored:
            restored.restored.wait(60)
            answered = restored.invoke(event(first))
            return Start(clock, processor, answered.at - restored.started_at)

    def imports(self, unpacked: Path) -> Counter[str]:
        """Microseconds of importing `app`, by package, without those that it imports."""
        path = os.pathsep.join([str(unpacked / "task"), str(unpacked / "opt" / "python")])
        command = [self.python, "-S", "-X", "importtime", "-c", "import app"]
        environment = {"PYTHONPATH": path, "DATA_STORE": self.folder.as_uri()}
        log = subprocess.run(
            command, cwd=unpacked / "task", env=environment, capture_output=True, text=True
        ).stderr
        spent: Counter[str] = Counter()
        for microseconds, module in _IMPORT.findall(log):
            package = module.partition(".")[0]
            kept = (unpacked / "opt" / "python" / package).exists() or package in ("app", "mangum")
            spent[package if kept else "Python itself"] += int(microseconds)
        return spent


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    sizes.check_whole()
    target = sizes.built_for(sizes.BUILT / "ModelLayer")
    python = bytecode.interpreter(target.python)
    if python is None:
        return f"Not measured: this machine has no Python {target.python}."
    load = os.getloadavg()[0]
    lines = [
        f"Python {target.python}, one core, median of {RUNS}; the machine's load was {load:.1f} on"
        f" {os.cpu_count()} cores when it began.",
        "",
        "| function | start to first answer, ms | of it processor, ms | snapshot to answer, ms |",
        "| --- | ---: | ---: | ---: |",
    ]
    imports = ["| import, ms | " + " | ".join(FIRST_EVENTS) + " |"]
    imports.append("| --- |" + " ---: |" * len(FIRST_EVENTS))
    spent: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        stage = Stage(python, Path(scratch, "runtime"), Path(scratch))
        lambda_runtime.install_client(stage.client, target)
        for function, first in FIRST_EVENTS.items():
            unpacked = lambda_runtime.unpack(sizes.BUILT, function, Path(scratch, function))
            starts = [stage.start(unpacked, first, number) for number in range(RUNS)]
            figures = [
                1000 * statistics.median(values)
                for values in (
                    [start.clock for start in starts],
                    [start.processor for start in starts],
                    [start.restored for start in starts],
                )
            ]
            lines.append(f"| {function} | " + " | ".join(f"{f:.0f}" for f in figures) + " |")
            spent[function] = stage.imports(unpacked)
    total: Counter[str] = sum(spent.values(), Counter())
    for package, _ in total.most_common(12):
        row = [f"{spent[function][package] / 1000:.0f}" for function in FIRST_EVENTS]
        imports.append(f"| {package} | " + " | ".join(row) + " |")
    sums = [f"{sum(spent[function].values()) / 1000:.0f}" for function in FIRST_EVENTS]
    imports.append("| all | " + " | ".join(sums) + " |")
    return "\n".join([*lines, "", *imports])


def _processor_time(process: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    print(report())
