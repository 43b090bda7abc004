"""Pictures of the page in each state, for `docs/screens/`: `make screens`.

On a phone (390) and a desktop (1440), light and dark. Look at them.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.e2e.collected import fill
from tests.e2e.conftest import PROJECT, DigitPage, LocalServer, free_port, launched

SCREENS = PROJECT / "docs" / "screens"
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "on-its-side": {
        "viewport": {"width": 844, "height": 390},
        "has_touch": True,
        "is_mobile": True,
    },
}
THEMES: list[Literal["light", "dark"]] = ["light", "dark"]
COLOURS = 96  # of a palette; the page is calm enough for that
FIGURES = ["mnist_accuracy", "writers_accuracy", "writers_worst_cell_accuracy"]
REASONS = [
    "Sevens of one school were all taken for ones.",
    "31 instead of 12 of 40 held-out corrections are read right.",
    "It is part of the package.",
]

State = Callable[[DigitPage], None]


def empty(_page: DigitPage) -> None:
    """As it opens."""


def answered(page: DigitPage) -> None:
    page.draw(5)
    page.answer()


def unsure(page: DigitPage) -> None:
    page.change("predict", lambda body: body | {"uncertain": True, "confidence": 0.534})
    answered(page)


def choosing(page: DigitPage) -> None:
    answered(page)
    page.part("wrong").click()


def held(page: DigitPage) -> None:
    choosing(page)
    page.stop_clock()
    page.part("label-3").click()


def saved(page: DigitPage) -> None:
    answered(page)
    page.part("correct").click()
    page.part("given").wait_for()


def number(page: DigitPage) -> None:
    page.write_number("407")


def number_digit(page: DigitPage) -> None:
    page.change("predict", unsure_of_the_second)
    number(page)
    page.part("digit").nth(1).click()


def unsure_of_the_second(answer: dict[str, Any]) -> dict[str, Any]:
    """A number whose second digit might be another one."""
    for nth, digit in enumerate(answer.get("digits", [])):
        digit |= {"uncertain": nth == 1, "confidence": 0.71 if nth == 1 else 0.99}
    return answer


def why(page: DigitPage) -> None:
    answered(page)
    page.part("why").click()
    page.page.locator(".evidence .speaks-for").first.wait_for(state="attached")


def live(page: DigitPage) -> None:
    page.page.mouse.move(*page.canvas_point(0.3, 0.2))
    page.page.mouse.down()
    page.page.mouse.move(*page.canvas_point(0.7, 0.22), steps=8)
    page.page.mouse.move(*page.canvas_point(0.45, 0.8), steps=12)
    page.page.locator(".bars.faint .bar.best").wait_for()


def german(page: DigitPage) -> None:
    page.part("language").click()
    page.page.get_by_role("heading", name="Ziffernerkennung").wait_for()
    answered(page)


def failed(page: DigitPage) -> None:
    sentence = "The store can't be reached right now; try again in a moment."
    page.fail("predict", 503, sentence)
    page.draw(5)
    page.part("predict-retry").wait_for()


def offline(page: DigitPage) -> None:
    answered(page)
    page.go_offline()
    page.part("wrong").click()
    page.part("label-nan").click()
    page.part("feedback-retry").wait_for()


def no_picture(page: DigitPage) -> None:
    page.part("picture-file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    page.part("picture-status").get_by_text("no picture").wait_for()


def training(page: DigitPage) -> None:
    page.go("train")
    for _ in range(2):
        page.train()
    page.stop_clock()
    page.train()
    page.page.mouse.move(0, 0)


def round_done(page: DigitPage) -> None:
    page.go("train")
    for nth in range(10):
        page.train(wrongly=nth in {3, 8})
    page.part("train-again").wait_for()


def data(page: DigitPage) -> None:
    page.go("data")
    page.part("gallery").wait_for()


def data_empty(page: DigitPage) -> None:
    page.page.route("**/feedback/summary", lambda r: r.fulfill(json={"rows": 0}))
    page.go("data")
    page.part("data-empty").wait_for()


def data_failed(page: DigitPage) -> None:
    sentence = "The store can't be reached right now; try again in a moment."
    page.fail("feedback/summary", 503, sentence)
    page.go("data")
    page.part("reload").wait_for()


def model(page: DigitPage) -> None:
    page.go("model")
    page.part("figures").wait_for()


def model_history(page: DigitPage) -> None:
    page.change("model", with_history)
    page.go("model")
    page.part("history").locator(".plot").wait_for()


def with_history(card: dict[str, Any]) -> dict[str, Any]:
    """The card after three retrainings that never were, one of them taken back."""
    now = {"mnist_accuracy": 99.71, "writers_accuracy": 99.36, "writers_worst_cell_accuracy": 98.7}
    lost = [(0.03, 0.11, 0.2), (0.02, 0.21, 0.65), (0.17, 0.4, 1.1)]
    previous = [
        {
            "version": f"2026-{11 - nth:02d}-01.1",
            "kind": ("rollback", "promotion", "built-in")[nth],
            "reason": REASONS[nth],
            "since": f"2026-{11 - nth:02d}-01T03:10:00+00:00",
            "created": f"2026-{11 - nth:02d}-01T03:00:00+00:00",
            "rows": (160, 40, 0)[nth],
            "figures": {
                name: round(now[name] - less, 2) for name, less in zip(FIGURES, losses, strict=True)
            },
        }
        for nth, losses in enumerate(lost)
    ]
    return card | {
        "version": "2026-11-22.1",
        "data": {"feedback_rows": 1234},
        "figures": now,
        "in_service": {
            "kind": "promotion",
            "reason": "97 instead of 61 of 104 held-out corrections are read right.",
            "since": "2026-11-22T03:10:00+00:00",
        },
        "previous": previous,
    }


STATES: dict[str, State] = {
    state.__name__.replace("_", "-"): state
    for state in (
        empty,
        answered,
        unsure,
        choosing,
        held,
        saved,
        number,
        number_digit,
        why,
        live,
        german,
        failed,
        offline,
        no_picture,
        training,
        round_done,
        data,
        data_empty,
        data_failed,
        model,
        model_history,
    )
}
ON_ITS_SIDE = {"answered", "choosing", "number", "offline"}
WHOLE = {"data", "model", "model-history"}  # longer than a screen


def main(wanted: list[str]) -> None:
    """Write the pictures anew whose names have all the wanted words."""
    if not wanted:
        shutil.rmtree(SCREENS, ignore_errors=True)
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        fill(Path(folder), 160)
        server = LocalServer(store=Path(folder), port=free_port())
        server.start()
        chromium = launched(playwright)
        try:
            for device, options in DEVICES.items():
                for theme in THEMES:
                    for name, state in STATES.items():
                        if device == "on-its-side" and name not in ON_ITS_SIDE:
                            continue
                        file = f"{name}-{device}-{theme}.png"
                        if not all(word in file for word in wanted):
                            continue
                        context = chromium.new_context(
                            **options, color_scheme=theme, reduced_motion="reduce"
                        )
                        page = DigitPage(context.new_page(), server.url)
                        page.open()
                        state(page)
                        _write(page.page, file, whole=name in WHOLE)
                        context.close()
        finally:
            chromium.close()
            server.stop()


def _write(page: Page, name: str, *, whole: bool) -> None:
    if whole:
        height = page.evaluate("document.documentElement.scrollHeight")
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": size["width"], "height": height})
    picture = Image.open(io.BytesIO(page.screenshot()))
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(SCREENS / name, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
