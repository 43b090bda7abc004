"""Where the time of `POST /predict` goes, and what each thing that was removed had cost."""

import json
import os
import statistics
import subprocess
import sys

from benchmarks.sections import table
from digit_recognizer.settings import PROJECT

ROUNDS = 3
_STAGES = {
    "parse": "parse: the body's bytes and its JSON, with what the routing takes before it",
    "decode": "decode: base64, PNG",
    "normalise": "normalise",
    "model": "model: which is in service",
    "infer": "infer",
    "serialise": "serialise: the answer's id and JSON",
}
_WORK = ("decode", "normalise", "infer")
_VARIANTS = {
    "now": ("handler", "1"),
    "with routes as FastAPI makes them": ("resolved", "1"),
    "with as many BLAS threads as there are cores": ("handler", ""),
}


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in [*_VARIANTS, "http"]}
    for _ in range(ROUNDS):  # in turns, so that other work on the machine comes upon all of them
        for name, (step, threads) in _VARIANTS.items():
            rounds[name].append(_step(step, threads))
        rounds["http"].append(_step("http", "1"))
    now = _medians(rounds["now"])
    work = sum(now[stage] for stage in _WORK)
    http = _medians(rounds["http"])["http"]
    rest = now["handler"] - sum(now[stage] for stage in _STAGES) - now["line"]
    stages = [[words, f"{now[stage]:.0f}"] for stage, words in _STAGES.items()]
    stages += [
        ["telling: the line with CloudWatch's metrics", f"{now['line']:.0f}"],
        ["the rest: FastAPI, Mangum, the event loop", f"{rest:.0f}"],
        ["**from Lambda's event to its answer**", f"**{now['handler']:.0f}**"],
    ]
    variants = []
    for name in _VARIANTS:
        of = _medians(rounds[name])
        variants.append([name, *[f"{of[part] / 1000:.2f}" for part in ("handler", "normalise")]])
    return "\n\n".join(
        [
            f"A drawing of 280×280, grey; medians of {ROUNDS} processes with up to 1,000 requests"
            " each:",
            table(["stage", "µs"], stages),
            f"The whole is {now['handler'] / work:.2f} times the sum of decode, normalise and"
            " infer (a bare prototype: 4.3; to reach: 2). Telling takes"
            f" {100 * now['line'] / now['handler']:.1f} % of it; on the local server, where"
            f" Prometheus' counters take the line's place, {100 * now['count'] / http:.1f} %"
            " (to reach: 5 %).",
            table(["the handler", "ms", "of them normalise"], variants),
            f"With the evidence for it (`explain`) {now['explained'] / 1000:.1f} ms (to reach:"
            " 15 more).",
            f"Over HTTP, on one connection to the local server: median"
            f" {http / 1000:.2f} ms (to reach: 2.5).",
        ]
    )


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def _step(name: str, threads: str) -> dict[str, float]:
    """Measure in a fresh process."""
    environment = {**os.environ, "DATA_STORE": "memory://", "OPENBLAS_NUM_THREADS": threads}
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.predict.step", name],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        check=True,
        timeout=120,
    )
    measured: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    print(
        " ",
        name,
        threads or "-",
        {key: round(value) for key, value in measured.items()},
        flush=True,
    )
    return measured
