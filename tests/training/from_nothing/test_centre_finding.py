"""The network of digits' middles is trained, exported and asked."""

from pathlib import Path

import keras
import numpy as np

from digit_recognizer.recognition.digit_centres import (
    CENTRES_COLUMNS,
    CENTRES_ROWS,
    DigitCentres,
)
from digit_recognizer.recognition.scaled_line import LINE
from training.drawings.centre_examples import CentreExamples
from training.from_nothing.centre_finding import trained
from training.network.artefact import to_litert


def bars(n: int, seed: int) -> CentreExamples:
    """Two squares that touch; the middle of each pixel's is that of its square."""
    rng = np.random.default_rng(seed)
    x = np.zeros((n, CENTRES_ROWS, CENTRES_COLUMNS, 2), np.uint8)
    y = np.zeros((n, CENTRES_ROWS, CENTRES_COLUMNS, 2), np.float32)
    columns = np.arange(CENTRES_COLUMNS) + 0.5
    for view, known in zip(x, y, strict=True):
        left, width = int(rng.integers(6, 26)), 14
        for start in (left, left + width):
            square = slice(start, start + width)
            view[4:28, square, 0] = 255
            view[6:26, start + 3 : start + width - 3, 0] = 0
            known[:, square, 0] = (start + width / 2 - columns[square]) / LINE
        known[..., 1] = view[..., 0] > 0
    return CentreExamples(x, y)


def test_the_exported_file_says_what_the_network_has_learned(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    model = trained(bars(128, 1), bars(64, 2), epochs=2)
    file = tmp_path / "centres.tflite"
    file.write_bytes(to_litert(model))

    centres, asked = DigitCentres(file), bars(20, 3)

    middles = np.stack([centres.middles(view) for view in asked.x])
    away = model.predict(asked.x, verbose=0)
    assert np.ptp(away) > 0.01
    assert np.allclose(middles, away * LINE + np.arange(CENTRES_COLUMNS) + 0.5, atol=0.05)
