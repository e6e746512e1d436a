"""The command `digits`: read pictures, serve, measure, train."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import metadata
from itertools import chain
from pathlib import Path

from digits import client
from digits.cli import read
from digits.errors import DigitsError, ModelError
from digits.model import recognizer, store
from digits.settings import RESOURCES, Settings

READ = """\
Read the digit in each picture, by the model in this installation or by a running server.

A PATH is a picture, a folder (with all that is below it), a pattern such as 'scans/*.png', or - for standard input.
PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and HEIC are read.

exit status: 0 when every picture has a digit, 3 when one has none, 1 when one could not be read, 2 for wrong usage

examples:
  digits read seven.png
  digits read --csv scans > digits.csv
  curl -s https://example.org/7.png | digits read --json -
  digits read --url http://127.0.0.1:8000 scans
"""


CLOSED_PIPE = 141  # the exit status of a program that SIGPIPE ends


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the answer is the exit status, 1 when something could not be done."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except BrokenPipeError:  # `digits read folder | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is flushed into the closed pipe
        return CLOSED_PIPE
    except (DigitsError, OSError) as error:
        print(f"digits: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("digits", description="Reads the handwritten digit in a picture.")
    parser.add_argument("--version", action="version", version=f"digits {metadata.version('digits')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_read(commands)
    _add_serve(commands)
    _add_check(commands)
    _add_evaluate(commands)
    _add_train(commands)
    return parser


def _add_read(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "read", help="read pictures", description=READ, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", metavar="PATH")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a line of JSON for each picture, as soon as it is read")
    form.add_argument("--csv", action="store_true", help="a line of CSV for each picture, after a head")
    parser.add_argument("--url", help="ask a running server, such as http://127.0.0.1:8000")
    parser.set_defaults(run=_read)


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("serve", help="serve the page and the API", description="Serve the page and the API.")
    parser.add_argument("--host", help="address to serve at (HOST; default: 127.0.0.1)")
    parser.add_argument("--port", help="and its port (PORT; default: 8000)")
    parser.add_argument("--workers", help="processes that serve (WEB_CONCURRENCY; default: 1)")
    parser.set_defaults(run=_serve)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("check", help="check a model before it is served", description="Check a model.")
    parser.add_argument("folder", type=Path, help="folder with the SavedModel and card.json")
    parser.set_defaults(run=_check)


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "evaluate",
        help="measure how well check sets are read, and report on it",
        description="Measure how well check sets are read.",
    )
    parser.add_argument("--data", type=Path, help="folder with mnist.npz and more; without it MNIST is downloaded")
    _add_corrections(parser, "measure corrections, too; without --data, nothing else")
    parser.add_argument("--first", type=int, metavar="N", help="only so many pictures of each set")
    parser.add_argument("--url", help="ask a running server, such as http://127.0.0.1:8000")
    parser.add_argument("--write", action="store_true", help="put the figures into the model card")
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="write a page with pictures there")
    parser.set_defaults(run=_evaluate, refuse=parser.error)


def _add_corrections(parser: argparse.ArgumentParser, purpose: str) -> None:
    parser.add_argument(
        "--corrections",
        "--marked",
        type=Path,
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help=f"{purpose}: files of pictures that a user labelled on the page",
    )


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "train", help="train the network anew and export it", description="Train the network and export it."
    )
    parser.add_argument("--data", type=Path, help="folder with mnist.npz and more; without it MNIST is downloaded")
    _add_corrections(parser, "train on corrections, too")
    parser.add_argument(
        "--to", type=Path, default=Settings().models / "2", help="folder of the model (default: %(default)s)"
    )
    parser.add_argument(
        "--run-folder", type=Path, default=RESOURCES / "runs", help="where checkpoints are kept, to resume"
    )
    parser.add_argument(
        "--initial",
        type=Path,
        default=Settings().models / "1",
        help="folder of the model from which the large network starts (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, help="in place of the recipe's")
    parser.set_defaults(run=_train)


def _read(asked: argparse.Namespace) -> int:
    names = list(read.files(asked.paths))
    if not names:
        print(f"digits: There is no picture in {', '.join(asked.paths)}.", file=sys.stderr)
        return read.FAILED
    reader = client.remote_reader(asked.url) if asked.url else read.local_reader(_loaded())
    write = read.write_json if asked.json else read.write_csv if asked.csv else read.write_table
    return read.status(write(read.read_all(names, reader), sys.stdout))


def _loaded() -> recognizer.Recognizer:
    settings = Settings.from_environment()
    return recognizer.load(store.newest(settings.models, settings.version)).read


def _serve(asked: argparse.Namespace) -> int:
    given = {"HOST": asked.host, "PORT": asked.port, "WEB_CONCURRENCY": asked.workers}
    environment = os.environ | {name: value for name, value in given.items() if value is not None}
    gunicorn = Path(sys.executable).with_name("gunicorn")
    os.execve(gunicorn, [str(gunicorn), "--config", str(RESOURCES / "gunicorn.conf.py")], environment)  # noqa: S606


def _check(asked: argparse.Namespace) -> int:
    """Checksum, signatures and self-test."""
    read = recognizer.load(asked.folder).read
    card = store.read_card(asked.folder)
    if not recognizer.passes_self_test(read, card):
        raise ModelError(f"The model in {asked.folder} fails its self-test: it misreads a known digit.")
    print(f"{asked.folder}: version {card['version']}, SHA-256 {card['sha256']}, can be served.")
    return 0


def _evaluate(asked: argparse.Namespace) -> int:
    from digits.training.data import corrections
    from digits.training.evaluation import measure, report, sets

    if asked.write and asked.corrections:
        asked.refuse("The model card holds the figures of the public sets only: --write excludes --corrections.")
    files = [corrections.load(file) for file in asked.corrections]
    public = asked.data is not None or not files
    model = store.newest(Settings.from_environment().models)
    recognize = recognizer.load(model).read
    reader = client.remote_reader(asked.url) if asked.url else read.local_reader(recognize)
    digit_sets = sets.digit_sets(asked.data, asked.first) if public else ()
    other_sets = sets.other_sets(asked.data, asked.first) if public else ()
    corrected_digits = sets.correction_digits(files, asked.first)
    corrected_others = sets.correction_others(files, asked.first)
    digits = [measure.measure(check, reader) for check in chain(digit_sets, corrected_digits)]
    others = [measure.measure(check, reader) for check in chain(other_sets, corrected_others)]
    figures = [measure.figure(one.check.name, one.reads) for one in digits]
    refusals = [measure.refusal(one.check.name, one.reads) for one in others]
    robustness = measure.robustness(asked.data, recognize, asked.first) if public else []
    measured = {"figures": figures, "refusals": refusals, "robustness": robustness}
    tables = (
        measure.digits_table(figures),
        measure.refusals_table(refusals),
        measure.robustness_table(robustness),
    )
    print("\n\n".join(measure.aligned(table) for table in tables if len(table) > 1))  # more than its header
    about = store.read_card(model) | measured
    if asked.write:
        store.write_card(model, about)
        report.renew_figures(RESOURCES.parent / "README.md", about)
    if asked.report:
        report.write(asked.report, about, digits, others)
    return 0


def _train(asked: argparse.Namespace) -> int:
    from dataclasses import replace

    from digits.training import trainer
    from digits.training.data import corrections

    files = [corrections.load(file) for file in asked.corrections]
    chosen = corrections.trainable(files) if files else None
    blank = sum(len(file.pictures) for file in files) - len(chosen or ())
    if blank:
        print(f"digits: {blank} of the corrections are blank and left out.", file=sys.stderr)
    recipe = trainer.Recipe() if asked.seed is None else replace(trainer.Recipe(), seed=asked.seed)
    try:
        trainer.train(asked.data, asked.run_folder, asked.to, recipe, chosen, asked.initial)
    except trainer.GateMissed as missed:
        print(f"digits: {missed}", file=sys.stderr)
        return 1
    return 0
