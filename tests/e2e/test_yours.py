"""Your drawings: what was given from this device, what is read in it today, and taking it back."""

import json
import urllib.request

from playwright.sync_api import Route, expect

from tests.e2e.conftest import DigitPage, LocalServer, OpenPage

BETTER = {
    "created": "2099-01-01T00:00:00+00:00",
    "data": {"feedback_rows": 50},
    "in_service": {"kind": "promotion", "reason": "It is better.", "since": "2099-01-01"},
}


def give(page: DigitPage, digit: int, *, read_as: int | None = None) -> None:
    """Draw a digit and say what it is; before that an older model may have read another one."""

    def otherwise(route: Route) -> None:
        answer = route.fetch().json()
        probabilities = [0.9 if each == read_as else 0.01 for each in range(10)]
        route.fulfill(
            json=answer
            | {
                "prediction": read_as,
                "confidence": 0.9,
                "probabilities": probabilities,
                "uncertain": False,
                "model_version": "an older one",
            }
        )

    if read_as is not None:
        page.page.route("**/predict", otherwise)
    page.draw(digit)
    expect(page.part("prediction")).to_have_text(str(digit if read_as is None else read_as))
    if read_as is None:
        page.part("correct").click()
    else:
        page.correct_to(digit)
        page.page.unroute("**/predict", otherwise)
    # It is held for three seconds.
    expect(page.part("feedback-status")).to_contain_text(f"Saved as {digit}.", timeout=15_000)


def rows(server: LocalServer) -> int:
    with urllib.request.urlopen(f"{server.url}/feedback/summary") as answer:
        count: int = json.load(answer)["rows"]
    return count


def test_a_drawing_is_shown_with_what_was_read_and_can_be_taken_back_tomorrow(
    open_page: OpenPage, server: LocalServer
) -> None:
    page = open_page()
    bodies = page.sent_feedback()
    give(page, 7)
    before = rows(server)
    page.page.reload()
    page.go("train")
    drawing = page.part("yours-drawing")
    expect(drawing).to_have_count(1)
    expect(drawing).to_contain_text("A 7")
    expect(drawing).to_contain_text("read as 7, then and today")

    button = page.page.get_by_role("button", name="Take back the 7")
    button.focus()
    page.page.keyboard.press("Enter")

    expect(page.part("yours-status")).to_have_text("The 7 is taken back.")
    expect(drawing).to_have_count(0)
    expect(page.page.get_by_role("heading", name="Your drawings")).to_be_focused()
    assert bodies[1] == {"id": bodies[0]["id"], "taken_back": True}
    assert rows(server) == before - 1


def test_what_cannot_be_taken_back_now_is_taken_back_later(
    open_page: OpenPage, server: LocalServer
) -> None:
    page = open_page()
    give(page, 3)
    before = rows(server)
    page.go("train")
    page.fail("save_feedback", 503, "The data store can't be reached right now.")
    page.part("yours-take-back").click()
    expect(page.part("yours-drawing")).to_contain_text("Being taken back")
    assert rows(server) == before

    page.page.unroute("**/save_feedback")
    page.page.reload()

    page.part("train-canvas").wait_for()
    expect(page.part("yours-drawing")).to_have_count(0)
    assert rows(server) == before - 1


def test_after_a_promotion_it_says_what_became_of_your_mistakes(open_page: OpenPage) -> None:
    page = open_page()
    give(page, 7, read_as=1)
    give(page, 3, read_as=8)
    give(page, 1)
    asked: list[str] = []
    page.page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/predict") else None)
    page.change("model", lambda card: card | BETTER)

    page.go("train")

    expect(page.part("yours-learned")).to_have_text(
        "A new model learned from yours: 2 of your 2 mistakes are read now."
    )
    expect(page.part("yours-drawing").nth(2)).to_contain_text("read as 1, today as 7")
    assert len(asked) == 2
    page.go("draw")
    page.go("train")
    expect(page.part("yours-learned")).to_be_visible()
    assert len(asked) == 2


def test_nothing_is_shown_before_something_was_given(open_page: OpenPage) -> None:
    page = open_page()
    page.go("train")
    page.part("train-canvas").wait_for()
    expect(page.part("yours")).to_have_count(0)


def test_ten_are_shown_and_the_others_on_demand(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    page.page.evaluate(
        """() => localStorage.setItem("digit-recognizer.drawings", JSON.stringify(
             Array.from({length: 12}, (_, n) => ({
               id: String(n), label: n % 10, at: "2026-11-27T00:00:00Z",
               image: "data:image/gif;base64,R0lGODlhAQABAAAAACw="}))))"""
    )
    page.page.reload()
    page.page.route("**/predict", lambda route: route.abort())
    page.go("train")
    expect(page.part("yours-drawing")).to_have_count(10)
    expect(page.part("yours-ask")).to_be_visible()  # it could not be asked by itself
    assert page.page.evaluate("document.documentElement.scrollWidth") == 320
    page.part("yours-more").click()
    expect(page.part("yours-drawing")).to_have_count(12)


def test_what_was_given_long_ago_can_be_taken_back_without_its_picture(
    open_page: OpenPage, server: LocalServer
) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    give(page, 3)
    before = rows(server)
    page.page.evaluate(
        """() => {
             const key = "digit-recognizer.drawings";
             const [{ id, label, at }] = JSON.parse(localStorage.getItem(key));
             localStorage.setItem(key, JSON.stringify([{ id, label, at: "2026-01-02T00:00:00Z" }]));
           }"""
    )
    page.page.reload()
    asked: list[str] = []
    page.page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/predict") else None)
    page.go("train")
    drawing = page.part("yours-drawing")
    expect(drawing).to_contain_text(
        "given on 2 January 2026; its picture is not kept here any more"
    )
    assert page.page.evaluate("document.documentElement.scrollWidth") == 320
    page.part("yours-take-back").click()
    expect(page.part("yours-status")).to_have_text("The 3 is taken back.")
    assert rows(server) == before - 1
    assert asked == []
