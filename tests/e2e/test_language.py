"""The page in German: what the browser asks for, what a person switches to, no text left behind."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PROJECT, DigitPage, OpenPage
from tests.e2e.screens import REASONS, with_history

PAGES = ("draw", "train", "data", "model")
# Every text but what is marked as English, and every name that only a screen reader says.
SEEN = """() => {
  let text = document.body.innerText;
  for (const each of document.querySelectorAll("main [lang=en]"))
    text = text.replace(each.innerText, "");
  const seen = [document.title, text];
  for (const each of document.querySelectorAll("[aria-label], [title], [alt], [placeholder]"))
    for (const name of ["aria-label", "title", "alt", "placeholder"])
      seen.push(each.getAttribute(name) ?? "");
  return seen.join("\\n");
}"""

# Buttons whose words are wider than they are, or which end beyond the screen.
CUT = """() => [...document.querySelectorAll("button, a.tab")]
  .filter((each) => each.offsetParent !== null)
  .filter((each) => each.scrollWidth > each.clientWidth + 1
    || each.getBoundingClientRect().right > innerWidth)
  .map((each) => each.innerText)"""


def english() -> list[str]:
    """Each English text of two words and more that the page has, and what stays the same of some.

    Of a text that takes something in, that is what is between: `Of ${rows} drawings it names …`.
    """
    source = (PROJECT / "web" / "src" / "words" / "en.ts").read_text("utf-8")
    source = re.sub(r"^\s*(//|/?\*).*$", "", source, flags=re.MULTILINE)
    texts = [json.loads(f'"{each}"') for each in re.findall(r'"((?:[^"\\\n]|\\.)*)"', source)]
    for each in re.findall(r"`([^`]*)`", source):
        texts += [part.strip() for part in re.split(r"\$\{[^}]*\}", each)]
    return [text for text in texts if re.search("[a-z]+ [a-z]+", text)]


def left_behind(page: DigitPage) -> list[str]:
    seen = page.page.evaluate(SEEN)
    return [text for text in english() if text in seen]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_english_is_left_on_a_german_page(open_page: OpenPage, width: int) -> None:
    page = open_page(locale="de-DE", viewport={"width": width, "height": 800})
    assert len(english()) > 100
    assert page.page.evaluate("document.documentElement.lang") == "de"

    page.draw(7)
    page.answer()
    found = {"answered": left_behind(page)}
    page.part("wrong").click()
    found["asked"] = left_behind(page)
    page.part("label-1").click()
    expect(page.part("feedback-status")).to_contain_text("Als 1 gespeichert")
    for name in PAGES:
        page.go(name)
        page.page.wait_for_load_state("networkidle")
        found[name] = left_behind(page)

    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("width", [320, 390])
def test_german_words_stay_within_the_screen(open_page: OpenPage, width: int) -> None:
    page = open_page(locale="de-DE", viewport={"width": width, "height": 800})
    page.draw(7)
    page.answer()
    for name in PAGES:
        page.go(name)
        page.page.wait_for_load_state("networkidle")
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.page.evaluate(CUT) == [], name


def test_a_person_switches_the_language_and_the_drawing_stays(open_page: OpenPage) -> None:
    page = open_page()
    page.draw(7)
    assert page.answer() == 7
    assert left_behind(page)

    page.part("language").click()

    expect(page.page.get_by_role("heading", name="Ziffernerkennung")).to_be_visible()
    assert page.answer() == 7
    assert left_behind(page) == []
    page.page.reload()
    expect(page.part("language")).to_have_attribute("lang", "en")
    page.part("language").click()
    expect(page.page.get_by_role("heading", name="Digit recogniser")).to_be_visible()
    assert page.page.evaluate("document.documentElement.lang") == "en"


def test_numbers_are_written_as_germans_do(open_page: OpenPage) -> None:
    page = open_page(locale="de-DE")
    card = page.page.request.get(f"{page.url}/model").json()
    page.page.route("**/model", lambda route: route.fulfill(json=with_history(card)))
    page.go("model")
    page.page.locator(".plot .tick").first.wait_for()
    main = page.page.locator("main")
    expect(main).to_contain_text("99,71 %")
    told = main.evaluate(
        """main => [main.innerText, ...[...main.querySelectorAll("[aria-label], svg title")]
          .map((each) => each.getAttribute("aria-label") ?? each.textContent)].join("\\n")"""
    )
    # The reasons are the server's own words.
    for reason in REASONS:
        told = told.replace(reason, "")
    assert re.findall(r"\d+\.\d+ %|[+\u2212]\d+\.\d+|\b0\.\d+", told) == []


def test_what_a_retraining_gained_is_told_in_german(open_page: OpenPage) -> None:
    page = open_page(locale="de-DE")
    gained = {
        "feedback_rows": 87,
        "feedback_accuracy_before": 56.3,
        "feedback_accuracy": 70.1,
    }

    def learned(card: dict[str, Any]) -> dict[str, Any]:
        after = with_history(card)
        said = "Of 87 rows of feedback that it did not learn from it names 70.1 % as labelled."
        how = after["in_service"] | {"reason": said}
        return after | {"figures": after["figures"] | gained, "in_service": how}

    page.change("model", learned)
    page.go("model")
    story = page.page.locator(".in-service")
    expect(story).to_contain_text("Von 87 Zeichnungen, die es nicht kannte, benennt es 70,1 %")
    expect(story).to_contain_text("das vorige 56,3 %")
    oldest = page.part("history").locator(".versions li").last
    expect(oldest).to_contain_text("Es kam mit dem Programm.")
    # Words that a person typed stay, and are marked as what they are.
    expect(page.page.locator("[lang=en]", has_text=REASONS[0])).to_be_visible()
    assert left_behind(page) == []


def test_a_refusal_of_the_api_is_told_in_german(open_page: OpenPage) -> None:
    page = open_page(locale="de-DE")
    page.fail("predict", 400, "The picture is empty: draw a digit first.")
    page.draw(7)
    expect(page.page.locator(".alarm")).to_have_text("Das Bild ist leer: Zeichne erst eine Ziffer.")
