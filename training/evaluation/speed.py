"""How long an answer takes."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.preprocessing import preprocess
from training.datasets.pen_digits import PenDigit
from training.drawings.grid import CELLS, drawing
from training.evaluation import renditions
from training.evaluation.intervals import Interval


def measure_speed(classifier: Classifier, digits: Sequence[PenDigit]) -> dict[str, Interval]:
    """Milliseconds of inference alone, and from a 280×280 PNG to the answer.

    The median, and between which values 95 of 100 calls lie.
    """
    rng = np.random.default_rng(0)
    urls = [
        renditions.plain(drawing(digit.strokes, CELLS[k % len(CELLS)], rng), rng)
        for k, digit in enumerate(digits[:300])
    ]
    pixels = [preprocess(url) for url in urls]
    return {
        "inference_ms": _spread_ms(classifier.predict, pixels),
        "decode_normalise_infer_ms": _spread_ms(lambda u: classifier.predict(preprocess(u)), urls),
    }


def litert_milliseconds(litert: bytes, pixels: Grey) -> float:
    """Median milliseconds of one inference on one thread, over uint8[n, 28, 28]."""
    interpreter = Interpreter(model_content=litert, num_threads=1)
    interpreter.allocate_tensors()
    at = interpreter.get_input_details()[0]["index"]

    def infer(picture: Grey) -> None:
        interpreter.set_tensor(at, picture[np.newaxis])
        interpreter.invoke()

    return _spread_ms(infer, list(pixels)).value


def _spread_ms(function: Callable[[Any], object], arguments: Sequence[Any]) -> Interval:
    durations = []
    for argument in arguments:
        began = time.perf_counter()
        function(argument)
        durations.append(time.perf_counter() - began)
    low, median, high = 1000 * np.quantile(durations, [0.025, 0.5, 0.975])
    return Interval(*(round(float(value), 3) for value in (median, low, high)))
