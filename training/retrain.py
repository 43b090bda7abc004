"""Learn from the collected feedback: `python -m training.retrain` (`make retrain`), on DATA_STORE.

1. Rows are collected, without doubles and not too many of anyone (`collected`, `sample`).
2. Labels that contradict confident answers of the anchor, which every retraining begins from, are
   set aside (`doubt`). It is settled which rows will say what was gained (`evidence`).
3. Models that learn from some of the rows are tried on those of other contributors
   (`cross_validation`); that says which labels to believe, and what is gained.
4. The anchor learns from all rows that are believed (`learning`, `fine_tuning`): not the version in
   service, so a row that is gone is unlearned, and nothing adds up over the nights.
5. It takes the place of the one in service only if it gained against that, and lost nothing beyond
   the limits against it and against the anchor (`gate`). Whatever comes of it, the version and its
   report are kept in `models/<version>/` of the store, and each run is a record in the log.

What was trained is kept in `build/retraining` until it is decided on: the same command goes on
where it was stopped. Its status is 0 if the version was promoted (or would be: `--dry-run`) or
there was too little new, 1 if the store failed, 2 if there is nothing to learn from, 3 if the
version was refused.
"""

import argparse
import asyncio
import hashlib
import json
import secrets
import shutil
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keras

from digit_recognizer.errors import Conflict, DigitRecognizerError, StoreUnavailable
from digit_recognizer.models import (
    anchors,
    promotion,
    promotion_log,
    retraining_log,
    reviews,
    versions,
)
from digit_recognizer.models.promotion import BUILT_IN
from digit_recognizer.models.promotion_log import Entry
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.recognition.arrays import Float
from digit_recognizer.recognition.model import KERAS_FILE, Model, built_in
from digit_recognizer.rows import snapshot
from digit_recognizer.settings import settings
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Store
from training.folders import BUILD
from training.network.artefact import logits_of, read_card, write_whole
from training.retraining import nothing_to_learn, parent
from training.retraining.anchor import Anchor
from training.retraining.collected import Collected, Lot, collect
from training.retraining.evidence import contributors_of
from training.retraining.fine_tuning import FineTuning, replay_of
from training.retraining.learning import learn
from training.retraining.nothing_to_learn import NothingToLearn
from training.retraining.options import Options, Schedule
from training.retraining.parent import Parent
from training.retraining.pictures import judging_and_replayed, views_of
from training.retraining.regions import Reviewed, reviewed
from training.retraining.report import write_retraining_report
from training.retraining.settling import Rows, settled
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
    """Learn from the rows of a store; whatever comes of it is one record in the log.

    Raises:
        NothingToLearn: there are no rows to learn from, with what would be needed.
        Conflict: something else was promoted meanwhile; nothing was.
        StoreUnavailable: the store failed; nothing was promoted.
    """
    try:
        return _retrained(store, options)
    except (NothingToLearn, Conflict) as error:
        if not options.dry_run:
            asyncio.run(_log(store, Retraining(_now(), 0, "", "skipped", None, str(error))))
        raise


def _retrained(store: Store, options: Options) -> Ended:
    entry = asyncio.run(promotion_log.current(store))
    skipped = asyncio.run(_skipped(store, options))
    if skipped is not None:
        return skipped
    in_service = asyncio.run(parent.in_service(store, entry))
    collected = asyncio.run(_collected(store, in_service))
    served, keras_file = asyncio.run(anchors.current(store))
    try:
        nothing_to_learn.check_rows(collected)
        print(collected.summary(), flush=True)
        probabilities = parent.answers(served, collected.pixels)
        found = _reviewed(store, in_service, collected, probabilities, options)
        sure_from = float(served.card["uncertain_below"])
        rows = settled(collected, probabilities, sure_from, found, in_service)
        _check(rows, probabilities)
    except NothingToLearn as error:
        if options.dry_run or not in_service.has_lost(collected.still_there):
            raise
        return asyncio.run(_back_to_the_anchor(store, entry, collected, served, str(error)))
    judges, replayed = judging_and_replayed(served.card, options.datasets)
    views = views_of(collected, options.seed)
    # From here on TensorFlow has threads, and nothing may fork any more.
    run = WORK / _key(served.version, entry, collected, options)
    run.mkdir(parents=True, exist_ok=True)
    (run / KERAS_FILE).write_bytes(keras_file)
    model = logits_of(keras.models.load_model(run / KERAS_FILE))
    tuning = FineTuning(model, replay_of(model, replayed), views, options, run)
    story = learn(tuning, Anchor(served, model, probabilities), in_service, rows, judges)
    ended = asyncio.run(_concluded(store, entry, collected, story, options))
    if not options.dry_run:
        shutil.rmtree(run)
    return ended


