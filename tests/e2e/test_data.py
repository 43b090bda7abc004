"""The pages of what was collected and of the model."""

import re
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import expect

from digit_recognizer.feedback.record import Feedback
from tests.e2e.collected import fill
from tests.e2e.conftest import DigitPage, LocalServer, OpenPage
from tests.e2e.screens import with_history


@pytest.fixture(scope="module")
def rows(server: LocalServer) -> list[Feedback]:
    """What is on the store, the oldest first."""
    return fill(server.store, 80)


@pytest.fixture
def data_page(open_page: OpenPage, rows: list[Feedback]) -> DigitPage:
    assert rows
    page = open_page()
    page.go("data")
    page.part("gallery").wait_for()
    return page


def mistaken(row: Feedback) -> bool:
    return row.prediction != row.label


def test_the_numbers_are_those_of_the_store(data_page: DigitPage, rows: list[Feedback]) -> None:
    sources = Counter(row.source for row in rows)
    right = sum(not mistaken(row) for row in rows)
    shown = data_page.part("tiles").evaluate(
        """tiles => Object.fromEntries([...tiles.children].map((tile) =>
            [tile.querySelector("dt").textContent, tile.querySelector("dd").textContent]))"""
    )
    assert int(shown["answers"]) == len(rows)
    assert {name: int(shown[name]) for name in sources} == sources
    assert int(shown["wait for retraining"]) == len(rows)
    share = float(shown["read right"].removesuffix(" %"))
    assert share == pytest.approx(100 * right / len(rows), abs=0.1)
    labels = Counter(str(row.label) for row in rows)
    counts = ", ".join(f"{digit}: {labels[str(digit)]}" for digit in range(10))
    expect(data_page.page.get_by_role("img", name="Answers per digit")).to_have_accessible_name(
        f"Answers per digit: {counts}, ×: {labels['NaN']}."
    )
    by_day = data_page.page.get_by_role("img", name="Answers per day").locator("rect title")
    drawn = [int(text.split(": ")[1]) for text in by_day.all_text_contents()]
    assert [count for count in drawn if count] == [
        count for _, count in sorted(Counter(row.day for row in rows).items())
    ]


def test_the_matrix_tells_what_is_taken_for_what(
    data_page: DigitPage, rows: list[Feedback]
) -> None:
    pairs = Counter((str(row.prediction), str(row.label)) for row in rows)
    matrix = data_page.page.locator(".matrix tbody tr")
    expect(matrix).to_have_count(10)
    for read in range(10):
        shown = matrix.nth(read).locator("td").all_inner_texts()
        labels = [*map(str, range(10)), "NaN"]
        assert [int(count or 0) for count in shown] == [pairs[str(read), label] for label in labels]


def test_each_digit_has_its_mean_picture(data_page: DigitPage) -> None:
    means = data_page.page.locator(".means img")
    expect(means).to_have_count(10)
    assert means.evaluate_all("all => all.every((mean) => mean.naturalWidth === 28)")


def test_the_gallery_shows_the_latest_by_digit_and_by_mistake(
    data_page: DigitPage, rows: list[Feedback]
) -> None:
    latest = rows[:-61:-1]
    drawings = data_page.part("gallery").locator("li")
    expect(drawings).to_have_count(24)
    data_page.part("gallery-more").click()
    expect(drawings).to_have_count(len(latest))
    assert drawings.locator(".truth").all_inner_texts() == [
        "no digit" if row.label == "NaN" else str(row.label) for row in latest
    ]
    data_page.part("filter-label").select_option("7")
    expect(drawings).to_have_count(sum(row.label == 7 for row in latest))
    data_page.part("filter-mistakes").check()
    expect(drawings).to_have_count(sum(row.label == 7 and mistaken(row) for row in latest))
    data_page.part("filter-label").select_option("all")
    expect(drawings).to_have_count(sum(map(mistaken, latest)))


def test_a_new_row_is_there_after_refreshing(data_page: DigitPage) -> None:
    first = data_page.part("gallery").locator("img").first
    before = first.get_attribute("src")
    data_page.go("draw")
    data_page.draw(0)
    data_page.answer()
    data_page.part("wrong").click()
    with data_page.page.expect_response("**/save_feedback"):
        data_page.part("label-6").click()
        data_page.part("feedback-status").wait_for()
    data_page.go("data")
    expect(data_page.part("gallery").locator(".truth").first).to_have_text("6")
    assert first.get_attribute("src") != before
    with data_page.page.expect_response("**/feedback/summary"):
        data_page.part("refresh").click()


def test_nothing_collected_leads_to_the_first_drawing(open_page: OpenPage) -> None:
    page = open_page()
    page.page.route("**/feedback/summary", lambda route: route.fulfill(json={"rows": 0}))
    page.go("data")
    expect(page.part("data-empty")).to_contain_text("Nothing collected yet")
    page.page.get_by_role("link", name="Draw the first digit").click()
    expect(page.part("canvas")).to_be_visible()


