"""Sharing what is on the sheet, presenting the page, and showing it in a frame."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect

from digits.settings import Settings
from running import free_port, serving
from tests.browser.states import STATES, UNAVAILABLE, photograph
from tests.browser.test_numbers import draw_number
from tests.browser.visit import DESKTOP, FIRST_OF_EACH, PHONE, REQUEST, SETTLED, Visit, give, on, visiting

CLIPBOARD = ["clipboard-read", "clipboard-write"]
PAGE = Settings().page
BOX = "(name) => document.querySelector(`[data-part=${name}]`).getBoundingClientRect().toJSON()"
STROKES = "() => JSON.parse(sessionStorage.getItem('digits-visit')).entries.at(-1).sheet.strokes"


def share(visit: Visit, choice: str) -> None:
    """Open the menu and choose something in it."""
    visit.part("share").click()
    visit.part(choice).click()


def link_to(visit: Visit) -> str:
    """The link that "Copy link" copies, from its hash."""
    visit.page.context.grant_permissions(CLIPBOARD)
    share(visit, "copy-link")
    expect(visit.part("share-note")).to_contain_text("Copied")
    link = str(visit.page.evaluate("navigator.clipboard.readText()"))
    visit.page.keyboard.press("Escape")
    return link[link.index("#") :]


def without_hash(visit: Visit) -> None:
    """Wait until the link was followed."""
    visit.wait_until(lambda: "#" not in visit.page.url)


# --- links ---


def test_a_number_from_a_phone_is_the_same_on_a_desktop(chromium: Browser, server: str) -> None:
    with visiting(chromium, server, PHONE) as phone:
        phone.page.locator("[data-sample=pair]").click()
        phone.expect_status(re.compile("42"))
        sentence = phone.part("status").text_content()
        link = link_to(phone)
    assert len(link) < 1_400
    with visiting(chromium, server, DESKTOP, f"/{link}") as desktop:
        expect(desktop.part("answer")).to_have_text("42", timeout=SETTLED)
        assert desktop.part("status").text_content() == sentence
        assert desktop.ink() > 0


@pytest.mark.parametrize("digit", [2, 7])
def test_what_was_written_on_a_phone_reads_the_same_on_a_desktop(chromium: Browser, server: str, digit: int) -> None:
    with visiting(chromium, server, PHONE) as phone:
        phone.draw(FIRST_OF_EACH[digit])
        phone.expect_answer(digit)
        link = link_to(phone)
    with visiting(chromium, server, DESKTOP, f"/{link}") as desktop:
        desktop.expect_answer(digit)
        assert abs(len(link_to(desktop)) - len(link)) < 0.2 * len(link)  # it can be shared again


def test_the_pen_comes_along(chromium: Browser, server: str, visit: Visit) -> None:
    visit.part("pen").click()
    visit.draw(FIRST_OF_EACH[1])
    visit.expect_answer(1)
    visit.page.wait_for_timeout(400)
    widths = [stroke["width"] for stroke in visit.page.evaluate(STROKES)]
    link = link_to(visit)
    with visiting(chromium, server, DESKTOP, f"/{link}") as other:
        other.expect_answer(1)
        other.page.wait_for_timeout(400)
        assert [stroke["width"] for stroke in other.page.evaluate(STROKES)] == widths


def test_a_link_leaves_the_address_so_that_a_reload_keeps_later_strokes(visit: Visit, server: str) -> None:
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    link = link_to(visit)
    visit.part("clear").click()
    visit.page.goto(f"{server}/?{link}")
    visit.expect_answer(7)
    without_hash(visit)
    before = visit.ink()
    visit.part("pad").click(position={"x": 20, "y": 20})
    visit.wait_until(lambda: visit.ink() > before)
    visit.page.wait_for_timeout(500)  # until the visit is kept
    after = visit.ink()
    visit.page.reload()
    visit.wait_for_ink(True)
    assert visit.ink() == after > before


def test_a_link_opens_in_a_page_that_is_open_and_undo_brings_the_sheet_back(visit: Visit) -> None:
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    link = link_to(visit)
    visit.page.locator("[data-sample=two]").click()
    visit.expect_answer(2)
    visit.page.evaluate("hash => { location.hash = hash; }", link)
    visit.expect_answer(7)
    without_hash(visit)
    visit.part("undo").click()
    visit.expect_answer(2)


@pytest.mark.parametrize(
    "link", ["#s=", "#s=AQAA", "#s=NaN", "#s=%00%ff", "#s=" + "A" * 50_000, "cut"], ids=lambda link: str(link)[:12]
)
def test_a_damaged_link_says_so_and_leaves_the_sheet_alone(visit: Visit, link: str) -> None:
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    ink = visit.ink()
    hash_of = link_to(visit)[:-20] if link == "cut" else link
    visit.page.evaluate("hash => { location.hash = hash; }", hash_of)
    visit.expect_notice(re.compile("link"))
    without_hash(visit)
    assert visit.ink() == ink
    visit.expect_answer(7)


def test_another_hash_is_none_of_our_business(chromium: Browser, server: str) -> None:
    with visiting(chromium, server, DESKTOP, "/#how") as visit:
        visit.page.wait_for_load_state("networkidle")
        assert visit.page.url.endswith("#how")
        expect(visit.part("notice")).to_be_empty()


def test_a_link_that_the_browser_does_not_copy_can_be_copied_by_hand(visit: Visit, server: str) -> None:
    visit.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    share(visit, "copy-link")
    link = visit.part("share-link")
    expect(link).to_be_focused()
    assert link.input_value().startswith(f"{server}/#s=")
    assert visit.page.evaluate("getSelection().toString()") == link.input_value()


def test_what_shares_is_loaded_when_it_is_asked_for(chromium: Browser, server: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(server, wait_until="networkidle")
    ours = {"wiring.js", "link.js", "card.js", "share.css", "modes.css"}
    assert not ours & set(asked)
    page.locator("[data-part=share]").click()
    expect(page.locator("[data-part=share-menu]")).to_be_visible()
    assert ours - set(asked) == {"modes.css"}
    page.close()


def test_a_menu_that_cannot_be_loaded_is_loaded_with_the_next_click(visit: Visit) -> None:
    visit.page.route("**/share.css", lambda route: route.fulfill(status=503))
    visit.part("share").click()
    visit.expect_notice(re.compile("couldn't load"))
    visit.page.unroute("**/share.css")
    visit.part("share").click()
    expect(visit.part("share-menu")).to_be_visible()
    visit.logged.clear()  # the 503 is the test's own


# --- the menu ---


def test_the_menu_works_with_the_keyboard_and_escape_clears_nothing(visit: Visit) -> None:
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    visit.part("share").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.part("share-menu")).to_be_visible()
    visit.page.keyboard.press("Tab")
    expect(visit.part("copy-link")).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(visit.part("share-menu")).to_be_hidden()
    expect(visit.part("share")).to_be_focused()
    visit.expect_answer(7)
    visit.page.keyboard.press("Enter")
    expect(visit.part("share-menu")).to_be_visible()
    visit.part("share").click()
    expect(visit.part("share-menu")).to_be_hidden()


@on("small phone", "phone")
def test_the_head_stays_in_one_row_beside_the_way_back_to_a_table(visit: Visit) -> None:
    STATES["one of several files"](visit)
    tops = {visit.page.evaluate(BOX, name)["top"] for name in ("back-to-table", "share", "settings")}
    assert len(tops) == 1
    for name in ("Share", "Settings"):
        assert visit.page.get_by_role("button", name=name).count() == 1


def test_a_blank_sheet_has_nothing_to_share_but_can_be_presented(visit: Visit) -> None:
    visit.part("share").click()
    expect(visit.part("share-note")).to_contain_text("first")
    for choice in ("copy-link", "save-picture"):
        expect(visit.part(choice)).to_have_attribute("aria-disabled", "true")
        visit.part(choice).click(force=True)
    expect(visit.part("share-note")).to_contain_text("first")
    visit.part("present").click()
    expect(visit.part("leave")).to_be_visible()


def test_a_picture_has_no_link_and_the_menu_says_why(visit: Visit) -> None:
    give(visit, "drop", photograph(), "table.jpg", "image/jpeg")
    visit.expect_answer(7)
    visit.part("share").click()
    expect(visit.part("copy-link")).to_have_attribute("aria-disabled", "true")
    expect(visit.part("save-picture")).to_have_attribute("aria-disabled", "false")
    expect(visit.part("share-note")).to_contain_text("not a picture")


def saved(visit: Visit) -> Image.Image:
    """The picture that "Save picture" saves."""
    with visit.page.expect_download() as download:
        share(visit, "save-picture")
    assert re.fullmatch(r"digits(-\d+)*\.png", download.value.suggested_filename)
    return Image.open(download.value.path()).convert("L")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_picture_shows_the_ink_and_the_reading_in_the_theme(
    chromium: Browser, server: str, scheme: str
) -> None:
    with visiting(chromium, server, DESKTOP | {"color_scheme": scheme}) as visit:
        visit.page.locator("[data-sample=seven]").click()
        visit.expect_answer(7)
        picture = saved(visit)
    assert picture.size == (1200, 630)
    sheet, reading = picture.crop((60, 60, 570, 570)), picture.crop((640, 60, 1160, 340))
    background = picture.tobytes()[0]
    assert (background > 128) == (scheme == "light")
    for region in (sheet, reading):
        inked = sum(count for level, count in enumerate(region.histogram()) if abs(level - background) > 100)
        assert 0.01 < inked / (region.width * region.height) < 0.4


def test_a_saved_photograph_shows_the_photograph(visit: Visit) -> None:
    give(visit, "drop", photograph(), "table.jpg", "image/jpeg")
    visit.expect_answer(7)
    sheet = saved(visit).crop((60, 160, 570, 470))
    photo = Image.open(io.BytesIO(photograph())).convert("L").resize(sheet.size)
    differences = [abs(int(a) - int(b)) for a, b in zip(sheet.tobytes(), photo.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 25


SHARE = """how => { window.shared = []; navigator.canShare = ({files}) => how.files && files.length > 0;
  navigator.share = async (data) => { window.shared.push({url: data.url, title: data.title,
    files: (data.files ?? []).map(({name, type, size}) => ({name, type, size}))});
    if (how.refuse) throw new DOMException('no', how.refuse); }; }"""


@contextmanager
def with_web_share(chromium: Browser, server: str, **how: Any) -> Iterator[Visit]:
    """A phone that can hand something to other apps."""
    context = chromium.new_context(**PHONE)
    context.add_init_script(f"({SHARE})({json.dumps(how)})")
    visit = Visit(context, server)
    yield visit
    context.close()
    assert visit.logged == []


@pytest.mark.parametrize("files", [True, False])
def test_a_device_that_shares_gets_the_link_and_the_picture(chromium: Browser, server: str, files: bool) -> None:
    with with_web_share(chromium, server, files=files) as visit:
        visit.page.locator("[data-sample=seven]").tap()
        visit.expect_answer(7)
        share(visit, "share-elsewhere")
        visit.wait_until(lambda: bool(visit.page.evaluate("shared.length > 0")))
        (shared,) = visit.page.evaluate("shared")
        assert shared["url"].startswith(f"{server}/#s=")
        assert "7" in shared["title"]
        assert [file["type"] for file in shared["files"]] == ["image/png"] * files
        assert all(file["size"] > 1000 for file in shared["files"])


@pytest.mark.parametrize(("refusal", "note"), [("AbortError", "^$"), ("NotAllowedError", "couldn't")])
def test_cancelling_the_share_dialog_shows_no_error(chromium: Browser, server: str, refusal: str, note: str) -> None:
    with with_web_share(chromium, server, files=True, refuse=refusal) as visit:
        visit.page.locator("[data-sample=seven]").tap()
        visit.expect_answer(7)
        share(visit, "share-elsewhere")
        visit.wait_until(lambda: bool(visit.page.evaluate("shared.length > 0")))
        expect(visit.part("share-note")).to_have_text(re.compile(note))


# --- on a projector ---

SCREENS = [(1280, 720), (1920, 1080), (3840, 2160)]


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_projector_shows_sheet_reading_and_bars_and_nothing_else(
    chromium: Browser, server: str, width: int, height: int
) -> None:
    device = {"viewport": {"width": width, "height": height}}
    with visiting(chromium, server, device, "/?present") as visit:
        before = visit.page.evaluate(BOX, "pad")
        visit.draw(FIRST_OF_EACH[7])
        visit.expect_answer(7)
        assert visit.page.evaluate(BOX, "pad") == before  # the reading moves no ink
        for name in ("pad", "answer", "status", "bars"):
            box = visit.page.evaluate(BOX, name)
            assert box["left"] >= 0
            assert box["top"] >= 0
            assert box["right"] <= width
            assert box["bottom"] <= height
        assert visit.page.evaluate(BOX, "pad")["height"] > 0.8 * height
        assert visit.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.percent')).fontSize)") >= (
            0.014 * width * 0.9
        )
        for name in ("share", "settings", "pen", "samples", "history", "correct", "input", "curl"):
            expect(visit.part(name)).to_be_hidden()
        assert visit.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_presentation_begins_in_the_menu_and_ends_with_escape_without_clearing(visit: Visit) -> None:
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    share(visit, "present")
    expect(visit.part("settings")).to_be_hidden()
    assert visit.page.url.endswith("?present")
    visit.page.keyboard.press("Escape")
    expect(visit.part("settings")).to_be_visible()
    assert "present" not in visit.page.url
    visit.expect_answer(7)
    assert visit.ink() > 0


def test_a_presentation_ends_with_its_button_or_with_a_step_back(visit: Visit) -> None:
    share(visit, "present")
    visit.part("leave").click()
    expect(visit.part("settings")).to_be_visible()
    expect(visit.part("share")).to_be_focused()
    share(visit, "present")
    expect(visit.part("settings")).to_be_hidden()
    visit.page.go_back()
    expect(visit.part("settings")).to_be_visible()
    assert visit.page.evaluate("document.documentElement.dataset.mode") is None


@pytest.mark.parametrize("reloaded", [False, True])
def test_leaving_a_presentation_adds_no_step_to_the_history(visit: Visit, server: str, reloaded: bool) -> None:
    visit.page.goto("about:blank")
    visit.page.goto(f"{server}/")
    length = visit.page.evaluate("history.length")
    for _ in range(2):
        share(visit, "present")
        expect(visit.part("settings")).to_be_hidden()
        if reloaded:
            visit.page.reload()
        visit.part("leave").click()
        expect(visit.part("settings")).to_be_visible()
        visit.wait_until(lambda: visit.page.url == f"{server}/")
    assert visit.page.evaluate("history.length") <= length + 1  # the step forward
    visit.page.go_back()
    assert visit.page.url == "about:blank"
    visit.page.go_forward()
    expect(visit.part("settings")).to_be_visible()


def test_the_step_forward_presents_again(visit: Visit, server: str) -> None:
    share(visit, "present")
    visit.page.keyboard.press("Escape")
    visit.wait_until(lambda: visit.page.url == f"{server}/")
    visit.page.go_forward()
    expect(visit.part("settings")).to_be_hidden()
    visit.part("leave").click()
    expect(visit.part("settings")).to_be_visible()


def test_a_presentation_that_a_link_opened_can_be_left(chromium: Browser, server: str) -> None:
    with visiting(chromium, server) as visit:
        visit.page.goto("about:blank")
        visit.page.goto(f"{server}/?present")
        visit.part("leave").click()
        expect(visit.part("settings")).to_be_visible()
        assert visit.page.url == f"{server}/"
        visit.page.go_back()
        assert visit.page.url == "about:blank"


@on("phone", "tablet", "desktop")
def test_a_presentation_can_be_cleared_by_touch_also_where_there_is_no_answer(visit: Visit) -> None:
    visit.page.locator("[data-sample=star]").click()
    visit.expect_tone("rejected")
    share(visit, "present")
    visit.part("clear-presented").click()
    visit.wait_for_ink(False)
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- in a frame ---


@contextmanager
def page_with_frame(server: str, port: int) -> Iterator[str]:
    """The address of somebody else's page, at a port, that shows ours in a frame, as the documentation says."""
    frame = re.search(
        r"<iframe.*?</iframe>", Path(__file__).parents[2].joinpath("docs/embed.md").read_text(), re.DOTALL
    )
    assert frame
    body = f"<!doctype html><title>A school</title>{frame[0].replace('https://digits.example', server)}"

    class Theirs(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The same page, whatever the path."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    theirs = ThreadingHTTPServer(("127.0.0.1", port), Theirs)
    threading.Thread(target=theirs.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{theirs.server_address[1]}"
    finally:
        theirs.shutdown()
        theirs.server_close()


@pytest.fixture(scope="module")
def framed() -> Iterator[tuple[str, int]]:
    """A server that allows the page at one port of this machine, and this port."""
    port = free_port()
    with serving(DIGITS_FRAME_ANCESTORS=f"https://school.example http://127.0.0.1:{port}") as (address, _, _):
        yield address, port


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page."""
    page = chromium.new_page()
    yield page
    page.close()


def shown(page: Page) -> FrameLocator:
    """Our page in the frame."""
    return page.frame_locator("iframe")


def draw_in(page: Page) -> None:
    """Draw a 1 in the frame."""
    pad = shown(page).locator("[data-part=pad]").bounding_box()
    assert pad
    middle = pad["x"] + pad["width"] / 2
    page.mouse.move(middle, pad["y"] + 0.2 * pad["height"])
    page.mouse.down()
    for step in range(3, 9):
        page.mouse.move(middle, pad["y"] + step / 10 * pad["height"])
    page.mouse.up()


BLOCKED = """for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, {
  get() { throw new DOMException('denied', 'SecurityError'); } });"""


@pytest.mark.parametrize("blocked", [False, True], ids=["storage", "no storage"])
def test_an_allowed_page_shows_ours_and_it_reads(page: Page, framed: tuple[str, int], blocked: bool) -> None:
    server, port = framed
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    if blocked:
        page.add_init_script(BLOCKED)
    with page_with_frame(server, port) as theirs:
        page.route(f"{theirs}/favicon.ico", lambda route: route.fulfill(status=204))
        page.goto(theirs)
        expect(shown(page).locator("[data-part=pad]")).to_be_visible()
        draw_in(page)
        expect(shown(page).locator("[data-part=answer]")).to_have_text("1", timeout=SETTLED)
        for name in ("share", "settings", "history", "samples", "curl"):
            expect(shown(page).locator(f"[data-part={name}]")).to_be_hidden()
        expect(shown(page).locator("footer")).to_be_hidden()
        link = shown(page).locator("[data-part=whole-page]")
        with page.context.expect_page() as opened:
            link.click()
        expect(opened.value.locator("[data-part=answer]")).to_have_text("1", timeout=SETTLED)
        expect(opened.value.locator("[data-part=settings]")).to_be_visible()
        opened.value.close()
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_follows_language_and_theme_and_says_what_went_wrong(
    chromium: Browser, framed: tuple[str, int], scheme: Any
) -> None:
    server, port = framed
    page = chromium.new_page(locale="de-DE", color_scheme=scheme)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(REQUEST, lambda route: route.fulfill(**UNAVAILABLE))
    with page_with_frame(server, port) as theirs:
        page.goto(theirs)
        draw_in(page)
        expect(shown(page).locator("[data-part=status]")).to_contain_text("Der Server ist ausgelastet", timeout=SETTLED)
        background = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
        assert (page.frames[1].evaluate(background) > 128) == (scheme == "light")
        page.unroute(REQUEST)
        shown(page).locator("[data-part=retry]").click()
        expect(shown(page).locator("[data-part=answer]")).to_have_text("1", timeout=SETTLED)
        shown(page).locator("[data-part=clear]").click()
        expect(shown(page).locator("[data-part=answer]")).to_be_hidden()
    page.close()
    assert errors == []


def test_another_page_cannot_show_ours(page: Page, framed: tuple[str, int]) -> None:
    server, _ = framed
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    with page_with_frame(server, free_port()) as theirs:
        page.goto(theirs)
        page.wait_for_timeout(500)
        assert shown(page).locator("[data-part=pad]").count() == 0
    assert any("frame-ancestors" in text for text in logged)


def test_without_the_setting_nobody_can_show_ours(page: Page, server: str) -> None:
    with page_with_frame(server, free_port()) as theirs:
        page.goto(theirs)
        page.wait_for_timeout(500)
        assert shown(page).locator("[data-part=pad]").count() == 0


@pytest.mark.parametrize(("width", "height"), [(360, 620), (640, 480), (720, 420), (900, 600), (960, 540), (1200, 700)])
def test_everything_fits_in_a_frame(chromium: Browser, server: str, width: int, height: int) -> None:
    with visiting(chromium, server, {"viewport": {"width": width, "height": height}}, "/?embed") as visit:
        visit.draw(FIRST_OF_EACH[7])
        visit.expect_answer(7)
        for name in ("pad", "answer", "bars", "status", "whole-page"):
            box = visit.page.evaluate(BOX, name)
            assert box["right"] <= width, name
            assert box["bottom"] <= height, name


@pytest.mark.parametrize(("width", "height"), [(360, 640), (640, 480), (720, 420), (900, 600)])
def test_a_number_fits_in_a_frame_and_is_large_in_one_line(
    chromium: Browser, server: str, width: int, height: int
) -> None:
    with visiting(chromium, server, {"viewport": {"width": width, "height": height}}, "/?embed") as visit:
        draw_number(visit, "90210")
        expect(visit.part("answer")).to_have_text("90210", timeout=SETTLED)
        for name in ("pad", "answer", "number", "bars", "status", "whole-page"):
            box = visit.page.evaluate(BOX, name)
            assert box["right"] <= width, name
            assert box["bottom"] <= height, name
        lines = "(range => { range.selectNodeContents(document.querySelector('[data-part=answer]')); "
        assert len(visit.page.evaluate(f"{lines} return [...range.getClientRects()]; }})(document.createRange())")) == 1
        size = "parseFloat(getComputedStyle(document.querySelector('[data-part=answer]')).fontSize)"
        assert visit.page.evaluate(size) > 28


def test_a_damaged_link_in_a_frame_is_announced_there(chromium: Browser, server: str) -> None:
    with visiting(chromium, server, DESKTOP, "/?embed#s=AQAA") as visit:
        visit.expect_notice(re.compile("link"))
        without_hash(visit)
        assert visit.page.url.endswith("?embed")


def test_a_mode_never_shows_the_whole_page_first(chromium: Browser, server: str) -> None:
    page = chromium.new_page()
    page.route(re.compile(r"main\.js"), lambda route: route.abort())  # before any module runs
    page.goto(f"{server}/?present")
    expect(page.locator("[data-part=pad]")).to_be_visible()
    expect(page.locator("[data-part=settings]")).to_be_hidden()
    page.close()


# --- installing and previews ---


def size_of(name: str) -> tuple[int, int]:
    """Of a picture of the page, in pixels."""
    with Image.open(PAGE / name) as picture:
        return picture.size


def test_the_manifest_names_icons_that_are_there(server: str, page: Page) -> None:
    manifest = json.loads((PAGE / "manifest.webmanifest").read_text("utf-8"))
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            assert "x".join(map(str, size_of(icon["src"]))) == icon["sizes"]
        else:
            assert (PAGE / icon["src"]).exists()
    answer = page.request.get(f"{server}/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"


def test_chromium_finds_no_fault_with_the_manifest(server: str, page: Page) -> None:
    page.goto(server)
    told = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert told["errors"] == []
    assert told["url"] == f"{server}/manifest.webmanifest"


def test_the_preview_has_a_title_a_description_and_a_picture_whose_address_can_be_completed() -> None:
    html = (PAGE / "index.html").read_text("utf-8")
    assert 'property="og:title"' in html
    assert 'property="og:description"' in html
    guide = Path(__file__).parents[2].joinpath("docs/embed.md").read_text("utf-8")
    found = re.search(r"sed -i 's\|(.+?)\|(.+?)\|'", guide)
    assert found
    assert html.count(found[1]) == 1  # the documented command finds it
    assert found[2].startswith('content="https://')
    assert size_of("icons/preview.png") == (1200, 630)
