"""Whether a version that is on trial keeps what it promised, by answers that came after it.

The store keeps the pixels of each drawing that people confirmed or corrected, so a version on trial
is asked about them later instead of beside the one in service: nobody waits for it, and a request
costs what it did.
"""

from dataclasses import dataclass
from datetime import UTC, date

import numpy as np

from digit_recognizer.models.trials import Trial
from digit_recognizer.recognition.arrays import Mask
from digit_recognizer.recognition.model import Model
from training.retraining.collected import Collected
from training.retraining.evidence import ENOUGH_CONTRIBUTORS, contributors_of
from training.retraining.gain import Gain, gain
from training.retraining.parent import answers

FALLS_BY = 1.0
"""A version on trial is refused if it names so many points fewer of the new rows as labelled …"""

ENOUGH_ROWS = 200
"""… and so many rows say so …"""

FALLS_BY_CHANCE = 0.05
"""… or any fewer, if two versions that are as good would differ so much so seldom."""


@dataclass(frozen=True)
class Verdict:
    """What new answers say of a version on trial.

    Attributes:
        holds: whether it answers as well as the one in service; None where too few people gave any.
        reason: a sentence, for people.
    """

    holds: bool | None
    reason: str


def arrived_since(trial: Trial, collected: Collected) -> Mask:
    """Which rows arrived after the day on which a trial began: bool[n]."""
    day = (trial.began.astimezone(UTC).date() - date(1970, 1, 1)).days
    return np.asarray(collected.days > day)


def judged(
    served: Model, on_trial: Model, collected: Collected, evidence: Mask, seed: int
) -> Verdict:
    """Compare a version on trial with the one in service.

    Args:
        served: the version in service.
        on_trial: the other one.
        collected: the rows.
        evidence: which rows tell, of those that arrived since and neither learned from: bool[n].
        seed: of the test.
    """
    people = contributors_of(collected, evidence)
    if people < ENOUGH_CONTRIBUTORS:
        sentence = f"{people} contributors gave new answers; {ENOUGH_CONTRIBUTORS} are needed"
        return Verdict(None, f"Not enough to tell: {sentence}.")
    pixels, labels = collected.pixels[evidence], collected.labels[evidence]
    before, after = (answers(each, pixels).argmax(axis=1) == labels for each in (served, on_trial))
    # What would be gained by leaving it.
    lost = gain(after, before, collected.contributors[evidence], seed)
    return Verdict(not falls(lost), _told(lost, on_trial, served))


def falls(lost: Gain) -> bool:
    """Whether a version names fewer rows as labelled.

    Args:
        lost: the one in service, held against it.
    """
    points = lost.after - lost.before
    if points >= FALLS_BY and lost.rows >= ENOUGH_ROWS:
        return True
    return points > 0 and lost.chance <= FALLS_BY_CHANCE


def _told(lost: Gain, on_trial: Model, served: Model) -> str:
    return (
        f"Of {lost.rows} answers that came since, {on_trial.version} names {lost.before:.1f} % as"
        f" labelled, {served.version} {lost.after:.1f} %."
    )
