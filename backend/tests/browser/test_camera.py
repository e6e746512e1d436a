"""The camera reads what it sees. Chromium's fake camera shows a video that the tests make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright, Route, expect

from tests.browser import chromium as browser
from tests.browser.states import UNAVAILABLE
from tests.browser.visit import DESKTOP, PHONE, REQUEST, SETTLED, Visit, visiting
from tests.samples import DIGITS, LABELS

WIDTH, HEIGHT = 640, 480
DIGIT, LEFT, TOP, SIDE = LABELS.index(7), 200, 100, 280  # where the digit is in the video


def video(file: Path) -> Path:
    """A video of paper with a digit, in the format that Chromium's fake camera plays: YUV4MPEG2."""
    page = np.full((HEIGHT, WIDTH), 225, np.uint8)
    ink = cv2.resize(DIGITS[DIGIT], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    page[TOP : TOP + SIDE, LEFT : LEFT + SIDE] -= (ink * 0.8).astype(np.uint8)
    grey = np.full((HEIGHT // 2) * (WIDTH // 2) * 2, 128, np.uint8)
    frame = b"FRAME\n" + page.tobytes() + grey.tobytes()
    file.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + 10 * frame)
    return file


@pytest.fixture(scope="module")
def photographing(
    playwright: Playwright, chromium_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser with a camera in front of a digit, which the user allows."""
    played = video(tmp_path_factory.mktemp("video") / "digit.y4m")
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={played}"]
    running = playwright.chromium.launch(executable_path=chromium_path, args=[*browser.ARGUMENTS, *fake])
    yield running
    running.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def allowed(request: pytest.FixtureRequest, photographing: Browser, server: str) -> Iterator[Visit]:
    """A visit in which the camera may be used."""
    with visiting(photographing, server, request.param | {"permissions": ["camera"]}) as visit:
        yield visit


def open_camera(visit: Visit) -> None:
    expect(visit.page.locator(".chooser.offered")).to_be_visible(timeout=SETTLED)
    visit.part("camera").click()
    expect(visit.part("viewfinder")).to_be_visible(timeout=SETTLED)


def test_the_camera_reads_live_and_shows_where_the_digit_is(allowed: Visit) -> None:
    open_camera(allowed)
    allowed.expect_answer(LABELS[DIGIT])
    allowed.expect_tone("guess")
    places = """() => ['.digit-box', 'video'].map((one) => {
      const { x, y, width } = document.querySelector(`[data-part=viewfinder] ${one}`).getBoundingClientRect();
      return { x, y, width };
    })"""
    expect(allowed.part("viewfinder").locator(".digit-box")).to_have_count(1)
    box, seen = allowed.page.evaluate(places)
    scale = WIDTH / seen["width"]
    ink = np.argwhere(DIGITS[DIGIT] > 127) * SIDE / 28
    top, left = ink.min(axis=0) + np.array([TOP, LEFT])
    assert abs((box["x"] - seen["x"]) * scale - left) < 25
    assert abs((box["y"] - seen["y"]) * scale - top) < 25


def test_live_frames_are_not_kept_and_the_shutter_keeps_one(allowed: Visit) -> None:
    open_camera(allowed)
    allowed.expect_answer(LABELS[DIGIT])
    allowed.page.wait_for_timeout(800)
    assert allowed.page.locator("[data-part=entries] li").count() == 0
    allowed.part("shutter").click()
    expect(allowed.part("viewfinder")).to_be_hidden()
    expect(allowed.part("picture")).to_be_visible()
    allowed.expect_tone("accepted")
    allowed.expect_answer(LABELS[DIGIT])
    expect(allowed.page.locator("[data-part=entries] li")).to_have_count(1)
    assert not is_running(allowed)


def test_closing_switches_the_camera_off_and_brings_the_sheet_back(allowed: Visit) -> None:
    allowed.page.locator("[data-sample=two]").click()
    allowed.expect_answer(2)
    open_camera(allowed)
    allowed.expect_answer(LABELS[DIGIT])
    allowed.page.keyboard.press("Escape")
    expect(allowed.part("viewfinder")).to_be_hidden()
    allowed.expect_answer(2)
    assert allowed.ink() > 0
    assert not is_running(allowed)


def is_running(visit: Visit) -> bool:
    """Whether the camera is on."""
    return bool(visit.page.evaluate("document.querySelector('[data-part=viewfinder] video').srcObject !== null"))


def failing(name: str) -> str:
    """A script that makes the camera fail in this way."""
    refusal = f"Promise.reject(new DOMException('', '{name}'))"
    return f"() => {{ navigator.mediaDevices.getUserMedia = () => {refusal}; }}"


@pytest.mark.parametrize("name", ["NotAllowedError", "NotFoundError", "NotReadableError"])
def test_each_failure_of_the_camera_is_explained_and_a_photo_can_be_chosen(
    name: str, photographing: Browser, server: str
) -> None:
    with visiting(photographing, server) as visit:
        visit.page.evaluate(failing(name))
        open_camera(visit)
        story = visit.part("viewfinder").locator(".story")
        visit.wait_until(lambda: not story.inner_text().endswith("never stored."))
        assert story.inner_text().endswith(".")
        expect(visit.part("photo-instead")).to_be_visible()
        expect(visit.part("camera-again")).to_be_visible()
        expect(visit.part("shutter")).to_be_hidden()
        visit.part("close-camera").click()
        expect(visit.part("viewfinder")).to_be_hidden()


def test_a_camera_that_is_unplugged_says_so_and_can_be_tried_again(allowed: Visit) -> None:
    open_camera(allowed)
    allowed.expect_answer(LABELS[DIGIT])
    track = "document.querySelector('[data-part=viewfinder] video').srcObject.getVideoTracks()[0]"
    allowed.page.evaluate(f"{track}.dispatchEvent(new Event('ended'))")
    expect(allowed.part("viewfinder").locator(".story")).to_contain_text("disconnected")
    expect(allowed.part("answer")).to_be_hidden()
    expect(allowed.part("photo-instead")).to_be_visible()
    assert not is_running(allowed)
    box, panel = allowed.part("close-camera").bounding_box(), allowed.part("viewfinder").bounding_box()
    assert box
    assert panel
    assert box["y"] + box["height"] <= panel["y"] + panel["height"]
    allowed.part("camera-again").click()
    allowed.expect_answer(LABELS[DIGIT])
    expect(allowed.part("camera-again")).to_be_hidden()
    expect(allowed.part("shutter")).to_be_focused()


NOISE = """CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) => new ImageData(
  Uint8ClampedArray.from({ length: 4 * width * height }, () => Math.floor(256 * Math.random())), width, height);"""


def test_a_browser_that_hides_pixels_sends_no_noise_and_offers_a_photo(photographing: Browser, server: str) -> None:
    with visiting(photographing, server, DESKTOP | {"permissions": ["camera"]}) as visit:
        visit.page.add_init_script(NOISE)
        visit.page.reload()
        sent: list[str] = []
        visit.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        open_camera(visit)
        expect(visit.part("viewfinder").locator(".story")).to_contain_text("hides")
        expect(visit.part("camera-again")).to_be_hidden()
        visit.page.wait_for_timeout(1000)
        assert sent == []
        assert not is_running(visit)
        with visit.page.expect_file_chooser():
            visit.part("photo-instead").click()
        expect(visit.part("viewfinder")).to_be_hidden()


def test_drawing_a_sample_closes_the_camera(allowed: Visit) -> None:
    open_camera(allowed)
    allowed.expect_answer(LABELS[DIGIT])
    allowed.page.locator("[data-sample=four]").click()
    expect(allowed.part("viewfinder")).to_be_hidden()
    allowed.expect_answer(4)
    assert not is_running(allowed)


def test_the_tools_stay_in_one_row_on_a_laptop_with_a_camera(photographing: Browser, server: str) -> None:
    for locale in ("en-US", "de-DE"):
        with visiting(photographing, server, DESKTOP | {"locale": locale}) as visit:
            expect(visit.page.locator(".chooser.offered")).to_be_visible(timeout=SETTLED)
            tools = visit.part("tools").bounding_box()
            assert tools is not None
            assert tools["height"] < 70, locale


def test_a_camera_that_is_closed_before_it_starts_is_switched_off(allowed: Visit) -> None:
    slow = """() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      window.opened = [];
      navigator.mediaDevices.getUserMedia = async (asked) => {
        await new Promise((done) => setTimeout(done, 1500));
        const stream = await open(asked);
        window.opened.push(...stream.getTracks());
        return stream;
      };
    }"""
    allowed.page.evaluate(slow)
    open_camera(allowed)
    allowed.page.keyboard.press("Escape")
    expect(allowed.part("viewfinder")).to_be_hidden()
    allowed.wait_until(lambda: bool(allowed.page.evaluate("window.opened.length")))
    allowed.page.wait_for_timeout(300)
    assert allowed.page.evaluate("window.opened.map((track) => track.readyState)") == ["ended"]


def test_a_busy_server_is_not_asked_for_each_frame(allowed: Visit) -> None:
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(**UNAVAILABLE)

    allowed.page.route(REQUEST, refuse)
    open_camera(allowed)
    allowed.expect_tone("problem")
    allowed.page.wait_for_timeout(3000)
    assert len(asked) == 1
