"""What a new version has to show."""

import re
from dataclasses import replace

import pytest

from training.evaluation.figures import Figures
from training.retraining.gain import Gain
from training.retraining.gate import Limits, objections


def figures(**changed: float) -> Figures:
    return replace(
        Figures(
            temperature=0.5,
            uncertain_below=0.99,
            mnist_accuracy=99.7,
            writers_accuracy=99.8,
            writers_worst_cell_accuracy=99.6,
            calibration_error=0.002,
            non_digit_auc=0.998,
            styles_accuracy=97.0,
        ),
        **changed,
    )


COST = {"bytes": 711_256, "inference_ms": 0.2, "inference_ms_before": 0.2}
GAINED = Gain(rows=40, before=10.0, after=95.0, low=70.0, high=98.0)


def test_the_gate_lets_pass_what_gained_and_lost_little() -> None:
    after = figures(mnist_accuracy=99.65, writers_accuracy=99.7, writers_worst_cell_accuracy=99.3)
    assert objections(figures(), after, GAINED, COST, Limits()) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"mnist_accuracy": 99.64}, "On MNIST's test pictures it falls from 99.70 to 99.64"),
        ({"writers_accuracy": 99.69}, "On held-out writers it falls from 99.80 to 99.69"),
        ({"writers_worst_cell_accuracy": 99.2}, "worst cell it falls from 99.60 to 99.20"),
        ({"styles_accuracy": 95.9}, "On strange styles it falls from 97.00 to 95.90"),
        ({"non_digit_auc": 0.99}, "other drawings .* falls from 99.80 to 99.00"),
        ({"calibration_error": 0.02}, "calibration error is 0.02; at most 0.01"),
    ],
)
def test_the_gate_refuses_a_loss_and_says_which(changed: dict[str, float], sentence: str) -> None:
    (why,) = objections(figures(), figures(**changed), GAINED, COST, Limits())
    assert re.search(sentence, why)


def test_the_gate_refuses_a_larger_or_slower_file() -> None:
    cost = {"bytes": 1_000_001, "inference_ms": 0.5, "inference_ms_before": 0.2}
    assert len(objections(figures(), figures(), GAINED, cost, Limits())) == 2
