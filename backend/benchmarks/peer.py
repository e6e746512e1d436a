"""`python -m benchmarks.peer --data FOLDER`: read the pages of numbers of `make evaluate` with another reader.

The peer is RapidOCR with PP-OCRv6, the best general reader of numbers that pip installs. It needs a virtual environment
of its own (`pip install rapidocr onnxruntime tqdm pillow-heif matplotlib`), because it replaces our OpenCV. A page with
one number goes to its recognition alone; a page with several goes through its detection, too. Only digits are compared.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from tqdm import tqdm

from digits.training.evaluation import numbers
from digits.training.evaluation.numbers import NumberSet, Page

REPORT = Path(__file__).resolve().parents[1] / "docs" / "report" / "peer.json"


def main() -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser("peer", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder of `make evaluate`")
    parser.add_argument("--first", type=int, help="read at most this many pages of each set")
    parser.add_argument("--to", type=Path, default=REPORT)
    arguments = parser.parse_args()
    from rapidocr import RapidOCR  # type: ignore[import-not-found,unused-ignore]  # in its own environment

    logging.disable(logging.WARNING)
    reader = RapidOCR()
    sets = [one for one in numbers.number_sets(arguments.data, arguments.first) if not one.name.endswith("strokes")]
    right = {one.name: _measure(reader, one) for one in sets}
    found = {"peer": f"RapidOCR {version('rapidocr')}, PP-OCRv6 small", "sets": right}
    arguments.to.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(json.dumps(found, indent=2))
    return 0


def _measure(reader: Any, pages: NumberSet) -> dict[str, float]:
    right, seconds = [], []
    for page in tqdm(pages.pages, pages.name, pages.count):
        started = time.perf_counter()
        texts = _read(reader, page)
        seconds.append(time.perf_counter() - started)
        right.append(texts == page.texts)
    return {
        "right_percent": round(100 * float(np.mean(right)), 2),
        "milliseconds": round(1000 * float(np.median(seconds)), 1),
    }


def _read(reader: Any, page: Page) -> tuple[str, ...]:
    """The digits of each text, from top to bottom."""
    picture = cv2.imdecode(np.frombuffer(cast(bytes, page.content), np.uint8), cv2.IMREAD_COLOR)
    several = len(page.texts) > 1
    result = reader(picture, use_det=several, use_cls=False, use_rec=True)
    found = list(result.txts or ())
    if several and result.boxes is not None:
        found = [found[place] for place in np.argsort([box[:, 1].mean() for box in result.boxes])]
    digits = tuple("".join(sign for sign in text if sign.isdigit()) for text in found)
    return tuple(text for text in digits if text) if several else ("".join(digits),)


if __name__ == "__main__":
    sys.exit(main())
