"""Whether a store keeps the one promise that everything relies on: create only where nothing is."""

import secrets

from digit_recognizer.errors import UnfitStore
from digit_recognizer.store.storage import Store

KEY = "feedback/manifests/create-if-absent"
"""The object that it is tried on, where commits are made; there is one, however often."""


async def check(store: Store) -> None:
    """Try to create an object where one is.

    Raises:
        UnfitStore: the store overwrote it, as some that resemble S3 do: they ignore If-None-Match.
        StoreUnavailable: the store failed; nothing is known.
    """
    await store.create(KEY, b"Created once; whoever may create it again would lose rows.\n")
    before = await store.get(KEY)
    if await store.create(KEY, secrets.token_bytes(16)) or await store.get(KEY) != before:
        raise UnfitStore(
            "This store overwrites an object where it should refuse to: it ignores the condition"
            " If-None-Match: *, and two compactions at once would lose rows. Use S3, or a store"
            " that supports conditional writes (for example MinIO since 2024)."
        )
