"""Numbers: the layout of a page, the candidates, the lattice, and the contract of POST /numbers."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from digits import preprocess
from digits.candidates import Box, Candidate, Group
from digits.data_url import from_data_url
from digits.model import ctc
from digits.model.confidence import Calibration, log_odds
from digits.model.ctc import Steps
from digits.model.lattice import Lattice
from digits.model.numbers import READABLE, calibrated, read_number, read_numbers
from digits.model.recognizer import Reading
from digits.preprocess.ink import Ink
from digits.preprocess.segment import groups_of_ink, groups_of_strokes, has_mark, numbers_of
from digits.preprocess.strokes import square_of_strokes
from tests.calls import assert_problem
from tests.samples import DIGITS, WRITTEN, columns, encode, placed
from tests.unit.test_contract import assert_as_documented, described  # noqa: F401 (a fixture)

URL = "/api/v1/numbers"
BATCH = f"{URL}/batch"
SQUARE = np.zeros((28, 28), np.uint8)


def row_of(*places: tuple[float, float], size: float = 100.0) -> list[np.ndarray]:
    """Each sample's first stroke, in a box of this size at each place."""
    return [np.array(placed(WRITTEN[at]["strokes"][:1], size)[0]) + place for at, place in enumerate(places)]


def page_of(rows: Sequence[Sequence[int]], step: int = 34) -> np.ndarray:
    """MNIST digits in rows, bright on black, as they are."""
    page = np.zeros((step * len(rows) + 10, step * max(map(len, rows)) + 10), np.uint8)
    for down, row in enumerate(rows):
        for across, digit in enumerate(row):
            page[5 + step * down :, 5 + step * across :][:28, :28] = DIGITS[digit]
    return page


# --- layout -----------------------------------------------------------------------------------------------------------

ONE: Box = (0, 0, 50, 100)


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ([], []),
        ([ONE], [[0]]),
        ([(70, 5, 50, 100), ONE], [[1, 0]]),
        ([ONE, (70, 30, 50, 100)], [[0, 1]]),  # a baseline that drifts
        ([ONE, (300, 0, 50, 100)], [[0], [1]]),  # side by side
        ([(0, 200, 50, 100), ONE], [[1], [0]]),  # below each other
        ([ONE, (0, 115, 50, 100)], [[0], [1]]),  # lines that are close to each other
        ([(10, 30, 50, 70), (20, 0, 45, 20)], [[0, 1]]),  # the top of a 5
        ([ONE, (400, 10, 50, 100), (0, 200, 50, 100), (400, 190, 50, 100)], [[0], [1], [2], [3]]),  # a table
        ([ONE, (70, 60, 40, 40)], [[0, 1]]),  # a small digit
        ([ONE, (70, 0, 50, 60), (60, 75, 20, 40)], [[0, 2, 1]]),  # a stroke that broke: the foot of a 7
        ([ONE, (70, 0, 50, 100), (0, 160, 20, 30)], [[0, 1], [2]]),  # too far for a broken stroke
        ([ONE, (0, 115, 40, 50), (50, 115, 40, 50)], [[0], [1, 2]]),  # a smaller number below
    ],
)
def test_neighbours_on_a_line_are_one_number(boxes: list[Box], expected: list[list[int]]) -> None:
    assert numbers_of(boxes) == expected
    scaled = [(3 * x - 7, 3 * y + 9, 3 * width, 3 * height) for x, y, width, height in boxes]
    assert numbers_of(scaled) == expected


def page_with(*boxes: tuple[int, int, int, int]) -> Ink:
    """Full ink in each box, x, y, width, height, on a page of 200 by 200 pixels."""
    page = np.zeros((200, 200), np.float32)
    for x, y, width, height in boxes:
        page[y : y + height, x : x + width] = 1
    return Ink(page, (0, 0, 200, 200), False)


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        ((80, 150, 6, 6), False),  # a speck
        ((80, 0, 20, 30), False),  # the rest of another line, cut off by the edge
        ((80, 150, 20, 30), True),  # a small number
        ((80, 140, 20, 60), True),  # at the edge, but as high
    ],
)
def test_remnants_of_other_lines_are_no_numbers(other: tuple[int, int, int, int], kept: bool) -> None:
    groups = groups_of_ink(page_with((60, 50, 25, 60), (95, 50, 25, 60), other), (200, 200))
    assert len(groups) == 1 + kept


