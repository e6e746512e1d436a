"""The game: drawing what the page asks for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import STATES, UNAVAILABLE
from tests.browser.visit import FIRST_OF_EACH, PHONE, REQUEST, SETTLED, Visit, give, on, reading, visiting
from tests.samples import placed

#: Notes each phase of the game: a result is shown for a moment only, and a busy computer may miss it.
NOTE_PHASES = """() => {
  const panel = document.querySelector('[data-part=game-panel]');
  window.phases = [];
  const note = () => window.phases.push(panel.dataset.phase);
  new MutationObserver(note).observe(panel, { attributeFilter: ['data-phase'] });
}"""


def play(visit: Visit, mode: str) -> None:
    """Open the game and begin a round."""
    visit.part("game").click()
    visit.page.locator(f"[data-mode={mode}]").click()
    visit.page.evaluate(NOTE_PHASES)
    expect(visit.part("asked")).to_be_visible(timeout=SETTLED)
    visit.page.wait_for_timeout(500)  # a double click must not draw


def asked(visit: Visit) -> str:
    """What is to be drawn."""
    return visit.part("asked").inner_text()


def expect_phase(visit: Visit, phase: str) -> None:
    """The game reaches this phase within the timeout, or was in it since the last call."""
    if phase == "shown":
        phases = "[...(window.phases ?? []), document.querySelector('[data-part=game-panel]').dataset.phase]"
        visit.wait_until(lambda: "shown" in visit.page.evaluate(phases))
        visit.page.evaluate("() => { window.phases = []; }")
        return
    expect(visit.part("game-panel")).to_have_attribute("data-phase", phase, timeout=SETTLED)


def draw_number(visit: Visit, text: str) -> None:
    """Draw the digits side by side."""
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    cell = pad["width"] * 0.95 / max(len(text), 2)
    for at, digit in enumerate(text):
        left, top = pad["x"] + 0.025 * pad["width"] + at * cell, pad["y"] + (pad["height"] - cell) / 2
        for stroke in placed(FIRST_OF_EACH[int(digit)]["strokes"], cell):
            visit.page.mouse.move(left + stroke[0][0], top + stroke[0][1])
            visit.page.mouse.down()
            for x, y in stroke[1:]:
                visit.page.mouse.move(left + x, top + y)
            visit.page.mouse.up()


def answer_with(page: Page, **changed: Any) -> None:
    """Let the API read everything like this."""
    page.route(REQUEST, lambda route: route.fulfill(json=reading(1) | changed))


def other_than(text: str) -> int:
    """A digit that was not asked for."""
    return (int(text) + 1) % 10


@on("desktop", "phone")
def test_a_round_of_ten_digits_can_be_won(visit: Visit) -> None:
    # On a busy computer, a minute may be too short for ten digits.
    visit.page.evaluate("() => { const now = performance.now.bind(performance); performance.now = () => now() / 5; }")
    play(visit, "digits")
    seen = set()
    for _ in range(10):
        digit = asked(visit)
        seen.add(digit)
        visit.draw(FIRST_OF_EACH[int(digit)])
        expect_phase(visit, "shown")
        expect(visit.part("game-panel")).not_to_have_attribute("data-phase", "shown", timeout=SETTLED)
    expect_phase(visit, "over")
    assert len(seen) == 10
    expect(visit.part("turns").locator("li[data-outcome=right]")).to_have_count(10)
    expect(visit.part("game-title")).to_be_focused()
    visit.part("choose-game").click()
    expect(visit.page.locator("[data-mode=digits]")).to_contain_text("10")
    stored = json.loads(visit.page.evaluate("localStorage.getItem('digits-bests')"))
    assert stored["digits"]["score"] == 10


def test_numbers_are_asked_and_read(visit: Visit) -> None:
    play(visit, "numbers")
    number = asked(visit)
    assert len(number) > 1
    draw_number(visit, number)
    expect_phase(visit, "shown")
    expect_phase(visit, "playing")
    assert asked(visit) != number


def test_another_digit_is_named_and_can_be_skipped_and_kept_as_a_correction(visit: Visit) -> None:
    play(visit, "digits")
    digit = asked(visit)
    visit.draw(FIRST_OF_EACH[other_than(digit)])
    sentence = visit.part("game-sentence")
    expect(sentence).to_contain_text(str(other_than(digit)), timeout=SETTLED)
    expect(sentence).to_have_attribute("data-tone", "uncertain", timeout=SETTLED)
    expect(visit.part("game-said")).to_contain_text(str(other_than(digit)))
    for _ in range(10):
        visit.part("skip").click()
    expect_phase(visit, "over")
    keep = visit.page.locator("[data-keep]")
    expect(keep).to_have_count(1)
    expect(keep).to_have_text(re.compile(rf"Keep as an? {digit}\?"))
    keep.click()
    expect(visit.page.locator(".turn-kept")).to_have_text(re.compile(rf"Kept as an? {digit}\."))
    expect(keep).to_be_focused()
    expect(keep).to_have_text("Undo")
    keep.click()
    expect(visit.page.locator(".turn-kept")).to_be_empty()
    expect(keep).to_have_text(re.compile(r"Keep as .+\?"))
    keep.click()
    visit.part("close-game").click()
    entry = visit.part("entries").locator("li")
    expect(entry).to_have_count(1)
    expect(entry.locator(".label")).to_contain_text(digit)
    expect(visit.part("save-corrections")).to_be_visible()


def test_an_uncertain_reading_does_not_count(visit: Visit) -> None:
    play(visit, "digits")
    digit = int(asked(visit))
    shares = [0.6 if one == digit else 0.4 / 9 for one in range(10)]
    answer_with(
        visit.page, digit=digit, status="uncertain", reason="low_confidence", confidence=0.6, probabilities=shares
    )
    visit.draw(FIRST_OF_EACH[digit])
    expect(visit.part("game-sentence")).to_have_attribute("data-tone", "uncertain", timeout=SETTLED)
    expect_phase(visit, "playing")


def test_a_person_decides_whether_a_drawing_counts_that_fools_the_reader(visit: Visit) -> None:
    play(visit, "fool")
    expect(visit.part("readable")).to_have_attribute("aria-disabled", "true")
    digit = asked(visit)
    visit.draw(FIRST_OF_EACH[other_than(digit)])
    expect(visit.part("game-meter")).to_contain_text("100%", timeout=SETTLED)
    visit.part("readable").click()
    expect_phase(visit, "shown")
    expect(visit.part("game-score")).to_contain_text("100%")
    expect_phase(visit, "playing")
    for _ in range(3):
        visit.part("skip").click()
    expect_phase(visit, "over")
    expect(visit.part("game-title")).to_contain_text("100%")


@pytest.mark.parametrize("way", ["close-game", "game", "Escape"])
def test_what_was_on_the_page_before_the_game_comes_back(visit: Visit, way: str) -> None:
    visit.draw(FIRST_OF_EACH[3])
    visit.expect_answer(3)
    entries = visit.part("entries").locator("li")
    expect(entries).to_have_count(1)
    visit.wait_until(lambda: visit.ink() > 0)
    ink = visit.ink()
    play(visit, "digits")
    visit.wait_for_ink(False)
    visit.draw(FIRST_OF_EACH[other_than(asked(visit))])
    expect(visit.part("game-sentence")).to_have_attribute("data-tone", "uncertain", timeout=SETTLED)
    if way == "Escape":
        visit.page.keyboard.press("Escape")
    else:
        visit.part(way).click()
    expect(visit.part("game-panel")).to_be_hidden()
    visit.expect_answer(3)
    visit.wait_until(lambda: visit.ink() == ink)
    expect(entries).to_have_count(1)
    expect(visit.part("game")).to_be_focused()
    expect(visit.part("samples")).to_be_visible()


def test_the_table_of_several_files_comes_back_after_the_game(visit: Visit) -> None:
    STATES["several files"](visit)
    visit.part("game").click()
    expect(visit.part("game-title")).to_be_focused(timeout=SETTLED)
    expect(visit.part("table")).to_be_hidden()
    expect(visit.part("back-to-table")).to_be_hidden()
    visit.part("close-game").click()
    expect(visit.part("table")).to_be_visible()


def test_when_the_time_is_up_the_last_drawing_counts_if_a_person_could_read_it(visit: Visit) -> None:
    visit.page.clock.install()
    visit.page.reload()
    visit.part("game").click()
    visit.page.locator("[data-mode=fool]").click()
    visit.page.clock.run_for(1000)
    visit.draw(FIRST_OF_EACH[other_than(asked(visit))])
    expect(visit.part("game-meter")).to_contain_text("100%", timeout=SETTLED)
    visit.page.clock.run_for(61_000)
    expect(visit.part("game-said")).to_contain_text("30")
    visit.page.clock.run_for(30_000)
    expect_phase(visit, "asking")
    expect(visit.part("readable")).to_be_focused()
    visit.page.keyboard.press("Enter")
    visit.page.clock.run_for(3000)
    expect_phase(visit, "over")
    expect(visit.part("game-title")).to_contain_text("100%")


def test_a_reload_in_the_middle_of_a_game_brings_back_what_was_there(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[3])
    visit.expect_answer(3)
    play(visit, "digits")
    visit.draw(FIRST_OF_EACH[other_than(asked(visit))])
    expect(visit.part("game-sentence")).to_have_attribute("data-tone", "uncertain", timeout=SETTLED)
    visit.page.wait_for_timeout(500)  # until the visit has been kept
    visit.page.reload()
    visit.expect_answer(3)
    expect(visit.part("entries").locator("li")).to_have_count(1)


def test_a_round_goes_on_in_the_other_language(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[3])
    visit.expect_answer(3)
    play(visit, "digits")
    visit.part("skip").click()
    digit = asked(visit)
    visit.draw(FIRST_OF_EACH[other_than(digit)])
    expect(visit.part("game-sentence")).to_have_attribute("data-tone", "uncertain", timeout=SETTLED)
    visit.part("settings").click()
    visit.part("language").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "de", timeout=SETTLED)
    expect(visit.part("game-progress")).to_have_text("2 von 10", timeout=SETTLED)
    assert asked(visit) == digit
    visit.wait_for_ink(True)
    visit.part("clear").click()
    visit.draw(FIRST_OF_EACH[int(digit)])
    expect(visit.part("game-progress")).to_have_text("3 von 10", timeout=SETTLED)
    visit.part("close-game").click()
    visit.expect_answer(3)
    expect(visit.part("entries").locator("li")).to_have_count(1)


def test_while_somebody_plays_no_file_gets_on_the_sheet(visit: Visit) -> None:
    play(visit, "digits")
    for name in ("samples", "choosing", "reading", "history"):
        expect(visit.part(name)).to_be_hidden()
    for way in ("paste", "drag", "drop"):
        give(visit, way, b"no picture", "notes.txt", "text/plain")
    visit.page.wait_for_timeout(200)
    expect(visit.part("notice")).to_be_empty()
    expect(visit.part("drop")).to_be_hidden()


def test_the_clock_waits_while_the_server_is_busy_and_says_so(visit: Visit) -> None:
    play(visit, "digits")
    visit.page.route(REQUEST, lambda route: route.fulfill(**UNAVAILABLE))
    visit.draw(FIRST_OF_EACH[int(asked(visit))])
    expect(visit.part("game-sentence")).to_have_attribute("data-tone", "problem", timeout=SETTLED)
    expect(visit.part("game-sentence")).to_contain_text("clock")
    clock = visit.part("game-clock").inner_text()
    visit.page.wait_for_timeout(2500)
    expect(visit.part("game-clock")).to_have_text(clock)
    visit.page.unroute(REQUEST)
    visit.part("retry-game").click()
    expect_phase(visit, "shown")


def test_the_clock_waits_for_the_first_stroke_and_then_runs(visit: Visit) -> None:
    play(visit, "digits")
    visit.page.wait_for_timeout(1200)
    expect(visit.part("game-clock")).to_have_text("1:00")
    visit.draw(FIRST_OF_EACH[other_than(asked(visit))])
    expect(visit.part("game-clock")).not_to_have_text("1:00", timeout=SETTLED)


def test_the_game_can_be_played_with_the_keyboard_alone(visit: Visit) -> None:
    press = visit.page.keyboard.press
    visit.part("game").focus()
    press("Enter")
    expect(visit.part("game-title")).to_be_focused(timeout=SETTLED)
    visit.part("timed").focus()
    press("Space")
    expect(visit.part("timed")).to_have_attribute("aria-pressed", "false")
    visit.page.locator("[data-mode=digits]").focus()
    press("Enter")
    expect(visit.part("pad")).to_be_focused()
    expect(visit.part("game-said")).to_contain_text(asked(visit))
    expect(visit.part("game-clock")).to_be_hidden()
    while asked(visit) != "1":
        before = asked(visit)
        visit.part("skip").focus()
        press("Enter")
        if before == asked(visit):
            pytest.fail("the task did not change")
    visit.part("pad").focus()
    press("Space")
    for _ in range(14):
        press("ArrowDown")
    press("Space")
    expect_phase(visit, "shown")
    expect(visit.part("game-said")).to_contain_text("1")
    press("Escape")
    expect(visit.part("game")).to_be_focused()


def test_the_results_are_saved_as_a_picture(visit: Visit) -> None:
    play(visit, "digits")
    visit.draw(FIRST_OF_EACH[int(asked(visit))])
    expect_phase(visit, "shown")
    expect_phase(visit, "playing")
    for _ in range(9):
        visit.part("skip").click()
    with visit.page.expect_download() as download:
        visit.part("save-game").click()
    path = download.value.path()
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_browser_that_stores_nothing_plays_as_well(visit: Visit) -> None:
    visit.page.evaluate("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})")
    play(visit, "digits")
    visit.draw(FIRST_OF_EACH[int(asked(visit))])
    expect_phase(visit, "shown")
    expect_phase(visit, "playing")
    for _ in range(9):
        visit.part("skip").click()
    expect_phase(visit, "over")


@on("small phone", "short phone", "phone", "tablet", "desktop")
@pytest.mark.parametrize("mode", ["digits", "numbers", "fool"])
def test_the_task_and_the_sheet_are_on_one_screen(visit: Visit, mode: str) -> None:
    play(visit, mode)
    bottom = visit.page.evaluate("document.querySelector('[data-part=tools]').getBoundingClientRect().bottom + scrollY")
    height, width, wide = visit.page.evaluate("[innerHeight, innerWidth, document.documentElement.scrollWidth]")
    assert bottom <= height
    assert wide <= width
    expect(visit.part("asked")).to_be_in_viewport(ratio=1)
    expect(visit.part("pad")).to_be_in_viewport(ratio=1)


def test_a_game_that_cannot_be_loaded_says_so_and_can_be_tried_again(visit: Visit) -> None:
    visit.page.route("**/game.css", lambda route: route.abort())
    visit.part("game").click()
    visit.expect_notice(re.compile("load"))
    visit.logged.clear()
    visit.page.unroute("**/game.css")
    visit.part("game").click()
    expect(visit.part("game-panel")).to_be_visible(timeout=SETTLED)


#: The visible parts of the game whose text does not fit, or that overlap.
CROWDED = """() => {
  const all = document.querySelectorAll('.game button, .game-head > p, .game-title');
  const parts = [...all].filter((one) => one.checkVisibility());
  const boxes = parts.map((one) => [one.innerText, one.getBoundingClientRect()]);
  const clipped = parts.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText);
  const covered = boxes.flatMap(([text, one], at) => boxes.slice(at + 1).filter(([, other]) =>
    one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1
  ).map(([other]) => `${text} | ${other}`));
  return [...clipped, ...covered];
}"""


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
def test_nothing_of_the_game_is_clipped_or_covered_on_a_phone(
    chromium: Browser, server: str, locale: str, width: int
) -> None:
    device = PHONE | {"viewport": {"width": width, "height": 844}, "locale": locale}
    with visiting(chromium, server, device) as visit:
        play(visit, "fool")
        assert visit.page.evaluate(CROWDED) == []
        visit.draw(FIRST_OF_EACH[other_than(asked(visit))])
        expect(visit.part("readable")).to_have_attribute("aria-disabled", "false", timeout=SETTLED)
        heights = [visit.part(name).bounding_box() for name in ("readable", "skip")]
        assert {box and box["height"] for box in heights} == {44}, "one row, of one line"
        visit.part("readable").click()
        expect_phase(visit, "shown")
        expect_phase(visit, "playing")
        assert visit.page.evaluate(CROWDED) == []
        visit.page.route(REQUEST, lambda route: route.fulfill(**UNAVAILABLE))
        visit.draw(FIRST_OF_EACH[other_than(asked(visit))])
        expect(visit.part("retry-game")).to_be_visible(timeout=SETTLED)
        expect(visit.part("readable")).to_be_hidden()
        assert visit.page.evaluate(CROWDED) == []
        for _ in range(3):
            visit.part("skip").click()
        expect_phase(visit, "over")
        assert visit.page.evaluate(CROWDED) == []


def test_presenting_ends_the_game(visit: Visit) -> None:
    play(visit, "digits")
    visit.part("share").click()
    visit.part("present").click()
    expect(visit.part("reading")).to_be_visible(timeout=SETTLED)
    expect(visit.part("game-panel")).to_be_hidden()
    visit.page.keyboard.press("Escape")
    expect(visit.part("settings")).to_be_visible()


def test_a_link_that_is_opened_during_a_game_ends_it_and_shows_its_drawing(visit: Visit) -> None:
    visit.page.locator("[data-sample=four]").click()
    visit.expect_answer(4)
    visit.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    visit.part("share").click()
    visit.part("copy-link").click()
    link = visit.part("share-link").input_value()
    visit.page.keyboard.press("Escape")
    visit.part("clear").click()
    play(visit, "digits")
    visit.page.evaluate("(link) => { location.hash = new URL(link).hash; }", link)
    expect(visit.part("game-panel")).to_be_hidden(timeout=SETTLED)
    visit.expect_answer(4)
