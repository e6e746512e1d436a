"""The command `digits`: read pictures, measure, train."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from digits import card, images, recognizer
from digits.app import BACKEND, Config, newest_model
from digits.errors import DigitsError
from digits.recognizer import Reading


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the answer is the exit status: 0, or 1 when something could not be done."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except (DigitsError, OSError) as error:
        print(f"digits: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("digits", description="Reads the handwritten digit in a picture.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    read = commands.add_parser("read", help="read pictures", description="Read the digit in each picture.")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read.add_argument("--json", action="store_true", help="a line of JSON for each picture")
    read.set_defaults(run=_read)

    evaluate = commands.add_parser("evaluate", help="measure", description="Measure how well check sets are read.")
    evaluate.add_argument("--data", type=Path, help="folder with mnist.npz and more; without it MNIST is downloaded")
    evaluate.add_argument("--first", type=int, metavar="N", help="only so many pictures of each set")
    evaluate.add_argument("--url", help="ask a running server, such as http://127.0.0.1:8000")
    evaluate.add_argument("--write", action="store_true", help="put the figures into the model card")
    evaluate.set_defaults(run=_evaluate)

    train = commands.add_parser("train", help="train", description="Train the network and export it.")
    train.add_argument("--data", type=Path, help="folder with mnist.npz and more; without it MNIST is downloaded")
    train.add_argument(
        "--to", type=Path, default=Config().models / "1", help="folder of the model (default: %(default)s)"
    )
    train.add_argument(
        "--run-folder", type=Path, default=BACKEND / "runs" / "latest", help="where a run is kept to go on"
    )
    train.add_argument("--passes", type=int, help="over the training digits, in place of the recipe's")
    train.add_argument("--seed", type=int, help="in place of the recipe's")
    train.set_defaults(run=_train)
    return parser


def _read(asked: argparse.Namespace) -> int:
    recognize = recognizer.load(newest_model(Config.from_environment().models))
    failed = False
    for file in asked.files:
        try:
            square = images.prepare(file.read_bytes()).square
        except (DigitsError, OSError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            failed = True
            continue
        reading = recognizer.read(recognize, square)
        print(json.dumps({"file": str(file)} | asdict(reading)) if asked.json else f"{file}: {_words(reading)}")
    return int(failed)


def _words(reading: Reading) -> str:
    if reading.digit is None:
        return f"no digit ({reading.reason})"
    doubt = "" if reading.status == "accepted" else ", uncertain"
    return f"{reading.digit} ({reading.confidence:.2%}{doubt})"


def _evaluate(asked: argparse.Namespace) -> int:
    from digits.training import evaluate

    model = newest_model(Config.from_environment().models)
    read = evaluate.remote_reader(asked.url) if asked.url else evaluate.local_reader(recognizer.load(model))
    figures = [evaluate.evaluate(check, read) for check in evaluate.check_sets(asked.data, asked.first)]
    print(evaluate.table(figures))
    if asked.write:
        card.write(model, card.read(model) | {"figures": figures})
    return 0


def _train(asked: argparse.Namespace) -> int:
    from dataclasses import replace

    from digits.training import train

    chosen = {name: value for name in ("passes", "seed") if (value := getattr(asked, name)) is not None}
    try:
        train.train(asked.data, asked.run_folder, asked.to, replace(train.Recipe(), **chosen))
    except train.GateMissed as missed:
        print(f"digits: {missed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
