"""The recogniser: a LiteRT interpreter over the model in service."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from digit_recognizer import registry
from digit_recognizer.preprocessing import FIELD


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
    """

    def __init__(self, model: registry.Model) -> None:
        self.version = model.version
        self._uncertain_below = float(model.card.get("uncertain_below", 0.0))
        self._interpreter = Interpreter(model_path=str(model.artefact), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self.predict(np.zeros((FIELD, FIELD), np.uint8))

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probability of each digit, float32[10], for uint8[28, 28] from `normalise`."""
        self._interpreter.set_tensor(self._input, pixels[np.newaxis])
        self._interpreter.invoke()
        probabilities: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0]
        return probabilities

    def predict(self, pixels: NDArray[np.uint8]) -> Answer:
        """Name the digit in uint8[28, 28] as `preprocessing.normalise` gives it."""
        probabilities = self.probabilities(pixels).tolist()
        confidence = max(probabilities)
        return Answer(
            digit=probabilities.index(confidence),
            confidence=confidence,
            probabilities=probabilities,
            uncertain=confidence < self._uncertain_below,
        )


@lru_cache(maxsize=1)
def in_service() -> Classifier:
    """The classifier that answers requests, built once a process."""
    return Classifier(registry.built_in())
