"""`make bench`: measures each topic and writes its section of docs/benchmarks.md.

ARGS="storage scale" measures only those. A topic is a module here with a `report() -> str`; its
section stands between two marks, and what is outside of them is left as it is.
"""

import importlib
import sys
import time

from benchmarks import machine
from benchmarks.sections import write

TOPICS = {
    "store": "Feedback: saving, compaction, download",
    "scale": "Feedback: what binds first",
    "artefact_sizes": "Sizes of the Lambda artefacts",
    "cold_start": "Cold start",
    "predict": "POST /predict, stage by stage",
    "page": "The page",
}
LONG = {
    "loop_sizes": "Retraining: time and memory",
    "loop_poison": "Retraining: wrong labels",
    "loop_styles": "Retraining: new styles",
    "load": "The local server under load",
}
"""Measured only when asked for by name."""


def main(asked: list[str]) -> int:
    """Measure; the number of topics that could not be."""
    topics = TOPICS | LONG
    unknown = [name for name in asked if name not in topics]
    if unknown:
        print(f"No such topic: {', '.join(unknown)}; there are {', '.join(topics)}.")
        return 2
    failed = 0
    for name in asked or TOPICS:
        started = time.monotonic()
        print(f"=== {topics[name]}", flush=True)
        before = machine.description()
        try:
            measured = importlib.import_module(f"benchmarks.{name}").report()
        except Exception as error:
            # One topic needs artefacts, another S3's server: the others are measured all the same.
            print(f"Not measured: {type(error).__name__}: {error}", flush=True)
            failed += 1
            continue
        text = f"{before}\n\n{measured.strip()}"
        print(f"{text}\n\n({time.monotonic() - started:.0f} s)\n", flush=True)
        write(name, topics[name], text)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
