"""What a training leaves behind: the Keras file, the LiteRT file and the card.

The exported model takes uint8[n, 28, 28] and gives calibrated probabilities float32[n, 10]: the
temperature and the softmax are inside.
"""

import datetime
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from digit_recognizer.models import fitness
from digit_recognizer.recognition.model import CARD_FILE, KERAS_FILE, LITERT_FILE, sha256_of
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION


def with_temperature(logits_model: keras.Model, temperature: float) -> keras.Model:
    """The model to serve: softmax(logits / temperature) (Guo, Pleiss, Sun, Weinberger 2017)."""
    cooled = layers.Rescaling(1 / temperature, name="temperature")(logits_model.output)
    probabilities = layers.Softmax(name="probabilities")(cooled)
    return keras.Model(logits_model.input, probabilities, name=logits_model.name)


def logits_of(served: keras.Model) -> keras.Model:
    """The network of a model that was saved to be served, without temperature and softmax."""
    return keras.Model(served.input, served.get_layer("logits").output, name=served.name)


def to_litert(model: keras.Model) -> bytes:
    """Convert to a LiteRT flat buffer for one picture, in float32: Keras and LiteRT agree."""
    converted: bytes = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    return converted


def write_whole(file: Path, content: bytes) -> None:
    """Write a file aside and put it in place: a process that has mapped the old one keeps it."""
    partial = file.with_name(f"partial-{file.name}")
    partial.write_bytes(content)
    partial.replace(file)


def write_litert(file: Path, model: keras.Model) -> None:
    """Convert a network, put its file in place, and say so."""
    file.parent.mkdir(parents=True, exist_ok=True)
    litert = to_litert(model)
    write_whole(file, litert)
    print(f"Wrote {file} ({len(litert):,} bytes)")


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write the card of the artefact in a folder."""
    write_whole(folder / CARD_FILE, (json.dumps(card, indent=2) + "\n").encode())


def read_card(folder: Path) -> dict[str, Any]:
    """The card of the artefact in a folder."""
    card: dict[str, Any] = json.loads((folder / CARD_FILE).read_text("utf-8"))
    return card


def install(artefact: Path, folder: Path) -> None:
    """Copy an artefact that was evaluated to the folder of the package; its card comes last.

    Raises:
        ValueError: it was not evaluated.
    """
    if "uncertain_below" not in read_card(artefact):
        raise ValueError(f"{artefact} was not evaluated: its card has no `uncertain_below`.")
    for name in (KERAS_FILE, LITERT_FILE, CARD_FILE):
        write_whole(folder / name, (artefact / name).read_bytes())


def smoke_test(
    pixels: NDArray[np.uint8], labels: NDArray[np.integer[Any]], probabilities: NDArray[np.float32]
) -> list[dict[str, Any]]:
    """For the card: of each digit the picture that the model is surest of (see `models.fitness`).

    Args:
        pixels: uint8[n, 28, 28], with every digit among them.
        labels: int[n].
        probabilities: what the model says, float32[n, 10].
    """
    sure = probabilities[np.arange(len(labels)), labels]
    surest = [int(np.where(labels == digit, sure, -1).argmax()) for digit in range(10)]
    return fitness.smoke_test((pixels[k], int(labels[k])) for k in surest)


def save_network(logits_model: keras.Model, temperature: float, folder: Path) -> dict[str, Any]:
    """Write the Keras and the LiteRT file of a network; its card is still to be written.

    Args:
        logits_model: uint8[n, 28, 28] to logits float32[n, 10].
        temperature: what the logits are divided by.
        folder: where to write; made if it is not there.

    Returns:
        What its card begins with: a new version, the network, and its LiteRT file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = with_temperature(logits_model, temperature)
    partial = folder / f"partial-{KERAS_FILE}"
    model.save(partial)
    litert = to_litert(model)
    partial.replace(folder / KERAS_FILE)
    write_whole(folder / LITERT_FILE, litert)
    print(f"Wrote {LITERT_FILE} ({len(litert):,} bytes) to {folder}", flush=True)
    now = datetime.datetime.now(datetime.UTC)
    return {
        "version": f"{now:%Y%m%d-%H%M%S}-{sha256_of(litert)[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "architecture": logits_model.name,
        "parameters": logits_model.count_params(),
        "bytes": len(litert),
        "sha256": sha256_of(litert),
        "preprocessing_version": PREPROCESSING_VERSION,
        "temperature": temperature,
    }
