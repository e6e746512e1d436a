"""Accessibility: keyboard, screen reader, zoom, small and large screens, both hands and both themes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.states import STATES, UNAVAILABLE
from tests.browser.visit import DESKTOP, FIRST_OF_EACH, PHONE, REQUEST, SETTLED, TABLET, Visit, give, on, visiting
from tests.samples import DIGITS, encode, enlarged

LOOKS: dict[str, dict[str, Any]] = {
    "desktop, light": DESKTOP | {"color_scheme": "light"},
    "phone, dark": PHONE | {"color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_violations(state: str, look: str, chromium: Browser, server: str) -> None:
    with visiting(chromium, server, LOOKS[look]) as visit:
        STATES[state](visit)
        visit.page.wait_for_timeout(500)  # fading changes the contrast
        found = Axe().run(visit.page)
        assert found.violations_count == 0, found.generate_report()


# --- keyboard ---


def test_a_digit_can_be_drawn_with_the_keyboard_alone(visit: Visit) -> None:
    for _ in range(10):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.dataset.part") == "pad":
            break
    visit.page.keyboard.press("Space")
    for _ in range(14):
        visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Space")
    visit.expect_answer(1)
    visit.page.keyboard.press("Escape")
    visit.wait_for_ink(False)


def test_arrow_keys_scroll_the_page_outside_of_the_sheet(visit: Visit) -> None:
    visit.part("pad").focus()
    visit.page.keyboard.press("ArrowDown")
    assert visit.page.evaluate("scrollY") == 0
    visit.page.evaluate("document.activeElement.blur()")
    visit.page.keyboard.press("ArrowDown")
    visit.wait_until(lambda: bool(visit.page.evaluate("scrollY > 0")))


def test_every_control_can_be_focused_and_shows_the_focus(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    expect(visit.part("correct")).to_be_visible()
    wanted = visit.page.evaluate(
        """[...document.querySelectorAll('button, a[href], input, canvas[tabindex]')]
        .filter((one) => one.checkVisibility()).map((one) => one.outerHTML)"""
    )
    reached: list[str] = []
    for _ in range(2 * len(wanted)):
        visit.page.keyboard.press("Tab")
        here = visit.page.evaluate(
            """(() => { const one = document.activeElement;
            if (one === document.body) return null;
            const shown = one.matches('input') ? one.nextElementSibling : one;
            return [one.outerHTML, getComputedStyle(shown).outlineStyle]; })()"""
        )
        if here is None:  # after the last and before the first
            continue
        if here[0] in reached:
            break
        assert here[1] != "none", here[0]
        reached.append(here[0])
    assert sorted(reached) == sorted(wanted)


def focused(visit: Visit) -> str:
    """The part that has the keyboard focus; empty if it was lost."""
    return str(visit.page.evaluate("document.activeElement.closest('[data-part]')?.dataset.part ?? ''"))


def test_hiding_a_control_does_not_lose_the_focus(visit: Visit) -> None:
    visit.page.locator("[data-sample=two]").press("Enter")
    visit.expect_answer(2)
    expect(visit.part("correct")).to_be_visible(timeout=SETTLED)
    visit.part("correct").press("Enter")
    visit.part("labels").get_by_role("button", name="3", exact=True).press("Enter")
    expect(visit.part("labels")).to_be_hidden()
    assert focused(visit) == "undo-correction"
    visit.part("undo-correction").press("Enter")
    assert focused(visit) == "correct"
    visit.part("why").press("Enter")
    expect(visit.part("explanation")).to_be_visible(timeout=SETTLED)
    visit.part("why").press("Enter")
    visit.page.locator("[data-sample=nine]").press("Enter")
    visit.expect_answer(9)
    visit.part("why").press("Enter")
    expect(visit.part("explanation")).to_be_visible(timeout=SETTLED)
    visit.part("entries").locator("button").first.press("Enter")  # read again, with an explanation
    visit.page.wait_for_timeout(300)
    assert focused(visit) == "entries"
    visit.part("correct").focus()
    visit.page.keyboard.press("Escape")
    expect(visit.part("correct")).to_be_hidden()
    assert focused(visit) == "pad"


def test_a_retry_with_the_keyboard_moves_the_focus_to_the_status(visit: Visit) -> None:
    problem = {
        "status": 503,
        "headers": {"Retry-After": "3600"},
        "content_type": "application/problem+json",
        "body": '{"title": "Busy", "status": 503, "detail": "Too busy."}',
    }
    visit.page.route(REQUEST, lambda route: route.fulfill(**problem))
    visit.draw(FIRST_OF_EACH[7])
    expect(visit.part("retry")).to_be_visible(timeout=SETTLED)
    visit.page.unroute(REQUEST)
    visit.part("retry").press("Enter")
    visit.expect_answer(7)
    assert focused(visit) == "status"


def test_escape_dismisses_the_labels_before_it_clears_the_sheet(visit: Visit) -> None:
    visit.page.locator("[data-sample=two]").click()
    visit.expect_answer(2)
    expect(visit.part("correct")).to_be_visible(timeout=SETTLED)
    visit.part("correct").press("Enter")
    visit.page.keyboard.press("Tab")
    assert focused(visit) == "labels"
    visit.page.keyboard.press("Escape")
    expect(visit.part("labels")).to_be_hidden()
    assert (focused(visit), visit.ink() > 0) == ("correct", True)
    visit.page.keyboard.press("Escape")
    visit.wait_for_ink(False)


@pytest.mark.parametrize("hand", ["right", "left"])
@on("desktop", "phone")
def test_the_tab_order_of_the_tools_is_the_visual_order_for_either_hand(visit: Visit, hand: str) -> None:
    if hand == "left":
        visit.set("hand")
    visit.part("pad").focus()
    places = []
    for _ in range(6 if visit.part("camera").is_visible() else 5):
        visit.page.keyboard.press("Tab")
        places.append(visit.page.evaluate("document.activeElement.getBoundingClientRect().x"))
        assert visit.page.evaluate("document.activeElement.closest('[data-part=tools]') !== null")
    assert places == sorted(places)
    outer = visit.page.evaluate("document.querySelector('.tools').firstElementChild.dataset.part")
    assert outer == {"right": "editing", "left": "choosing"}[hand]


IN_SECTION = "document.activeElement.closest('main > section')?.getAttribute('aria-label') ?? ''"
STANDING = """[...document.querySelectorAll('main > section[aria-label]')].map((one) => one.ariaLabel)"""
SEEN = """[...document.querySelectorAll('main > section[aria-label]')]
    .map((one) => ({name: one.ariaLabel, ...one.getBoundingClientRect().toJSON()}))
    .sort((a, b) => Math.abs(a.top - b.top) > 40 ? a.top - b.top : a.left - b.left)
    .map(({name}) => name)"""


def sections_on_the_way(visit: Visit, key: str) -> list[str]:
    """The sections that a key leads through, once for each time that one is entered."""
    passed: list[str] = []
    for _ in range(40):
        visit.page.keyboard.press(key)
        here = str(visit.page.evaluate(IN_SECTION))
        if here and passed[-1:] != [here]:
            passed.append(here)
        elif not here and passed:
            break
    return passed


@pytest.mark.parametrize("hand", ["right", "left"])
@on("desktop", "phone", "tablet")
def test_tab_order_and_screen_readers_follow_the_visual_order_for_either_hand(visit: Visit, hand: str) -> None:
    if hand == "left":
        visit.set("hand")
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    expect(visit.part("correct")).to_be_visible()
    seen = visit.page.evaluate(SEEN)
    size = visit.page.viewport_size
    reading_first = size == TABLET["viewport"] or (size == DESKTOP["viewport"] and hand == "left")
    assert seen == (["Reading", "Drawing"] if reading_first else ["Drawing", "Reading"])
    visit.part("settings").focus()
    assert sections_on_the_way(visit, "Tab") == seen
    visit.part("entries").locator("button").first.focus()
    assert sections_on_the_way(visit, "Shift+Tab") == seen[::-1]
    told = re.findall(r'region "(Drawing|Reading)"', visit.page.locator("main").aria_snapshot())
    assert told == seen


@pytest.mark.parametrize("hand", ["right", "left"])
@pytest.mark.parametrize("visit", [TABLET | {"viewport": {"width": 1180, "height": 820}}, TABLET], indirect=True)
def test_on_a_tablet_the_reading_is_not_under_the_writing_arm(visit: Visit, hand: str) -> None:
    if hand == "left":
        visit.set("hand")
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    pad, answer = visit.part("pad").bounding_box(), visit.part("answer").bounding_box()
    assert pad is not None
    assert answer is not None
    if pad["x"] < answer["x"] + answer["width"] and answer["x"] < pad["x"] + pad["width"]:
        assert answer["y"] + answer["height"] <= pad["y"]
    else:
        assert (answer["x"] < pad["x"]) == (hand == "right")


def test_rotating_the_screen_keeps_the_focus(visit: Visit) -> None:
    visit.set("hand")
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    expect(visit.part("correct")).to_be_visible()
    visit.part("correct").focus()
    for width, height, order in [(800, 1280, ["Drawing", "Reading"]), (1280, 800, ["Reading", "Drawing"])]:
        visit.page.set_viewport_size({"width": width, "height": height})
        expect(visit.page.locator("main > section").first).to_have_attribute("aria-label", order[0])
        assert [visit.page.evaluate(SEEN), visit.page.evaluate(STANDING)] == [order, order]
        assert (focused(visit), visit.ink() > 0) == ("correct", True)
        expect(visit.part("answer")).to_have_text("7")


def test_samples_and_entries_are_opened_with_the_keyboard(visit: Visit) -> None:
    visit.page.locator("[data-sample=two]").focus()
    visit.page.keyboard.press("Enter")
    visit.expect_answer(2)
    visit.page.locator("[data-sample=nine]").press("Enter")
    visit.expect_answer(9)
    visit.part("entries").locator("button").last.press("Enter")
    visit.expect_answer(2)


# --- screen reader ---


def test_screen_readers_get_the_status_and_each_bar_as_text(visit: Visit) -> None:
    assert visit.part("status").get_attribute("aria-live") == "polite"
    visit.draw(FIRST_OF_EACH[3])
    visit.expect_answer(3)
    bars = visit.page.get_by_role("list", name="How likely each digit is")
    said = bars.get_by_role("listitem").all_inner_texts()
    assert [re.sub(r"\s+", " ", one).strip().split(" ")[0] for one in said] == [*"0123456789", "not"]
    assert all(re.search(r"\d+\.\d%", one) for one in said)
    assert "the reading" in (bars.get_by_role("listitem").nth(3).text_content() or "")


def test_every_picture_and_every_control_has_an_accessible_name(visit: Visit) -> None:
    visit.part("file").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": encode(enlarged(DIGITS[0]))}
    )
    visit.expect_answer(7)
    tree = visit.page.locator("body").aria_snapshot()
    assert len(re.findall(r"^\s*- button", tree, re.MULTILINE)) > 15
    nameless = r"^\s*- (button|img|link|checkbox|textbox|application|progressbar|group)(?! \")"
    assert not re.search(nameless, tree, re.MULTILINE), tree


def test_screen_readers_skip_the_steps_until_they_show_something(visit: Visit) -> None:
    pictures = visit.page.get_by_role("img", name=re.compile("Your picture|The ink alone|centre of mass"))
    expect(pictures).to_have_count(0)
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    expect(pictures).to_have_count(3)
    visit.part("clear").click()
    expect(pictures).to_have_count(0)


def test_ink_is_compared_with_its_background_in_pictures_only(visit: Visit) -> None:
    for picture, words in ((DIGITS[0], "lighter"), (255 - DIGITS[0], "darker")):
        give(visit, "drop", encode(enlarged(picture)))
        expect(visit.part("polarity")).to_contain_text(words, timeout=SETTLED)
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_answer(4)
    expect(visit.part("polarity")).to_be_empty()


# --- zoom and screen sizes ---

WIDTHS = {
    "320 px": PHONE | {"viewport": {"width": 320, "height": 568}},
    "200 % zoom": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "400 % zoom": {"viewport": {"width": 320, "height": 200}, "device_scale_factor": 4},
    "a projector": {"viewport": {"width": 1920, "height": 1080}},
    "a phone on its side": PHONE | {"viewport": {"width": 844, "height": 390}},
}


@pytest.mark.parametrize("visit", WIDTHS.values(), ids=WIDTHS, indirect=True)
def test_nothing_is_cut_off_and_nothing_scrolls_horizontally(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    visit.part("correct").click()
    width = (visit.page.viewport_size or {"width": 0})["width"]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    outside = visit.page.evaluate(
        """(width) => [...document.querySelectorAll('main *, header *, footer *')].filter((one) => {
            const box = one.getBoundingClientRect();
            if (one.closest('[data-part=samples]')) return false; // a row that scrolls
            return one.checkVisibility() && box.width > 1 && (box.left < -1 || box.right > width + 1);
        }).map((one) => one.outerHTML.slice(0, 90))""",
        width,
    )
    assert outside == []


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
@pytest.mark.parametrize("width", [320, 360, 375, 390, 430, 600, 768, 820, 1024, 1280])
def test_the_tools_are_in_one_row(width: int, locale: str, chromium: Browser, server: str) -> None:
    for height in (667, 1000):
        device = PHONE | {"viewport": {"width": width, "height": height}, "locale": locale}
        with visiting(chromium, server, device) as visit:
            tools = visit.part("tools").bounding_box()
            assert tools is not None
            assert tools["height"] < 70, height
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@on("phone")
def test_large_letters_do_not_scroll_a_phone_horizontally(visit: Visit) -> None:
    visit.page.evaluate("document.documentElement.style.fontSize = '32px'")
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


@on("phone")
def test_the_labels_open_on_the_first_screen(visit: Visit) -> None:
    visit.page.locator("[data-sample=two]").click()
    visit.expect_answer(2)
    visit.part("correct").click()
    expect(visit.part("labels")).to_be_in_viewport(ratio=0.99)


@on("phone")
def test_removing_the_overlay_does_not_scroll(visit: Visit) -> None:
    visit.page.locator("[data-sample=two]").click()
    visit.expect_answer(2)
    visit.part("toggle-overlay").click()
    visit.part("toggle-overlay").scroll_into_view_if_needed()
    before = visit.page.evaluate("scrollY")
    visit.part("toggle-overlay").click()
    assert visit.page.evaluate("scrollY") == before


@pytest.mark.parametrize("visit", [DESKTOP | {"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_with_reduced_motion(visit: Visit) -> None:
    STATES["slow"](visit)
    pictures = []
    for _ in range(3):
        pictures.append(visit.page.screenshot())
        visit.page.wait_for_timeout(150)
    assert len(set(pictures)) == 1
    moving = visit.page.evaluate(
        """[...document.querySelectorAll('*')].filter((one) => {
            const {transitionDuration, animationName} = getComputedStyle(one);
            return animationName !== 'none' || transitionDuration.split(',').some((time) => parseFloat(time) > 0);
        }).map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert moving == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 390, 560, 700])
