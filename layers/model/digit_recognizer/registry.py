"""Which model is in service: its artefact and its card.

The model that ships with the package is always there; reading its card needs neither NumPy
nor the interpreter, so that any function can name the version.
"""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

ARTEFACTS = Path(__file__).parent / "artefacts"


@dataclass(frozen=True)
class Model:
    """A LiteRT file and the card that was written with it."""

    artefact: Path
    card_file: Path

    @cached_property
    def card(self) -> dict[str, Any]:
        """The model card: version, data, seeds, figures (see docs/model/README.md)."""
        card: dict[str, Any] = json.loads(self.card_file.read_text("utf-8"))
        return card

    @property
    def version(self) -> str:
        """The version that answers and saved rows carry."""
        return str(self.card["version"])


@lru_cache(maxsize=1)
def built_in() -> Model:
    """The model that is part of the package."""
    return Model(ARTEFACTS / "digit_recognizer_model.tflite", ARTEFACTS / "model_card.json")
