"""The model as TensorFlow Serving takes it: folder, signatures and requests are what their page says.

TensorFlow Serving is no package of Python. `Stand` keeps the rules of its REST API's description (Predict API: row and
column format) with the very signatures.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import text_format  # type: ignore[import-untyped]
from tensorflow.core.framework.tensor_pb2 import TensorProto

from digits import preprocess
from digits.model import recognizer
from digits.model.recognizer import Model
from digits.settings import BACKEND
from tests.calls import SEVEN
from tests.conftest import MODEL

PAGE = (BACKEND / "docs" / "tensorflow-serving.md").read_text("utf-8")
PATH = re.compile(r"/v1/models/digits(/versions/\d+)?:predict")


@pytest.fixture(scope="module")
def signatures() -> dict[str, Any]:
    """As they are in the SavedModel."""
    loaded = tf.saved_model.load(str(MODEL))
    return {name: _kept(loaded, one) for name, one in loaded.signatures.items()}


def _kept(model: Any, signature: Any) -> Any:
    """A signature with its model, which it does not keep itself."""
    signature.of = model
    return signature


# --- the folder and the signatures ---


def test_the_folder_is_one_of_versions_by_number_each_a_saved_model() -> None:
    assert MODEL.parent == BACKEND / "models" / "digits"
    for version in MODEL.parent.iterdir():
        assert re.fullmatch(r"[1-9]\d*", version.name)
        assert tf.saved_model.contains_saved_model(str(version))
        assert (version / "variables" / "variables.index").is_file()


def documented() -> dict[str, dict[str, set[tuple[str, str, str]]]]:
    """The page's table: signature -> {"input" and "output": {(name, type, shape)}}."""
    found: dict[str, dict[str, set[tuple[str, str, str]]]] = {}
    rows = re.findall(r"^\|((?:[^|\n]*\|){7})$", PAGE, re.MULTILINE)
    for row in rows[2:]:
        cells = [cell.strip().strip("`") for cell in row.split("|")[:7]]
        if cells[0]:
            told = found[cells[0]] = {"input": set(), "output": set()}
        for side, (name, kind, shape) in (("input", cells[1:4]), ("output", cells[4:7])):
            if name:
                told[side].add((name, kind, re.sub("width(?: / 2)?", "n", shape)))  # a free dimension, like n
    return found


def described(tensors: dict[str, Any]) -> set[tuple[str, str, str]]:
    """(name, type, shape) of a signature's tensors as the page writes them."""
    return {
        (name, one.dtype.name, f"({', '.join('n' if side is None else str(side) for side in one.shape)})")
        for name, one in tensors.items()
    }


def test_the_signatures_are_those_of_the_page(signatures: dict[str, Any]) -> None:
    page = documented()
    assert set(page) == set(signatures) == {"serving_default", "explain", "activations", "read_line"}
    for name, signature in signatures.items():
        given, named = signature.structured_input_signature
        assert given == ()
        assert described(named) == page[name]["input"]
        # A gradient's shape is known only when it is computed.
        told = {(key, kind, shape) for key, kind, shape in page[name]["output"]}
        outputs = signature.structured_outputs
        assert {(key, one.dtype.name) for key, one in outputs.items()} == {(key, kind) for key, kind, _ in told}
        for key, _, shape in told:
            assert outputs[key].shape.is_compatible_with([None if side == "n" else int(side) for side in sides(shape)])


def sides(shape: str) -> list[str]:
    return shape.strip("()").split(", ")


# --- REST ---


