"""The version in service, which a new one has to be better than."""

import json
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.errors import InvalidRequest, UnfitModel
from digit_recognizer.models import promotion_log, versions
from digit_recognizer.models.fitness import accept
from digit_recognizer.models.promotion_log import Entry
from digit_recognizer.recognition.arrays import Float, Mask
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import Model, built_in
from digit_recognizer.store.storage import Store
from training.retraining.collected import Collected

LEARNED_FILE = "learned_rows.json"
"""The ids of the rows that a version learned from, beside its other files."""


@dataclass(frozen=True)
class Parent:
    """The version in service.

    Attributes:
        served: its LiteRT file and card.
        learned: the ids of the rows that it learned from; None where that is not known.
    """

    served: Model
    learned: frozenset[str] | None

    def has_lost(self, still_there: int) -> bool:
        """Whether rows are gone that it learned from, where so many of them are still there."""
        return self.learned is not None and still_there < len(self.learned)

    def has_learned(self, collected: Collected) -> Mask:
        """Which rows it learned from: bool[n]; where that is not known, all up to its day."""
        if self.learned is not None:
            return np.array([row in self.learned for row in collected.ids], bool)
        made = np.datetime64(str(self.served.card["created"])[:10], "D").astype(np.int64)
        return np.asarray(collected.days <= made)


async def in_service(store: Store, entry: Entry) -> Parent:
    """What answers where an entry of the log is in force.

    A version that can't be in service (an older preprocessing's, say) is passed over as those who
    serve pass it over: for what was in force before it, in the end the model of the package.

    Raises:
        StoreUnavailable: the store failed.
    """
    while not entry.built_in:
        try:
            return await published(store, entry.version, entry.sha256)
        except (UnfitModel, InvalidRequest) as error:
            print(f"Not in service, so not compared with: {error}", flush=True)
        if entry.below is None:
            break
        entry = (await promotion_log.readable(store, range(1, entry.below + 1))).entry
    return Parent(built_in(), frozenset())


async def published(store: Store, version: str, sha256: str | None = None) -> Parent:
    """A version that was published, and is fit for service.

    Args:
        store: the store.
        version: its name.
        sha256: of its LiteRT file; None for what its card says.

    Raises:
        InvalidRequest: no version has such a name.
        UnfitModel: it is not there, damaged, or not fit.
        StoreUnavailable: the store failed.
    """
    served = await versions.load(store, version, sha256)
    accept(served)
    return Parent(served, await _learned(store, served))


def either(first: Parent, second: Parent) -> Parent:
    """The first version as if it had learned what the second has, too."""
    if first.learned is None or second.learned is None:
        return replace(first, learned=None)
    return replace(first, learned=first.learned | second.learned)


def learned_rows(ids: list[str]) -> bytes:
    """The content of LEARNED_FILE."""
    return json.dumps({"ids": ids}).encode("ascii")


def answers(served: Model, pixels: NDArray[np.uint8]) -> Float:
    """What a model says of uint8[n, 28, 28]: float32[n, 10]."""
    classifier = Classifier(served)
    return np.stack([classifier.probabilities(picture) for picture in pixels])


async def _learned(store: Store, served: Model) -> frozenset[str] | None:
    content = await store.get(f"{versions.MODELS}/{served.version}/{LEARNED_FILE}")
    if content is not None:
        return frozenset(map(str, json.loads(content)["ids"]))
    return None if "learned_from" in served.card else frozenset()
