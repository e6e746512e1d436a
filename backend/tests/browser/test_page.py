"""The page in a real browser with a real server: drawing, pictures, problems and layout."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Request, Route, expect

from tests.browser import chromium as browser
from tests.browser.visit import (
    DESKTOP,
    FIRST_OF_EACH,
    PHONE,
    REQUEST,
    SETTLED,
    TABLET,
    Visit,
    give,
    on,
    reading,
    visiting,
)
from tests.samples import DIGITS, LABELS, WRITTEN, Written, encode, enlarged, placed

# --- drawing ---


def test_drawn_digits_are_read_and_all_numbers_agree(visit: Visit) -> None:
    for written in FIRST_OF_EACH:
        visit.draw(written)
        visit.expect_answer(written["label"])
        visit.expect_status(re.compile(rf"\ban? {written['label']}\b"))
        values = visit.part("bars").evaluate(
            "bars => [...bars.children].map((bar) => [bar.dataset.digit, Number(bar.dataset.value)])"
        )
        assert [digit for digit, _ in values] == [*"0123456789", "none"]
        assert sum(value for _, value in values) == pytest.approx(1, abs=0.001)
        assert max(values, key=lambda one: one[1])[0] == str(written["label"])
        percent = visit.part("bars").locator(f"[data-digit='{written['label']}'] .percent").text_content()
        visit.expect_status(re.compile(rf" {percent} "))
        expect(visit.part("entries").locator("button").first.locator(".percent")).to_have_text(str(percent))
        expect(visit.part("input")).to_have_attribute("src", re.compile("^data:image/png;base64,"))
        visit.part("clear").click()
        expect(visit.part("answer")).to_have_text("")


def request_for(visit: Visit, written: Written) -> Request:
    """The request that is sent when a drawing is complete."""
    sent: list[Request] = []
    visit.page.on("request", lambda request: sent.append(request))
    visit.draw(written)
    expect(visit.part("entries").locator("button")).to_have_count(1, timeout=SETTLED)
    visit.expect_answer(written["label"])
    return [request for request in sent if REQUEST.search(request.url)][-1]


def test_a_drawing_is_sent_as_the_same_strokes_from_any_screen(chromium: Browser, server: str) -> None:
    bodies = []
    for pixels in (1, 3):
        with visiting(chromium, server, DESKTOP | {"device_scale_factor": pixels}) as visit:
            request = request_for(visit, FIRST_OF_EACH[7])
            assert request.headers["content-type"] == "application/json"
            bodies.append(request.post_data or "")
    assert bodies[0] == bodies[1]
    assert len(bodies[0]) < 1000
    strokes = json.loads(bodies[0])["strokes"]
    assert [sorted(stroke) for stroke in strokes] == [["x", "y"]] * len(FIRST_OF_EACH[7]["strokes"])


#: The left, top, right and bottom edge of the pixels of a colour, or of any, as shares of a canvas.
EDGES = """(canvas, colour) => {
  const { width, height } = canvas, { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const at = [...Array(width * height).keys()].filter((one) =>
    data[4 * one + 3] > 127 && (!colour || colour.every((level, channel) => level === data[4 * one + channel])));
  const ends = (places, size) => [places.reduce((a, b) => Math.min(a, b), size) / size,
                                  places.reduce((a, b) => Math.max(a, b), -1) / size];
  const [[left, right], [top, bottom]] = [ends(at.map((one) => one % width), width),
                                          ends(at.map((one) => Math.floor(one / width)), height)];
  return [left, top, right, bottom];
}"""
BOX_COLOUR = [29, 78, 137]


@on("desktop", "phone")
def test_the_box_is_around_the_drawn_digit(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_answer(4)
    left, top, right, bottom = visit.part("pad").evaluate(EDGES)

    def is_around() -> bool:
        box = visit.part("step-found").evaluate(EDGES, BOX_COLOUR)
        gaps = [left - box[0], top - box[1], box[2] - right, box[3] - bottom]
        return bool(min(gaps) > 0 and max(gaps) < 0.05)

    visit.wait_until(is_around)


def test_a_pen_that_leaves_the_sheet_sends_no_invisible_ink(visit: Visit) -> None:
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    visit.page.mouse.move(pad["x"] + 100, pad["y"] + 100)
    visit.page.mouse.down()
    visit.page.mouse.move(pad["x"] + pad["width"] + 300, pad["y"] + 100, steps=10)
    with visit.page.expect_request(REQUEST) as sent:
        visit.page.mouse.up()
    (stroke,) = json.loads(sent.value.post_data or "")["strokes"]
    assert max(stroke["x"]) == 2800  # the side of the sheet


@on("phone")
def test_drawing_with_a_finger_does_not_scroll_the_page(visit: Visit) -> None:
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    session = visit.page.context.new_cdp_session(visit.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [{"x": pad["x"] + x, "y": pad["y"] + y, "id": i} for i, (x, y) in enumerate(points)],
            },
        )

    seven = next(one for one in WRITTEN if one["label"] == 7)
    for stroke in placed(seven["strokes"], pad["width"]):
        touch("touchStart", stroke[0])
        for point in stroke[1:]:
            touch("touchMove", point)
        touch("touchEnd")
    visit.expect_answer(7)
    assert visit.page.evaluate("scrollY") == 0
    before = visit.ink()
    touch("touchStart", (20, 20))
    touch("touchStart", (20, 20), (200, 250))
    touch("touchMove", (20, 20), (60, 250))
    touch("touchEnd")
    visit.page.wait_for_timeout(100)
    dot = 3.1416 * (18 / 280 / 2 * pad["width"] * 3) ** 2
    assert visit.ink() - before < 1.5 * dot  # only the dot of the first finger


def test_a_tap_draws_a_dot(visit: Visit) -> None:
    visit.part("pad").click(position={"x": 100, "y": 100})
    visit.wait_for_ink(True)


def test_only_the_main_mouse_button_draws(visit: Visit) -> None:
    visit.part("pad").click(position={"x": 100, "y": 100}, button="right")
    visit.page.wait_for_timeout(100)
    assert visit.ink() == 0


def test_undo_redo_and_clear_work_with_buttons_and_keys(visit: Visit) -> None:
    visit.part("pad").click(position={"x": 100, "y": 100})
    visit.wait_for_ink(True)
    visit.part("undo").click()
    visit.wait_for_ink(False)
    visit.part("redo").click()
    visit.wait_for_ink(True)
    visit.page.keyboard.press("Control+z")
    visit.wait_for_ink(False)
    visit.page.keyboard.press("Control+Shift+z")
    visit.wait_for_ink(True)
    visit.page.keyboard.press("Escape")
    visit.wait_for_ink(False)


def test_the_hint_is_shown_on_a_blank_sheet_only(visit: Visit) -> None:
    hint = visit.page.get_by_text("Draw a digit or number here")
    expect(hint).to_be_visible()
    visit.part("pad").click(position={"x": 100, "y": 100})
    expect(hint).to_be_hidden()
    visit.part("clear").click()
    expect(hint).to_be_visible()


@on("desktop", "phone")
def test_the_pad_stays_sharp_and_keeps_its_drawing_when_resized(visit: Visit) -> None:
    def pixels_are_the_screens() -> bool:
        return bool(
            visit.page.evaluate(
                """() => { const pad = document.querySelector('[data-part=pad]');
                return Math.abs(pad.width - pad.getBoundingClientRect().width * devicePixelRatio) <= 1; }"""
            )
        )

    visit.part("pad").click(position={"x": 60, "y": 60})
    visit.wait_for_ink(True)
    assert pixels_are_the_screens()
    visit.page.set_viewport_size({"width": 700, "height": 600})
    visit.page.wait_for_timeout(200)
    assert pixels_are_the_screens()
    assert visit.ink() > 0


# --- pictures ---


def test_a_chosen_picture_is_shown_and_read(visit: Visit) -> None:
    visit.part("file").set_input_files(
        {"name": "seven.png", "mimeType": "image/png", "buffer": encode(enlarged(DIGITS[0]))}
    )
    visit.expect_answer(LABELS[0])
    expect(visit.part("picture").locator("img")).to_be_visible()
    visit.draw(FIRST_OF_EACH[3])
    visit.expect_answer(3)
    expect(visit.part("picture")).to_be_hidden()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_dropped_or_pasted_picture_is_read(visit: Visit, way: str) -> None:
    give(visit, way, encode(enlarged(255 - DIGITS[1])))
    visit.expect_answer(LABELS[1])


def test_a_dragged_file_shows_the_drop_target(visit: Visit) -> None:
    expect(visit.part("drop")).to_be_hidden()
    give(visit, "drag", b"x")
    expect(visit.part("drop")).to_be_visible()


def test_a_file_that_is_not_a_picture_is_not_sent(visit: Visit) -> None:
    sent: list[str] = []
    visit.page.on("request", lambda request: sent.append(request.url))
    give(visit, "drop", b"hello", "notes.txt", "text/plain")
    visit.expect_notice(re.compile("notes.txt"))
    expect(visit.part("answer")).to_have_text("")
    assert not [url for url in sent if REQUEST.search(url)]


def test_a_damaged_picture_is_refused_by_its_name_and_leaves_the_reading_whole(visit: Visit) -> None:
    give(visit, "drop", b"this is no PNG", "b.png")
    visit.expect_notice(re.compile(r"b\.png"))
    expect(visit.part("picture")).to_be_hidden()
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    expect(visit.part("notice")).to_have_text("")
    expect(visit.part("status")).to_contain_text("%")  # no longer a guess
    sentence = visit.part("status").text_content() or ""
    for data, name, kind in ((b"this is no PNG", "c.png", "image/png"), (b"hello", "notes.txt", "text/plain")):
        give(visit, "drop", data, name, kind)
        visit.expect_notice(re.compile(name))
        visit.expect_answer(7)
        visit.expect_status(sentence)
        expect(visit.part("bars").locator(".winner")).to_have_attribute("data-digit", "7")
        assert visit.ink() > 0


def test_an_empty_picture_has_no_digit(visit: Visit) -> None:
    give(visit, "drop", encode(enlarged(DIGITS[0] * 0)))
    visit.expect_status(re.compile("empty"))
    expect(visit.part("answer")).to_have_text("")


def test_no_bar_shouts_under_a_rejection(visit: Visit) -> None:
    visit.page.locator("[data-sample=star]").click()
    visit.expect_tone("rejected")
    bars = visit.part("bars").locator("li")
    shares = bars.evaluate_all("bars => bars.map((bar) => Number(bar.dataset.value))")
    assert sum(shares) == pytest.approx(1, abs=0.001)
    assert max(shares) == shares[10]
    expect(visit.part("bars").locator(".winner")).to_have_attribute("data-digit", "none")
    colours = bars.locator(".fill").evaluate_all("fills => fills.map((fill) => getComputedStyle(fill).backgroundColor)")
    assert len(set(colours)) == 1
    thickness = bars.locator(".fill").evaluate_all("fills => fills.map((fill) => fill.offsetHeight)")
    assert len(set(thickness)) == 1


# --- problems ---


def test_a_late_response_is_never_shown(visit: Visit) -> None:
    held: list[Route] = []

    def answer(route: Route) -> None:
        if held:
            route.fulfill(json=reading(2))
        else:
            held.append(route)

    visit.page.route(REQUEST, answer)
    give(visit, "drop", encode(enlarged(DIGITS[0])))
    visit.wait_until(lambda: len(held) == 1)
    give(visit, "drop", encode(enlarged(DIGITS[1])))
    visit.expect_answer(2)
    with suppress(Error):  # the page has cancelled the request
        held[0].fulfill(json=reading(9))
    visit.page.wait_for_timeout(200)
    visit.expect_answer(2)


def test_an_uncertain_reading_names_the_alternative_and_both_probabilities(visit: Visit) -> None:
    unsure = reading(1) | {
        "status": "uncertain",
        "reason": "low_confidence",
        "confidence": 0.6,
        "probabilities": [0, 0.6, 0, 0, 0, 0, 0, 0.4, 0, 0],
        "not_a_digit": 0.0,
        "several_digits": 0.0,
    }
    visit.page.route(REQUEST, lambda route: route.fulfill(json=unsure))
    give(visit, "drop", encode(enlarged(DIGITS[0])))
    visit.expect_tone("uncertain")
    visit.expect_status(re.compile(r"a 1 \(60\.0%\).* a 7 \(40\.0%\)"))


def test_an_unreachable_server_causes_a_sentence(visit: Visit) -> None:
    visit.page.route(REQUEST, lambda route: route.abort())
    give(visit, "drop", encode(enlarged(DIGITS[0])))
    visit.expect_status(re.compile("reach the server"))
    visit.page.unroute(REQUEST)
    visit.part("clear").click()
    visit.draw(FIRST_OF_EACH[0])
    visit.expect_answer(0)


def test_a_503_is_retried_after_retry_after(visit: Visit) -> None:
    calls = iter([True])

    def answer(route: Route) -> None:
        if next(calls, False):
            route.fulfill(
                status=503,
                headers={"Retry-After": "1"},
                content_type="application/problem+json",
                body='{"title": "Busy", "status": 503, "detail": "Too busy."}',
            )
        else:
            route.continue_()

    visit.page.route(REQUEST, answer)
    give(visit, "drop", encode(enlarged(DIGITS[0])))
    visit.expect_status(re.compile("retry in 1 second"))
    visit.expect_answer(LABELS[0])


# --- layout ---


def bottom(visit: Visit, name: str) -> float:
    """The lower edge of a part, in CSS pixels."""
    box = visit.part(name).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@on("desktop", "phone", "small phone", "short phone", "tablet")
def test_sheet_and_reading_fit_on_the_first_screen(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[2])
    visit.expect_answer(2)
    viewport = visit.page.viewport_size
    assert viewport is not None
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert max(bottom(visit, name) for name in ("pad", "answer", "samples", "bars")) <= viewport["height"]
    pad, answer = (visit.part(name).bounding_box() for name in ("pad", "answer"))
    assert pad is not None
    assert answer is not None
    assert pad["width"] * pad["height"] > answer["width"] * answer["height"]


FIRST_SCREENS = {
    "1280x800": DESKTOP,
    "1366x768": {"viewport": {"width": 1366, "height": 768}},
    "390x844": PHONE,
    "820x1180": TABLET,
    "1180x820": TABLET | {"viewport": {"width": 1180, "height": 820}},
    "1280x800 in German": DESKTOP | {"locale": "de-DE"},
    "390x844 in German": PHONE | {"locale": "de-DE"},
}


@pytest.mark.parametrize("drawn", ["two", "pair", "star"])
@pytest.mark.parametrize("visit", FIRST_SCREENS.values(), ids=FIRST_SCREENS, indirect=True)
def test_the_first_screen_says_it_all(visit: Visit, drawn: str) -> None:
    height = (visit.page.viewport_size or {"height": 0})["height"]
    before = visit.part("pad").bounding_box()
    visit.page.locator(f"[data-sample={drawn}]").click()
    visit.expect_tone(re.compile("accepted|uncertain|rejected"))
    expect(visit.part("input")).to_be_visible()
    expect(visit.part("correct")).to_be_visible()
    for name in ("pad", "samples", "status", "bars", "input", "why", "toggle-overlay", "correct"):
        assert bottom(visit, name) <= height, name
    assert visit.page.evaluate("scrollY") == 0
    assert visit.part("pad").bounding_box() == before, "the sheet moved"


def test_nothing_empty_is_shown_before_the_first_stroke(visit: Visit) -> None:
    for name in ("answer", "bars", "number", "labels", "correct", "input", "why", "how", "history"):
        expect(visit.part(name)).to_be_hidden()
    for name in ("undo", "redo", "clear"):
        expect(visit.part(name)).to_have_attribute("aria-disabled", "true")
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    expect(visit.part("clear")).to_have_attribute("aria-disabled", "false")
    for name in ("answer", "bars", "correct", "input", "why", "how", "history"):
        expect(visit.part(name)).to_be_visible()


@on("desktop", "phone")
def test_nothing_scrolls_by_itself(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    names = ("correct", "labels", "why", "toggle-overlay", "samples", "entries")
    for name in names:
        for end in ("0", "document.body.scrollHeight"):
            visit.page.evaluate(f"scrollTo(0, {end})")
            before = visit.page.evaluate("scrollY")
            button = visit.part(name)
            first = button if name in ("correct", "why", "toggle-overlay") else button.locator("button").last
            first.evaluate("button => button.click()")
            visit.page.wait_for_timeout(200)
            assert visit.page.evaluate("scrollY") == min(
                before, visit.page.evaluate("document.documentElement.scrollHeight - innerHeight")
            )


def test_a_tap_on_the_large_digit_starts_a_fresh_sheet_and_undo_brings_the_old_one_back(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    visit.part("answer").click()
    expect(visit.part("answer")).to_have_text("")
    visit.wait_for_ink(False)
    visit.draw(FIRST_OF_EACH[3])
    visit.expect_answer(3)
    for _ in FIRST_OF_EACH[3]["strokes"]:
        visit.part("undo").click()
    visit.wait_for_ink(False)
    visit.part("undo").click()
    visit.expect_answer(7)


def test_while_the_pen_is_down_there_is_a_faint_guess_and_never_a_refusal(visit: Visit) -> None:
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    tones = """() => { const status = document.querySelector('[data-part=status]'); window.tones = [];
        new MutationObserver(() => tones.push(status.dataset.tone)).observe(status, {attributes: true}); }"""
    visit.page.evaluate(tones)
    visit.page.mouse.move(pad["x"] + 100, pad["y"] + 100)
    visit.page.mouse.down()
    for step in range(30):  # a scribble
        visit.page.mouse.move(pad["x"] + 100 + 60 * (step % 5), pad["y"] + 100 + 50 * (step % 7))
        visit.page.wait_for_timeout(20)
    visit.expect_tone("guess")
    assert "rejected" not in visit.page.evaluate("tones")
    visit.page.mouse.up()
    visit.expect_tone(re.compile("rejected|uncertain|accepted"))


@on("phone", "small phone", "tablet")
def test_every_control_is_large_enough_for_a_thumb(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    visit.part("correct").click()
    visit.part("labels").get_by_role("button", name="7", exact=True).click()
    visit.part("clear-history").click()
    small = visit.page.evaluate(
        """[...document.querySelectorAll('button, .chooser')].filter((one) => one.checkVisibility()).filter((one) => {
            const {width, height} = one.getBoundingClientRect();
            return Math.min(width, height) < 44;
        }).map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("visit", [DESKTOP | {"color_scheme": "dark"}], indirect=True)
def test_a_drawing_is_read_in_the_dark_theme(visit: Visit) -> None:
    background = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", background)[:3])) < 64
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_answer(4)


def test_without_javascript_the_page_says_so(chromium: Browser, chromium_path: str, server: str) -> None:
    # Playwright's own switch stops scripts too late: the parser has already hidden the noscript.
    switched_off = [*browser.ARGUMENTS, "--blink-settings=scriptEnabled=false"]
    without = chromium.browser_type.launch(executable_path=chromium_path, args=switched_off)
    page = without.new_page()
    page.goto(server)
    shown = page.locator("noscript p")  # located by selector: Playwright's text locators skip noscript
    assert shown.bounding_box() is not None
    assert "needs JavaScript" in (shown.text_content() or "")
    assert shown.locator("a").get_attribute("href") == "/api/v1/docs"
    assert page.locator("main").bounding_box() is None
    without.close()


# --- the docs ---


def test_swagger_ui_reads_a_picture(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/api/v1/docs")
    page.locator("#operations-digits-post_digits").click()
    page.get_by_role("button", name="Try it out").first.click()
    page.locator("#operations-digits-post_digits input[type=file]").set_input_files(
        {"name": "seven.png", "mimeType": "image/png", "buffer": encode(enlarged(DIGITS[0]))}
    )
    page.get_by_role("button", name="Execute").first.click()
    expect(page.locator("#operations-digits-post_digits .live-responses-table")).to_contain_text(
        '"digit": 7', timeout=SETTLED
    )


#: A browser that resists fingerprinting returns white, or noise, when a page reads its canvas.
UNREADABLE = {
    "white": "() => 255",
    "noise": "() => Math.floor(256 * Math.random())",
}


@pytest.mark.parametrize("returned", UNREADABLE)
def test_drawings_are_read_when_the_canvas_is_not_readable(visit: Visit, returned: str) -> None:
    visit.page.add_init_script(
        f"""const level = {UNREADABLE[returned]};
        CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) =>
            new ImageData(Uint8ClampedArray.from({{ length: 4 * width * height }}, level), width, height);
        HTMLCanvasElement.prototype.toBlob = (done) => done(new Blob(["unreadable"]));"""
    )
    visit.page.reload()
    for written in FIRST_OF_EACH:
        visit.draw(written)
        visit.expect_answer(written["label"])
        visit.part("clear").click()
