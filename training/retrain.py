"""Learn from the collected feedback: `python -m training.retrain` (`make retrain`), on DATA_STORE.

1. Rows are collected, without doubles and not too many of anyone (`collected`, `sample`).
2. Labels that contradict confident answers of the anchor, which every retraining begins from, are
   set aside (`doubt`). It is settled which rows will say what was gained (`evidence`).
3. Models that learn from some of the rows are tried on those of other contributors
   (`cross_validation`); that says which labels to believe, and what is gained.
4. The anchor learns from all rows that are believed (`learning`, `fine_tuning`): not the version in
   service, so a row that is gone is unlearned, and nothing adds up over the nights.
5. It takes the place of the one in service only if it gained against that, and lost nothing beyond
   the limits against it and against the anchor (`gate`); at once, or after a trial (`trial`).
   Whatever comes of it, the version and its report are kept in `models/<version>/` of the store,
   and each run is a record in the log.

What was trained is kept in `build/retraining` until it is decided on: the same command goes on
where it was stopped. Its status is 0 if the version was promoted (or would be: `--dry-run`) or is
on trial, or there was too little new, 1 if the store failed, 2 if there is nothing to learn from, 3
if the version was refused.
"""

import argparse
import asyncio
import hashlib
import json
import shutil
import sys
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import keras

from digit_recognizer.errors import (
    Conflict,
    DigitRecognizerError,
    StoreUnavailable,
)
from digit_recognizer.models import (
    anchors,
    promotion,
    promotion_log,
    retraining_log,
    reviews,
    trials,
    versions,
)
from digit_recognizer.models.promotion import BUILT_IN
from digit_recognizer.models.promotion_log import Entry
from digit_recognizer.models.trials import Trial
from digit_recognizer.recognition.arrays import Float
from digit_recognizer.recognition.model import KERAS_FILE, Model, built_in
from digit_recognizer.rows import snapshot
from digit_recognizer.settings import settings
from digit_recognizer.store import opening
from digit_recognizer.store.storage import Store
from training.network.artefact import logits_of, read_card
from training.retraining import journal, nothing_to_learn, parent, reading, trying
from training.retraining.anchor import Anchor
from training.retraining.collected import Collected
from training.retraining.evidence import contributors_of
from training.retraining.fine_tuning import FineTuning, replay_of
from training.retraining.journal import Ended
from training.retraining.learning import learn
from training.retraining.nothing_to_learn import NothingToLearn
from training.retraining.options import Options, Schedule
from training.retraining.pictures import judging_and_replayed, views_of
from training.retraining.report import write_retraining_report
from training.retraining.settling import Rows, settled
from training.retraining.story import Story

_TIMEOUT = timedelta(minutes=2)


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
            asyncio.run(journal.log_skipped(store, str(error)))
        raise


def _retrained(store: Store, options: Options) -> Ended:
    entry = asyncio.run(promotion_log.current(store))
    ended = trying.tried(store, entry, options) or asyncio.run(_skipped(store, options))
    if ended is not None:
        return ended
    trial_number, _ = asyncio.run(trials.current(store))
    in_service = asyncio.run(parent.in_service(store, entry))
    collected = asyncio.run(reading.collected_rows(store, in_service))
    served, keras_file = asyncio.run(anchors.current(store))
    must_go = in_service.has_lost(collected.still_there)
    try:
        nothing_to_learn.check_rows(collected)
        print(collected.summary(), flush=True)
        probabilities = parent.answers(served, collected.pixels)
        sure_from = float(served.card["uncertain_below"])
        found = reading.reviewed_rows(
            store, in_service, collected, probabilities, sure_from, options
        )
        rows = settled(collected, probabilities, sure_from, found, in_service)
        must_go = rows.forgets > 0
        _check(rows, probabilities)
        judges, replayed = judging_and_replayed(served.card, options.datasets)
        views = views_of(collected, rows.trusted, options.seed)
        # From here on TensorFlow has threads, and nothing may fork any more.
        run = journal.WORK / _key(served.version, entry, collected, options)
        run.mkdir(parents=True, exist_ok=True)
        (run / KERAS_FILE).write_bytes(keras_file)
        model = logits_of(keras.models.load_model(run / KERAS_FILE))
        tuning = FineTuning(model, replay_of(model, replayed), views, options, run)
        story = learn(tuning, Anchor(served, model, probabilities), in_service, rows, judges)
    except NothingToLearn as error:
        if options.dry_run or not must_go:
            raise
        return asyncio.run(_back_to_the_anchor(store, entry, collected, served, str(error)))
    ended = asyncio.run(_concluded(store, entry, trial_number, collected, story, options))
    if not options.dry_run:
        shutil.rmtree(run)
    return ended


def _check(rows: Rows, probabilities: Float) -> None:
    """Raise NothingToLearn unless rows are worth a training."""
    nothing_to_learn.check_answers(rows.collected, probabilities, rows.trusted)
    nothing_to_learn.check_evidence(contributors_of(rows.collected, rows.evidence))