def test_every_box_belongs_to_one_number() -> None:
    """Also where fragments have fragments of their own beside them."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        count = int(rng.integers(1, 12))
        boxes = [tuple(row) for row in np.hstack([rng.uniform(0, 200, (count, 2)), rng.uniform(2, 90, (count, 2))])]
        found = sorted(place for line in numbers_of(boxes) for place in line)
        assert found == list(range(count))


TWO_DIGITS: tuple[Box, ...] = (0, 0, 50, 100), (80, 5, 50, 95)


@pytest.mark.parametrize(
    ("box", "is_mark"),
    [
        ((62, 92, 6, 6), True),  # a decimal point
        ((60, 90, 8, 22), True),  # a comma
        ((62, 100, 0, 0), True),  # a point that is a tap of the pen
        ((-40, 45, 30, 6), True),  # a minus
        ((62, 5, 6, 6), False),  # a speck above the line
        ((20, 92, 6, 6), False),  # below a digit
        ((-40, 95, 30, 6), False),  # an underscore
        ((-25, 50, 40, 20), False),  # a stroke of a 4
        ((10, 0, 45, 8), False),  # the top of a 5
        ((10, 50, 45, 8), False),  # the bar of a 7
        ((60, 60, 20, 40), False),  # the foot of a 7 that broke
        ((62, 140, 6, 6), False),  # far below
    ],
)
def test_a_small_mark_beside_the_digits_is_a_decimal_mark_or_a_minus(box: Box, is_mark: bool) -> None:
    for scale in (1, 0.2, 30):
        boxes = [tuple(scale * side for side in one) for one in (*TWO_DIGITS, box)]
        assert has_mark(boxes) == is_mark  # type: ignore[arg-type]


def test_dots_and_flat_strokes_have_no_marks() -> None:
    dot, flat = np.array([[5.0, 5.0]]), np.array([[0.0, 0.0], [90.0, 0.0]])
    for strokes in ([dot], [flat], [*row_of((0, 0)), flat + np.array([900.0, 50.0])]):
        assert not any(group.marked for group in groups_of_strokes(strokes))


def test_a_number_with_a_decimal_point_is_not_accepted_without_it() -> None:
    digits = row_of((0, 0), (80, 0))
    point = np.array([[110.0, 77.0], [111, 78]])  # the digits end at 77 and begin at 124; their bottom is at 80
    page = page_of([[0, 2, 7]])
    dotted = page.copy()
    dotted[26:29, 36:39] = 255
    for plain, marked in (
        (groups_of_strokes(digits), groups_of_strokes([*digits, point])),
        tuple(preprocess.find_numbers(preprocess.Page(one, (1.0, 1.0))) for one in (page, dotted)),
    ):
        assert [group.marked for group in plain] == [False]
        assert [group.marked for group in marked] == [True]
    sure = Group((), (Candidate(0, 1, SQUARE, ONE),), ONE)
    seven = Reading("accepted", None, 7, 1.0, (*[0.0] * 7, 1.0, 0.0, 0.0), 0.0, 0.0)
    statuses = [read_numbers([replace(sure, marked=marked)], lambda _: [seven]).status for marked in (False, True)]
    assert statuses == ["accepted", "uncertain"]


# --- candidates -------------------------------------------------------------------------------------------------------


def test_a_digit_that_stands_apart_is_a_candidate_as_if_it_were_alone() -> None:
    """The oracle: an MNIST digit comes back as itself."""
    shown = [0, 2, 7, 9]
    (group,) = preprocess.find_numbers(preprocess.Page(page_of([shown]), (1.0, 1.0)))
    for digit in shown:
        differences = [np.abs(one.square.astype(int) - DIGITS[digit]).mean() for one in group.candidates]
        assert min(differences) < 4


def test_the_boxes_are_in_pixels_of_the_picture() -> None:
    (near,) = preprocess.find_numbers(preprocess.Page(page_of([[0, 2]]), (1.0, 1.0)))
    (far,) = preprocess.find_numbers(preprocess.Page(page_of([[0, 2]]), (3.0, 2.0)))
    assert far.box == pytest.approx([3 * near.box[0], 2 * near.box[1], 3 * near.box[2], 2 * near.box[3]], abs=2)
    assert all(type(value) is int for value in far.box)


def test_strokes_become_candidates_of_neighbours_with_their_indices() -> None:
    written = row_of((0, 0), (70, 5), (140, -5))
    (group,) = groups_of_strokes(written)
    alone = {one.strokes: one for one in group.candidates if len(one.strokes) == 1}
    assert sorted(alone) == [(0,), (1,), (2,)]
    for (place,), candidate in alone.items():
        assert np.array_equal(candidate.square, square_of_strokes([written[place]]))


def test_a_bar_that_is_added_later_lies_beside_its_digit() -> None:
    seven = [np.array([[0.0, 0.0], [40, 0], [15, 100]]), np.array([[5.0, 50], [35, 50]])]
    one = np.array([[100.0, 0], [100, 100]])
    (group,) = groups_of_strokes([seven[0], one, seven[1]])
    assert (0, 2) in [candidate.strokes for candidate in group.candidates]


def test_touching_digits_are_cut() -> None:
    page = np.zeros((120, 200), np.float32)
    page[10:110, 20:30] = page[10:110, 90:100] = page[10:110, 160:170] = 1
    page[60:66, 20:170] = 1  # a line through three strokes
    (group,) = groups_of_ink(Ink(page, (0, 0, 200, 120), False), (140, 220))
    assert group.pieces >= 3
    assert any(group.cuts)
    assert (0, group.pieces) in [(one.start, one.stop) for one in group.candidates] or group.pieces > 6


def test_a_page_of_text_is_not_taken_apart() -> None:
    page = np.zeros((400, 400), np.float32)
    page[::8, ::8] = page[1::8, ::8] = 1
    (group,) = groups_of_ink(Ink(page, (0, 0, 400, 400), False), (400, 400))
    assert group.candidates == ()
    assert read_numbers([group], lambda _: []).reason == "no_number"


# --- the lattice ------------------------------------------------------------------------------------------------------


def lattice(pieces: int, longest: int = 3) -> Group:
    spans = [(one, two) for one in range(pieces) for two in range(one + 1, min(one + longest, pieces) + 1)]
    return Group((False,) * (pieces - 1), tuple(Candidate(*span, SQUARE, ONE) for span in spans), ONE)


def all_paths(group: Group) -> list[list[int]]:
    """Every way to cover all pieces, the slow way."""
    places = range(len(group.candidates))
    found = []
    for length in range(1, group.pieces + 1):
        for path in itertools.permutations(places, length):
            ends = [0, *(group.candidates[place].stop for place in path)]
            starts = [*(group.candidates[place].start for place in path), group.pieces]
            if ends == starts:
                found.append(list(path))
    return found


@pytest.mark.parametrize("pieces", [1, 2, 3, 4])
def test_the_best_path_and_the_sum_are_those_of_all_paths(pieces: int) -> None:
    group = lattice(pieces)
    rng = np.random.default_rng(pieces)
    for _ in range(20):
        likelihoods = rng.uniform(-5, 0, (len(group.candidates), 10))
        most = likelihoods.max(axis=1)
        scores = {tuple(path): sum(most[list(path)]) for path in all_paths(group)}
        found = Lattice(group, likelihoods)
        best, text = found.best()
        assert best.candidates == max(scores, key=lambda one: scores[one])
        assert best.log_likelihood == pytest.approx(max(scores.values()))
        assert text == "".join(str(likelihoods[place].argmax()) for place in best.candidates)
        assert found.total() == pytest.approx(math.log(sum(map(math.exp, scores.values()))))


@pytest.mark.parametrize("text", ["7", "40", "404", "0123"])
def test_a_text_is_spelled_by_the_best_of_all_paths_of_its_length(text: str) -> None:
    group = lattice(4)
    likelihoods = np.random.default_rng(len(text)).uniform(-5, 0, (len(group.candidates), 10))
    scores = {
        tuple(path): sum(likelihoods[place, int(digit)] for place, digit in zip(path, text, strict=True))
        for path in all_paths(group)
        if len(path) == len(text)
    }
    found = Lattice(group, likelihoods).spelling(text)
    if not scores:
        assert found is None
        return
    assert found is not None
    assert found.candidates == max(scores, key=lambda one: scores[one])
    assert found.log_likelihood == pytest.approx(max(scores.values()))


def test_the_best_path_spells_its_own_text() -> None:
    group = lattice(4)
    found = Lattice(group, np.random.default_rng(9).uniform(-5, 0, (len(group.candidates), 10)))
    best, text = found.best()
    assert found.spelling(text) == best
    assert found.spelling("12345") is None


def reading_of(digit: int, probability: float) -> Reading:
    """Certain of the digit, if it is one."""
    shares = tuple(float(digit == one) for one in range(10))
    return Reading("uncertain", "low_confidence", digit, probability, shares, 1 - probability, 0.0)


def test_leading_zeros_are_kept() -> None:
    group = lattice(3, longest=1)
    number = read_number(group, [reading_of(digit, 0.999) for digit in (0, 0, 7)])
    assert number is not None
    assert (number.text, number.status) == ("007", "accepted")
    assert [one.digit for one in number.digits] == [0, 0, 7]


def test_a_part_that_cannot_be_read_makes_a_number_uncertain_and_never_shorter() -> None:
    group = lattice(3, longest=1)
    number = read_number(group, [reading_of(4, 0.999), reading_of(2, 0.01), reading_of(1, 0.999)])
    assert number is not None
    assert (number.text, number.status) == ("421", "uncertain")
    assert number.confidence < 0.5


def test_what_has_hardly_a_digit_is_no_number() -> None:
    group = lattice(3, longest=1)
    assert read_number(group, [reading_of(4, READABLE / 2)] * 2 + [reading_of(1, 0.999)]) is None


def test_confidence_grows_with_the_likelihood() -> None:
    confidences = [calibrated(log_odds(math.log(one))) for one in (1e-9, 0.01, 0.5, 0.9, 0.999, 1.0)]
    assert confidences == sorted(confidences)
    assert 0 < confidences[0] < 0.1
    assert Calibration().accept_from < confidences[-1] < 1


# --- two readings -----------------------------------------------------------------------------------------------------


def steps_of(text: str, probability: float = 0.999) -> Steps:
    """What a line network says that sees these characters, each for two steps with a blank before and after it."""
    classes = [0]
    for sign in text:
        classes += [ctc.OTHER if sign == ctc.OTHER_SIGN else int(sign) + 1] * 2 + [0]
    steps = np.full((len(classes), ctc.CLASSES), (1 - probability) / (ctc.CLASSES - 1))
    steps[np.arange(len(classes)), classes] = probability
    return np.asarray(np.log(steps))


def test_readings_that_agree_are_more_certain_than_either_alone() -> None:
    group = lattice(3, longest=1)
    readings = [reading_of(digit, 0.99) for digit in (4, 0, 7)]
    agreed, alone = read_number(group, readings, steps_of("407", 0.99)), read_number(group, readings)
    disagreed = read_number(group, readings, steps_of("401", 0.99))
    assert agreed is not None and alone is not None and disagreed is not None  # noqa: PT018
    assert (agreed.text, agreed.status) == ("407", "accepted")
    assert disagreed.status == "uncertain"
    assert agreed.confidence > disagreed.confidence


def test_the_surer_reading_wins_and_the_lattice_says_where_its_digits_are() -> None:
    group = lattice(3)
    unsure = [reading_of(1, 0.4)] * len(group.candidates)
    number = read_number(group, unsure, steps_of("26"))
    assert number is not None
    assert number.text == "26"
    assert [one.digit for one in number.digits] == [2, 6]
    for one in number.digits:
        assert int(np.argmax(one.probabilities)) == one.digit
        assert sum(one.probabilities) == pytest.approx(1, abs=1e-4)


def test_a_text_that_no_path_spells_is_where_the_line_network_sees_it() -> None:
    """Three digits in a single piece: their boxes divide the box of the number."""
    square = Candidate(0, 1, SQUARE, (10, 20, 90, 30))
    group = Group((), (square,), (10, 20, 90, 30), np.zeros((32, 38), np.uint8), 4)
    number = read_number(group, [reading_of(8, 0.3)], steps_of("123"))
    assert number is not None
    assert number.text == "123"
    lefts = [one.box[0] for one in number.digits]
    assert lefts == sorted(set(lefts))
    assert all(one.box[0] >= 10 and one.box[0] + one.box[2] <= 101 for one in number.digits)


def test_letters_are_no_number() -> None:
    group = lattice(3, longest=1)
    readings = [reading_of(digit, 0.99) for digit in (4, 0, 7)]
    assert read_number(group, readings, steps_of("???")) is None
    assert read_number(group, readings, steps_of("?0?")) is None


def test_a_letter_among_digits_makes_a_number_uncertain() -> None:
    group = lattice(3, longest=1)
    readings = [reading_of(4, 0.99), reading_of(0, 0.6), reading_of(7, 0.99)]
    number = read_number(group, readings, steps_of("4?7"))
    assert number is not None
    assert (number.text, number.status) == ("407", "uncertain")


# --- the contract -----------------------------------------------------------------------------------------------------

PAGE = encode(page_of([[0, 2], [7, 9]]))


def test_every_form_of_the_request_gives_the_same_numbers(client: FlaskClient) -> None:
    as_body = client.post(URL, data=PAGE, content_type="image/png").get_json()
    as_form = client.post(URL, data={"image": (io.BytesIO(PAGE), "page.png")}).get_json()
    assert as_body == as_form
    assert [len(number["text"]) for number in as_body["numbers"]] == [2, 2]
    assert as_body["model"]["name"] == "digits"
    assert "strokes" not in as_body["numbers"][0]["digits"][0]


def test_strokes_are_read_with_the_indices_of_each_digit(client: FlaskClient) -> None:
    strokes = [{"x": [0, 0], "y": [0, 100]}, {"x": [80, 80], "y": [0, 100]}, {"x": [400, 400], "y": [5, 105]}]
    reading = client.post(URL, json={"strokes": strokes}).get_json()
    first, second = reading["numbers"]
    assert [digit["strokes"] for digit in second["digits"]] == [[2]]
    assert sorted(stroke for digit in first["digits"] for stroke in digit["strokes"]) == [0, 1]


def test_the_squares_are_included_on_request(client: FlaskClient) -> None:
    plain = client.post(URL, data=PAGE, content_type="image/png").get_json()
    included = client.post(f"{URL}?include=input", data=PAGE, content_type="image/png").get_json()
    for digit in included["numbers"][0]["digits"]:
        assert from_data_url(digit.pop("image")).shape == (28, 28)
    included["numbers"][1]["digits"] = plain["numbers"][1]["digits"]
    assert included == plain
    assert_problem(client.post(f"{URL}?include=explanation", data=PAGE, content_type="image/png"), 400, "explanation")


@pytest.mark.parametrize("body", [{"strokes": []}, {"strokes": [{"x": [], "y": []}]}])
def test_no_strokes_are_blank(client: FlaskClient, body: Any) -> None:
    reading = client.post(URL, json=body).get_json()
    assert (reading["status"], reading["reason"], reading["numbers"]) == ("rejected", "blank", [])


def test_an_empty_page_is_blank(client: FlaskClient) -> None:
    empty = encode(np.full((90, 90), 255, np.uint8))
    reading = client.post(URL, data=empty, content_type="image/png").get_json()
    assert (reading["status"], reading["reason"]) == ("rejected", "blank")


def test_errors_are_the_same_problems_as_those_of_digits(client: FlaskClient) -> None:
    assert_problem(client.post(URL, data=b"no picture", content_type="image/png"), 422)
    assert_problem(client.post(URL, data="x", content_type="text/plain"), 415, "text/plain")
    assert_problem(client.post(URL, json={}), 400, "missing")
    assert_problem(client.get(URL), 405)


def test_a_batch_has_numbers_or_an_error_for_each_file(client: FlaskClient) -> None:
    files = [(io.BytesIO(PAGE), "page.png"), (io.BytesIO(b"?"), "broken.png"), (io.BytesIO(PAGE), "again.png")]
    result = client.post(BATCH, data={"images": files}).get_json()
    assert [one["name"] for one in result["results"]] == ["page.png", "broken.png", "again.png"]
    assert result["results"][1]["error"]["status"] == 422
    assert result["results"][2]["numbers"] == result["results"][0]["numbers"] != []
    assert result["model"]["name"] == "digits"


@pytest.mark.parametrize("include", ["", "input"])
def test_results_are_as_documented(client: FlaskClient, described: dict[str, Any], include: str) -> None:  # noqa: F811
    strokes = [stroke for written in WRITTEN[:1] for stroke in columns(written)]
    requests: list[dict[str, Any]] = [
        {"data": PAGE, "content_type": "image/png"},
        {"json": {"strokes": strokes}},
        {"json": {"strokes": []}},
    ]
    for sent in requests:
        answer = client.post(URL, query_string={"include": include}, **sent)
        assert_as_documented(described, "/numbers", "post", answer)
    answer = client.post(BATCH, data={"images": [(io.BytesIO(PAGE), "page.png"), (io.BytesIO(b"?"), "x.png")]})
    assert_as_documented(described, "/numbers/batch", "post", answer)
