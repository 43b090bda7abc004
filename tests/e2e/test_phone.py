"""What no checker sees: sheets without a way out, a phone on its side, a page zoomed in."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.collected import fill
from tests.e2e.conftest import DigitPage, LocalServer, OpenPage
from tests.e2e.screens import with_history
from tests.e2e.test_drawing import answer_of
from tests.e2e.test_tools import ink

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SIDEWAYS = {"viewport": {"width": 844, "height": 390}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def sheet(open_page: OpenPage) -> DigitPage:
    """A phone on which the sheet of labels is open."""
    page = open_page(**PHONE, reduced_motion="reduce")
    page.draw(5)
    page.answer()
    page.part("wrong").tap()
    page.part("label-0").wait_for()
    page.page.wait_for_function("() => history.state?.sheet")
    return page


@pytest.mark.parametrize("way", ["the cross", "beside it", "Esc", "back"])
def test_the_sheet_of_labels_has_a_head_and_four_ways_out(sheet: DigitPage, way: str) -> None:
    drawn, address = ink(sheet), sheet.page.url
    expect(sheet.page.locator(".sheet-head")).to_contain_text("What is it then?")
    if way == "the cross":
        sheet.part("labels-close").tap()
    elif way == "beside it":
        sheet.page.touchscreen.tap(195, 150)
    elif way == "Esc":
        sheet.page.keyboard.press("Escape")
    else:
        sheet.page.go_back()
    expect(sheet.part("label-0")).to_have_count(0)
    assert ink(sheet) == drawn
    assert sheet.page.url == address
    assert sheet.page.evaluate("history.state?.sheet ?? false") is False
    expect(sheet.part("wrong")).to_be_enabled()


def test_esc_closes_what_is_open_and_only_then_clears(digit_page: DigitPage) -> None:
    digit_page.draw(5)
    digit_page.answer()
    digit_page.part("wrong").click()
    keyboard = digit_page.page.keyboard
    keyboard.press("Escape")
    expect(digit_page.part("label-0")).to_have_count(0)
    assert ink(digit_page) > 0
    keyboard.press("Escape")
    assert ink(digit_page) == 0


def bottom(page: DigitPage, name: str) -> float:
    box = page.part(name).bounding_box()
    assert box is not None, name
    return float(box["y"] + box["height"])


def test_on_a_phone_on_its_side_field_and_answer_are_both_in_sight(open_page: OpenPage) -> None:
    page = open_page(**SIDEWAYS)
    page.draw(5)
    page.answer()
    assert page.page.evaluate("scrollY") == 0
    for name in ["canvas", "undo", "camera", "clear", "confidence", "correct", "wrong"]:
        assert bottom(page, name) <= 390, name
    answer, clear = page.page.locator(".answer").bounding_box(), page.part("clear").bounding_box()
    assert answer is not None
    assert clear is not None
    assert clear["x"] + clear["width"] <= answer["x"]


@pytest.mark.parametrize(("width", "height"), [(640, 400), (427, 267), (320, 256)])
def test_zoomed_in_nothing_stays_in_the_way(open_page: OpenPage, width: int, height: int) -> None:
    """1280 wide at 200, 300 and 400 %: what is fixed would cover what is looked for."""
    page = open_page(viewport={"width": width, "height": height})
    fixed = (
        "() => [...document.querySelectorAll('body *')].filter((each) =>"
        " getComputedStyle(each).position === 'fixed' && each.getBoundingClientRect().height > 0"
        " && each.textContent !== '').map((each) => each.className)"
    )
    assert page.page.evaluate(fixed) == []
    for name in ["undo", "pen-width", "picture", "clear", "predict", "tab-data"]:
        page.part(name).scroll_into_view_if_needed()
        box = page.part(name).bounding_box()
        assert box is not None
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        hit = page.page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.closest('[data-testid]')?.dataset.testid",
            middle,
        )
        assert hit == name
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_has_a_camera_in_place_of_predict(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    expect(page.part("camera")).to_be_visible()
    expect(page.part("predict")).to_be_hidden()
    assert page.part("camera-file").get_attribute("capture") == "environment"
    desktop = open_page()
    expect(desktop.part("camera")).to_be_hidden()
    expect(desktop.part("predict")).to_be_visible()


def test_what_is_known_of_each_version_is_all_to_be_seen_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.change("model", with_history)
    page.go("model")
    page.part("history").wait_for()
    boxes = page.page.locator(".versions dd").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().right)"
    )
    assert boxes
    assert max(boxes) <= 390


def test_an_eight_has_its_own_article(digit_page: DigitPage) -> None:
    digit_page.page.route("**/predict", lambda route: route.fulfill(json=answer_of(8)))
    digit_page.draw(8)
    digit_page.answer()
    expect(digit_page.page.get_by_role("heading", name="This is an 8")).to_be_visible()
    expect(digit_page.page.locator(".answer [aria-live]")).to_contain_text("This is an 8.")


def test_what_could_not_be_read_can_be_named_all_the_same(digit_page: DigitPage) -> None:
    digit_page.go_offline()
    digit_page.draw(7)
    digit_page.part("predict-retry").wait_for()
    expect(digit_page.part("feedback-status")).to_contain_text("you can say which digit it is")
    expect(digit_page.part("correct")).to_be_disabled()
    digit_page.correct_to(7)
    expect(digit_page.part("feedback-status")).to_contain_text("kept on this device")
    with digit_page.page.expect_request("**/save_feedback") as sent:
        digit_page.go_online()
    record = json.loads(sent.value.post_data or "{}")
    assert record["label"] == 7
    assert "prediction" not in record


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "with a token"])
def test_what_is_kept_is_said_beside_the_buttons(open_page: OpenPage, *, is_open: bool) -> None:
    page = open_page()
    if not is_open:
        page.fail("feedback/summary", 401, "A token is needed.")
    page.draw(7)
    page.answer()
    terms = page.page.locator(".terms")
    for said in ("without a name", "as picture and as 28×28 pixels", "whoever may download it"):
        expect(terms).to_contain_text(said)
    expect(terms).to_contain_text("you can take it back")
    terms.get_by_role("link").click()
    expect(page.page).to_have_url(re.compile("#data$"))


def test_unsure_answers_tell_nobody_a_number(digit_page: DigitPage) -> None:
    digit_page.page.route(
        "**/predict", lambda route: route.fulfill(json=answer_of(7, uncertain=True))
    )
    digit_page.draw(7)
    digit_page.part("confidence").wait_for()
    assert "%" not in digit_page.page.locator(".answer").inner_text()
    assert "%" not in (digit_page.page.locator(".bars").text_content() or "")


def test_trying_again_by_itself_takes_no_choice_away(digit_page: DigitPage) -> None:
    page = digit_page.page
    digit_page.go_offline()
    digit_page.draw(7)
    digit_page.part("predict-retry").wait_for()
    digit_page.part("wrong").click()
    label = digit_page.part("label-7")
    label.evaluate("button => { button.isTheSame = true }")
    for _ in range(2):  # after four seconds, and eight more
        with page.expect_event("requestfailed", lambda request: "/predict" in request.url):
            pass
        assert label.evaluate("button => button.isTheSame")
    label.click()
    expect(digit_page.part("feedback-undo")).to_be_visible()


def test_where_storage_is_blocked_offline_promises_no_more_than_it_keeps(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.page.reload()
    page.draw(7)
    page.answer()
    page.go_offline()
    page.part("correct").click()
    expect(page.part("connection")).to_contain_text("this device keeps nothing")


def test_the_bars_move_while_the_pen_does_and_the_strokes_answer_wins(
    digit_page: DigitPage,
) -> None:
    page = digit_page.page
    page.route("**/predict?live", lambda route: route.fulfill(json=answer_of(1)))
    page.route("**/predict", lambda route: route.fulfill(json=answer_of(7)))
    page.mouse.move(*digit_page.canvas_point(0.3, 0.2))
    page.mouse.down()
    page.mouse.move(*digit_page.canvas_point(0.7, 0.2), steps=8)
    best = page.locator(".bars.faint .bar.best")
    expect(best).to_contain_text("1")
    expect(digit_page.part("correct")).to_be_disabled()
    page.mouse.up()
    assert digit_page.answer() == 7


def test_nothing_is_asked_along_where_data_is_dear(open_page: OpenPage) -> None:
    page = open_page()
    page.page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    page.page.reload()
    live: list[str] = []
    page.page.on("request", lambda r: live.append(r.url) if "live" in r.url else None)
    page.draw(7)
    page.answer()
    assert live == []


def test_a_closer_look_tells_what_speaks_for_the_answer(digit_page: DigitPage) -> None:
    digit_page.draw(7)
    digit_page.answer()
    drawn = ink(digit_page)
    digit_page.part("why").click()
    expect(digit_page.part("evidence")).to_contain_text("What speaks most for a 7 is")
    expect(digit_page.page.locator(".evidence .speaks-for").first).to_be_attached()
    with digit_page.page.expect_download() as shared:
        digit_page.part("share").click()
    assert shared.value.suggested_filename == "digit.png"
    digit_page.page.keyboard.press("Escape")
    expect(digit_page.part("look")).to_have_count(0)
    assert ink(digit_page) == drawn


def test_where_the_system_shares_a_picture_is_given_to_it(open_page: OpenPage) -> None:
    page = open_page()
    page.page.add_init_script(
        """navigator.canShare = ({ files }) => files.length === 1;
        navigator.share = async ({ files: [file], title }) => {
            const picture = await createImageBitmap(file);
            window.shared = [file.name, file.type, picture.width, picture.height, title];
            throw new DOMException("The sheet was closed.", "AbortError");
        };"""
    )
    page.page.reload()
    page.draw(7)
    page.answer()
    page.part("why").click()
    page.part("evidence").wait_for()
    page.part("share").click()
    page.page.wait_for_function("() => window.shared")
    shared = page.page.evaluate("shared")
    assert shared == ["digit.png", "image/png", 600, 720, "Digit recogniser"]


@pytest.mark.parametrize("way", ["close", "back", "outside"])
@pytest.mark.parametrize("size", [(390, 844), (820, 1180)])
def test_a_closer_look_is_left_as_a_sheet_is(
    open_page: OpenPage, size: tuple[int, int], way: str
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True)
    page.draw(7)
    page.answer()
    page.part("why").click()
    page.part("evidence").wait_for()
    page.page.wait_for_timeout(100)  # its entry in the history is made a moment later
    if way == "close":
        page.part("look").get_by_role("button", name="Close").click()
    elif way == "back":
        page.page.go_back()
    else:
        page.page.mouse.click(3, 3)
    expect(page.part("look")).to_have_count(0)
    assert page.page.url.startswith(page.url)
    expect(page.page.locator("h2").first).to_have_text("This is a 7")


@pytest.mark.parametrize("size", [(390, 844), (320, 640), (844, 390), (768, 1024), (1280, 900)])
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_note_of_a_lost_network_covers_nothing_and_moves_nothing(
    open_page: OpenPage, size: tuple[int, int], locale: str
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]}, locale=locale)
    before = page.part("canvas").bounding_box()
    page.go_offline()
    expect(page.part("connection")).to_contain_text("offline")
    assert page.part("canvas").bounding_box() == before
    covered = page.part("connection").evaluate(
        """note => {
          const own = note.getBoundingClientRect();
          const meets = (other) => other.left < own.right && own.left < other.right
            && other.top < own.bottom && own.top < other.bottom;
          return [...document.querySelectorAll("button, a, canvas, main, .mark, .tab, .download")]
            .filter((each) => meets(each.getBoundingClientRect())
              && getComputedStyle(each).transform === "none")
            .map((each) => each.outerHTML.slice(0, 80));
        }"""
    )
    assert covered == []


def test_charts_and_pages_stay_within_large_numbers(
    open_page: OpenPage, server: LocalServer
) -> None:
    fill(server.store, 3)
    page = open_page(**PHONE)
    labels = {str(digit): 12_000 + digit for digit in range(10)}
    page.page.route(
        "**/feedback/summary", lambda r: r.fulfill(json={"rows": 120_045, "labels": labels})
    )
    page.go("data")
    page.page.locator(".plot .tick").first.wait_for()
    told = page.page.locator(".plot text").all_text_contents()
    assert any(each.endswith("k") for each in told)
    assert max(map(len, told)) <= 6
