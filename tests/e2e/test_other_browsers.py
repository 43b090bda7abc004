"""The page in Firefox and in WebKit, where the system has them: what people do on it first."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.e2e.conftest import LocalServer
from tests.e2e.strokes import DIGITS
from tests.e2e.test_accessibility import AXE
from tests.e2e.webdriver import Driven, firefox, webkit

ESCAPE = "\ue00c"

BUILT = "document.querySelector('#root > [inert]')"  # what the build has drawn
HEADLINE = "return document.querySelector('h2')?.innerText"
PART = "document.querySelector(`[data-testid='${arguments[0]}']`)"
SHOWN = f"return !!{PART}?.getClientRects().length"
AXE_FOUND = """
    axe.run(document, { resultTypes: ["violations"] }).then(
        ({ violations }) => { window.found = violations.map(({ id }) => id); });
"""


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driven]:
    start: Callable[[Path], AbstractContextManager[Driven]] = request.param
    try:
        opened = start(tmp_path_factory.mktemp("profile"))
        driven = opened.__enter__()
    except LookupError as error:
        pytest.skip(str(error))
    yield driven
    opened.__exit__(None, None, None)


def press(browser: Driven, part: str) -> None:
    browser.wait_for(SHOWN, part)
    browser.run(f"{PART}.click()", part)


def draw(browser: Driven, digit: int) -> None:
    browser.wait_for(SHOWN, "canvas")
    box = browser.run(
        f"const box = {PART}.getBoundingClientRect(); return [box.x, box.y, box.width]", "canvas"
    )
    browser.drag(DIGITS[digit], box)


def findings(browser: Driven) -> list[str]:
    browser.wait_for(
        "return document.getAnimations().every((each) => each.playState !== 'running')"
    )
    browser.run(f"{AXE.read_text('utf-8')}; window.found = null; {AXE_FOUND}")
    found: list[str] = browser.wait_for("return window.found && [window.found]")[0]
    return found


@pytest.mark.parametrize(("width", "height"), [(500, 844), (844, 390), (1280, 900)])
def test_a_digit_is_drawn_read_and_corrected(
    browser: Driven, server: LocalServer, width: int, height: int
) -> None:
    browser.open(server.url)
    browser.resize(width, height)
    browser.run("window.errors = []; addEventListener('error', (e) => errors.push(e.message))")
    draw(browser, 7)
    browser.wait_for(f"{HEADLINE} === 'This is a 7'")
    assert findings(browser) == []

    press(browser, "wrong")
    browser.wait_for(SHOWN, "label-1")
    assert findings(browser) == []
    browser.press(ESCAPE)
    browser.wait_for(f"return !{PART}?.getClientRects().length", "label-1")
    assert browser.run(HEADLINE) == "This is a 7"

    press(browser, "wrong")
    press(browser, "label-1")
    browser.wait_for(SHOWN, "feedback-undo")
    browser.wait_for(SHOWN, "given")
    assert browser.run("return window.errors") == []


@pytest.mark.parametrize("page", ["train", "data", "model"])
@pytest.mark.parametrize("width", [500, 1280])
def test_each_page_fits_and_axe_finds_nothing(
    browser: Driven, server: LocalServer, page: str, width: int
) -> None:
    browser.open(f"{server.url}/#{page}")
    browser.resize(width, 844)
    browser.wait_for(f"return !{BUILT} && document.querySelector('main h2')")
    assert findings(browser) == []
    beyond = "const { scrollWidth, clientWidth } = document.documentElement"
    assert browser.run(f"{beyond}; return scrollWidth - clientWidth") <= 0


def test_back_closes_the_sheet_on_a_phone(browser: Driven, server: LocalServer) -> None:
    browser.open(server.url)
    browser.resize(500, 844)
    draw(browser, 7)
    browser.wait_for(f"{HEADLINE} === 'This is a 7'")
    press(browser, "wrong")
    browser.wait_for(SHOWN, "label-1")
    browser.run("history.back()")
    browser.wait_for(f"return !{PART}?.getClientRects().length", "label-1")
    assert browser.run("return location.href").rstrip("/") == server.url
