"""Putting a version of the model into service, and taking it back.

A version is checked before it is promoted: its files are complete and undamaged, it answers with
probabilities, it passes its smoke test. The commit is one entry in the log of promotions, so
whoever is killed anywhere leaves the log as it was or with that entry.
"""

from digit_recognizer.errors import InvalidRequest, UnfitModel
from digit_recognizer.models import promotion_log, versions
from digit_recognizer.models.fitness import accept
from digit_recognizer.models.promotion_log import Entry, append, overtaken
from digit_recognizer.recognition.model import Model, built_in
from digit_recognizer.store.storage import Store

BUILT_IN = "built-in"
"""Names the model of the package, whatever its version is called."""


async def promote(store: Store, version: str, reason: str, expected: int | None = None) -> Entry:
    """Put a version into service.

    Args:
        store: the store.
        version: a published one; BUILT_IN, or its version, for the model of the package.
        reason: why, for people.
        expected: the number of the entry that the decision was made on; None for whichever is in
            force now.

    Returns:
        The entry that is in force now.

    Raises:
        InvalidRequest: no version has such a name, or it is in service already.
        UnfitModel: it is not there, incomplete, damaged, or fails its smoke test.
        Conflict: another entry than the expected one is in force, or came in between.
        StoreUnavailable: the store failed.
    """
    base = await _in_force(store, expected)
    now = base.entry
    is_built_in = version in (BUILT_IN, built_in().version)
    if now.built_in if is_built_in else now.version == version:
        raise InvalidRequest(f"Version {now.version} is in service already.")
    model = await _checked(store, version, is_built_in)
    return await append(store, base, "promotion", reason, model, below=now.number)


async def rollback(store: Store, reason: str, expected: int | None = None) -> Entry:
    """Put the version back into service that was there before the one that is now.

    Twice goes two steps back: what a rollback took out of service is not gone back to.

    Args:
        store: the store.
        reason: why, for people.
        expected: the number of the entry to take back; None for whichever is in force now.

    Returns:
        The entry that is in force now.

    Raises:
        InvalidRequest: nothing was promoted that could be taken back.
        UnfitModel: the version before is not there any more, damaged, or not for this code.
        Conflict: another entry than the expected one is in force, or came in between.
        StoreUnavailable: the store failed.
    """
    base = await _in_force(store, expected)
    now = base.entry
    if now.below is None:
        raise InvalidRequest(
            f"There is nothing to roll back: version {now.version}, the model of the package, is"
            " in service, and none was before it."
        )
    target = (await promotion_log.readable(store, range(1, now.below + 1))).entry
    try:
        model = await _checked(store, target.version, target.built_in, target.sha256)
    except UnfitModel as error:
        raise UnfitModel(
            f"{error} Promote another version instead; {BUILT_IN} is that of the package."
        ) from error
    return await append(store, base, "rollback", reason, model, below=target.below)


async def _in_force(store: Store, expected: int | None) -> promotion_log.Current:
    base = await promotion_log.in_force(store)
    if expected is not None and base.entry.number != expected:
        raise overtaken(base.entry)
    return base


async def _checked(
    store: Store, version: str, is_built_in: bool, sha256: str | None = None
) -> Model:
    """The model of a version, which is fit for service; that of the package always is."""
    if is_built_in:
        return built_in()
    model = await versions.load(store, version, sha256)
    accept(model)
    return model
