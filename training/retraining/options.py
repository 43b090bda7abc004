"""How to retrain."""

from dataclasses import dataclass, field
from pathlib import Path

from training.retraining.gate import Limits


@dataclass(frozen=True)
class Schedule:
    """How a fine-tuning goes.

    Attributes:
        epochs: in each of which every row is shown in other variants.
        learning_rate: the highest; it rises for a tenth of the steps and falls to 0.
        batch: pictures a step.
        replayed: so many replayed pictures there are to one of feedback.
        replayed_at_least: so many replayed pictures there are an epoch, however little feedback.
        averaging: the momentum with which the weights are averaged over the steps.
    """

    epochs: int = 3
    learning_rate: float = 5e-4
    batch: int = 128
    replayed: float = 3.0
    replayed_at_least: int = 24_000
    averaging: float = 0.98


@dataclass(frozen=True)
class Options:
    """How a retraining goes.

    Attributes:
        min_new_rows: with fewer rows since the last retraining nothing is done.
        folds: of the cross-validation.
        schedule: of each fine-tuning.
        seed: of everything that is drawn by lot.
        trial_days: so long a version that may be promoted is on trial first (see `trial`); 0: not.
        end_trial: a version on trial is given up.
        dry_run: decide, but leave the store as it is.
        datasets: a folder with the files of MNIST and of the pen digits; None to look for them.
        limits: what a new version may lose.
    """

    min_new_rows: int = 1
    folds: int = 3
    schedule: Schedule = field(default_factory=Schedule)
    seed: int = 1
    trial_days: int = 0
    end_trial: bool = False
    dry_run: bool = False
    datasets: Path | None = None
    limits: Limits = field(default_factory=Limits)