@pytest.mark.parametrize(
    ("tab", "route", "ready"),
    [("data", "feedback/summary", "tiles"), ("model", "model", "figures")],
)
def test_what_could_not_be_read_is_told_and_read_again(
    open_page: OpenPage, rows: list[Feedback], tab: str, route: str, ready: str
) -> None:
    assert rows
    page = open_page()
    sentence = "The store can't be reached right now."
    page.fail(route, 503, sentence)
    page.go(tab)
    expect(page.page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    page.page.unroute(f"**/{route}")
    page.part("reload").click()
    expect(page.part(ready)).to_be_visible()


def test_the_model_in_service_is_shown_with_its_figures(open_page: OpenPage) -> None:
    page = open_page()
    card = page.page.request.get(f"{page.url}/model").json()
    page.go("model")
    expect(page.part("model-version")).to_have_text(card["version"])
    expect(page.page.locator(".version")).to_have_text(re.compile(r"Model of \d+ \w+ \d{4}"))
    expect(page.part("figures")).to_contain_text(f"{card['figures']['mnist_accuracy']:.2f} %")
    link = page.page.get_by_role("link", name="Its card")
    assert link.get_attribute("href") == "/model"
    if not card["previous"]:
        expect(page.part("history-empty")).to_contain_text("no retraining yet")


def test_each_retraining_is_shown_before_and_after(open_page: OpenPage) -> None:
    page = open_page()
    page.change("model", with_history)
    page.go("model")
    versions = page.part("history").locator(".versions li")
    expect(versions).to_have_count(4)
    expect(versions.first).to_contain_text("2026-11-22.1")
    expect(versions.first).to_contain_text("99.71 % +0.03")
    expect(versions.first).to_contain_text("1,234 drawings")
    expect(versions.first).to_contain_text("97 instead of 61 of 104 held-out corrections")
    expect(versions.nth(1)).to_contain_text("99.68 % \N{MINUS SIGN}0.01")
    expect(versions.nth(1)).to_contain_text("taken back to")
    # Three figures of four versions.
    expect(page.part("history").locator(".plot circle")).to_have_count(12)


def test_a_version_that_came_back_has_its_own_story(open_page: OpenPage) -> None:
    page = open_page()
    own, left = "It reads more sevens.", "The one after it was worse."

    def came_back(card: dict[str, Any]) -> dict[str, Any]:
        after = with_history(card)
        how = {"kind": "promotion", "reason": own, "since": "2026-10-01T03:10:00+00:00"}
        before = {"version": "v1", "created": "", "figures": {}, "rows": 0, **how}
        rolled = {"kind": "rollback", "reason": left, "since": "2026-11-22T03:10:00+00:00"}
        return after | {"version": "v1", "in_service": rolled, "previous": [before]}

    page.change("model", came_back)
    page.go("model")
    card = page.page.locator(".in-service")
    expect(card).to_contain_text(own)
    expect(page.part("came-back")).to_contain_text(f"because of the one after it: {left}")


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_of_charts_stay_on_their_cards_and_apart(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 844})
    days = {f"2026-11-{day:02d}": 60_000 for day in range(1, 28)}
    summary = {"rows": 1_234_567, "labels": {str(d): 123_456 for d in range(10)}, "days": days}
    page.page.route("**/feedback/summary", lambda route: route.fulfill(json=summary))
    page.change("model", with_history)
    for tab, shown in [("data", "tiles"), ("model", "history")]:
        page.go(tab)
        page.part(shown).wait_for()
        page.page.locator(".plot .tick").first.wait_for()
        assert page.page.evaluate(APART) == []


APART = """() => [...document.querySelectorAll(".plot")].flatMap((plot) => {
    const card = plot.closest(".card").getBoundingClientRect();
    const labels = [...plot.querySelectorAll("text")].map((each) => [
        each.textContent, each.getBoundingClientRect()]);
    return labels.filter(([, box], i) => box.left < card.left || box.right > card.right
        || labels.slice(i + 1).some(([, other]) => box.left < other.right && other.left < box.right
            && box.top < other.bottom && other.top < box.bottom)).map(([text]) => text);
})"""


def test_an_address_opens_its_page_and_back_goes_back(open_page: OpenPage) -> None:
    page = open_page()
    page.page.goto(f"{page.url}/#model")
    expect(page.part("model-page")).to_be_visible()
    expect(page.part("tab-model")).to_have_attribute("aria-current", "page")
    assert page.page.title().startswith("Model")
    page.go("train")
    expect(page.part("train-canvas")).to_be_visible()
    page.page.go_back()
    expect(page.part("model-page")).to_be_visible()


def test_a_drawing_outlasts_a_look_at_the_data(open_page: OpenPage) -> None:
    page = open_page()
    page.draw(3)
    answer = page.answer()
    page.go("data")
    expect(page.part("canvas")).to_be_hidden()
    page.go("draw")
    assert page.answer() == answer
    assert page.part("canvas").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0)"
    )


@pytest.mark.parametrize(
    "drift", [None, "In the week to 2026-11-22, against before: other digits."]
)
def test_what_has_moved_is_said_in_a_line(open_page: OpenPage, drift: str | None) -> None:
    page = open_page()
    summary = {"rows": 3, "drift": drift}
    page.page.route("**/feedback/summary", lambda route: route.fulfill(json=summary))
    page.go("data")
    page.part("tiles").wait_for()

    if drift is None:
        expect(page.part("drift")).to_have_count(0)
    else:
        expect(page.part("drift")).to_have_text(f"Something has moved. {drift}")


def test_the_page_says_that_the_collection_is_open_and_shows_what_is_in_it(
    open_page: OpenPage, rows: list[Feedback]
) -> None:
    assert rows
    page = open_page()
    said = page.part("open-collection")

    expect(said).to_contain_text("a collection that others may download")
    said.get_by_role("link").click()

    page.part("gallery").wait_for()


def test_where_a_token_is_needed_the_page_says_so(
    open_page: OpenPage, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as operator:
        operator.setenv("DOWNLOAD_TOKEN", "correct-horse-battery-staple")
        server.restart()
    try:
        page = open_page()
        page.part("download").click()
        expect(page.part("download-status")).to_contain_text("the operator's token")
        page.go("data")
        page.part("token").fill("correct-horse-battery-staple")
        page.part("token-use").click()
        expect(page.part("tiles").or_(page.part("data-empty"))).to_be_visible()
    finally:
        server.restart()
