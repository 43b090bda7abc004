"""The log of anchors: which version every retraining begins from, and is held against in total.

`models/anchors/<n>.json`, n counting up from 1 by *create if absent*; the highest one counts. It is
set by a person alone (`make anchor`). Without one, the anchor is the model of the package; and so
it is once the package has another model than when the anchor was set, or makes pictures in another
way: then what was learned before begins from what is there now.
"""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from digit_recognizer.errors import Conflict, InvalidRequest, UnfitModel
from digit_recognizer.models import versions
from digit_recognizer.models.fitness import accept
from digit_recognizer.models.promotion import BUILT_IN
from digit_recognizer.recognition.model import (
    ARTEFACTS,
    KERAS_FILE,
    Model,
    built_in,
    sha256_of,
)
from digit_recognizer.store.numbered import Numbered
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_kept

ANCHORS = Numbered(f"{versions.MODELS}/anchors")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Anchor:
    """From here on retrainings begin from a version.

    Attributes:
        at: since when, ISO 8601, UTC.
        reason: why, for people.
        version: its name; BUILT_IN for the model of the package.
        sha256: of its LiteRT file; None for the model of the package.
        package: what the model of the package was called then.
    """

    at: str
    reason: str
    version: str
    sha256: str | None
    package: str

    def to_json(self) -> bytes:
        """The anchor as it is stored."""
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, stored: bytes) -> "Anchor":
        """The anchor that was stored; fields that a later version added are passed over.

        Raises:
            ValueError: it is none.
        """
        found = parse_kept(cls, stored)
        if not all(type(text) is str for text in (found.at, found.version, found.package)):
            raise ValueError("A field of the anchor is not what it should be.")
        return found


async def put(store: Store, version: str, reason: str) -> Anchor:
    """Let retrainings begin from a version, from now on.

    Args:
        store: the store.
        version: a published one; BUILT_IN, or its version, for the model of the package.
        reason: why, for people.

    Raises:
        InvalidRequest: no version has such a name, or it was published without its Keras file.
        UnfitModel: it is not there, incomplete, damaged, or fails its smoke test.
        Conflict: somebody else set one at the same moment.
        StoreUnavailable: the store failed.
    """
    sha256 = None
    if version in (BUILT_IN, built_in().version):
        version = BUILT_IN
    else:
        model = await versions.load(store, version)
        accept(model)
        if await store.size(f"{versions.MODELS}/{version}/{KERAS_FILE}") is None:
            raise InvalidRequest(
                f"Version {version} was published without {KERAS_FILE}, which a retraining begins"
                " from; name another version."
            )
        assert isinstance(model.litert, bytes)
        sha256 = sha256_of(model.litert)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    made = Anchor(now, reason, version, sha256, built_in().version)
    if not await ANCHORS.append(store, made.to_json()):
        raise Conflict("Somebody else set an anchor at the same moment; look, then try again.")
    return made


async def current(store: Store) -> tuple[Model, bytes]:
    """The model that retrainings begin from, and its Keras file.

    Raises:
        StoreUnavailable: the store failed.
    """
    newest = await ANCHORS.newest(store)
    if newest is not None:
        try:
            anchor = Anchor.from_json(newest[1])
            if anchor.version != BUILT_IN and anchor.package == built_in().version:
                return await _of_version(store, anchor)
        except (ValueError, UnfitModel, InvalidRequest) as error:
            _log.warning("%s does not count: %s", ANCHORS.key(newest[0]), error)
    return built_in(), (ARTEFACTS / KERAS_FILE).read_bytes()


async def _of_version(store: Store, anchor: Anchor) -> tuple[Model, bytes]:
    model = await versions.load(store, anchor.version, anchor.sha256)
    accept(model)
    keras_file = await store.get(f"{versions.MODELS}/{anchor.version}/{KERAS_FILE}")
    if keras_file is None:
        raise UnfitModel(f"Version {anchor.version} lacks {KERAS_FILE}.")
    return model, keras_file
