"""How often one client may ask: so that one can't take all of the server from the others.

CLIENT_RATE is the requests a second that one address may send in the long run, to each worker; for
ten seconds' worth of them it may be faster. Thirty pupils behind one address stay below the
default: who draws a digit every three seconds sends some three requests a second, since the page
asks while the pen moves, too. 0 is for no limit.

This machine itself is not limited: whoever is on it can do worse, and a proxy on it would be taken
for one client; it has to limit its own.
"""

import math
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

DEFAULT_RATE = 200
_BURST_S = 10.0
_ROUNDING_S = 1e-6
# Clients that are remembered. A flood from more addresses than that is for `protocol.MAX_WAITING`.
_MOST_CLIENTS = 10_000


def rate_from_environment(environment: Mapping[str, str] = os.environ) -> int:
    """What CLIENT_RATE says.

    Raises:
        ValueError: it is no number, in one sentence.
    """
    given = environment.get("CLIENT_RATE") or str(DEFAULT_RATE)
    if not given.isascii() or not given.isdecimal() or len(given) > 6:
        raise ValueError(
            f"CLIENT_RATE is {given[:50]!r}; it must be a number of requests a second, 0 for no"
            " limit."
        )
    return int(given)


class ClientLimit:
    """Counts the requests of each client.

    The generic cell rate algorithm (ITU-T I.371): of each client one number is kept, the time at
    which all that it sent would have come at the rate that is allowed.

    Args:
        rate: requests a second; 0 for no limit.
        clock: seconds that never go back.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._clock = clock
        self._due: OrderedDict[str, float] = OrderedDict()  # the one that was silent longest first

    def __len__(self) -> int:
        return len(self._due)

    def wait_s(self, address: str) -> int:
        """Count a request from an address, unless it comes too early.

        Returns:
            0 if it may be answered, else the seconds after which the next one may be.
        """
        client = client_of(address) if self._interval else None
        if client is None:
            return 0
        now = self._clock()
        due = max(now, self._due.get(client, now))
        early = due - now - (_BURST_S - self._interval)
        if early > _ROUNDING_S:
            return math.ceil(early)
        self._due[client] = due + self._interval
        self._due.move_to_end(client)
        if len(self._due) > _MOST_CLIENTS:
            self._due.popitem(last=False)
        return 0


def client_of(address: str) -> str | None:
    """Whose address it is; None for this machine itself, and for what is no address.

    An IPv6 client has a whole network of 64 bits to choose addresses from, so that is who it is.
    """
    parsed = _parsed(address)
    if parsed is None or parsed.is_loopback:
        return None
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else str(parsed)


def is_this_machine(address: str) -> bool:
    """Whether it is an address by which a machine talks to itself."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
