"""The rows of a store as a retraining finds them, and what persons said of them."""

import asyncio

from digit_recognizer.models import retraining_log, reviews
from digit_recognizer.recognition.arrays import Float
from digit_recognizer.rows import snapshot
from digit_recognizer.store.storage import Store
from training.retraining import journal
from training.retraining.collected import Collected, Lot, collect
from training.retraining.options import Options
from training.retraining.parent import Parent
from training.retraining.regions import Reviewed, reviewed


async def collected_rows(store: Store, learner: Parent) -> Collected:
    """The rows that are worth learning from, and how many are still there of what `learner` has.

    Raises:
        StoreUnavailable: the store failed.
    """
    last = await retraining_log.newest(store)
    lot = Lot(journal.sample_key(), last.newest_at if last else "", learner.learned or frozenset())
    taken_back = (await snapshot.counted(store)).left.empty
    return await collect(snapshot.rows(store), taken_back, lot)


def reviewed_rows(
    store: Store,
    learner: Parent,
    collected: Collected,
    probabilities: Float,
    sure_from: float,
    options: Options,
) -> Reviewed:
    """What waits for a person, which is put on the store, and what persons have said."""
    decisions = asyncio.run(reviews.decisions(store))
    learned = learner.has_learned(collected)
    found = reviewed(collected, probabilities, sure_from, decisions, learned)
    if not options.dry_run:
        asyncio.run(reviews.put(store, found.regions))
    if found.regions:
        n = int(found.waits.sum())
        print(f"{n} rows wait for a person: `make review` shows them.", flush=True)
    return found
