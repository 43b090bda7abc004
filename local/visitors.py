"""Who may talk to the local server: its own page, programs, and nobody else's page.

A browser lets any page that is open in it send requests to this machine, and a name in the DNS can
be made to point here (DNS rebinding). So before the app hears of a request, it is refused if

- its `Host` is not ours: the names of this machine, or those in ALLOWED_HOSTS. Where the server
  listens to the whole network (HOST=0.0.0.0) any address in digits is ours: rebinding takes a name;
- a browser says that another origin sends it (`Sec-Fetch-Site`, or `Origin` where it does not say),
  unless a person follows a link here: W3C, Fetch Metadata Request Headers, as a resource isolation
  policy (web.dev/articles/fetch-metadata);
- it must be JSON and its content type is something else, which other origins can send unasked.
"""

import os
import re
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from local import metrics

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(:[0-9]*)?")
_NAME = re.compile(r"\*|[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\]")
_WAYS_HERE = ("same-origin", "none")  # none: an address that was typed in, or a bookmark


@dataclass(frozen=True)
class Hosts:
    """The hosts that are ours.

    Attributes:
        names: in small letters; "*" is any.
        addresses: whether any address in digits is ours, not only those of this machine itself.
    """

    names: frozenset[str]
    addresses: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Hosts":
        """What HOST, where the server listens, and ALLOWED_HOSTS, names with commas, say.

        Raises:
            ValueError: ALLOWED_HOSTS holds something else than names, in one sentence.
        """
        given = environment.get("ALLOWED_HOSTS", "")
        named = [each.strip() for each in given.split(",") if each.strip()]
        if not all(map(_NAME.fullmatch, named)):
            raise ValueError(
                f"ALLOWED_HOSTS is {given!r}; it must be names without a port, such as"
                " digits.example.org, with commas between them, or * for any."
            )
        listening = environment.get("HOST") or "127.0.0.1"
        everywhere = _is_address(listening) and ip_address(listening).is_unspecified
        own = [socket.gethostname()] if everywhere else [_bracketed(listening)]
        own += [f"{name}.local" for name in own if everywhere]
        return cls(frozenset(name.lower() for name in [*named, *own]), everywhere)

    def are_ours(self, host: str) -> bool:
        """Whether a request with this `Host` is meant for this server."""
        split = _HOST.fullmatch(host.strip())
        if split is None:
            return False
        name = split[1].lower().removesuffix(".")
        if "*" in self.names or name in self.names:
            return True
        if name == "localhost" or name.endswith(".localhost"):  # RFC 6761
            return True
        address = name.strip("[]")
        return _is_address(address) and (self.addresses or ip_address(address).is_loopback)


class Visitors:
    """Refuses requests that are not meant for this server, in the contract's shape."""

    def __init__(self, app: ASGIApp, hosts: Hosts, json_routes: Collection[str]) -> None:
        self._app = app
        self._hosts = hosts
        self._json_routes = json_routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, sentence = refusal
        metrics.count_refused(status)
        await JSONResponse({"error": sentence}, status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        for host in headers.getlist("host"):
            if not self._hosts.are_ours(host):
                return 403, (
                    f"This server is not {host[:100]}: ask for localhost, or name the host in"
                    " ALLOWED_HOSTS where the server is started."
                )
        if _is_of_another_origin(scope["method"], headers):
            return 403, "Only this server's own page may ask for that, not one of another origin."
        if scope["method"] == "POST" and scope["path"] in self._json_routes:
            given = headers.get("content-type", "")
            if given.partition(";")[0].strip().lower() != "application/json":
                return 415, (
                    "Send JSON with the header content-type: application/json"
                    f" (curl -H or --json); this one is {given[:100] or 'missing'}."
                )
        return None


def _is_of_another_origin(method: str, headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        follows_a_link = (
            method in ("GET", "HEAD")
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        )
        return site not in _WAYS_HERE and not follows_a_link
    # Not said to addresses that a browser does not trust: http, and not this machine.
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "").lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