async def _skipped(store: Store, options: Options) -> Ended | None:
    last = await retraining_log.newest(store)
    counted = await snapshot.counted(store)
    new = counted.not_looked_at(last.rows if last else 0)
    less = counted.left.empty - (last.taken_back if last else 0) + counted.without_a_place
    decided = last and any(each.at >= last.at for each in await reviews.decisions(store))
    if not counted.rows or new >= options.min_new_rows or less > 0 or decided:
        return None
    reason = f"Rows that are new: {new}; a retraining begins with {options.min_new_rows}."
    if options.dry_run:
        return Ended("skipped", None, reason)
    return await journal.log_skipped(store, reason)


async def _back_to_the_anchor(
    store: Store, entry: Entry, collected: Collected, anchor: Model, why: str
) -> Ended:
    """Promote the anchor: what the version in service learned from is gone, nothing else may go.

    So what is gone is forgotten, also where what is left teaches too little, or nothing.
    """
    reason = f"Rows are gone that {entry.version} had learned from, so it goes, too. {why}"
    version = BUILT_IN if anchor is built_in() else anchor.version
    await promotion.promote(store, version, reason, expected=entry.number)
    await journal.log(store, journal.looked_at(collected, "promoted", anchor.version, reason))
    return Ended("promoted", anchor.version, reason)


def _key(anchor: str, entry: Entry, collected: Collected, options: Options) -> str:
    """Names the folder of a retraining: the same rows, models and options go on where they were."""
    schedule = asdict(options.schedule)
    decisive = [anchor, entry.version, collected.ids, options.folds, schedule, options.seed]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]


async def _concluded(
    store: Store,
    entry: Entry,
    trial_number: int,
    collected: Collected,
    story: Story,
    options: Options,
) -> Ended:
    """Write the report, publish the version, promote it, try it or not, and log what came of it."""
    attempt = story.attempt
    version = str(read_card(attempt.artefact)["version"])
    on_trial = bool(options.trial_days) and not attempt.objections and not story.forgets
    reason = _reason(story, entry.version) + (_ON_TRIAL * on_trial)
    write_retraining_report(version, entry.version, collected, story, options.limits)
    outcome: retraining_log.Outcome = "refused" if attempt.objections else "promoted"
    if on_trial:
        outcome = "on trial"
    if options.dry_run:
        return Ended(outcome, version, f"Dry run. {reason}", attempt.artefact)
    files = {file.name: file.read_bytes() for file in attempt.artefact.iterdir()}
    await versions.publish(store, version, files)
    if on_trial:
        if (now := await promotion_log.current(store)).number != entry.number:
            raise promotion_log.overtaken(now)
        begun = Trial(journal.now(), version, entry.number, options.trial_days, running=True)
        await trials.put(store, begun, after=trial_number)
    elif not attempt.objections:
        await promotion.promote(store, version, reason, expected=entry.number)
    report = journal.WORK / version
    shutil.rmtree(report, ignore_errors=True)
    attempt.artefact.rename(report)
    if story.forgets and attempt.objections:
        anchor, _ = await anchors.current(store)
        back = await _back_to_the_anchor(store, entry, collected, anchor, reason)
        return replace(back, report=report)
    await journal.log(store, journal.looked_at(collected, outcome, version, reason))
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
            f" saw them. Of {gain.rows} rows of feedback that it did not learn from it names"
            f" {gain.after:.1f} % as labelled, the anchor {gain.before:.1f} %; it lost nothing"
            " else."
        )
    return (
        f"Of {gain.rows} rows of feedback that it did not learn from it names {gain.after:.1f} %"
        f" as labelled, {version_before} {gain.before:.1f} %; it lost nothing else."
    )


_ON_TRIAL = " It is on trial now, and takes over if the answers that come agree."


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    defaults, schedule = Options(), Schedule()
    parser = argparse.ArgumentParser(prog="python -m training.retrain", description=__doc__)
    parser.add_argument("--min-new-rows", type=int, default=defaults.min_new_rows)
    parser.add_argument("--folds", type=int, default=defaults.folds, help="at least 2")
    parser.add_argument("--epochs", type=int, default=schedule.epochs)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--trial-days", type=int, default=defaults.trial_days, help="0 for none")
    parser.add_argument("--end-trial", action="store_true", help="give up a version on trial")
    parser.add_argument("--dry-run", action="store_true", help="decide, and change nothing")
    parser.add_argument("--datasets", type=Path, help="folder of the base data sets")
    chosen = parser.parse_args(arguments)
    if chosen.folds < 2 or chosen.epochs < 1 or chosen.trial_days < 0:
        parser.error("at least two folds and one epoch are needed, and no fewer than 0 days")
    options = Options(
        min_new_rows=chosen.min_new_rows,
        folds=chosen.folds,
        schedule=Schedule(epochs=chosen.epochs),
        seed=chosen.seed,
        trial_days=chosen.trial_days,
        end_trial=chosen.end_trial,
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
