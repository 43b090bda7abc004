"""What a new version has to show before it may take the place of the one in service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from training.evaluation.figures import Figures
from training.retraining.gain import Gain
from training.retraining.judges import SURE_ANSWERS, Judged

_KNOWN = 90.0
"""A family of drawings that the anchor reads more seldom (%) is still to be learned: no probe."""


@dataclass(frozen=True)
class Losses:
    """How much may be lost, in points of percent; the last one is an area.

    Attributes:
        mnist: on MNIST's test pictures.
        writers: on held-out writers, in the mean over the grid's cells.
        worst_cell: on held-out writers, in the worst cell.
        styles: on strange styles by held-out writers, but for those to be learned.
        non_digit_auc: area under the ROC curve of digits against other drawings.
    """

    mnist: float
    writers: float
    worst_cell: float
    styles: float
    non_digit_auc: float


@dataclass(frozen=True)
class Limits:
    """What a new version may lose and cost.

    Attributes:
        night: against the version in service.
        total: against the anchor, which stays the same however many nights go by.
        probe: in any probe that the anchor knows, against the anchor, in points.
        sure_mistakes: more answers of a hundred that are wrong and sure, against the anchor.
        calibration_error: the largest there may be.
        bytes: of the LiteRT file, at most.
        inference_ms: at most, where the version in service takes less.
    """

    night: Losses = field(default_factory=lambda: Losses(0.05, 0.1, 0.3, 1.0, 0.005))
    total: Losses = field(default_factory=lambda: Losses(0.1, 0.2, 0.5, 1.0, 0.005))
    probe: float = 2.0
    sure_mistakes: float = 0.5
    calibration_error: float = 0.01
    bytes: int = 1_000_000
    inference_ms: float = 0.3


@dataclass(frozen=True)
class Before:
    """What a new version is held against.

    Attributes:
        parent: the version in service; None if what it learned from is gone, and it shall go: then
            it is the anchor that a new version has to gain against.
        anchor: the one that retrainings begin from.
    """

    parent: Judged | None
    anchor: Judged


def objections(
    before: Before, after: Judged, gained: Gain, cost: Mapping[str, float], limits: Limits
) -> list[str]:
    """Why a new version must not be promoted, a sentence each; none if it may be.

    Args:
        before: what it is held against.
        after: what the judges say of it.
        gained: on feedback that it did not learn from, against the parent; without one, against
            the anchor.
        cost: `bytes` and `inference_ms` of its LiteRT file, and `inference_ms_before`.
        limits: what it may lose.
    """
    reasons = []
    if not gained.is_sure:
        than = "the anchor" if before.parent is None else "the one in service"
        reasons.append(_may_be_chance(gained, than))
    if before.parent is not None:
        losses = _losses(before.parent.figures, after.figures, limits.night)
        reasons += [f"{loss} may go." for loss in losses]
    losses = _losses(before.anchor.figures, after.figures, limits.total)
    reasons += [f"{loss} may go in all since the anchor." for loss in losses]
    reasons += _probes(before.anchor, after, limits)
    if after.figures.calibration_error > limits.calibration_error:
        reasons.append(
            f"Its calibration error is {after.figures.calibration_error}; at most"
            f" {limits.calibration_error} is allowed."
        )
    return reasons + _costs(cost, limits)


def _may_be_chance(gained: Gain, than: str) -> str:
    return (
        f"Of {gained.rows} rows of feedback that it did not learn from it names"
        f" {gained.after:.1f} % as labelled, {than} {gained.before:.1f} %: a gain"
        f" of {gained.after - gained.before:+.1f} points (95 %: {gained.low:+.1f} …"
        f" {gained.high:+.1f}), which may be chance."
    )


def _losses(before: Figures, after: Figures, limits: Losses) -> Iterator[str]:
    compared = {
        "MNIST's test pictures": (before.mnist_accuracy, after.mnist_accuracy, limits.mnist),
        "held-out writers": (before.writers_accuracy, after.writers_accuracy, limits.writers),
        "held-out writers, worst cell": (
            before.writers_worst_cell_accuracy,
            after.writers_worst_cell_accuracy,
            limits.worst_cell,
        ),
        "strange styles": (before.styles_accuracy, after.styles_accuracy, limits.styles),
        "digits against other drawings (area under the ROC curve, in percent)": (
            100 * before.non_digit_auc,
            100 * after.non_digit_auc,
            100 * limits.non_digit_auc,
        ),
    }
    for name, (old, new, limit) in compared.items():
        if old - new > limit + 1e-6:
            yield f"On {name} it falls from {old:.2f} to {new:.2f}; {limit:g} points"


def _probes(anchor: Judged, after: Judged, limits: Limits) -> Iterator[str]:
    for name, old in anchor.probes.items():
        if old < _KNOWN and not name.endswith(SURE_ANSWERS):
            continue
        if old - after.probes[name] > limits.probe + 1e-6:
            yield (
                f"Of the probe {name} it falls from {old:.2f} to {after.probes[name]:.2f} %;"
                f" {limits.probe:g} points may go in all since the anchor."
            )
    for name, old in anchor.sure_mistakes.items():
        if after.sure_mistakes[name] - old > limits.sure_mistakes + 1e-6:
            yield (
                f"On {name} {after.sure_mistakes[name]:.2f} % of its answers are wrong and sure,"
                f" the anchor's {old:.2f} %; {limits.sure_mistakes:g} points more are allowed."
            )


def _costs(cost: Mapping[str, float], limits: Limits) -> list[str]:
    reasons = []
    if cost["bytes"] > limits.bytes:
        reasons.append(
            f"Its file has {cost['bytes']:,} bytes; at most {limits.bytes:,} are allowed."
        )
    if cost["inference_ms"] > max(limits.inference_ms, 1.5 * cost["inference_ms_before"]):
        reasons.append(
            f"An inference takes {cost['inference_ms']} ms; {limits.inference_ms} are allowed."
        )
    return reasons
