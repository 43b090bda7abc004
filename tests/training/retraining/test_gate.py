"""What a new version has to show."""

import re
from dataclasses import replace

import pytest

from training.evaluation.figures import Figures
from training.retraining.gain import Gain
from training.retraining.gate import Before, Limits, objections
from training.retraining.judges import Judged


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


def judged(**changed: float) -> Judged:
    return Judged(figures(**changed), {"the digit 3": 99.5}, {"strange styles": 1.0})


BEFORE = Before(parent=judged(), anchor=judged())
COST = {"bytes": 711_256, "inference_ms": 0.2, "inference_ms_before": 0.2}
GAINED = Gain(rows=40, before=10.0, after=95.0, low=70.0, high=98.0, chance=0.0001)


def test_the_gate_lets_pass_what_gained_and_lost_little() -> None:
    after = judged(mnist_accuracy=99.65, writers_accuracy=99.7, writers_worst_cell_accuracy=99.3)
    assert objections(BEFORE, after, GAINED, COST, Limits()) == []


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
    why, *_ = objections(BEFORE, judged(**changed), GAINED, COST, Limits())
    assert re.search(sentence, why)


def test_the_gate_refuses_a_larger_or_slower_file() -> None:
    cost = {"bytes": 1_000_001, "inference_ms": 0.5, "inference_ms_before": 0.2}
    assert len(objections(BEFORE, judged(), GAINED, cost, Limits())) == 2


def test_what_is_lost_adds_up_over_the_nights_and_is_refused_in_total() -> None:
    parent = judged(mnist_accuracy=99.64, writers_accuracy=99.65, writers_worst_cell_accuracy=99.2)
    after = judged(mnist_accuracy=99.59, writers_accuracy=99.59, writers_worst_cell_accuracy=99.0)
    against = objections(Before(parent, judged()), after, GAINED, COST, Limits())
    assert [why[-30:] for why in against] == ["may go in all since the anchor."[-30:]] * 3


@pytest.mark.parametrize(
    ("probes", "mistakes", "sentence"),
    [
        ({"the digit 3": 97.4}, {"strange styles": 1.0}, "probe the digit 3 it falls from 99.50"),
        ({"the digit 3": 99.9}, {"strange styles": 1.6}, "1.60 % of its answers are wrong and"),
    ],
)
def test_a_fall_that_the_mean_hides_is_refused(
    probes: dict[str, float], mistakes: dict[str, float], sentence: str
) -> None:
    (why,) = objections(BEFORE, Judged(figures(), probes, mistakes), GAINED, COST, Limits())
    assert sentence in why


def test_a_gain_that_may_be_chance_is_none() -> None:
    chance = replace(GAINED, after=12.0, chance=0.2)
    (why,) = objections(BEFORE, judged(), chance, COST, Limits())
    assert "may be chance" in why


def test_what_takes_the_place_of_a_version_that_has_to_go_gains_against_the_anchor() -> None:
    alone = Before(None, judged())
    assert objections(alone, judged(), GAINED, COST, Limits()) == []
    (why,) = objections(alone, judged(mnist_accuracy=99.5), GAINED, COST, Limits())
    assert "since the anchor" in why
    (why,) = objections(alone, judged(), replace(GAINED, after=10.0, chance=1.0), COST, Limits())
    assert "the anchor 10.0 %: a gain of +0.0 points" in why


def test_what_the_anchor_does_not_know_is_no_probe_but_being_sure_of_it_is() -> None:
    anchor = Judged(figures(), {"a new style": 80.0, "styles, sure answers": 80.0}, {})
    after = Judged(figures(), {"a new style": 60.0, "styles, sure answers": 77.0}, {})
    (why,) = objections(Before(judged(), anchor), after, GAINED, COST, Limits())
    assert "styles, sure answers it falls from 80.00 to 77.00" in why
