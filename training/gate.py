"""What a new version has to show before it may take the place of the one in service."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from training.calibration import expected_calibration_error, fit_temperature, roc_auc
from training.datasets import Images
from training.examples import Examples

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]

UNSURE_DIGITS = 0.01
"""Share of the calibration writers' digits that "not sure" may be said of."""

_RESAMPLES = 4000
_ENOUGH_CONTRIBUTORS = 5  # to resample them rather than single rows
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Limits:
    """How much a new version may lose: points of percent, but for the last four.

    Attributes:
        mnist: on MNIST's test pictures.
        writers: on held-out writers, in the mean over the grid's cells.
        worst_cell: on held-out writers, in the worst cell.
        non_digit_auc: area under the ROC curve of digits against other drawings.
        calibration_error: the largest there may be.
        bytes: of the LiteRT file, at most.
        inference_ms: at most, where the version in service takes less.
    """

    mnist: float = 0.05
    writers: float = 0.1
    worst_cell: float = 0.3
    non_digit_auc: float = 0.005
    calibration_error: float = 0.01
    bytes: int = 1_000_000
    inference_ms: float = 0.3


@dataclass(frozen=True)
class Judges:
    """The pictures that judge, all as `normalise` made them; no training ever sees them.

    Attributes:
        mnist: MNIST's test pictures.
        grid: digits of held-out writers, a variant for each cell of the grid.
        calibration: which of these digits are of the calibration writers: bool[n].
        non_digits: drawings that are no digit, uint8[n, 28, 28].
    """

    mnist: Images
    grid: Examples
    calibration: Mask
    non_digits: NDArray[np.uint8]


@dataclass(frozen=True)
class Figures:
    """How well a model does what it did before; accuracies in percent."""

    temperature: float
    uncertain_below: float
    mnist_accuracy: float
    writers_accuracy: float
    writers_worst_cell_accuracy: float
    calibration_error: float
    non_digit_auc: float

    def on_card(self) -> dict[str, float]:
        """Those that a model card calls figures."""
        told = asdict(self)
        return {name: told[name] for name in told if name not in ("temperature", "uncertain_below")}


def judged(model: keras.Model, judges: Judges) -> Figures:
    """Judge a model (uint8[n, 28, 28] to logits), with a temperature of its own."""

    def logits(pixels: NDArray[np.uint8]) -> Float:
        return np.asarray(model.predict(pixels, batch_size=1000, verbose=0))

    n, cells = judges.grid.x.shape[:2]
    grid = logits(judges.grid.x.reshape(-1, 28, 28)).reshape(n, cells, 10)
    labels = np.repeat(judges.grid.y[:, None], cells, axis=1)
    right = grid.argmax(axis=2) == labels
    own, others = judges.calibration, ~judges.calibration
    temperature = fit_temperature(grid[own].reshape(-1, 10), labels[own].ravel())
    confidence = softmax(grid / temperature).max(axis=2)
    mnist = logits(judges.mnist.x).argmax(axis=1) == judges.mnist.y
    strange = softmax(logits(judges.non_digits) / temperature).max(axis=1)
    return Figures(
        temperature=temperature,
        uncertain_below=round(float(np.quantile(confidence[own], UNSURE_DIGITS)), 4),
        mnist_accuracy=_percent(mnist),
        writers_accuracy=_percent(right),
        writers_worst_cell_accuracy=min(_percent(right[:, cell]) for cell in range(cells)),
        calibration_error=round(
            expected_calibration_error(confidence[others].ravel(), right[others].ravel()), 4
        ),
        non_digit_auc=round(roc_auc(confidence[others].ravel(), strange), 4),
    )


def softmax(logits: Float) -> Float:
    """Probabilities of logits float32[…, 10]."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), np.float32)


@dataclass(frozen=True)
class Gain:
    """What rows that a model did not learn from say of it, against the model before.

    Attributes:
        rows: how many.
        before: how many of them the model before names as labelled, in percent.
        after: how many the new one does.
        low, high: the confidence interval of the difference (95 %), in points.
    """

    rows: int
    before: float
    after: float
    low: float
    high: float


def gain(before: Mask, after: Mask, contributors: NDArray[np.int64], seed: int) -> Gain:
    """Compare two models on the same rows.

    The interval is a bootstrap of the pairs: over whole contributors where there are several,
    since rows of one hand say much the same, else over rows.

    Args:
        before: bool[n], which rows the model before names as labelled.
        after: the same of the new one.
        contributors: int[n].
        seed: of the resampling.
    """
    difference = after.astype(float) - before.astype(float)
    names, groups = np.unique(contributors, return_inverse=True)
    if len(names) < _ENOUGH_CONTRIBUTORS:
        groups = np.arange(len(difference))
    sums, counts = np.bincount(groups, difference), np.bincount(groups)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(sums), size=(_RESAMPLES, len(sums)))
    means = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    tail = (1 - _CONFIDENCE) / 2
    low, high = 100 * np.quantile(means, [tail, 1 - tail])
    return Gain(len(difference), _percent(before), _percent(after), round(low, 2), round(high, 2))


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
    found = []
    if gained.low <= 0:
        found.append(
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
        "digits against other drawings (area under the ROC curve, in percent)": (
            100 * before.non_digit_auc,
            100 * after.non_digit_auc,
            100 * limits.non_digit_auc,
        ),
    }
    for name, (old, new, limit) in losses.items():
        if old - new > limit + 1e-6:
            found.append(
                f"On {name} it falls from {old:.2f} to {new:.2f}; {limit:g} points may go."
            )
    if after.calibration_error > limits.calibration_error:
        found.append(
            f"Its calibration error is {after.calibration_error}; at most"
            f" {limits.calibration_error} is allowed."
        )
    if cost["bytes"] > limits.bytes:
        found.append(f"Its file has {cost['bytes']:,} bytes; at most {limits.bytes:,} are allowed.")
    if cost["inference_ms"] > max(limits.inference_ms, 1.5 * cost["inference_ms_before"]):
        found.append(
            f"An inference takes {cost['inference_ms']} ms; {limits.inference_ms} are allowed."
        )
    return found


def _percent(right: Mask) -> float:
    return round(100 * float(right.mean()), 3)
