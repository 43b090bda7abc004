"""What came of a run: for who started it, and for the log of retrainings on the store."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from digit_recognizer.models import retraining_log
from digit_recognizer.models.retraining_log import Outcome, Retraining
from digit_recognizer.store.storage import Store
from training.folders import BUILD
from training.network.artefact import write_whole
from training.retraining.collected import Collected

WORK = BUILD / "retraining"
"""Where a run keeps what it has made until it is decided on."""


@dataclass(frozen=True)
class Ended:
    """What came of a retraining.

    Attributes:
        outcome: see `retraining_log.Retraining`.
        version: the one that was made, if any.
        reason: a sentence or more, for people.
        report: where the report lies, if there is one.
    """

    outcome: Outcome
    version: str | None
    reason: str
    report: Path | None = None


def now() -> str:
    """ISO 8601, UTC, in seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def sample_key() -> bytes:
    """The key of this run's sample: made anew, but for a run that goes on where it was stopped."""
    file = WORK / "sample-key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, secrets.token_bytes(16))
    return file.read_bytes()


async def log(store: Store, retraining: Retraining) -> None:
    """Write what came of a run; the key of its sample is not needed any more."""
    file = WORK / "sample-key"
    if retraining.outcome != "skipped" and file.exists():
        retraining = replace(retraining, sample_key=file.read_bytes().hex())
    await retraining_log.append(store, retraining)
    file.unlink(missing_ok=True)


async def log_skipped(store: Store, reason: str) -> Ended:
    """Write that a run made no version, and why."""
    await log(store, Retraining(now(), 0, "", "skipped", None, reason))
    return Ended("skipped", None, reason)


def looked_at(collected: Collected, outcome: Outcome, version: str, reason: str) -> Retraining:
    """The record of a run that learned from rows, or tried to."""
    return Retraining(
        now(),
        collected.places,
        collected.newest_id,
        outcome,
        version,
        reason,
        newest_at=collected.newest_at,
        taken_back=collected.taken_back,
    )
