"""What a training leaves behind: the Keras file, the LiteRT file and the card.

The exported model takes uint8[n, 28, 28] and gives calibrated probabilities float32[n, 10]: the
temperature and the softmax are inside.
"""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from keras import layers

from digit_recognizer.preprocessing import PREPROCESSING_VERSION

KERAS_FILE = "digit_recognizer_model.keras"
LITERT_FILE = "digit_recognizer_model.tflite"
CARD_FILE = "model_card.json"


def with_temperature(logits_model: keras.Model, temperature: float) -> keras.Model:
    """The model to serve: softmax(logits / temperature) (Guo, Pleiss, Sun, Weinberger 2017)."""
    cooled = layers.Rescaling(1 / temperature, name="temperature")(logits_model.output)
    probabilities = layers.Softmax(name="probabilities")(cooled)
    return keras.Model(logits_model.input, probabilities, name=logits_model.name)


def to_litert(model: keras.Model) -> bytes:
    """Convert to a LiteRT flat buffer for one picture, in float32: Keras and LiteRT agree."""
    converted: bytes = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    return converted


def save_artefact(
    logits_model: keras.Model, temperature: float, about: dict[str, Any], folder: Path
) -> None:
    """Write the three files; the card's figures are added by `training.evaluate`.

    Args:
        logits_model: uint8[n, 28, 28] to logits float32[n, 10].
        temperature: what the logits are divided by.
        about: what the card says of the training: configuration, data, epochs.
        folder: where to write; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = with_temperature(logits_model, temperature)
    model.save(folder / KERAS_FILE)
    litert = to_litert(model)
    (folder / LITERT_FILE).write_bytes(litert)
    now = datetime.datetime.now(datetime.UTC)
    card = {
        "version": f"{now:%Y%m%d}-{hashlib.sha256(litert).hexdigest()[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "architecture": logits_model.name,
        "parameters": logits_model.count_params(),
        "bytes": len(litert),
        "preprocessing_version": PREPROCESSING_VERSION,
        "temperature": temperature,
        **about,
    }
    (folder / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    print(f"Wrote {LITERT_FILE} ({len(litert):,} bytes) and its card to {folder}", flush=True)
