"""`make bench`: measures each topic and writes its section of docs/benchmarks.md.

ARGS="store scale" measures only those. A topic has a module with a `report() -> str`; its section
stands between two marks, and what is outside of them is left as it is.
"""

import importlib
import sys
import time
from dataclasses import dataclass

from benchmarks import machine
from benchmarks.sections import write


@dataclass(frozen=True, slots=True)
class Topic:
    """What is measured: the title of its section, and the module that measures it."""

    title: str
    module: str


TOPICS = {
    "store": Topic("Feedback: saving, compaction, download", "benchmarks.store.report"),
    "scale": Topic("Feedback: what binds first", "benchmarks.scale"),
    "artefact_sizes": Topic("Sizes of the Lambda artefacts", "benchmarks.artefact_sizes"),
    "cold_start": Topic("Cold start", "benchmarks.cold_start"),
    "predict": Topic("POST /predict, stage by stage", "benchmarks.predict.report"),
    "page": Topic("The page", "benchmarks.page"),
}
LONG = {
    "loop_sizes": Topic("Retraining: time and memory", "benchmarks.loop.sizes"),
    "loop_poison": Topic("Retraining: wrong labels", "benchmarks.loop.poison"),
    "loop_attacks": Topic("Retraining: attacks", "benchmarks.loop.attacks"),
    "loop_unlearning": Topic("Retraining: bad rows taken back", "benchmarks.loop.unlearning"),
    "loop_nights": Topic("Retraining: ten honest nights", "benchmarks.loop.honest"),
    "loop_styles": Topic("Retraining: new styles", "benchmarks.loop.new_styles"),
    "image": Topic("Retraining: in its image's root", "benchmarks.image"),
    "numbers": Topic("Several digits", "benchmarks.numbers"),
    "photos": Topic("Photos: ways to find the ink", "benchmarks.photos.report"),
    "many_rows": Topic("Rows for other programs, and many of them", "benchmarks.many_rows"),
    "load": Topic("The local server under load", "benchmarks.load.report"),
}
"""Measured only when asked for by name."""


def main(names: list[str]) -> int:
    """Measure; the number of topics that could not be."""
    topics = TOPICS | LONG
    unknown = [name for name in names if name not in topics]
    if unknown:
        print(f"No such topic: {', '.join(unknown)}; there are {', '.join(topics)}.")
        return 2
    failed = 0
    for name in names or TOPICS:
        started = time.monotonic()
        print(f"=== {topics[name].title}", flush=True)
        before = machine.description()
        try:
            measured = importlib.import_module(topics[name].module).report()
        except Exception as error:
            # One topic needs artefacts, another S3's server: the others are measured all the same.
            print(f"Not measured: {type(error).__name__}: {error}", flush=True)
            failed += 1
            continue
        text = f"{before}\n\n{measured.strip()}"
        print(f"{text}\n\n({time.monotonic() - started:.0f} s)\n", flush=True)
        write(name, topics[name].title, text)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