def _reviewed(
    store: Store, in_service: Parent, collected: Collected, probabilities: Float, options: Options
) -> Reviewed:
    """What waits for a person, which is put on the store, and what persons have said."""
    decisions = asyncio.run(reviews.decisions(store))
    found = reviewed(collected, probabilities, decisions, in_service.has_learned(collected))
    if not options.dry_run:
        asyncio.run(reviews.put(store, found.regions))
    if found.regions:
        n = int(found.waits.sum())
        print(f"{n} rows wait for a person: `make review` shows them.", flush=True)
    return found


def _check(rows: Rows, probabilities: Float) -> None:
    """Raise NothingToLearn unless rows are worth a training."""
    nothing_to_learn.check_answers(rows.collected, probabilities, rows.trusted)
    if not rows.forgets:
        nothing_to_learn.check_evidence(contributors_of(rows.collected, rows.evidence))


async def _collected(store: Store, in_service: Parent) -> Collected:
    last = await retraining_log.newest(store)
    lot = Lot(_sample_key(), last.newest_at if last else "", in_service.learned or frozenset())
    return await collect(snapshot.rows(store), await snapshot.empty_places(store), lot)


def _sample_key() -> bytes:
    """The key of this run's sample: made anew, but for a run that goes on where it was stopped."""
    file = WORK / "sample-key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, secrets.token_bytes(16))
    return file.read_bytes()


async def _skipped(store: Store, options: Options) -> Ended | None:
    last = await retraining_log.newest(store)
    rows = await snapshot.count(store)
    new = await snapshot.not_looked_at(store, last.rows if last else 0)
    less = await snapshot.empty_places(store) - (last.taken_back if last else 0)
    if not rows or new >= options.min_new_rows or less > 0:
        return None
    reason = f"Rows that are new: {new}; a retraining begins with {options.min_new_rows}."
    if not options.dry_run:
        await _log(store, Retraining(_now(), rows, "", "skipped", None, reason))
    return Ended("skipped", None, reason)


async def _log(store: Store, retraining: Retraining) -> None:
    """Write what came of a run; the key of its sample is not needed any more."""
    file = WORK / "sample-key"
    if retraining.outcome != "skipped" and file.exists():
        retraining = replace(retraining, sample_key=file.read_bytes().hex())
    await retraining_log.append(store, retraining)
    file.unlink(missing_ok=True)


def _looked_at(
    collected: Collected, outcome: retraining_log.Outcome, version: str, reason: str
) -> Retraining:
    return Retraining(
        _now(),
        collected.places,
        collected.newest_id,
        outcome,
        version,
        reason,
        newest_at=collected.newest_at,
        taken_back=collected.taken_back,
    )


async def _back_to_the_anchor(
    store: Store, entry: Entry, collected: Collected, anchor: Model, why: str
) -> Ended:
    """Promote the anchor: what the version in service learned from is gone, and little is left."""
    reason = f"Rows are gone that {entry.version} had learned from, so it goes, too. {why}"
    version = BUILT_IN if anchor is built_in() else anchor.version
    await promotion.promote(store, version, reason, expected=entry.number)
    await _log(store, _looked_at(collected, "promoted", anchor.version, reason))
    return Ended("promoted", anchor.version, reason)


def _key(anchor: str, entry: Entry, collected: Collected, options: Options) -> str:
    """Names the folder of a retraining: the same rows, models and options go on where they were."""
    schedule = asdict(options.schedule)
    decisive = [anchor, entry.version, collected.ids, options.folds, schedule, options.seed]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]


async def _concluded(
    store: Store, entry: Entry, collected: Collected, story: Story, options: Options
) -> Ended:
    """Write the report, publish the version, promote it or not, and log what came of it."""
    attempt = story.attempt
    version = str(read_card(attempt.artefact)["version"])
    reason = _reason(story, entry.version)
    write_retraining_report(version, entry.version, collected, story, options.limits)
    outcome: retraining_log.Outcome = "refused" if attempt.objections else "promoted"
    if options.dry_run:
        return Ended(outcome, version, f"Dry run. {reason}", attempt.artefact)
    files = {file.name: file.read_bytes() for file in attempt.artefact.iterdir()}
    await versions.publish(store, version, files)
    if not attempt.objections:
        await promotion.promote(store, version, reason, expected=entry.number)
    await _log(store, _looked_at(collected, outcome, version, reason))
    report = WORK / version
    shutil.rmtree(report, ignore_errors=True)
    attempt.artefact.rename(report)
    return Ended(outcome, version, reason, report)


def _reason(story: Story, version_before: str) -> str:
    """Why it is promoted or refused, for people."""
    attempt = story.attempt
    if attempt.objections:
        return f"Refused: {' '.join(attempt.objections)}"
    gain = attempt.gain
    if story.forgets:
        return (
            f"{story.forgets} rows are gone that {version_before} had learned from; this one never"
            " saw them, and lost nothing beyond the limits against the anchor."
        )
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
