"""Learn from the collected feedback: `python -m training.retrain` (`make retrain`), on DATA_STORE.

1. Rows are collected, without doubles and not too many of anyone (`collected`).
2. Labels that contradict confident answers are set aside (`trust`).
3. Models that learn from some of the rows are tried on the others (`cross_validation`, by whole
   contributors where there are several); that says which labels to believe, and what is gained.
4. A model learns from all rows that are believed (`learning`, `fine_tuning`).
5. It takes the place of the one in service only if it gained and lost nothing (`gate`). Whatever
   comes of it, the version and its report are kept in `models/<version>/` of the store.

What was trained is kept in `build/retraining` until it is decided on: the same command goes on
where it was stopped. Its status is 0 if the version was promoted (or would be: `--dry-run`) or
there was too little new, 1 if the store failed, 2 if there is nothing to learn from, 3 if the
version was refused.
"""

import argparse
import asyncio
import hashlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keras

from digit_recognizer import (
    promotion_log,
    promotions,
    reading,
    registry,
    retrainings,
    storage,
)
from digit_recognizer.errors import Conflict, DigitRecognizerError, StoreUnavailable
from digit_recognizer.promotion_log import Entry
from digit_recognizer.registry import CARD_FILE, KERAS_FILE
from digit_recognizer.retrainings import Retraining
from digit_recognizer.settings import settings
from digit_recognizer.storage import Store
from training import nothing_to_learn, parent, trust
from training.collected import Collected, collect
from training.datasets import BUILD
from training.fine_tuning import Schedule, logits_of, replay_of
from training.learning import learn
from training.options import Options
from training.parent import Parent
from training.retraining_pictures import judging_and_replayed, views_of
from training.retraining_report import Story, write_retraining_report

WORK = BUILD / "retraining"

_TIMEOUT = timedelta(minutes=2)


@dataclass(frozen=True)
class Outcome:
    """What came of a retraining.

    Attributes:
        outcome: "promoted", "refused" or "skipped".
        version: the one that was made, if any.
        reason: a sentence or more, for people.
        report: where the report lies, if there is one.
    """

    outcome: retrainings.Outcome
    version: str | None
    reason: str
    report: Path | None = None


def retrain(store: Store, options: Options) -> Outcome:
    """Learn from the rows of a store.

    Raises:
        NothingToLearn: there are no rows to learn from, with what would be needed.
        Conflict: something else was promoted meanwhile; nothing was.
        StoreUnavailable: the store failed; nothing was promoted.
    """
    entry = asyncio.run(promotion_log.current(store))
    skipped = asyncio.run(_skipped(store, options))
    if skipped is not None:
        return skipped
    collected = asyncio.run(collect(reading.rows(store)))
    nothing_to_learn.check_rows(collected)
    print(collected.told(), flush=True)

    served, keras_file = asyncio.run(parent.files(store, entry))
    answered = parent.answers(served, collected.pixels)
    doubted = trust.contradicted(answered, collected.labels, float(served.card["uncertain_below"]))
    nothing_to_learn.check_answers(collected, answered, doubted)
    judges, replayed = judging_and_replayed(served.card, options.datasets)
    views = views_of(collected, options.seed)
    # From here on TensorFlow has threads, and nothing may fork any more.
    run = WORK / _key(entry, collected, options)
    run.mkdir(parents=True, exist_ok=True)
    (run / KERAS_FILE).write_bytes(keras_file)
    model = logits_of(keras.models.load_model(run / KERAS_FILE))
    goes_on_from = Parent(entry, served, model, answered, doubted)
    story = learn(goes_on_from, collected, views, judges, replay_of(model, replayed), options, run)
    outcome = asyncio.run(_concluded(store, entry, collected, story, options))
    if not options.dry_run:
        shutil.rmtree(run)
    return outcome


async def _skipped(store: Store, options: Options) -> Outcome | None:
    last = await retrainings.newest(store)
    rows = await reading.count(store)
    new = rows - (last.rows if last else 0)
    if not rows or new >= options.min_new_rows:
        return None
    reason = f"Rows that are new: {new}; a retraining begins with {options.min_new_rows}."
    if not options.dry_run:
        await retrainings.append(store, Retraining(_now(), rows, "", "skipped", None, reason))
    return Outcome("skipped", None, reason)


def _key(entry: Entry, collected: Collected, options: Options) -> str:
    """Names the folder of a retraining: the same rows, model and options go on where they were."""
    schedule = asdict(options.schedule)
    about = [entry.version, collected.ids, options.folds, schedule, options.seed]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]


async def _concluded(
    store: Store, entry: Entry, collected: Collected, story: Story, options: Options
) -> Outcome:
    """Write the report, publish the version, promote it or not, and log what came of it."""
    version = json.loads((story.artefact / CARD_FILE).read_text("utf-8"))["version"]
    g = story.gained
    if story.objections:
        reason = f"Refused: {' '.join(story.objections)}"
    else:
        reason = (
            f"Of {g.rows} rows of feedback that it did not learn from it names {g.after:.1f} %"
            f" as labelled, {entry.version} {g.before:.1f} %; it lost nothing else."
        )
    write_retraining_report(
        story.artefact, version, entry.version, collected, story, options.limits
    )
    outcome: retrainings.Outcome = "refused" if story.objections else "promoted"
    if options.dry_run:
        return Outcome(outcome, version, f"Dry run. {reason}", story.artefact)
    files = {file.name: file.read_bytes() for file in story.artefact.iterdir()}
    await registry.publish(store, version, files)
    if not story.objections:
        await promotions.promote(store, version, reason, expected=entry.number)
    await retrainings.append(
        store,
        Retraining(_now(), collected.rows, collected.newest_id, outcome, version, reason),
    )
    report = WORK / version
    shutil.rmtree(report, ignore_errors=True)
    story.artefact.rename(report)
    return Outcome(outcome, version, reason, report)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    defaults, schedule = Options(), Schedule()
    parser = argparse.ArgumentParser(prog="python -m training.retrain", description=__doc__)
    parser.add_argument("--min-new-rows", type=int, default=defaults.min_new_rows)
    parser.add_argument("--folds", type=int, default=defaults.folds, help="at least 2")
    parser.add_argument("--epochs", type=int, default=schedule.epochs)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--dry-run", action="store_true", help="decide, and change nothing")
    parser.add_argument("--datasets", type=Path, help="folder of the base data sets")
    given = parser.parse_args(arguments)
    if given.folds < 2 or given.epochs < 1:
        parser.error("at least two folds and one epoch are needed")
    options = Options(
        min_new_rows=given.min_new_rows,
        folds=given.folds,
        schedule=Schedule(epochs=given.epochs),
        seed=given.seed,
        dry_run=given.dry_run,
        datasets=given.datasets,
    )
    try:
        outcome = retrain(storage.open_store(settings().data_store, _TIMEOUT), options)
    except StoreUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    except Conflict as error:
        print(f"{error} This retraining was given up.", file=sys.stderr)
        return 2
    except (DigitRecognizerError, OSError, ValueError) as error:
        print(f"{error} Nothing was promoted.", file=sys.stderr)
        return 2
    name = f"{outcome.version}: " if outcome.version else ""
    print(f"{name}{outcome.outcome}. {outcome.reason}")
    if outcome.report:
        print(f"The report: {outcome.report / 'report.md'}")
    return 3 if outcome.outcome == "refused" else 0


if __name__ == "__main__":
    sys.exit(main())
