"""The handler of the schedule: one retraining, from the feedback and the data sets of the store."""

import asyncio
import logging
import os
from datetime import timedelta
from pathlib import Path

from digit_recognizer.settings import settings
from digit_recognizer.store import opening
from training.datasets import stored

_MIN_NEW_ROWS = 40
# Nobody waits for these requests but the function's own time.
_TIMEOUT = timedelta(minutes=2)

_log = logging.getLogger(__name__)


def handler(_event: object, _context: object) -> dict[str, str | None]:
    """Retrain, and promote what is better; what came of it is logged, too (see RefusalMetric).

    From the environment: DATA_STORE; MIN_NEW_ROWS, with fewer of which nothing is done; TRIAL_DAYS,
    so long a better version is on trial (none without it); DATASETS, a folder for the data sets.

    Returns:
        `outcome`, `version` and `reason` (see `retraining_log.Retraining`).

    Raises:
        DigitRecognizerError: the store failed or lacks the data sets, or something else was
            promoted meanwhile.
    """
    store = opening.open_store(settings().data_store, _TIMEOUT)
    datasets = Path(os.environ["DATASETS"])
    asyncio.run(stored.fetch(store, datasets))
    # Only now: TensorFlow takes longer to import than Lambda gives a process to start.
    from training.retrain import retrain
    from training.retraining.nothing_to_learn import NothingToLearn
    from training.retraining.options import Options

    min_new_rows = int(os.environ.get("MIN_NEW_ROWS") or _MIN_NEW_ROWS)
    trial_days = int(os.environ.get("TRIAL_DAYS") or 0)
    options = Options(min_new_rows=min_new_rows, trial_days=trial_days, datasets=datasets)
    try:
        made = retrain(store, options)
    except NothingToLearn as error:  # which nobody needs to be woken for
        return _told("skipped", None, str(error))
    return _told(made.outcome, made.version, made.reason)


def _told(outcome: str, version: str | None, reason: str) -> dict[str, str | None]:
    _log.info("%s", reason, extra={"outcome": outcome, "version": version})
    return {"outcome": outcome, "version": version, "reason": reason}
