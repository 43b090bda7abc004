"""Whether a model is fit to answer: checked before a promotion, and again before it is served.

A card may carry a smoke test: a few pictures with the digits that the model must name,
`"smoke_test": [{"pixels": "<base64 of 784 bytes>", "digit": 7}, …]`.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.errors import UnfitModel
from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import Model
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION

# What GET /model promises, and what answers need.
_ON_THE_CARD = ("version", "created", "data", "figures", "uncertain_below")
# How far the probabilities of float32 may be from summing to 1.
_ROUNDING = 1e-3


def smoke_test(pictures: Iterable[tuple[NDArray[np.uint8], int]]) -> list[dict[str, Any]]:
    """What a card says of pictures uint8[28, 28] and the digits that the model must name."""
    return [
        {"pixels": base64.b64encode(pixels.tobytes()).decode("ascii"), "digit": int(digit)}
        for pixels, digit in pictures
    ]


def accept(model: Model) -> Classifier:
    """A classifier over a model that is fit for service.

    Raises:
        UnfitModel: its card lacks something or is for another preprocessing, the LiteRT file
            can't be read or has another shape, its answers are no probabilities, or it does not
            pass its own smoke test.
    """
    version, card = model.version, model.card
    missing = [name for name in _ON_THE_CARD if name not in card]
    if missing:
        raise UnfitModel(f"The card of version {version} lacks {', '.join(missing)}.")
    made_for = card.get("preprocessing_version")
    if made_for != PREPROCESSING_VERSION:
        raise UnfitModel(
            f"Version {version} is for pictures of preprocessing version {made_for}; this code"
            f" makes those of {PREPROCESSING_VERSION}. Train it anew."
        )
    try:
        classifier = Classifier(model)
        cases = [_case(each) for each in card.get("smoke_test", [])]
        _check_probabilities(classifier, [pixels for pixels, _ in cases])
        wrong = sum(classifier.predict(pixels).digit != digit for pixels, digit in cases)
    except (ValueError, TypeError, KeyError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise UnfitModel(f"Version {version} can't be used: {reason}") from error
    if wrong:
        raise UnfitModel(
            f"Version {version} fails its smoke test: it names {wrong} of {len(cases)} pictures"
            " wrongly."
        )
    return classifier


def _case(stored: Mapping[str, Any]) -> tuple[NDArray[np.uint8], int]:
    """A picture of a smoke test, uint8[28, 28], and its digit."""
    try:
        pixels = np.frombuffer(base64.b64decode(stored["pixels"], validate=True), np.uint8)
        return pixels.reshape(SIDE, SIDE), int(stored["digit"])
    except (TypeError, KeyError, ValueError, binascii.Error):
        raise ValueError("a picture of its smoke test is not one.") from None


def _check_probabilities(classifier: Classifier, pictures: list[NDArray[np.uint8]]) -> None:
    """Raise ValueError unless the answers are probabilities."""
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE)).astype(np.uint8)
    for pixels in (np.zeros_like(noise), np.full_like(noise, 255), noise, *pictures):
        probabilities = classifier.probabilities(pixels)
        if not np.isfinite(probabilities).all():
            raise ValueError("its answers are not finite.")
        if probabilities.min() < 0 or abs(probabilities.sum() - 1) > _ROUNDING:
            raise ValueError("its answers are no probabilities: they don't sum to 1.")
