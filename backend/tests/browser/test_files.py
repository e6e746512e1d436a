"""Several files at once, in a table."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Route, expect

from tests.browser.visit import DESKTOP, FIRST_OF_EACH, PHONE, SETTLED, SMALL_PHONE, Visit, give, on, visiting
from tests.model.test_numbers import drawn, written
from tests.samples import DIGITS, LABELS, encode, enlarged

BATCH = re.compile(r"/api/v1/(digits|numbers)/batch")

DROP = """([way, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, data] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], name, {type}));
  }
  const how = {clipboardData: transfer, dataTransfer: transfer, bubbles: true, cancelable: true};
  document.body.dispatchEvent(way === 'paste' ? new ClipboardEvent(way, how) : new DragEvent(way, how));
}"""


def digit(at: int, name: str = "") -> FilePayload:
    """One of the sample digits as a file."""
    return {"name": name or f"{at}.png", "mimeType": "image/png", "buffer": encode(enlarged(DIGITS[at]))}


NUMBER: FilePayload = {"name": "number.png", "mimeType": "image/png", "buffer": drawn(written("405"))}
BLANK: FilePayload = {
    "name": "paper.png",
    "mimeType": "image/png",
    "buffer": encode(Image.new("L", (300, 200), 230)),
}
DAMAGED: FilePayload = {"name": "damaged.png", "mimeType": "image/png", "buffer": b"this is no PNG"}
NOTES: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}
SCAN: FilePayload = {"name": "scan.tif", "mimeType": "image/tiff", "buffer": encode(enlarged(DIGITS[2]), "TIFF")}
MIXED = [digit(0), DAMAGED, digit(1), NUMBER, NOTES, SCAN, BLANK]


def choose(visit: Visit, files: list[FilePayload]) -> None:
    """Choose files with the file chooser."""
    visit.part("file").set_input_files(files)


def put(visit: Visit, way: str, files: list[FilePayload]) -> None:
    """`drop` or `paste` files."""
    visit.page.evaluate(
        DROP, [way, [[f["name"], f["mimeType"], base64.b64encode(f["buffer"]).decode()] for f in files]]
    )


def rows(visit: Visit) -> Locator:
    """The rows of the table."""
    return visit.part("rows").locator("tr")


def expect_finished(visit: Visit) -> None:
    """All files have been read or refused."""
    expect(visit.part("table-status")).to_have_text(re.compile(r"^I've read (all )?\d+( of \d+)?\."), timeout=SETTLED)


def focused(visit: Visit) -> str:
    """The part that has the keyboard focus."""
    return str(visit.page.evaluate("document.activeElement.closest('[data-part]')?.dataset.part ?? ''"))


@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_several_files_become_a_table_with_readings_in_their_order(visit: Visit, way: str) -> None:
    files = [digit(at) for at in range(10)]
    if way == "choose":
        choose(visit, files)
    else:
        put(visit, way, files)
    expect_finished(visit)
    expect(visit.part("table-title")).to_have_text("10 files")
    expect(rows(visit).locator("th")).to_have_text([f"{at}.png" for at in range(10)])
    expect(rows(visit).locator(".digit")).to_have_text([str(label) for label in LABELS[:10]])
    expect(rows(visit).locator(".certainty").first).to_have_text(re.compile(r"^\d\d\.\d%$"))
    expect(rows(visit).locator("img").first).to_be_visible()
    expect(visit.part("pad")).to_be_hidden()


def test_a_single_file_is_opened_on_the_sheet_as_before(visit: Visit) -> None:
    choose(visit, [digit(0)])
    visit.expect_answer(LABELS[0])
    expect(visit.part("table")).to_be_hidden()
    expect(visit.part("back-to-table")).to_be_hidden()


def test_each_file_has_its_own_result_or_error(visit: Visit) -> None:
    choose(visit, MIXED)
    expect_finished(visit)
    expect(visit.part("table-status")).to_have_text("I've read 5 of 7. 2 have a problem.")
    row = rows(visit)
    expect(row.nth(0).locator(".digit")).to_have_text(str(LABELS[0]))
    expect(row.nth(1)).to_contain_text("I can't open “damaged.png”")
    expect(row.nth(2).locator(".digit")).to_have_text(str(LABELS[1]))
    expect(row.nth(3).locator(".digit")).to_have_text("405")
    expect(row.nth(4)).to_contain_text("“notes.txt” isn't a picture")
    expect(row.nth(5).locator(".digit")).to_have_text(str(LABELS[2]))
    expect(row.nth(5).locator("img")).to_have_count(0)  # this browser can't show it
    expect(row.nth(6)).to_contain_text("looks empty")
    expect(row.get_by_role("button", name="Retry")).to_have_count(0)


def test_many_files_take_several_requests_with_progress(visit: Visit) -> None:
    sizes: list[int] = []
    sentences: list[str] = []

    def count(route: Route) -> None:
        sizes.append((route.request.post_data_buffer or b"").count(b'name="images"'))
        sentences.append(visit.part("table-status").text_content() or "")
        route.continue_()

    visit.page.route(BATCH, count)
    tiny = encode(DIGITS[0])
    choose(visit, [{"name": f"{at}.png", "mimeType": "image/png", "buffer": tiny} for at in range(130)])
    expect(visit.part("table-status")).to_have_text("I've read all 130.", timeout=SETTLED)
    assert sum(sizes) == 130
    assert max(sizes) <= 64
    assert len(sizes) > 2
    assert sentences[0] == "I'm reading 130 files…"
    assert sentences[1] == f"I've read {sizes[0]} of 130 so far…"
    expect(rows(visit).locator(".digit")).to_have_text([str(LABELS[0])] * 130)


def test_a_row_is_opened_on_the_sheet_and_the_table_stays(visit: Visit) -> None:
    choose(visit, MIXED)
    expect_finished(visit)
    rows(visit).nth(2).locator(".answer-cell").dblclick()
    visit.expect_answer(LABELS[1])
    expect(visit.part("picture").locator(".name")).to_have_text("1.png")
    visit.page.wait_for_timeout(600)
    assert visit.ink() == 0, "the second click drew on the sheet"
    visit.part("back-to-table").click()
    expect(rows(visit)).to_have_count(len(MIXED))
    rows(visit).nth(3).get_by_role("button").press("Enter")
    expect(visit.part("answer")).to_have_text("405", timeout=SETTLED)
    visit.part("back-to-table").press("Enter")
    expect(rows(visit).nth(3).get_by_role("button")).to_be_focused()
    rows(visit).nth(1).click()  # refused: there is nothing to show
    expect(visit.part("table")).to_be_visible()


def test_closing_the_table_leaves_the_sheet_as_it_was(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_answer(4)
    before = visit.ink()
    visit.part("file").focus()
    choose(visit, [digit(0), digit(1)])
    expect_finished(visit)
    assert focused(visit) == "table-title"
    for key in ("Control+z", "Delete", "Escape"):
        visit.page.keyboard.press(key)
    expect(visit.part("table")).to_be_hidden()
    visit.part("back-to-table").press("Enter")
    visit.part("close-table").press("Enter")
    visit.expect_answer(4)
    visit.wait_until(lambda: visit.ink() == before)
    assert focused(visit) == "file"
    expect(visit.part("back-to-table")).to_be_hidden()


@pytest.mark.parametrize(("kind", "button"), [("csv", "table-csv"), ("json", "table-json")])
def test_the_table_is_saved_with_all_rows(visit: Visit, kind: str, button: str) -> None:
    choose(visit, MIXED)
    expect_finished(visit)
    with visit.page.expect_download() as saved:
        visit.part(button).click()
    text = Path(saved.value.path()).read_text("utf-8-sig")
    found: list[dict[str, Any]] = (
        list(csv.DictReader(io.StringIO(text))) if kind == "csv" else json.loads(text)["readings"]
    )
    assert saved.value.suggested_filename == f"digits-files.{kind}"
    assert [row["name"] for row in found] == [file["name"] for file in MIXED]
    assert [row["status"] for row in found][:5] == ["accepted", "error", "accepted", found[3]["status"], "error"]
    assert [str(row["digit"] or "") for row in found][:3] == [str(LABELS[0]), "", str(LABELS[1])]
    assert found[3]["numbers"] == "405"
    assert "damaged.png" in found[1]["error"]


def test_reading_is_stopped_and_resumed(visit: Visit) -> None:
    asked: list[str] = []

    def answer_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.continue_()

    visit.page.route(BATCH, answer_once)
    choose(visit, [digit(at % 50, f"{at}.png") for at in range(12)])
    expect(visit.part("table-status")).to_have_text("I've read 8 of 12 so far…", timeout=SETTLED)
    visit.part("stop-table").press("Enter")
    expect(visit.part("table-status")).to_have_text("Stopped after 8 of 12.")
    expect(rows(visit).nth(11)).to_contain_text("Not read")
    assert focused(visit) == "table-title"
    visit.page.unroute_all(behavior="ignoreErrors")
    visit.part("read-rest").click()
    expect(visit.part("table-status")).to_have_text("I've read all 12.", timeout=SETTLED)


def busy(seconds: int) -> dict[str, Any]:
    """A response of a server at capacity."""
    return {
        "status": 503,
        "headers": {"Retry-After": str(seconds)},
        "content_type": "application/problem+json",
        "body": '{"title": "Busy", "status": 503, "detail": "Too many requests are in progress."}',
    }


def test_a_busy_server_is_asked_again(visit: Visit) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(**busy(1))
        else:
            route.continue_()

    visit.page.route(BATCH, answer)
    choose(visit, [digit(0), digit(1)])
    expect(visit.part("table-status")).to_have_text("Too many requests are in progress. I'll retry in 1 second.")
    expect_finished(visit)
    assert len(asked) == 2


def test_rows_that_failed_can_be_retried(visit: Visit) -> None:
    visit.page.route(BATCH, lambda route: route.fulfill(**busy(3600)))
    choose(visit, [digit(0), digit(1), NOTES])
    expect(rows(visit).nth(0)).to_contain_text("Too many requests are in progress.", timeout=SETTLED)
    expect(visit.part("read-rest")).to_have_text("Retry 2 files")
    visit.page.unroute_all(behavior="ignoreErrors")
    rows(visit).nth(0).get_by_role("button", name="Retry 0.png").press("Enter")
    expect(rows(visit).nth(0).locator(".digit")).to_have_text(str(LABELS[0]), timeout=SETTLED)
    expect(rows(visit).nth(0).get_by_role("button")).to_be_focused()
    visit.part("read-rest").click()
    expect(rows(visit).nth(1).locator(".digit")).to_have_text(str(LABELS[1]), timeout=SETTLED)
    assert focused(visit) == "table-title"


def test_a_large_photograph_is_shrunk_before_it_is_sent(visit: Visit) -> None:
    noise = Image.effect_noise((2400, 1800), 60)
    noise.paste(enlarged(DIGITS[0], 1200), (600, 300))
    photograph = encode(noise, "JPEG", quality=95)
    with visit.page.expect_request_finished(lambda request: bool(BATCH.search(request.url))) as sent:
        choose(visit, [{"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photograph}, digit(1)])
    expect_finished(visit)
    assert len(photograph) > 1_000_000
    assert 10_000 < int(sent.value.all_headers()["content-length"]) < len(photograph) / 2


def test_one_file_after_several_is_shown_on_the_sheet(visit: Visit) -> None:
    choose(visit, [digit(0), digit(1)])
    expect_finished(visit)
    give(visit, "drop", encode(enlarged(DIGITS[2])))
    visit.expect_answer(LABELS[2])
    expect(visit.part("table")).to_be_hidden()
    put(visit, "drop", [digit(3), digit(4), digit(5)])
    expect_finished(visit)
    expect(rows(visit)).to_have_count(3)
    assert focused(visit) == "table-title"


# --- for everyone ---

LOOKS: dict[str, dict[str, Any]] = {
    "desktop, light": DESKTOP | {"color_scheme": "light"},
    "phone, dark": PHONE | {"color_scheme": "dark"},
    "small phone, light": SMALL_PHONE | {"color_scheme": "light"},
    "forced colours": DESKTOP | {"forced_colors": "active"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violations(look: str, chromium: Browser, server: str) -> None:
    with visiting(chromium, server, LOOKS[look]) as visit:
        choose(visit, MIXED)
        expect_finished(visit)
        found = Axe().run(visit.page)
        assert found.violations_count == 0, found.generate_report()
        rows(visit).nth(2).get_by_role("button").press("Enter")
        visit.expect_answer(LABELS[1])
        visit.page.wait_for_timeout(500)  # fading changes the contrast
        found = Axe().run(visit.page)
        assert found.violations_count == 0, found.generate_report()


@on("small phone", "phone", "desktop")
def test_nothing_is_cut_off_or_covered(visit: Visit) -> None:
    long = digit(0, "a very long name of a photograph from last summer's holiday in the mountains.png")
    visit.page.route(re.compile("numbers/batch"), lambda route: route.fulfill(**busy(3600)))
    choose(visit, [*MIXED, long])
    expect(visit.part("read-rest")).to_be_visible(timeout=SETTLED)
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.evaluate("scrollY") == 0
    for control in visit.part("table").locator("button:visible").all():
        control.scroll_into_view_if_needed()
        hit = control.evaluate(
            """(one) => { const {x, y, width, height} = one.getBoundingClientRect();
            const hit = document.elementFromPoint(x + width / 2, y + height / 2);
            return one.contains(hit) && height >= 24 && x >= 0; }"""
        )
        assert hit, control.inner_text()


@on("phone")
def test_large_letters_do_not_scroll_a_phone_horizontally(visit: Visit) -> None:
    visit.page.evaluate("document.documentElement.style.fontSize = '32px'")
    choose(visit, MIXED)
    expect_finished(visit)
    section = visit.part("table").bounding_box()
    assert section is not None
    assert section["x"] + section["width"] <= 390
    narrow = """() => [...document.querySelectorAll('.table :is(th, td)')].filter((one) => one.checkVisibility())
        .filter((one) => one.clientWidth < 60 || one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
    assert visit.page.evaluate(narrow) == []


def test_screen_readers_hear_the_progress_but_not_each_row(visit: Visit) -> None:
    expect(visit.part("table").locator("table")).to_have_count(1)
    choose(visit, MIXED)
    expect_finished(visit)
    table = visit.page.get_by_role("table", name="Choose a file to take a closer look.")
    expect(table.get_by_role("columnheader")).to_have_text(["Picture", "File", "Reading", "Certainty"])
    expect(table.get_by_role("rowheader")).to_have_count(len(MIXED))
    assert visit.part("table").locator("[aria-live], [role=status]").count() == 1