class Stand:
    """Stands in for TensorFlow Serving's Predict API."""

    def __init__(self, signatures: dict[str, Any]) -> None:
        self.signatures = signatures

    def predict(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer; a ValueError where TensorFlow Serving answers 400."""
        if len({"instances", "inputs"} & set(question)) != 1 or set(question) - {
            "signature_name",
            "instances",
            "inputs",
        }:
            raise ValueError("Either instances or inputs, and at most signature_name beside.")
        signature = self.signatures[question.get("signature_name", "serving_default")]
        specs = signature.structured_input_signature[1]
        columns = by_column(question["instances"], specs) if "instances" in question else question["inputs"]
        if len(specs) == 1 and not isinstance(columns, dict):
            columns = {next(iter(specs)): columns}
        if set(columns) != set(specs):
            raise ValueError(f"The inputs are {sorted(specs)}.")
        outputs = signature(**{name: tensor(columns[name], spec) for name, spec in specs.items()})
        lists = {name: one.numpy().tolist() for name, one in outputs.items()}
        (only,) = lists.values() if len(lists) == 1 else (None,)
        if "inputs" in question:
            return {"outputs": lists if only is None else only}
        rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
        return {"predictions": rows if only is None else only}


def by_column(instances: list[Any], specs: dict[str, Any]) -> dict[str, list[Any]]:
    """Rows -> columns; the rows of a single input need no name."""
    if len(specs) == 1:
        (name,) = specs
        return {name: [one[name] if isinstance(one, dict) else one for one in instances]}
    return {name: [one[name] for one in instances] for name in specs}


def tensor(value: Any, spec: Any) -> Any:
    """JSON -> tensor of the signature's type and shape. Whole numbers only where the type has no others."""
    array = np.asarray(value)
    if array.dtype.kind != "i" or not spec.shape.is_compatible_with(array.shape):
        raise ValueError(f"{spec.name} is {spec.dtype.name} of shape {spec.shape}, not {array.dtype} of {array.shape}.")
    return tf.constant(array, spec.dtype)


@pytest.fixture(scope="module")
def stand(signatures: dict[str, Any]) -> Stand:
    return Stand(signatures)


@pytest.fixture(scope="module")
def address(stand: Stand) -> Iterator[str]:
    """Where the stand-in listens."""

    class Predict(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answers a question."""
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            assert PATH.fullmatch(self.path)
            body = json.dumps(stand.predict(json.loads(asked))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Predict) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_example_of_the_page_reads_the_seven(address: str) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ours = code.replace("http://127.0.0.1:8501", address)
    assert ours.count(address) == 1
    done = subprocess.run(
        [sys.executable, "-c", ours],
        cwd=BACKEND / "docs",
        env={"PYTHONPATH": str(BACKEND), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "7 0.0\n28 28\n[0.0, 0.0, 0.0]\n"


def test_both_formats_give_what_our_own_recognizer_reads(stand: Stand, model: Model) -> None:
    square = preprocess.prepare(SEVEN).square
    assert square is not None
    (ours,) = model.read(square[None])
    (row,) = stand.predict({"instances": [square.tolist()]})["predictions"]
    column = stand.predict({"signature_name": "serving_default", "inputs": [square.tolist()]})["outputs"]
    assert row == {name: values[0] for name, values in column.items()}
    thresholds = recognizer.Thresholds(accept_from=0.5, doubt_from=0.5, reject_from=0.5)
    read = recognizer.decide(np.asarray(row["probabilities"]), row["not_a_digit"], row["several_digits"], thresholds)
    assert read.probabilities == pytest.approx(ours.probabilities, abs=1e-6)
    evidence = stand.predict({"signature_name": "explain", "inputs": {"squares": [square.tolist()], "digits": [7]}})
    assert np.asarray(evidence["outputs"]) == pytest.approx(model.explain(square[None], [7]), abs=1e-6)


@pytest.mark.parametrize(
    "question",
    [
        {"instances": [np.zeros((28, 28), int).tolist()], "inputs": [np.zeros((28, 28), int).tolist()]},
        {"instances": np.zeros((28, 28), int).tolist()},  # a square, and no list of squares
        {"instances": [np.zeros((28, 28), float).tolist()]},
        {"signature_name": "explain", "inputs": {"squares": [np.zeros((28, 28), int).tolist()]}},
    ],
)
def test_what_is_not_by_the_description_is_refused(stand: Stand, question: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whose words are the stand-in's own
        stand.predict(question)


# --- gRPC ---


def test_the_tensor_of_the_page_is_one_that_the_signature_takes(signatures: dict[str, Any]) -> None:
    (text,) = re.findall(r"value \{\n(.*?)\n  \}", PAGE, re.DOTALL)
    sent = text_format.Parse(text, TensorProto())
    square = preprocess.prepare(SEVEN).square
    assert square is not None
    sent.tensor_content = square.tobytes()
    assert sent == tf.make_tensor_proto(square[None], tf.uint8)
    answer = signatures["serving_default"](squares=tf.constant(tf.make_ndarray(sent)))
    assert int(np.argmax(answer["probabilities"])) == 7
