"""The version that a retraining begins from and is held against in total (`models.anchors`)."""

from dataclasses import dataclass

import keras

from digit_recognizer.recognition.arrays import Float
from digit_recognizer.recognition.model import Model


@dataclass(frozen=True)
class Anchor:
    """What every retraining begins from, night after night.

    Attributes:
        served: its LiteRT file and card.
        model: uint8[n, 28, 28] to logits.
        probabilities: what it says of the rows, float32[n, 10].
    """

    served: Model
    model: keras.Model
    probabilities: Float

    @property
    def sure_from(self) -> float:
        """The confidence from which an answer is not "not sure": the same for all that follow."""
        return float(self.served.card["uncertain_below"])

    @property
    def temperature(self) -> float:
        """What its logits are divided by."""
        return float(self.served.card.get("temperature", 1.0))
