"""The version in service, which a retraining goes on from."""

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from digit_recognizer.models import versions
from digit_recognizer.models.promotion_log import Entry
from digit_recognizer.recognition.arrays import Float, Mask
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import ARTEFACTS, KERAS_FILE, Model, built_in
from digit_recognizer.store.storage import Store
from training.retraining.nothing_to_learn import NothingToLearn


@dataclass(frozen=True)
class Parent:
    """The version in service, to go on from.

    Attributes:
        entry: what put it into service.
        served: its LiteRT file and card.
        model: uint8[n, 28, 28] to logits.
        probabilities: what it says of the rows, float32[n, 10].
        doubted: which labels contradict a confident answer of it: bool[n].
    """

    entry: Entry
    served: Model
    model: keras.Model
    probabilities: Float
    doubted: Mask


async def files(store: Store, entry: Entry) -> tuple[Model, bytes]:
    """The model that an entry of the log put into service, and its Keras file.

    Raises:
        NothingToLearn: the version has no Keras file.
        UnfitModel: it is not there, incomplete, or damaged.
        StoreUnavailable: the store failed.
    """
    if entry.built_in:
        return built_in(), (ARTEFACTS / KERAS_FILE).read_bytes()
    served = await versions.load(store, entry.version, entry.sha256)
    keras_file = await store.get(f"{versions.MODELS}/{entry.version}/{KERAS_FILE}")
    if keras_file is None:
        raise NothingToLearn(
            f"Version {entry.version} was published without {KERAS_FILE}, which a retraining goes"
            " on from; promote another version first."
        )
    return served, keras_file


def answers(served: Model, pixels: NDArray[np.uint8]) -> Float:
    """What it says of uint8[n, 28, 28]: float32[n, 10]."""
    classifier = Classifier(served)
    return np.stack([classifier.probabilities(picture) for picture in pixels])
