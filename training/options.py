"""How to retrain."""

from dataclasses import dataclass, field
from pathlib import Path

from training.fine_tuning import Schedule
from training.gate import Limits


@dataclass(frozen=True)
class Options:
    """What a retraining is told.

    Attributes:
        min_new_rows: with fewer rows since the last retraining nothing is done.
        folds: of the cross-validation.
        schedule: of each fine-tuning.
        seed: of everything that is drawn by lot.
        dry_run: decide, but leave the store as it is.
        datasets: a folder with the files of MNIST and of the pen digits; None to look for them.
        limits: what a new version may lose.
    """

    min_new_rows: int = 1
    folds: int = 3
    schedule: Schedule = field(default_factory=Schedule)
    seed: int = 1
    dry_run: bool = False
    datasets: Path | None = None
    limits: Limits = field(default_factory=Limits)
