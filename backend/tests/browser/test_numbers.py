"""Whole numbers on the page."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, expect

from digits.training.data import corrections
from tests.browser.test_page import BOX_COLOUR, EDGES
from tests.browser.visit import DESKTOP, PHONE, SETTLED, TABLET, Visit, give, visiting
from tests.model.test_numbers import drawn, written
from tests.samples import WRITTEN, placed

OF = {one["label"]: one["strokes"] for one in WRITTEN}


def draw_number(visit: Visit, text: str) -> list[tuple[float, float]]:
    """Draw the digits side by side; returns the left and right end of each in CSS pixels of the page."""
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    step = pad["width"] / (len(text) + 0.2)
    ends = []
    for at, digit in enumerate(text):
        moved = [
            [(pad["x"] + at * step + x, pad["y"] + pad["height"] * 0.3 + y) for x, y in stroke]
            for stroke in placed(OF[int(digit)], step * 1.3)
        ]
        for stroke in moved:
            visit.page.mouse.move(*stroke[0])
            visit.page.mouse.down()
            for x, y in stroke[1:]:
                visit.page.mouse.move(x, y)
            visit.page.mouse.up()
        across = [x for stroke in moved for x, _ in stroke]
        ends.append((min(across), max(across)))
    return ends


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_number_is_read_and_each_of_its_digits_can_be_chosen(
    chromium: Browser, server: str, device: dict[str, object]
) -> None:
    with visiting(chromium, server, device) as visit:
        ends = draw_number(visit, "2026")
        expect(visit.part("answer")).to_have_text("2026", timeout=SETTLED)
        visit.expect_status(re.compile(r"\b2026\b"))
        expect(visit.part("status")).to_contain_text("%", timeout=SETTLED)  # the last reading, no longer a guess
        digits = visit.part("number").locator("button")
        expect(digits).to_have_text(["2", "0", "2", "6"])
        boxes = visit.part("digit-boxes").locator("span")
        expect(boxes).to_have_count(4)
        for at, (left, right) in enumerate(ends):
            expect(boxes.nth(at)).to_be_visible(timeout=SETTLED)
            box = boxes.nth(at).bounding_box()
            assert box is not None
            assert box["x"] < left
            assert box["x"] + box["width"] > right
        squares = set()
        for at, digit in enumerate("2026"):
            digits.nth(at).click()
            expect(digits.nth(at)).to_have_attribute("aria-pressed", "true")
            winner = visit.part("bars").locator(".winner")
            expect(winner).to_have_attribute("data-digit", digit)
            squares.add(visit.part("input").get_attribute("src"))
        assert len(squares) == 4


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_labels_do_not_cover_the_digits(chromium: Browser, server: str, device: dict[str, object]) -> None:
    with visiting(chromium, server, device) as visit:
        draw_number(visit, "2026")
        expect(visit.part("answer")).to_have_text("2026", timeout=SETTLED)
        visit.part("correct").click()
        digits, labels = visit.part("number").bounding_box(), visit.part("labels").bounding_box()
        assert digits is not None
        assert labels is not None
        assert digits["y"] + digits["height"] <= labels["y"]


def test_each_digit_of_a_number_is_explained(visit: Visit) -> None:
    visit.page.locator("[data-sample=pair]").click()
    expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
    visit.part("why").click()
    pictures = []
    for at, digit in enumerate("42"):
        visit.part("number").locator("button").nth(at).click()
        expect(visit.part("legend")).to_contain_text(f"for a {digit}", timeout=SETTLED)
        expect(visit.part("why-not")).to_be_visible()
        pictures.append(visit.part("explanation").get_attribute("src"))
    assert pictures[0] != pictures[1]
    rival = re.search(r"\d", visit.part("why-not").inner_text())
    assert rival is not None
    visit.part("why-not").click()
    expect(visit.part("legend")).to_contain_text(f"for a {rival[0]}", timeout=SETTLED)
    expect(visit.part("answer")).to_have_text("42")
    expect(visit.part("number").locator("button").last).to_have_attribute("aria-pressed", "true")


def test_the_wrong_digit_of_a_number_can_be_chosen_on_the_sheet(visit: Visit) -> None:
    visit.page.locator("[data-sample=pair]").click()
    expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
    boxes = visit.part("digit-boxes").locator("span")
    expect(boxes.nth(0)).to_have_class(re.compile("chosen"))
    ink = visit.ink()
    visit.part("correct").click()
    boxes.nth(1).click()
    expect(visit.part("number").locator("button").nth(1)).to_have_attribute("aria-pressed", "true")
    visit.part("labels").get_by_text("7", exact=True).click()
    expect(visit.part("correction")).to_contain_text("47")
    assert visit.ink() == ink
    boxes.nth(0).click(force=True)  # while nothing is corrected, the sheet can be drawn on anywhere
    visit.wait_until(lambda: visit.ink() > ink)


def test_the_explanation_of_a_digit_in_a_picture_covers_no_paper(visit: Visit) -> None:
    give(visit, "drop", drawn(written("405")), "405.png")
    expect(visit.part("answer")).to_have_text("405", timeout=SETTLED)
    visit.part("why").click()
    visit.part("toggle-overlay").click()
    overlay = visit.part("overlay")
    expect(overlay.locator(".explanation-copy")).to_be_visible(timeout=SETTLED)
    assert {
        overlay.locator(name).evaluate("one => getComputedStyle(one).backgroundColor")
        for name in (".square-copy", ".explanation-copy")
    } == {"rgba(0, 0, 0, 0)"}


@pytest.mark.parametrize("locale", ["en", "de"])
def test_an_explanation_leaves_the_sheet_of_a_tablet_where_it_is(chromium: Browser, server: str, locale: str) -> None:
    with visiting(chromium, server, TABLET | {"locale": locale}) as visit:
        visit.page.locator("[data-sample=pair]").click()
        expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
        before = visit.part("pad").bounding_box()
        visit.part("why").click()
        expect(visit.part("explanation")).to_be_visible(timeout=SETTLED)
        expect(visit.part("why-not")).to_be_visible()
        assert visit.part("pad").bounding_box() == before


def test_a_number_with_a_wrong_count_of_digits_is_corrected_as_a_whole(visit: Visit) -> None:
    visit.page.locator("[data-sample=pair]").click()
    expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
    visit.part("correct").click()
    visit.part("labels").locator("input").fill("x")
    visit.part("labels").locator("input").press("Enter")
    expect(visit.part("labels")).to_be_visible()  # the browser says that only digits fit
    visit.part("labels").locator("input").fill(" 417 ")
    visit.part("labels").locator("input").press("Enter")
    expect(visit.part("correction")).to_contain_text("417")
    with visit.page.expect_download() as saved:
        visit.part("save-corrections").click()
    (picture,) = json.loads(Path(saved.value.path()).read_text("utf-8"))["pictures"]
    assert (picture["label"], picture["text"], len(picture["strokes"])) == (None, "417", 3)
    assert [one.label for one in corrections.load(Path(saved.value.path())).pictures] == [None]


def test_escape_closes_the_field_for_a_number_and_keeps_the_drawing(visit: Visit) -> None:
    visit.page.locator("[data-sample=seven]").click()
    visit.expect_answer(7)
    visit.part("correct").click()
    visit.part("labels").locator("input").press("Escape")
    expect(visit.part("labels")).to_be_hidden()
    visit.expect_answer(7)


@pytest.mark.parametrize("at", [0, 1])
def test_the_box_of_the_first_step_is_the_chosen_digits(visit: Visit, at: int) -> None:
    visit.page.locator("[data-sample=pair]").click()
    expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
    visit.part("number").locator("button").nth(at).click()
    expect(visit.part("step-read")).to_have_text(re.compile("42"[at]))
    pad, digit = visit.part("pad").bounding_box(), visit.part("digit-boxes").locator("span").nth(at).bounding_box()
    assert pad is not None
    assert digit is not None
    ends = [(digit["x"] - pad["x"]) / pad["width"], (digit["x"] + digit["width"] - pad["x"]) / pad["width"]]

    def is_the_digits() -> bool:
        left, _, right, _ = visit.part("step-found").evaluate(EDGES, BOX_COLOUR)
        return bool(abs(left - ends[0]) < 0.03 and abs(right - ends[1]) < 0.03)

    visit.wait_until(is_the_digits)


def test_the_boxes_on_a_picture_are_there_again_after_a_reload(visit: Visit) -> None:
    give(visit, "drop", drawn(written("405")), "405.png")
    expect(visit.part("answer")).to_have_text("405", timeout=SETTLED)
    boxes = visit.part("digit-boxes").locator("span")
    expect(boxes).to_have_count(3)
    visit.page.wait_for_timeout(500)  # until the visit is kept
    before = boxes.nth(2).bounding_box()
    visit.page.reload()
    expect(visit.part("answer")).to_have_text("405", timeout=SETTLED)
    visit.wait_until(lambda: near(boxes.nth(2).bounding_box(), before))


def near(one: FloatRect | None, other: FloatRect | None) -> bool:
    """Whether two boxes are at most two pixels apart."""
    if one is None or other is None:
        return False
    return max(abs(one[side] - other[side]) for side in ("x", "y", "width", "height")) <= 2


def test_a_number_in_a_picture_has_boxes_on_the_picture(visit: Visit) -> None:
    give(visit, "drop", drawn(written("405")), "405.png")
    expect(visit.part("answer")).to_have_text("405", timeout=SETTLED)
    frame = visit.part("picture").locator(".frame").bounding_box()
    boxes = visit.part("digit-boxes").locator("span")
    expect(boxes).to_have_count(3)
    assert frame is not None
    lefts = []
    for at in range(3):
        box = boxes.nth(at).bounding_box()
        assert box is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        lefts.append(box["x"])
    assert lefts == sorted(lefts)


def test_a_number_is_in_the_history_and_in_its_csv(visit: Visit) -> None:
    visit.page.locator("[data-sample=pair]").click()
    expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
    expect(visit.part("entries").locator("button")).to_contain_text("42")
    with visit.page.expect_download() as saved:
        visit.part("save-csv").click()
    (row,) = csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig")))
    assert (row["numbers"], row["digit"]) == ("42", "")


def test_a_single_digit_follows_a_number(visit: Visit) -> None:
    visit.page.locator("[data-sample=pair]").click()
    expect(visit.part("answer")).to_have_text("42", timeout=SETTLED)
    visit.part("clear").click()
    expect(visit.part("number")).to_be_hidden()
    expect(visit.part("digit-boxes")).to_be_hidden()
    visit.draw(WRITTEN[0])
    visit.expect_answer(WRITTEN[0]["label"])
    expect(visit.part("number")).to_be_hidden()
