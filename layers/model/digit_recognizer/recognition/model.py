"""A model: a LiteRT file with its card. Reading a card needs neither NumPy nor the interpreter."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
KERAS_FILE = "digit_recognizer_model.keras"
LITERT_FILE = "digit_recognizer_model.tflite"
CARD_FILE = "model_card.json"


@dataclass(frozen=True, slots=True)
class Model:
    """A LiteRT file and the card that was written with it.

    Attributes:
        litert: the file, or its content.
        card: version, data, seeds, figures (see docs/model/README.md).
    """

    litert: Path | bytes
    card: Mapping[str, Any]

    @classmethod
    def from_files(cls, litert: Path, card: Path) -> "Model":
        """The model of two files; only the card is read."""
        return cls(litert, json.loads(card.read_text("utf-8")))

    @property
    def version(self) -> str:
        """The version that answers and saved rows carry."""
        return str(self.card["version"])


@lru_cache(maxsize=1)
def built_in() -> Model:
    """The model that is part of the package: always there."""
    return Model.from_files(ARTEFACTS / LITERT_FILE, ARTEFACTS / CARD_FILE)


def sha256_of(litert: bytes) -> str:
    """What tells a LiteRT file from a damaged one, in hexadecimal."""
    return hashlib.sha256(litert).hexdigest()
