"""Time-ordered ids: UUID version 7 (RFC 9562), made by the server, or by the page without it.

Sorting ids sorts what they name by time, to a quarter of a microsecond within one process's clock.
"""

import os
import re
import time
import uuid
from datetime import UTC, datetime
from hashlib import blake2b

from digit_recognizer.errors import InvalidRequest

_CANONICAL = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id() -> str:
    """A new id, later in the order than those made before (RFC 9562, section 6.2, method 3)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    bits = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random
    return str(uuid.UUID(int=bits))


def hashed_id(content: bytes, milliseconds: int = 0) -> str:
    """An id of a time, in milliseconds since 1970, whose random bits are a hash of something.

    The same content has the same id, whenever and wherever it is made.
    """
    bits = int.from_bytes(blake2b(content, digest_size=10).digest(), "big")
    version_and_variant = 0x7 << 76 | 0b10 << 62
    return str(
        uuid.UUID(
            int=milliseconds << 80
            | (bits >> 62 & 0xFFF) << 64
            | bits & (1 << 62) - 1
            | version_and_variant
        )
    )


def day_of(id_: str) -> str:
    """The day on which an id says it was made, yyyy-mm-dd, UTC; the last day for wild clocks."""
    try:
        return f"{datetime.fromtimestamp(milliseconds_of(id_) / 1000, UTC):%Y-%m-%d}"
    except (OverflowError, ValueError):
        return "9999-12-31"


def milliseconds_of(id_: str) -> int:
    """When an id in its canonical spelling was made, in milliseconds since 1970."""
    return int(id_[:8] + id_[9:13], 16)


def is_canonical(given: object) -> bool:
    """Whether this is a UUIDv7 in its canonical spelling, from whatever time."""
    return isinstance(given, str) and _CANONICAL.fullmatch(given) is not None


def checked_id(given: object) -> str:
    """An id as a client sent it, in its one canonical spelling.

    The time in it is that of the clock of who made it, which may be wrong: it decides nothing.

    Raises:
        InvalidRequest: it is no UUIDv7.
    """
    canonical = given.lower() if isinstance(given, str) else given
    if not is_canonical(canonical):
        raise InvalidRequest(
            "The id is not one of ours; send the id that /predict answered, or none."
        )
    return str(canonical)
