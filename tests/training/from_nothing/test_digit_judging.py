"""The digit judge is trained, exported and asked."""

from pathlib import Path

import keras
import numpy as np

from digit_recognizer.recognition.digit_judge import JUDGE_COLUMNS, JUDGE_ROWS, NO_DIGIT
from digit_recognizer.recognition.network import Network
from training.drawings.judge_examples import JudgeExamples
from training.from_nothing.digit_judging import trained
from training.network.artefact import to_litert


def bars(n: int, seed: int) -> JudgeExamples:
    """A one is a tall bar; a low one is none."""
    rng = np.random.default_rng(seed)
    x = np.zeros((n, JUDGE_ROWS, JUDGE_COLUMNS, 2), np.uint8)
    y = np.where(rng.random(n) < 0.5, 1, NO_DIGIT).astype(np.uint8)
    for view, label in zip(x, y, strict=True):
        left, half = int(rng.integers(15, 22)), 12 if label == 1 else 5
        view[16 - half : 16 + half, left : left + 4, 0] = 255
        view[4:28, left + 12 : left + 16, 1] = 255
    return JudgeExamples(x, y)


def test_what_is_learned_is_what_the_exported_file_says(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    model = trained(bars(2048, 1), bars(64, 2), epochs=8)
    file = tmp_path / "judge.tflite"
    file.write_bytes(to_litert(keras.Model(model.input, keras.layers.Softmax()(model.output))))

    judge, asked = Network(file), bars(100, 3)

    said = np.stack([judge(view) for view in asked.x])
    assert said.shape == (100, NO_DIGIT + 1)
    assert np.allclose(said.sum(axis=1), 1, atol=1e-4)
    assert np.mean(said.argmax(axis=1) == asked.y) > 0.9
    logits = model.predict(asked.x, verbose=0)
    assert np.array_equal(logits.argmax(axis=1), said.argmax(axis=1))