def test_the_controls_of_the_header_have_words_on_every_phone(
    width: int, scheme: str, chromium: Browser, server: str
) -> None:
    device = PHONE | {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    with visiting(chromium, server, device) as visit:
        header = visit.page.locator("header").bounding_box()
        assert header is not None
        assert header["height"] < 60, "one row: the sheet needs the height"
        visit.part("settings").click()
        for name, words in (("settings", "Settings"), ("hand", "Left-handed"), ("theme", "Theme: system")):
            button = visit.part(name)
            word, whole = button.locator(".word"), button.bounding_box()
            expect(word).to_have_text(words)
            box = word.bounding_box()
            assert box is not None
            assert whole is not None
            assert (box["width"] > 5 * len(words), box["height"] > 11) == (True, True)
            assert 0 <= whole["x"] <= box["x"] < box["x"] + box["width"] <= whole["x"] + whole["width"] <= width
            clip = {"clip": "auto", "clipPath": "none", "visibility": "visible", "opacity": "1"}
            style = "(one, names) => names.map((name) => getComputedStyle(one)[name])"
            assert word.evaluate(style, list(clip)) == list(clip.values())


LIVE = "[aria-live=polite], [aria-live=assertive], [role=status]:not([aria-live]), [role=alert], [role=log]"


@pytest.mark.parametrize(
    "visit", [DESKTOP | {"reduced_motion": "reduce"}, PHONE | {"reduced_motion": "reduce"}], indirect=True
)
def test_the_countdown_is_visible_but_announced_once(visit: Visit) -> None:
    visit.page.evaluate(
        """(live) => { window.told = [];
        const note = (changes) => changes.forEach(({target}) => {
          const region = (target.closest ? target : target.parentElement)?.closest('[aria-live], [role=status]');
          if (region?.matches(live)) told.push(region.textContent); });
        new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true}); }""",
        LIVE,
    )
    visit.page.route(REQUEST, lambda route: route.fulfill(**UNAVAILABLE))
    give(visit, "drop", encode(enlarged(DIGITS[0])))
    visit.expect_status(re.compile("retry in 20 seconds"))
    left = visit.part("countdown")
    expect(left).to_have_text(re.compile(r"^\d+ seconds left$"))
    expect(visit.page.get_by_role("timer")).to_have_text(re.compile("left"))
    boxes = """() => [...document.querySelectorAll('body *:not([data-part=countdown])')]
        .filter((one) => one.checkVisibility()).map((one) => JSON.stringify(one.getBoundingClientRect()))"""
    before, told = visit.page.evaluate(boxes), visit.page.evaluate("told")
    assert sum("retry in 20 seconds" in one for one in told) == 1
    seconds: list[int] = []
    while len(seconds) < 4:
        text = left.text_content() or ""
        if (now := int(text.split()[0])) not in seconds:
            seconds.append(now)
        visit.page.wait_for_timeout(100)
    assert seconds == list(range(seconds[0], seconds[0] - 4, -1))
    assert visit.page.evaluate("told") == told, "the sentence was announced again"
    assert visit.page.evaluate(boxes) == before, "something moved"
    assert visit.page.evaluate("document.getAnimations().length") == 0


# --- themes and hands ---


def brightness(visit: Visit) -> int:
    """Of the background: 0 is black, 255 is white."""
    background = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return max(map(int, re.findall(r"\d+", background)[:3]))


def test_the_theme_is_switched_and_remembered_and_the_ink_follows(visit: Visit) -> None:
    def ink() -> int:
        return int(
            visit.page.evaluate(
                """() => { const pad = document.querySelector('[data-part=pad]');
                const {data} = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height);
                for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) return data[i]; return -1; }"""
            )
        )

    visit.draw(FIRST_OF_EACH[1])
    visit.expect_answer(1)
    assert (brightness(visit) > 200, ink() < 80) == (True, True)
    visit.set("theme")  # dark
    assert brightness(visit) < 64
    visit.page.wait_for_timeout(100)
    assert ink() > 200
    visit.page.reload()
    assert brightness(visit) < 64
    visit.set("theme")  # light
    assert brightness(visit) > 200


@pytest.mark.parametrize("visit", [DESKTOP | {"color_scheme": "dark"}], indirect=True)
def test_the_light_theme_can_be_chosen_on_a_dark_system(visit: Visit) -> None:
    assert brightness(visit) < 64
    visit.set("theme")
    assert brightness(visit) > 200


def test_the_page_is_mirrored_for_left_handed_people_and_stays_so(visit: Visit) -> None:
    def is_left() -> bool:
        pad, status = visit.part("pad").bounding_box(), visit.part("status").bounding_box()
        assert pad is not None
        assert status is not None
        return pad["x"] < status["x"]

    assert is_left()
    visit.set("hand")
    assert not is_left()
    assert visit.part("hand").get_attribute("aria-pressed") == "true"
    visit.page.reload()
    assert not is_left()


@pytest.mark.parametrize("touched", [False, True])
def test_only_a_device_with_a_touch_screen_offers_the_camera(touched: bool, chromium: Browser, server: str) -> None:
    with visiting(chromium, server, PHONE if touched else DESKTOP) as visit:
        camera = visit.part("camera")
        assert camera.get_attribute("capture") == "environment"
        expect(camera).to_be_visible(visible=touched)
