"""The recogniser: a model's network, and what is said of a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.model import Model
from digit_recognizer.recognition.network import Network


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
    """A model ready to answer: the network is built and has run once.

    Raises:
        ValueError, RuntimeError: the LiteRT file is damaged, does not take uint8[1, 28, 28] or
            does not give float32[1, 10].
    """

    def __init__(self, model: Model) -> None:
        self.version = model.version
        self._uncertain_below = float(
            model.card.get("uncertain_below", 0.0)
        )  # not judged yet: never
        self._network = Network(model.litert)
        if self._network.signature != [[(np.uint8, [1, SIDE, SIDE])], [(np.float32, [1, 10])]]:
            raise ValueError(f"it must make float32[1, 10] of uint8[1, {SIDE}, {SIDE}].")
        self.predict(np.zeros((SIDE, SIDE), np.uint8))

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probability of each digit, float32[10], for uint8[28, 28] from `normalise`."""
        return self._network(pixels)

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
