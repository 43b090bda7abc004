"""The whole loop with a running server: save, retrain, promote, follow, roll back."""

import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digit_recognizer.recognition.model import built_in
from digit_recognizer.store.opening import open_store
from tests.local.conftest import Start, address_of
from training import retrain
from training.datasets.files import SHARED
from training.datasets.pen_digits import PenDigit, load_pen_digits, split_writers
from training.drawings import rendering
from training.drawings.strokes import draw, scaled
from training.drawings.styles import STYLES, written
from training.evaluation.renditions import data_url
from training.retraining import journal, pictures
from training.retraining.gate import Limits, Losses
from training.retraining.options import Options, Schedule

STYLE = "sevens like a V"
SMALL = Options(
    folds=2,
    schedule=Schedule(epochs=3, replayed_at_least=6000),
    # Few pictures judge here: one more mistake is a tenth of a point and more.
    limits=Limits(
        night=Losses(mnist=0.5, writers=1.0, worst_cell=5.0, styles=5.0, non_digit_auc=0.05),
        total=Losses(mnist=0.5, writers=1.0, worst_cell=5.0, styles=5.0, non_digit_auc=0.05),
        probe=30.0,
        sure_mistakes=5.0,
        inference_ms=9.0,
    ),
)


def unseen_digits() -> list[PenDigit]:
    if not (SHARED / "mnist.npz").exists():
        pytest.skip("needs ../shared/data")
    _, unseen = split_writers(load_pen_digits(), built_in().card["configuration"]["held_out"])
    return unseen


def in_style(digits: list[PenDigit], n: int, seed: int) -> list[tuple[str, NDArray[np.uint8]]]:
    """Canvases with names: each of the few writers draws in several browsers."""
    rng = np.random.default_rng(seed)
    return [
        (f"writer-{writer:08}-{k % 16:07}", draw(scaled(strokes, 170), rng.uniform(8, 20)))
        for k, (writer, strokes) in enumerate(written(STYLES[STYLE], digits, n, rng))
    ]


@pytest.fixture(scope="module")
def _rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.fixture
def _small(_rendered_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "CACHE", _rendered_once)
    monkeypatch.setattr(journal, "WORK", tmp_path / "work")
    monkeypatch.setattr(pictures, "_JUDGED_DIGITS", 40)
    monkeypatch.setattr(pictures, "_OF_A_STYLE", 8)
    monkeypatch.setattr(pictures, "_REPLAYED_MNIST", 2000)
    monkeypatch.setattr(pictures, "_REPLAYED_VARIANTS", 1)
    monkeypatch.setattr(pictures, "_REPLAYED_OF_A_STYLE", 40)
    monkeypatch.setattr(pictures, "_VIEWS", 2400)


@pytest.mark.long
@pytest.mark.timeout(900)  # about a minute on a machine with nothing else to do
@pytest.mark.usefixtures("_small")
def test_forty_corrections_and_one_retraining_later_the_style_is_right_for_everyone(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen = unseen_digits()
    half = built_in().card["configuration"]["held_out"][::2]
    giving = [digit for digit in unseen if digit.writer in half]
    asking = [digit for digit in unseen if digit.writer not in half]
    assert giving
    assert asking
    with httpx.Client(base_url=address_of(start()), trust_env=False, timeout=30) as client:

        def answer(canvas: NDArray[np.uint8]) -> tuple[int, str]:
            body = client.post("/predict", json={"image": data_url(Image.fromarray(canvas))}).json()
            return body["prediction"], body["model_version"]

        def right() -> float:
            drawn = in_style(asking, 60, 2)
            return float(np.mean([answer(canvas)[0] == STYLES[STYLE].digit for _, canvas in drawn]))

        def wait_for(version: str) -> None:
            until = time.monotonic() + 60
            while answer(np.eye(280, dtype=np.uint8) * 255)[1] != version:
                assert time.monotonic() < until
                time.sleep(0.2)

        assert right() < 0.3
        for contributor, canvas in in_style(giving, 40, 1):
            row = {
                "image": data_url(Image.fromarray(canvas)),
                "label": 7,
                "contributor": contributor,
            }
            assert client.post("/save_feedback", json=row).status_code == 200
        assert client.get("/feedback/summary").json()["waiting_for_retraining"] == 40

        outcome = retrain.retrain(open_store(folder.as_uri()), SMALL)

        assert outcome.outcome == "promoted"
        assert outcome.version is not None
        wait_for(outcome.version)
        assert right() >= 0.95
        told = client.get("/model").json()
        assert told["data"]["feedback_rows"] == 40
        assert [each["version"] for each in told["previous"]] == [built_in().version]
        assert client.get("/feedback/summary").json()["waiting_for_retraining"] == 0

        rollback = [sys.executable, "-m", "digit_recognizer", "rollback"]
        subprocess.run(rollback, check=True, timeout=60)
        wait_for(built_in().version)
        assert right() < 0.3
    report = folder / "models" / outcome.version / "report.md"
    assert "**Promoted**" in report.read_text("utf-8")
    assert (folder / "models" / outcome.version / "now-right.png").read_bytes()[1:4] == b"PNG"

    # Nothing new: the schedule has nothing to do.
    monkeypatch.setenv("DATA_STORE", folder.as_uri())
    assert retrain.main(["--min-new-rows", "5"]) == 0
    assert "Rows that are new: 0; a retraining begins with 5" in capsys.readouterr().out
