import io
import json
from base64 import b64decode
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from digit_recognizer.api import contract
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.request import from_request
from digit_recognizer.feedback.tally import RECENT, Tally
from digit_recognizer.pixels import data_url

pixels = st.binary(min_size=784, max_size=784)


def record(pixels: bytes, label: object, prediction: object = None) -> Feedback:
    body = {"image": "data:image/png;base64,AAAA", "label": label, "prediction": prediction}
    return from_request(body, pixels, 1)


records = st.builds(
    record, pixels, st.integers(0, 9) | st.just("NaN"), st.none() | st.integers(0, 9)
)


def decoded(data_url: str) -> NDArray[np.uint8]:
    head, _, payload = data_url.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(b64decode(payload))))


@given(pixels)
def test_a_small_png_is_the_picture(pixels: bytes) -> None:
    picture = decoded(data_url(pixels))

    assert picture.shape == (28, 28)
    assert picture.dtype == np.uint8
    assert picture.tobytes() == pixels


@given(st.lists(records, max_size=12), st.lists(records, max_size=12))
def test_figures_that_were_kept_go_on(first: list[Feedback], then: list[Feedback]) -> None:
    """The same as if all records had been counted at once."""
    at_once, kept = Tally(), Tally()
    for each in (*first, *then):
        at_once.add(each)
    for each in first:
        kept.add(each)
    kept = Tally.from_json(json.loads(json.dumps(kept.to_json())))
    for each in then:
        kept.add(each)

    assert kept.to_json() == at_once.to_json()
    assert kept.summary(0, 0) == at_once.summary(0, 0)


@given(st.lists(records, min_size=1, max_size=20))
def test_the_summary_counts(made: list[Feedback]) -> None:
    figures = Tally()
    for each in made:
        figures.add(each)

    summary = figures.summary(quarantined=3, looked_at=1)

    assert contract.FeedbackSummary.model_validate(summary)
    assert summary["rows"] == len(made) == sum(summary["labels"].values())
    assert {k: n for k, n in summary["labels"].items() if n} == Counter(str(r.label) for r in made)
    assert sum(map(sum, summary["confusion"])) == sum(r.prediction is not None for r in made)
    assert sum(summary["sources"].values()) == sum(summary["days"].values()) == len(made)
    assert summary["quarantined"] == 3
    assert summary["waiting_for_retraining"] == len(made) - 1
    for digit, mean in summary["means"].items():
        of_digit = [np.frombuffer(r.pixels, np.uint8) for r in made if str(r.label) == digit]
        if of_digit:
            exact = np.mean(of_digit, axis=0).reshape(28, 28)
            assert np.abs(decoded(mean) - exact).max() <= 0.5
        else:
            assert mean is None


def test_a_prediction_taken_for_another_digit_stands_in_its_row_and_column() -> None:
    figures = Tally()
    figures.add(record(bytes(784), 3, 8))
    figures.add(record(bytes(784), "NaN", 1))

    confusion = figures.summary(0, 0)["confusion"]

    assert (confusion[8][3], confusion[1][10]) == (1, 1)


def test_recent_drawings_are_the_latest_the_latest_first() -> None:
    figures = Tally()
    made = [record(bytes([n] * 784), n % 10, 1) for n in range(RECENT + 5)]
    for each in made:
        figures.add(each)

    recent = figures.summary(0, 0)["recent"]

    assert [shown["received_at"] for shown in recent] == [
        each.received_at for each in reversed(made[5:])
    ]
    assert decoded(recent[0]["image"]).max() == RECENT + 4
    assert (recent[0]["label"], recent[0]["prediction"]) == (made[-1].label, 1)


def test_sums_of_very_many_pictures_do_not_run_over() -> None:
    figures = Tally()
    figures.add(record(b"\xff" * 784, 5))
    stored = figures.to_json()
    stored["sums"]["5"] = [255 * 10**9] * 784
    stored["labels"] = {"5": 10**9}
    figures = Tally.from_json(stored)
    figures.add(record(b"\xff" * 784, 5))

    mean = figures.summary(0, 0)["means"]["5"]
    assert decoded(mean).min() == 255


def test_figures_of_a_version_before_drift_go_on() -> None:
    kept = Tally()
    kept.add(record(bytes(784), 3, 3))
    stored = kept.to_json()
    del stored["answers"]

    figures = Tally.from_json(json.loads(json.dumps(stored)))
    figures.add(record(bytes(784), 4, 3))

    assert figures.rows == 2
    assert sum(map(sum, figures.answers.to_json().values())) == 1


def test_a_record_that_is_taken_back_counts_as_if_it_had_never_been() -> None:
    made = [
        record(bytes([n] * 784), (n % 10 if n % 4 else "NaN"), n % 7 if n % 3 else None)
        for n in range(40)
    ]
    left, without = Tally(), Tally()
    for each in made:
        left.add(each)
    left = Tally.from_json(json.loads(json.dumps(left.to_json())))
    for n, each in enumerate(made):
        if n % 5 == 0 or n > 35:
            left.take_back(each)
        else:
            without.add(each)

    assert left.summary(0, 0) == without.summary(0, 0)
    for each in [m for n, m in enumerate(made) if n % 5 and n <= 35]:
        left.take_back(each)
    assert left.summary(0, 0) == Tally().summary(0, 0) | {"confusion": [[0] * 11] * 10}
