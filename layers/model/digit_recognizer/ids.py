"""Time-ordered ids: UUID version 7 (RFC 9562), made by the server.

Sorting ids sorts what they name by time, to a quarter of a microsecond within one process's clock.
"""

import os
import re
import time
import uuid
from datetime import UTC, datetime, timedelta

from digit_recognizer.errors import InvalidRequest

# How far ahead of this machine's clock another server's clock may be.
_CLOCK_SKEW = timedelta(days=1)

_CANONICAL = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id() -> str:
    """A new id, later in the order than those made before (RFC 9562, section 6.2, method 3)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    bits = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random
    return str(uuid.UUID(int=bits))


def time_of(id_: str) -> datetime:
    """When an id was made (UTC, to the millisecond).

    Raises:
        OverflowError, ValueError: the id is no UUID, or its time is after the year 9999.
    """
    return datetime.fromtimestamp((uuid.UUID(id_).int >> 80) / 1000, UTC)


def milliseconds_of(id_: str) -> int:
    """When an id in its canonical spelling was made, in milliseconds since 1970."""
    return int(id_[:8] + id_[9:13], 16)


def is_canonical(given: object) -> bool:
    """Whether this is a UUIDv7 in its canonical spelling, from whatever time."""
    return isinstance(given, str) and _CANONICAL.fullmatch(given) is not None


def checked_id(given: object) -> str:
    """An id as a client sent it, in its one canonical spelling.

    Raises:
        InvalidRequest: it is not an id that this service could have made.
    """
    wrong = InvalidRequest(
        "The id is not one of ours; send the id that /predict answered, or none."
    )
    if not isinstance(given, str) or len(given) != 36:
        raise wrong
    try:
        parsed = uuid.UUID(given)
        made_at = time_of(given)
    except (ValueError, OverflowError):
        raise wrong from None
    ours = parsed.version == 7 and str(parsed) == given.lower()
    if not ours or made_at > datetime.now(UTC) + _CLOCK_SKEW:
        raise wrong
    return str(parsed)
