"""Learn from the collected feedback: `python -m training.retrain` (`make retrain`), on DATA_STORE.

1. Rows are collected, without doubles and not too many of anyone (`collected`).
2. Labels that contradict confident answers are set aside (`doubt`).
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

from digit_recognizer.errors import Conflict, DigitRecognizerError, StoreUnavailable
from digit_recognizer.models import promotion, promotion_log, retraining_log, versions
from digit_recognizer.models.promotion_log import Entry
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.recognition.model import KERAS_FILE
from digit_recognizer.rows import snapshot
from digit_recognizer.settings import settings
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Store
from training.folders import BUILD
from training.network.artefact import logits_of, read_card
from training.retraining import doubt, nothing_to_learn, parent
from training.retraining.candidate import Attempt
from training.retraining.collected import Collected, collect
from training.retraining.fine_tuning import FineTuning, replay_of
from training.retraining.learning import learn
from training.retraining.options import Options, Schedule
from training.retraining.parent import Parent
from training.retraining.pictures import judging_and_replayed, views_of
from training.retraining.report import write_retraining_report
from training.retraining.story import Story

WORK = BUILD / "retraining"

_TIMEOUT = timedelta(minutes=2)


@dataclass(frozen=True)
class Ended:
    """What came of a retraining.

    Attributes:
        outcome: "promoted", "refused" or "skipped".
        version: the one that was made, if any.
        reason: a sentence or more, for people.
        report: where the report lies, if there is one.
    """

    outcome: retraining_log.Outcome
    version: str | None
    reason: str
    report: Path | None = None


def retrain(store: Store, options: Options) -> Ended:
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
    collected = asyncio.run(_collected(store))
    nothing_to_learn.check_rows(collected)
    print(collected.summary(), flush=True)

    served, keras_file = asyncio.run(parent.files(store, entry))
    probabilities = parent.answers(served, collected.pixels)
    sure_from = float(served.card["uncertain_below"])
    doubted = doubt.contradicted(probabilities, collected.labels, sure_from)
    nothing_to_learn.check_answers(collected, probabilities, doubted)
    judges, replayed = judging_and_replayed(served.card, options.datasets)
    views = views_of(collected, options.seed)
    # From here on TensorFlow has threads, and nothing may fork any more.
    run = WORK / _key(entry, collected, options)
    run.mkdir(parents=True, exist_ok=True)
    (run / KERAS_FILE).write_bytes(keras_file)
    model = logits_of(keras.models.load_model(run / KERAS_FILE))
    tuning = FineTuning(model, replay_of(model, replayed), views, options, run)
    in_service = Parent(entry, served, model, probabilities, doubted)
    story = learn(tuning, in_service, collected, judges)
    ended = asyncio.run(_concluded(store, entry, collected, story, options))
    if not options.dry_run:
        shutil.rmtree(run)
    return ended


async def _collected(store: Store) -> Collected:
    return await collect(snapshot.rows(store), await snapshot.empty_places(store))


async def _skipped(store: Store, options: Options) -> Ended | None:
    last = await retraining_log.newest(store)
    rows = await snapshot.count(store)
    new = await snapshot.not_looked_at(store, last.rows if last else 0)
    if not rows or new >= options.min_new_rows:
        return None
    reason = f"Rows that are new: {new}; a retraining begins with {options.min_new_rows}."
    if not options.dry_run:
        await retraining_log.append(store, Retraining(_now(), rows, "", "skipped", None, reason))
    return Ended("skipped", None, reason)


def _key(entry: Entry, collected: Collected, options: Options) -> str:
    """Names the folder of a retraining: the same rows, model and options go on where they were."""
    schedule = asdict(options.schedule)
    decisive = [entry.version, collected.ids, options.folds, schedule, options.seed]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]


async def _concluded(
    store: Store, entry: Entry, collected: Collected, story: Story, options: Options
) -> Ended:
    """Write the report, publish the version, promote it or not, and log what came of it."""
    attempt = story.attempt
    version = str(read_card(attempt.artefact)["version"])
    reason = _reason(attempt, entry.version)
    write_retraining_report(version, entry.version, collected, story, options.limits)
    outcome: retraining_log.Outcome = "refused" if attempt.objections else "promoted"
    if options.dry_run:
        return Ended(outcome, version, f"Dry run. {reason}", attempt.artefact)
    files = {file.name: file.read_bytes() for file in attempt.artefact.iterdir()}
    await versions.publish(store, version, files)
    if not attempt.objections:
        await promotion.promote(store, version, reason, expected=entry.number)
    await retraining_log.append(
        store,
        Retraining(_now(), collected.places, collected.newest_id, outcome, version, reason),
    )
    report = WORK / version
    shutil.rmtree(report, ignore_errors=True)
    attempt.artefact.rename(report)
    return Ended(outcome, version, reason, report)


def _reason(attempt: Attempt, version_before: str) -> str:
    """Why it is promoted or refused, for people."""
    if attempt.objections:
        return f"Refused: {' '.join(attempt.objections)}"
    gain = attempt.gain
    return (
        f"Of {gain.rows} rows of feedback that it did not learn from it names {gain.after:.1f} %"
        f" as labelled, {version_before} {gain.before:.1f} %; it lost nothing else."
    )


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
    chosen = parser.parse_args(arguments)
    if chosen.folds < 2 or chosen.epochs < 1:
        parser.error("at least two folds and one epoch are needed")
    options = Options(
        min_new_rows=chosen.min_new_rows,
        folds=chosen.folds,
        schedule=Schedule(epochs=chosen.epochs),
        seed=chosen.seed,
        dry_run=chosen.dry_run,
        datasets=chosen.datasets,
    )
    try:
        ended = retrain(opening.open_store(settings().data_store, _TIMEOUT), options)
    except StoreUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    except Conflict as error:
        print(f"{error} This retraining was given up.", file=sys.stderr)
        return 2
    except (DigitRecognizerError, OSError, ValueError) as error:
        print(f"{error} Nothing was promoted.", file=sys.stderr)
        return 2
    name = f"{ended.version}: " if ended.version else ""
    print(f"{name}{ended.outcome}. {ended.reason}")
    if ended.report:
        print(f"The report: {ended.report / 'report.md'}")
    return 3 if ended.outcome == "refused" else 0


if __name__ == "__main__":
    sys.exit(main())
