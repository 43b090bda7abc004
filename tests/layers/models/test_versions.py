"""Versions of the model on a store: complete or not there, and never changed."""

import json
from typing import Any

import pytest

from digit_recognizer.errors import Conflict, InvalidRequest, UnfitModel
from digit_recognizer.models import versions
from digit_recognizer.models.versions import MODELS
from digit_recognizer.recognition.model import CARD_FILE, KERAS_FILE, LITERT_FILE, sha256_of
from digit_recognizer.store.storage import Store
from tests import tiny_models


async def keys(store: Store) -> list[str]:
    return sorted([entry.key async for page in store.pages(MODELS) for entry in page])


async def test_a_published_version_is_there_with_all_its_files(store: Store) -> None:
    files = tiny_models.files("v1", b"litert")

    await versions.publish(store, "v1", files)

    assert await versions.names(store) == ["v1"]
    assert await keys(store) == sorted(f"models/v1/{name}" for name in files)
    model = await versions.load(store, "v1")
    assert (model.litert, model.version) == (b"litert", "v1")
    assert await versions.card(store, "v1") == json.loads(files[CARD_FILE])


async def test_publishing_again_completes_what_was_begun(store: Store) -> None:
    files = tiny_models.files("v1", b"litert")
    for name in (KERAS_FILE, "report.md"):
        await store.create(f"models/v1/{name}", files[name])
    assert await versions.names(store) == []

    for _ in range(2):
        await versions.publish(store, "v1", files)

    assert await versions.names(store) == ["v1"]


async def test_a_version_is_never_replaced_by_another(store: Store) -> None:
    await versions.publish(store, "v1", tiny_models.files("v1", b"first"))
    before = await versions.load(store, "v1")

    with pytest.raises(Conflict, match="another version"):
        await versions.publish(store, "v1", tiny_models.files("v1", b"second"))

    assert await versions.load(store, "v1") == before


@pytest.mark.parametrize("name", ["", "a/b", "../v", "promotions", "built-in", "-v", "x" * 101])
async def test_a_name_that_is_none_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidRequest, match="is not the name of a version"):
        await versions.publish(store, name, tiny_models.files(name, b"litert"))
    with pytest.raises(InvalidRequest, match="is not the name of a version"):
        await versions.load(store, name)
    assert await keys(store) == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({CARD_FILE: b"{}"}, f"lacks {LITERT_FILE}"),
        ({LITERT_FILE: b"x"}, f"lacks {CARD_FILE}"),
        (tiny_models.files("v1", b"x") | {CARD_FILE: b"{"}, "not a JSON object"),
        (tiny_models.files("v1", b"x") | {CARD_FILE: b"[]"}, "not a JSON object"),
        (tiny_models.files("v1", b"x") | {CARD_FILE: b'{"figures": NaN}'}, "not a JSON object"),
        (tiny_models.files("v2", b"x"), "is that of 'v2'"),
        (tiny_models.files("v1", b"x", bytes=2), "has 1 bytes instead of 2"),
        (tiny_models.files("v1", b"x", sha256="0"), "another SHA-256"),
    ],
)
async def test_files_that_are_no_version_are_not_published(
    store: Store, files: dict[str, bytes], sentence: str
) -> None:
    with pytest.raises(UnfitModel, match=sentence):
        await versions.publish(store, "v1", files)

    assert await keys(store) == []


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        ({}, "no version v1, or it is not complete"),
        ({CARD_FILE: None}, "no version v1, or it is not complete"),
        ({LITERT_FILE: None}, f"lacks {LITERT_FILE}"),
        ({LITERT_FILE: b"litter"}, "another SHA-256"),
        ({LITERT_FILE: b"lit"}, "has 3 bytes instead of 6"),
        ({CARD_FILE: b"\xff"}, "not a JSON object"),
    ],
)
async def test_what_is_damaged_is_not_loaded(
    store: Store, stored: dict[str, Any], sentence: str
) -> None:
    if stored:
        for name, content in (tiny_models.files("v1", b"litert") | stored).items():
            if content is not None:
                await store.create(f"models/v1/{name}", content)

    with pytest.raises(UnfitModel, match=sentence):
        await versions.load(store, "v1")


async def test_what_was_promoted_must_be_the_same_bytes_whatever_the_card_says(
    store: Store,
) -> None:
    files = tiny_models.files("v1", b"litert", sha256=None)
    await versions.publish(store, "v1", files)
    expected = sha256_of(b"litert")

    assert (await versions.load(store, "v1", expected)).litert == b"litert"
    with pytest.raises(UnfitModel, match="another SHA-256"):
        await versions.load(store, "v1", sha256_of(b"other"))
