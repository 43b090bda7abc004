"""Versions of the model: the one in the package, and those that were published to a store.

`models/<version>/` holds what a training leaves behind: the Keras file, the LiteRT file, the card
and the report. The card is written last, so a version is complete exactly if its card is there,
and nothing in it changes afterwards. Which version is in service says the log of promotions.

Reading cards needs neither NumPy nor the interpreter, so that any function can name a version.
"""

import re
from collections.abc import Mapping
from typing import Any

from digit_recognizer.errors import Conflict, InvalidRequest, UnfitModel
from digit_recognizer.recognition.model import CARD_FILE, LITERT_FILE, Model, sha256_of
from digit_recognizer.store.storage import Store
from digit_recognizer.stored_json import parse_object

MODELS = "models"

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# What else lies below `models/`, and what the model of the package is called.
_TAKEN = ("promotions", "retrainings", "anchors", "reviews", "decisions", "trials", "built-in")


async def publish(store: Store, version: str, files: Mapping[str, bytes]) -> None:
    """Put a version into a store; nobody is served by it before it is promoted.

    If this is killed or fails, calling it again with the same files completes it.

    Args:
        store: the store.
        version: its name: letters, digits, ".", "_" and "-", at most 100.
        files: by name; LITERT_FILE and CARD_FILE must be among them.

    Raises:
        InvalidRequest: the version has a name that it can't have.
        UnfitModel: a file is missing, or the card is not this LiteRT file's.
        Conflict: the version is there already, and is another one.
        StoreUnavailable: the store failed.
    """
    _check_name(version)
    missing = {LITERT_FILE, CARD_FILE} - files.keys()
    if missing:
        raise UnfitModel(f"Version {version} lacks {' and '.join(sorted(missing))}.")
    _check_card(version, files[LITERT_FILE], _parsed(version, files[CARD_FILE]))
    for name in sorted(files, key=lambda name: name == CARD_FILE):
        key, content = f"{MODELS}/{version}/{name}", files[name]
        if not await store.create(key, content):
            raise Conflict(
                f"There is another {name} in version {version} already;"
                " publish these files under another version."
            )


async def names(store: Store) -> list[str]:
    """The complete versions in a store, in order of their names."""
    keys = [entry.key async for page in store.pages(MODELS) for entry in page]
    parts = (key.split("/") for key in keys if key.endswith(f"/{CARD_FILE}"))
    return sorted(part[1] for part in parts if len(part) == 3)


async def card(store: Store, version: str) -> dict[str, Any]:
    """A version's card.

    Raises:
        InvalidRequest: no version has such a name.
        UnfitModel: it is not there, or is damaged.
        StoreUnavailable: the store failed.
    """
    _check_name(version)
    return _parsed(version, await store.get(f"{MODELS}/{version}/{CARD_FILE}"))


async def load(store: Store, version: str, sha256: str | None = None) -> Model:
    """A version's LiteRT file with its card.

    Args:
        store: the store.
        version: its name.
        sha256: what the LiteRT file's must be, in hexadecimal; None for what its card says.

    Raises:
        InvalidRequest: no version has such a name.
        UnfitModel: it is not there, incomplete, or damaged.
        StoreUnavailable: the store failed.
    """
    _check_name(version)
    content, litert = await store.get_many(
        [f"{MODELS}/{version}/{name}" for name in (CARD_FILE, LITERT_FILE)]
    )
    found_card = _parsed(version, content)
    if litert is None:
        raise UnfitModel(f"Version {version} lacks {LITERT_FILE}.")
    _check_card(version, litert, found_card, sha256)
    return Model(litert, found_card)


def _check_name(version: str) -> None:
    if not _VERSION.fullmatch(version) or version in _TAKEN:
        raise InvalidRequest(
            f"{version!r:.100} is not the name of a version; `make models` lists those that"
            " are there."
        )


def _parsed(version: str, content: bytes | None) -> dict[str, Any]:
    """A version's card, from what was found under its key."""
    if content is None:
        raise UnfitModel(
            f"There is no version {version}, or it is not complete; `make models` lists those"
            " that are there."
        )
    try:
        return parse_object(content)
    except ValueError as error:
        raise UnfitModel(f"The card of version {version} is damaged: {error}") from error


def _check_card(
    version: str, litert: bytes, card: Mapping[str, Any], expected_sha256: str | None = None
) -> None:
    """Raise UnfitModel unless a card is this LiteRT file's, and the file has the SHA-256.

    Args:
        version: its name.
        litert: the file's content.
        card: the version's card.
        expected_sha256: in hexadecimal; None for what the card says.
    """
    if card.get("version") != version:
        raise UnfitModel(f"The card of version {version} is that of {card.get('version')!r:.100}.")
    if card.get("bytes", len(litert)) != len(litert):
        raise UnfitModel(
            f"{LITERT_FILE} of version {version} has {len(litert)} bytes instead of"
            f" {card['bytes']}: it is damaged, or another version's."
        )
    if (expected_sha256 or card.get("sha256")) not in (None, sha256_of(litert)):
        raise UnfitModel(
            f"{LITERT_FILE} of version {version} has another SHA-256 than it should have:"
            " it is damaged, or another version's."
        )
