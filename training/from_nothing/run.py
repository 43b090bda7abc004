"""A training's own folder: its name, checkpoints and log. What was stopped goes on from there."""

import csv
import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import keras

from digit_recognizer.settings import PROJECT
from training.folders import BUILD
from training.from_nothing.configuration import Configuration
from training.network.architectures import ARCHITECTURES

RUNS = BUILD / "runs"
LOG = "epochs.csv"
COMMITS = "commits"
MADE = "examples-seconds"
"""The file of a run that holds how long it took to make those examples that were not there yet."""


def run_folder(configuration: Configuration, keys: Sequence[str]) -> Path:
    """The folder of the run; another configuration has another one, and so have other examples.

    Args:
        configuration: of the training.
        keys: of its examples.
    """
    settings = json.dumps([asdict(configuration), keys])
    digest = hashlib.sha256(settings.encode()).hexdigest()
    return RUNS / f"{configuration.architecture}-{digest[:8]}"


def prepare(run: Path, configuration: Configuration, examples_seconds: float) -> None:
    """Make the folder of a run, and write down what it is and how long its examples took."""
    run.mkdir(parents=True, exist_ok=True)
    if not (run / MADE).exists():
        (run / MADE).write_text(str(round(examples_seconds)))
    (run / "configuration.json").write_text(json.dumps(asdict(configuration), indent=2))


def note_commit(run: Path) -> None:
    """Write down which commit of this project a sitting of a training runs."""
    with (run / COMMITS).open("a", encoding="ascii") as file:
        file.write(f"{_commit()}\n")


def read_commits(run: Path) -> list[str]:
    """The commits that a training ran, in order; "-changed" after one that was edited since."""
    return list(dict.fromkeys((run / COMMITS).read_text("ascii").split()))


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", PROJECT, *words], capture_output=True, check=True, text=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", "training", "layers")
        return git("rev-parse", "HEAD") + ("-changed" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # without git, or out of an archive


def start_or_resume(configuration: Configuration, run: Path) -> tuple[keras.Model, int]:
    """The model and how many epochs it has seen."""
    log = run / LOG
    checkpoints = sorted(run.glob("epoch-*.keras"))
    if checkpoints:
        done = int(checkpoints[-1].stem.removeprefix("epoch-"))
        print(f"Going on after epoch {done} of {run}", flush=True)
        # An epoch that was logged but not saved is gone through again.
        lines = log.read_text("ascii").splitlines(keepends=True)
        log.write_text("".join(lines[: 1 + done]), "ascii")
        return keras.models.load_model(checkpoints[-1]), done
    log.unlink(missing_ok=True)
    model = ARCHITECTURES[configuration.architecture]()
    model.summary()
    return model, 0


def save_checkpoint(model: keras.Model, run: Path, done: int) -> None:
    """Save the model after `done` epochs; the file before it is removed once it is complete."""
    partial = run / "partial.keras"
    model.save(partial)
    partial.replace(run / f"epoch-{done:03}.keras")
    for older in run.glob("epoch-*.keras"):
        if older.stem < f"epoch-{done:03}":
            older.unlink()


def append(log: Path, figures: dict[str, float]) -> None:
    """Print an epoch's figures, and write them to the end of the log."""
    print("  " + "  ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    new = not log.exists()
    with log.open("a", newline="") as file:
        writer = csv.DictWriter(file, figures)
        if new:
            writer.writeheader()
        writer.writerow(figures)


def read_log(log: Path) -> list[dict[str, float]]:
    """The figures of each epoch that a run has behind it."""
    with log.open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
