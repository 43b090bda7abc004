"""What a new version has to show before it may take the place of the one in service."""

from collections.abc import Mapping
from dataclasses import dataclass

from training.evaluation.figures import Figures
from training.retraining.gain import Gain


@dataclass(frozen=True)
class Limits:
    """How much a new version may lose: points of percent, but for the last four.

    Attributes:
        mnist: on MNIST's test pictures.
        writers: on held-out writers, in the mean over the grid's cells.
        worst_cell: on held-out writers, in the worst cell.
        styles: on strange styles by held-out writers, but for those to be learned.
        non_digit_auc: area under the ROC curve of digits against other drawings.
        calibration_error: the largest there may be.
        bytes: of the LiteRT file, at most.
        inference_ms: at most, where the version in service takes less.
    """

    mnist: float = 0.05
    writers: float = 0.1
    worst_cell: float = 0.3
    styles: float = 1.0
    non_digit_auc: float = 0.005
    calibration_error: float = 0.01
    bytes: int = 1_000_000
    inference_ms: float = 0.3


def objections(
    before: Figures, after: Figures, gained: Gain, cost: Mapping[str, float], limits: Limits
) -> list[str]:
    """Why a new version must not be promoted, a sentence each; none if it may be.

    Args:
        before: the figures of the version in service.
        after: those of the new one.
        gained: on feedback that it did not learn from.
        cost: `bytes` and `inference_ms` of its LiteRT file, and `inference_ms_before`.
        limits: what it may lose.
    """
    reasons = []
    if gained.low <= 0:
        reasons.append(
            f"Of {gained.rows} rows of feedback that it did not learn from it names"
            f" {gained.after:.1f} % as labelled, the one in service {gained.before:.1f} %: a gain"
            f" of {gained.after - gained.before:+.1f} points (95 %: {gained.low:+.1f} …"
            f" {gained.high:+.1f}), which may be chance."
        )
    losses = {
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
    for name, (old, new, limit) in losses.items():
        if old - new > limit + 1e-6:
            reasons.append(
                f"On {name} it falls from {old:.2f} to {new:.2f}; {limit:g} points may go."
            )
    if after.calibration_error > limits.calibration_error:
        reasons.append(
            f"Its calibration error is {after.calibration_error}; at most"
            f" {limits.calibration_error} is allowed."
        )
    if cost["bytes"] > limits.bytes:
        reasons.append(
            f"Its file has {cost['bytes']:,} bytes; at most {limits.bytes:,} are allowed."
        )
    if cost["inference_ms"] > max(limits.inference_ms, 1.5 * cost["inference_ms_before"]):
        reasons.append(
            f"An inference takes {cost['inference_ms']} ms; {limits.inference_ms} are allowed."
        )
    return reasons
