"""The recogniser: a LiteRT interpreter over a model."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.model import Model


@dataclass(frozen=True, slots=True)
class Answer:
    """What the recogniser says of one picture."""

    digit: int
    """The most probable digit, 0 … 9."""

    confidence: float
    """Its calibrated probability, 0 … 1."""

    probabilities: list[float]
    """The probability of each digit, by digit; they sum to 1."""

    uncertain: bool
    """Whether the confidence is below the threshold on the model's card."""


class Classifier:
    """A model ready to answer: the interpreter is built and has run once.

    One thread: a picture takes a fraction of a millisecond, and a Lambda function has one core.
    Not safe for use by several threads at once.

    Raises:
        ValueError, RuntimeError: the LiteRT file is damaged, does not take uint8[1, 28, 28] or
            does not give float32[1, 10].
    """

    def __init__(self, model: Model) -> None:
        self.version = model.version
        self._uncertain_below = float(
            model.card.get("uncertain_below", 0.0)
        )  # not judged yet: never
        source = (
            {"model_path": str(model.litert)}
            if isinstance(model.litert, Path)
            else {"model_content": model.litert}
        )
        self._interpreter = Interpreter(**source, num_threads=1)
        self._interpreter.allocate_tensors()
        details = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        signature = [[(d["dtype"], d["shape"].tolist()) for d in side] for side in details]
        if signature != [[(np.uint8, [1, SIDE, SIDE])], [(np.float32, [1, 10])]]:
            raise ValueError(f"it must make float32[1, 10] of uint8[1, {SIDE}, {SIDE}].")
        self._input, self._output = (side[0]["index"] for side in details)
        self.predict(np.zeros((SIDE, SIDE), np.uint8))

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probability of each digit, float32[10], for uint8[28, 28] from `normalise`."""
        self._interpreter.set_tensor(self._input, pixels[np.newaxis])
        self._interpreter.invoke()
        probabilities: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0]
        return probabilities

    def predict(self, pixels: NDArray[np.uint8]) -> Answer:
        """Name the digit in uint8[28, 28] as `preprocessing.normalise` gives it."""
        return self.answer(self.probabilities(pixels))

    def answer(self, of: NDArray[np.float32]) -> Answer:
        """What is said where these are the probabilities, float32[10]."""
        probabilities = of.tolist()
        confidence = max(probabilities)
        return Answer(
            digit=probabilities.index(confidence),
            confidence=confidence,
            probabilities=probabilities,
            uncertain=confidence < self._uncertain_below,
        )
