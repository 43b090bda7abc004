"""A version on trial, from night to night: it waits, takes over, is refused or given up."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from digit_recognizer.errors import InvalidRequest, UnfitModel
from digit_recognizer.models import anchors, promotion, promotion_log, retraining_log, trials
from digit_recognizer.models.promotion_log import Entry
from digit_recognizer.models.retraining_log import Retraining
from digit_recognizer.models.trials import Trial
from digit_recognizer.store.storage import Store
from training.retraining import journal, parent, reading, trial
from training.retraining.evidence import evidence_of
from training.retraining.journal import Ended
from training.retraining.options import Options
from training.retraining.settling import settled
from training.retraining.trial import Verdict

_LOST = "Rows are gone or rejected that it or the one in service learned from."


def tried(store: Store, entry: Entry, options: Options) -> Ended | None:
    """Go on with a trial or end it; None where there is none, or one that does not count any more.

    That is so if another version was put into service, retrainings begin from another anchor, the
    version is not fit for service, or rows are gone or rejected that one of the two learned from.
    """
    number, now = asyncio.run(trials.current(store))
    if now is None:
        return None
    if entry.version == now.version:  # by hand, or by a run that was stopped right after it
        return _end(store, number, now, "promoted", "It is in service already.", options)
    try:
        verdict = _verdict(store, entry, now, options)
    except (UnfitModel, InvalidRequest) as error:
        print(f"{now.version} is on trial no more. {error}", flush=True)
        if not options.dry_run:
            asyncio.run(trials.put(store, now.ended(journal.now(), str(error)), number))
        return None
    if verdict.holds is None:
        reason = f"{now.version} is on trial. {verdict.reason}"
        if options.dry_run:
            return Ended("skipped", None, f"Dry run. {reason}")
        return asyncio.run(journal.log_skipped(store, reason))
    outcome: retraining_log.Outcome = "promoted" if verdict.holds else "refused"
    return _end(store, number, now, outcome, verdict.reason, options)


def _verdict(store: Store, entry: Entry, now: Trial, options: Options) -> Verdict:
    """What is to be said of a version on trial.

    Raises:
        UnfitModel, InvalidRequest: its trial does not count any more.
    """
    if options.end_trial:
        raise UnfitModel("It was ended by hand.")
    if now.entry != entry.number:
        raise UnfitModel("Another version was put into service meanwhile.")
    on_trial = asyncio.run(parent.published(store, now.version))
    anchor, _ = asyncio.run(anchors.current(store))
    if on_trial.served.card.get("parent") != anchor.version:
        raise UnfitModel(f"Retrainings begin from {anchor.version} now, which it did not.")
    in_service = asyncio.run(parent.in_service(store, entry))
    learner = parent.either(in_service, on_trial)
    collected = asyncio.run(reading.collected_rows(store, learner))
    if learner.has_lost(collected.still_there):
        raise UnfitModel(_LOST)
    if not collected.ids:
        evidence = np.zeros(0, bool)
    else:
        probabilities = parent.answers(anchor, collected.pixels)
        sure_from = float(anchor.card["uncertain_below"])
        found = reading.reviewed_rows(store, learner, collected, probabilities, sure_from, options)
        rows = settled(collected, probabilities, sure_from, found, learner)
        if rows.forgets:
            raise UnfitModel(_LOST)
        usable = rows.trusted & trial.arrived_since(now, collected)
        evidence = evidence_of(collected, usable, learner.has_learned(collected), rows.groups)
    moment = datetime.now(UTC)
    if moment < now.ends:
        return Verdict(None, f"It may be judged from {now.ends:%d %B %Y, %H:%M} UTC on.")
    verdict = trial.judged(in_service.served, on_trial.served, collected, evidence, options.seed)
    if verdict.holds is None and moment >= now.is_void_from:
        raise UnfitModel(verdict.reason)
    return verdict


def _end(
    store: Store,
    number: int,
    now: Trial,
    outcome: retraining_log.Outcome,
    reason: str,
    options: Options,
) -> Ended:
    """End a trial. The rows that it was judged by are still new to the next retraining."""
    if options.dry_run:
        return Ended(outcome, now.version, f"Dry run. {reason}")

    async def ended() -> None:
        if outcome == "promoted" and (await promotion_log.current(store)).version != now.version:
            await promotion.promote(store, now.version, reason, expected=now.entry)
        await trials.put(store, now.ended(journal.now(), reason), number)
        last = await retraining_log.newest(store) or Retraining("", 0, "", outcome, None, "")
        record = replace(
            last, at=journal.now(), outcome=outcome, version=now.version, reason=reason
        )
        await journal.log(store, record)

    asyncio.run(ended())
    return Ended(outcome, now.version, reason)
