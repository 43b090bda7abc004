"""Old rows under a better `normalise`: their pixels are made anew from the original pictures."""

from dataclasses import dataclass, replace

from digit_recognizer.errors import InvalidRequest, TooLarge
from digit_recognizer.feedback.record import PIXELS_AS_GIVEN, Feedback
from digit_recognizer.feedback.tally import Tally
from digit_recognizer.recognition import preprocessing
from digit_recognizer.recognition.preprocessing import PREPROCESSING_VERSION
from digit_recognizer.rows import compaction, manifest, segments
from digit_recognizer.rows.segments import Segment, SegmentWriter
from digit_recognizer.store.storage import Store


@dataclass
class Reprocessed:
    """What became of the rows that an older `normalise` had made.

    Attributes:
        anew: rows with new pixels.
        left: rows as they were, because their pictures can't be read any more.
    """

    anew: int = 0
    left: int = 0


async def reprocess(store: Store) -> Reprocessed:
    """Bring all rows to today's preprocessing version, a segment a generation.

    Rows stay where they are in the file. It can be stopped and called again at any time; others
    may save, download and compact meanwhile. Rows that came as pixels stay as they are.

    Raises:
        StoreUnavailable: the store failed; what was done stays done.
    """
    await compaction.compact_all(store)
    total = Reprocessed()
    done: set[str] = set()
    while True:
        base = await manifest.in_force(store)
        old = (s for s in base.segments if s.name not in done and _is_old(s))
        segment = next(old, None)
        if segment is None:
            return total
        # However much longer its lines get, it stays one segment.
        longest = 2 * max(segment.csv_bytes, segment.record_bytes) + 4096
        writer = SegmentWriter(store, base.generation + 1, longest)
        figures = Tally.from_json(base.figures)
        counted = Reprocessed()
        async for record in segments.records(store, segment):
            await writer.add(_anew(record, figures, counted))
        for id_ in await segments.taken_back_in(store, segment):
            await writer.add_taken_back(id_)
        await writer.close()
        if await compaction.replace(store, base, segment, writer, figures):
            done.update(written.name for written in writer.written)
            total.anew += counted.anew
            total.left += counted.left


def pixels_of_today(record: Feedback) -> bytes | None:
    """A record's 784 pixels as today's `normalise` makes them of its picture.

    Rows that came as pixels stay as they are.

    Returns:
        The pixels; None if the picture can't be read any more.
    """
    if record.preprocessing_version in (PREPROCESSING_VERSION, PIXELS_AS_GIVEN):
        return record.pixels
    try:
        return preprocessing.preprocess(record.image).tobytes()
    except (InvalidRequest, TooLarge):
        return None


def _is_old(segment: Segment) -> bool:
    return not {PREPROCESSING_VERSION, PIXELS_AS_GIVEN}.issuperset(segment.versions)


def _anew(record: Feedback, figures: Tally, counted: Reprocessed) -> Feedback:
    """The record with today's pixels, and the figures and counts brought up to date."""
    if record.preprocessing_version in (PREPROCESSING_VERSION, PIXELS_AS_GIVEN):
        return record
    pixels = pixels_of_today(record)
    if pixels is None:
        counted.left += 1
        return record
    made = replace(record, pixels=pixels, preprocessing_version=PREPROCESSING_VERSION)
    figures.replace_pixels(record, made)
    counted.anew += 1
    return made
