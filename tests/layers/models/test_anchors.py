"""Which version retrainings begin from."""

import asyncio
from dataclasses import replace

import pytest

from digit_recognizer.errors import InvalidRequest, UnfitModel
from digit_recognizer.models import anchors, versions
from digit_recognizer.models.anchors import ANCHORS, Anchor
from digit_recognizer.recognition.model import ARTEFACTS, KERAS_FILE, built_in
from digit_recognizer.store.storage import Store
from tests import tiny_models


async def test_without_an_anchor_it_is_the_model_of_the_package(store: Store) -> None:
    model, keras_file = await anchors.current(store)
    assert model is built_in()
    assert keras_file == (ARTEFACTS / KERAS_FILE).read_bytes()


async def test_a_person_sets_another_one_and_takes_it_back(store: Store) -> None:
    await versions.publish(store, "v1", tiny_models.files("v1"))
    await anchors.put(store, "v1", "It is better.")
    model, keras_file = await anchors.current(store)
    assert (model.version, keras_file) == ("v1", b"keras")
    await anchors.put(store, "built-in", "It was not.")
    assert (await anchors.current(store))[0] is built_in()


async def test_an_anchor_ends_with_the_model_of_the_package_that_it_was_set_over(
    store: Store,
) -> None:
    await versions.publish(store, "v1", tiny_models.files("v1"))
    made = await anchors.put(store, "v1", "")
    older = replace(made, package="20200101-000000-00000000")
    await ANCHORS.create(store, 2, older.to_json())
    assert (await anchors.current(store))[0] is built_in()


async def test_a_version_of_another_preprocessing_is_no_anchor(store: Store) -> None:
    await versions.publish(store, "v1", tiny_models.files("v1", preprocessing_version=1))
    with pytest.raises(UnfitModel, match="preprocessing version 1"):
        await anchors.put(store, "v1", "")
    sha256 = (await versions.card(store, "v1"))["sha256"]
    await ANCHORS.create(store, 1, Anchor("", "", "v1", sha256, built_in().version).to_json())
    assert (await anchors.current(store))[0] is built_in()


async def test_a_version_without_its_keras_file_is_none(store: Store) -> None:
    files = tiny_models.files("v1")
    del files[KERAS_FILE]
    await versions.publish(store, "v1", files)
    with pytest.raises(InvalidRequest, match="was published without"):
        await anchors.put(store, "v1", "")


async def test_a_damaged_anchor_does_not_count(store: Store) -> None:
    await ANCHORS.create(store, 1, b"{}")
    assert (await anchors.current(store))[0] is built_in()


async def test_of_two_that_are_set_at_once_both_or_one_are_there(store: Store) -> None:
    await asyncio.gather(
        *(anchors.put(store, "built-in", "") for _ in range(2)), return_exceptions=True
    )
    assert await ANCHORS.numbers(store) in ([1], [1, 2])
