"""Firefox and WebKitGTK as the system has them, over WebDriver: what Playwright can't drive.

Firefox speaks the commands over its own socket (Marionette), WebKitGTK over HTTP
(WebKitWebDriver); the commands are those of W3C's WebDriver.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.conftest import free_port
from tests.e2e.strokes import Stroke

_STARTS_WITHIN_S = 60.0
_MINI_BROWSER = "webkit2gtk-4.1/MiniBrowser"

Command = Callable[[str, Mapping[str, Any]], Any]
"""Sends a command by its name in WebDriver, and returns its value."""


class Driven:
    """A browser with one window.

    Args:
        send: to it.
    """

    def __init__(self, send: Command) -> None:
        self._send = send

    def open(self, url: str) -> None:
        """Go to an address, also where only its fragment is another one, and load it anew."""
        for each in ("about:blank", url):
            self._send("Navigate", {"url": each})

    def run(self, script: str, *arguments: object) -> Any:
        """What the body of a function returns in the page."""
        return self._send("ExecuteScript", {"script": script, "args": arguments})

    def resize(self, width: int, height: int) -> None:
        """Make the page so large, or as small as the browser allows."""
        for _ in range(2):
            rect = self._send("GetWindowRect", {})
            inner = self.run("return [innerWidth, innerHeight]")
            size = {
                "width": rect["width"] + width - inner[0],
                "height": rect["height"] + height - inner[1],
            }
            self._send("SetWindowRect", size)

    def wait_for(self, script: str, *arguments: object, within_s: float = 15.0) -> Any:
        """What a script returns as soon as that is true."""
        deadline = time.monotonic() + within_s
        while not (value := self.run(script, *arguments)):
            assert time.monotonic() < deadline, f"Not within {within_s:.0f} s: {script}"
            time.sleep(0.05)
        return value

    def drag(self, strokes: Sequence[Stroke], box: tuple[float, float, float]) -> None:
        """Draw strokes of a unit square with the mouse into a box: left, top and side."""
        left, top, side = box
        actions: list[dict[str, Any]] = []
        for stroke in strokes:
            moves = [
                {
                    "type": "pointerMove",
                    "origin": "viewport",
                    "duration": 15,
                    "x": round(left + x * side),
                    "y": round(top + y * side),
                }
                for x, y in stroke
            ]
            down, up = ({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up"))
            actions += [moves[0], down, *moves[1:], up]
        self._perform({"type": "pointer", "parameters": {"pointerType": "mouse"}}, actions)

    def press(self, key: str) -> None:
        """Press a key: a letter, or one of WebDriver's code points."""
        self._perform({"type": "key"}, [{"type": f"key{w}", "value": key} for w in ("Down", "Up")])

    def _perform(self, source: Mapping[str, Any], actions: Sequence[Mapping[str, Any]]) -> None:
        device = {"id": source["type"], "actions": list(actions), **source}
        self._send("PerformActions", {"actions": [device]})


@contextmanager
def firefox(folder: Path) -> Iterator[Driven]:
    """Firefox with a profile in a folder.

    Raises:
        LookupError: there is none.
    """
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        raise LookupError("Firefox is not installed.")
    port = free_port()
    (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n', "ascii")
    words = [program, "--marionette", "--headless", "--no-remote", "--profile", str(folder)]
    with _running(words, {"HOME": str(folder)}), _connected(port) as connection:
        stream = connection.makefile("rwb")
        _message(stream)  # it says hello

        def send(name: str, parameters: Mapping[str, Any]) -> Any:
            content = json.dumps([0, 1, f"WebDriver:{name}", parameters]).encode()
            stream.write(b"%d:%b" % (len(content), content))
            stream.flush()
            _, _, error, result = _message(stream)
            assert error is None, error
            whole = isinstance(result, dict) and set(result) == {"value"}
            return result["value"] if whole else result

        send("NewSession", {})
        yield Driven(send)


def _message(stream: Any) -> Any:
    length = b""
    while (byte := stream.read(1)) != b":":
        length += byte
    return json.loads(stream.read(int(length)))


@contextmanager
def webkit(folder: Path) -> Iterator[Driven]:
    """WebKitGTK's small browser on a screen that nobody sees.

    Raises:
        LookupError: it is not there, or no screen is.
    """
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr").glob(f"lib*/**/{_MINI_BROWSER}"))
    if driver is None or screen is None or not browsers:
        raise LookupError("WebKitGTK with its driver (webkit2gtk-driver) and Xvfb are needed.")
    port, display = free_port(), f":{os.getpid() % 30_000 + 100}"
    environment = {
        "HOME": str(folder),
        "DISPLAY": display,
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # as root it does not start otherwise
    }
    with (
        _running([screen, display, "-screen", "0", "1600x1200x24"], {}),
        _running([driver, f"--port={port}"], environment),
        _connected(port),
    ):
        base = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(browsers[0]), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        session = _ask("POST", base, wanted)["sessionId"]

        def send(name: str, parameters: Mapping[str, Any]) -> Any:
            method, path = _ROUTES[name]
            body = parameters if method == "POST" else None
            return _ask(method, f"{base}/{session}/{path}", body)

        try:
            yield Driven(send)
        finally:
            _ask("DELETE", f"{base}/{session}", None)


_ROUTES = {
    "Navigate": ("POST", "url"),
    "ExecuteScript": ("POST", "execute/sync"),
    "GetWindowRect": ("GET", "window/rect"),
    "SetWindowRect": ("POST", "window/rect"),
    "PerformActions": ("POST", "actions"),
}


def _ask(method: str, url: str, body: Mapping[str, Any] | None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=_STARTS_WITHIN_S) as answer:
        return json.load(answer)["value"]


@contextmanager
def _running(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        words,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # with what it starts itself
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _connected(port: int) -> Iterator[socket.socket]:
    """A connection to what is only starting."""
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=_STARTS_WITHIN_S)
            break
        except OSError:
            assert time.monotonic() < deadline, "The browser does not start."
            time.sleep(0.1)
    with connection:
        yield connection
