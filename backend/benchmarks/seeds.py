"""`python -m benchmarks.seeds --data FOLDER MODEL MODEL MODEL`: compare models with different seeds.

    .venv/bin/digits train --data FOLDER --seed 2 --to /tmp/digits/2    # the same for each seed

It reads every digit set of `make evaluate` with each model and writes the number of errors. Preprocessing does not
depend on the model, so each picture is prepared once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from digits import preprocess
from digits.model import recognizer
from digits.model.recognizer import Recognizer
from digits.training.evaluation.sets import CheckSet, digit_sets

REPORT = Path(__file__).resolve().parents[1] / "docs" / "report" / "seeds.json"
TOGETHER = 500  # squares that a model reads at once


def main() -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser("seeds", description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="folders of SavedModels with their cards")
    parser.add_argument("--data", type=Path, required=True, help="the data folder of `make evaluate`")
    parser.add_argument("--first", type=int, help="read at most this many pictures of each set")
    parser.add_argument("--to", type=Path, default=REPORT)
    arguments = parser.parse_args()
    models = [recognizer.load(folder).read for folder in arguments.models]
    found = {one.name: errors(one, models) for one in digit_sets(arguments.data, arguments.first)}
    arguments.to.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(json.dumps(found, indent=2))
    return 0


def errors(check: CheckSet, models: Sequence[Recognizer]) -> list[int]:
    """How many pictures of the set each model misreads or rejects."""
    wrong = [0] * len(models)
    pictures = iter(tqdm(check.pictures, check.name, check.count, unit="picture", mininterval=5))
    while files := list(islice(pictures, TOGETHER)):
        pages = [preprocess.prepare(picture) for picture, _ in files]
        for place, model in enumerate(models):
            readings = recognizer.read_all(model, pages)
            wrong[place] += sum(one.digit != label for one, (_, label) in zip(readings, files, strict=True))
    return wrong


if __name__ == "__main__":
    sys.exit(main())
