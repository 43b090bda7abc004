"""The real local server, a real Chromium, and a hand that draws."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    Request,
    Route,
    expect,
    sync_playwright,
)

from tests.e2e.strokes import DIGITS, Stroke

PROJECT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=15_000)  # an answer is held for three seconds before it is sent
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_WITHIN_S = 60.0
ANSWER_WITHIN_MS = 15_000


@dataclass
class LocalServer:
    """`python -m local` as a process of its own, on one store that outlives it."""

    store: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATA_STORE": self.store.as_uri(),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local"], cwd=PROJECT, env=environment
        )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._healthy():
            if self.process.poll() is not None:
                pytest.fail(f"The local server ended with status {self.process.returncode}.")
            if time.monotonic() > deadline:
                self.stop()
                pytest.fail(f"The local server did not answer within {READY_WITHIN_S:.0f} s.")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server with an empty store for the tests of one file."""
    if not (PROJECT / "web" / "dist" / "index.html").is_file():
        pytest.fail("The page is not built: run `npm ci && npm run build` in web/.")
    local = LocalServer(store=tmp_path_factory.mktemp("store"), port=free_port())
    try:
        local.start()
        yield local
    finally:
        local.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def launched(playwright: Playwright, *flags: str) -> Browser:
    """CHROMIUM from the environment, else the one of the machine, else Playwright's own."""
    executable = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium-headless-shell")
        or shutil.which("chromium")
    )
    return playwright.chromium.launch(executable_path=executable, args=[*CHROMIUM_FLAGS, *flags])


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests."""
    browser = launched(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def large_text(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose owner wants text twice as large."""
    browser = launched(playwright, "--blink-settings=defaultFontSize=32")
    yield browser
    browser.close()


OpenPage = Callable[..., "DigitPage"]


@pytest.fixture
def open_page(chromium: Browser, server: LocalServer) -> Iterator[OpenPage]:
    """Opens the page in a context of its own; takes the options of `Browser.new_context`."""
    contexts: list[BrowserContext] = []
    pages: list[DigitPage] = []

    def open_one(**options: object) -> DigitPage:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = DigitPage(context.new_page(), server.url)
        pages.append(page)
        page.open()
        return page

    yield open_one
    for context in contexts:
        context.close()
    # Whatever a test was about, the page must not have complained meanwhile.
    assert [complaint for page in pages for complaint in page.complaints] == []


@pytest.fixture
def digit_page(open_page: OpenPage) -> "DigitPage":
    """The page on a desktop screen."""
    return open_page()


class DigitPage:
    """The page as a person uses it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def open(self) -> None:
        self.page.goto(self.url)
        self.part("canvas").wait_for()

    def go_offline(self) -> None:
        """Take the network away, not while the worker is fetched: the browser would complain."""
        self.page.evaluate("async () => { await navigator.serviceWorker.ready }")
        self.page.context.set_offline(True)

    def go_online(self) -> None:
        """Give it back."""
        self.page.context.set_offline(False)

    def part(self, name: str) -> Locator:
        """The part of the page with this `data-testid`."""
        return self.page.get_by_test_id(name)

    def canvas_point(self, x: float, y: float) -> tuple[float, float]:
        """A place on the canvas, given in fractions, in pixels of the window."""
        box = self.part("canvas").bounding_box()
        assert box is not None
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def go(self, page: str) -> None:
        """Open one of the pages by its tab."""
        self.part(f"tab-{page}").click()

    def draw(self, digit: int) -> None:
        """Write a digit with the pointer, on a cleared canvas."""
        self.page.evaluate("scrollTo(0, 0)")
        if self.part("clear").is_enabled():
            self.part("clear").click()
        self.write(digit, "canvas")

    def write(self, digit: int, canvas: str) -> None:
        """Write a digit onto a canvas with the pointer."""
        self.write_strokes(DIGITS[digit], canvas)

    def write_number(self, number: str) -> None:
        """Write digits side by side, and wait until they are read."""
        room = 0.9 / len(number)
        self.write_strokes(
            [
                [
                    ((x - 0.5) * room * 1.4 + 0.5 + (nth - (len(number) - 1) / 2) * room, y)
                    for x, y in stroke
                ]
                for nth, digit in enumerate(number)
                for stroke in DIGITS[int(digit)]
            ]
        )
        expect(self.part("prediction")).to_have_text(number)
        expect(self.part("digit").first).to_be_enabled()

    def write_strokes(self, strokes: list[Stroke], canvas: str = "canvas") -> None:
        """Write strokes onto a canvas with the pointer, as a hand does."""
        box = self.part(canvas).bounding_box()
        assert box is not None
        mouse = self.page.mouse
        for stroke in strokes:
            points = [
                (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke
            ]
            mouse.move(*points[0])
            mouse.down()
            for point in points[1:]:
                mouse.move(*point)
            mouse.up()

    def asked(self) -> int:
        """The digit that the training page asks for."""
        return int(self.part("train-prompt").get_attribute("data-digit") or "")

    def train(self, *, wrongly: bool = False) -> int:
        """Draw the digit that the training page asks for, or another one, and save it."""
        done = self.part("train-progress").get_attribute("data-drawn") or ""
        asked = self.asked()
        self.write((asked + 5) % 10 if wrongly else asked, "train-canvas")
        self.part("train-save").click()
        if wrongly:
            keep = self.part("train-keep")
            next_one = self.page.locator(
                f"[data-testid=train-progress]:not([data-drawn='{done}']), [data-testid=train-done]"
            )
            keep.or_(next_one).first.wait_for()
            if keep.is_visible():
                keep.click()
        # Either the next one is asked for, or the round is over.
        still = f"[data-testid=train-progress][data-drawn='{done}']"
        expect(self.page.locator(still)).to_have_count(0)
        return asked

    def stop_clock(self) -> None:
        """Let no more time go by in the page, so that what waits a while stays."""
        self.page.clock.install()
        self.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))

    def sent_feedback(self) -> list[dict[str, Any]]:
        """What goes to the API about feedback from now on."""
        bodies: list[dict[str, Any]] = []

        def note(request: Request) -> None:
            if request.url.endswith("/save_feedback"):
                bodies.append(json.loads(request.post_data or "{}"))

        self.page.on("request", note)
        return bodies

    def fail(self, route: str, status: int, sentence: str) -> None:
        """Let the API refuse."""
        self.page.route(
            f"**/{route}", lambda each: each.fulfill(status=status, json={"error": sentence})
        )

    def change(self, route: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Let the API answer something else."""

        def changed(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, json=change(answer.json()))

        self.page.route(f"**/{route}", changed)

    def answer(self) -> int:
        """The digit that the page names, once it does."""
        # An answer to the strokes before may be taken away between two looks.
        deadline = time.monotonic() + ANSWER_WITHIN_MS / 1000
        while True:
            self.part("confidence").wait_for(timeout=ANSWER_WITHIN_MS)
            named = self.part("prediction").inner_text()
            if named.isdigit() or time.monotonic() > deadline:
                return int(named)

    def status(self) -> str:
        """What the page says about the feedback."""
        return self.part("feedback-status").inner_text()

    def correct_to(self, label: int | str) -> None:
        """Say that the answer is wrong, and what is right."""
        self.part("wrong").click()
        self.part(f"label-{label}").click()

    def _listen(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        # Chromium itself reports each refused request; tests that provoke one look at the page.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.complaints.append(text)
