"""The command `digits`: read pictures, serve, check a model, evaluate, train."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import metadata
from itertools import chain
from pathlib import Path

from digits import client
from digits.cli import read
from digits.errors import DigitsError, GateMissed, ModelError
from digits.model import recognizer, store
from digits.settings import RESOURCES, Settings

READ = """\
Read the digit, or all numbers, in each picture, with the installed model or through a running server.

A PATH is a picture, a folder (searched recursively), a pattern such as 'scans/*.png', or - for standard input.
Supported formats: PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and HEIC.

exit status: 0 if every picture has a digit or number, 3 if one has none, 1 if one could not be read, 2 for wrong usage

examples:
  digits read seven.png
  digits read --csv scans > digits.csv
  curl -s https://example.org/7.png | digits read --json -
  digits read --url http://127.0.0.1:8000 scans
  digits read --numbers page.jpg
"""


CLOSED_PIPE = 141  # the usual exit status after SIGPIPE


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status: 1 for an error."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except BrokenPipeError:  # `digits read folder | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would flush into the closed pipe
        return CLOSED_PIPE
    except (DigitsError, OSError) as error:
        print(f"digits: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("digits", description="Read handwritten digits in pictures.")
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
    form.add_argument(
        "--json", action="store_true", help="print a line of JSON for each picture, as soon as it is read"
    )
    form.add_argument("--csv", action="store_true", help="print CSV with a header")
    parser.add_argument("--numbers", action="store_true", help="read whole numbers instead of single digits")
    parser.add_argument("--url", help="address of a running server, such as http://127.0.0.1:8000")
    parser.set_defaults(run=_read)


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("serve", help="serve the page and the API", description="Serve the page and the API.")
    parser.add_argument("--host", help="address to listen on (HOST; default: 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on (PORT; default: 8000)")
    parser.add_argument("--workers", help="number of worker processes (WEB_CONCURRENCY; default: 1)")
    parser.set_defaults(run=_serve)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("check", help="check a model before it is served", description="Check a model.")
    parser.add_argument("folder", type=Path, help="folder with the SavedModel and card.json")
    parser.set_defaults(run=_check)


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "evaluate",
        help="measure the model on the check sets",
        description="Measure the model on the check sets.",
    )
    parser.add_argument(
        "--data", type=Path, help="folder with mnist.npz and other data; if omitted, MNIST is downloaded"
    )
    _add_corrections(parser, "also measure corrections; without --data, only those")
    parser.add_argument("--first", type=int, metavar="N", help="use only the first N pictures of each set")
    parser.add_argument("--url", help="address of a running server, such as http://127.0.0.1:8000")
    parser.add_argument("--write", action="store_true", help="write the figures to the model card and to README.md")
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="folder for the report")
    parser.set_defaults(run=_evaluate, refuse=parser.error)


def _add_corrections(parser: argparse.ArgumentParser, purpose: str) -> None:
    parser.add_argument(
        "--corrections",
        type=Path,
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help=f"{purpose}: files of pictures that a user labelled on the page",
    )


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "train", help="train the networks and export them", description="Train the networks and export them."
    )
    parser.add_argument(
        "--data", type=Path, help="folder with mnist.npz and other data; if omitted, MNIST is downloaded"
    )
    _add_corrections(parser, "also train on corrections")
    parser.add_argument(
        "--to",
        type=Path,
        default=store.next_version(Settings().models),
        help="folder of the model (default: %(default)s)",
    )
    parser.add_argument(
        "--run-folder",
        type=Path,
        default=RESOURCES / "runs",
        help="folder of the checkpoints, from which a run resumes",
    )
    parser.add_argument("--seed", type=int, help="seed instead of the recipe's")
    parser.set_defaults(run=_train)


def _read(arguments: argparse.Namespace) -> int:
    names = list(read.files(arguments.paths))
    if not names:
        print(f"digits: There is no picture in {', '.join(arguments.paths)}.", file=sys.stderr)
        return read.FAILED
    threads = 1 if arguments.url else read.threads_for(names)
    results = read.read_all(names, _reader(arguments.url, arguments.numbers), threads)
    if arguments.csv:
        return read.status(read.write_csv(results, sys.stdout, arguments.numbers))
    return read.status((read.write_json if arguments.json else read.write_table)(results, sys.stdout))


def _reader(url: str | None, numbers: bool) -> read.FilesReader:
    if url:
        return read.one_by_one(client.remote_number_reader(url) if numbers else client.remote_reader(url))
    print("digits: Loading the model ...", file=sys.stderr, flush=True)  # which takes seconds
    model = _loaded()
    return read.one_by_one(read.local_number_reader(model)) if numbers else read.together(model.read)


def _loaded() -> recognizer.Model:
    settings = Settings.from_environment()
    return recognizer.load(store.newest(settings.models, settings.version))


def _serve(arguments: argparse.Namespace) -> int:
    given = {"HOST": arguments.host, "PORT": arguments.port, "WEB_CONCURRENCY": arguments.workers}
    environment = os.environ | {name: value for name, value in given.items() if value is not None}
    gunicorn = Path(sys.executable).with_name("gunicorn")
    os.execve(gunicorn, [str(gunicorn), "--config", str(RESOURCES / "gunicorn.conf.py")], environment)  # noqa: S606


def _check(arguments: argparse.Namespace) -> int:
    """Check the checksum, the signatures and the self-test."""
    read = recognizer.load(arguments.folder).read
    card = store.read_card(arguments.folder)
    if not recognizer.passes_self_test(read, card):
        raise ModelError(f"The model in {arguments.folder} fails its self-test: it misreads a known digit.")
    print(f"{arguments.folder}: version {card['version']}, SHA-256 {card['sha256']}. It can be served.")
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from digits.training.data import corrections
    from digits.training.evaluation import measure, numbers, report, sets

    if arguments.write and arguments.corrections:
        arguments.refuse("The model card holds the figures of the public sets only: --write excludes --corrections.")
    files = [corrections.load(file) for file in arguments.corrections]
    public = arguments.data is not None or not files
    model = store.newest(Settings.from_environment().models)
    loaded = recognizer.load(model)
    reader = client.remote_reader(arguments.url) if arguments.url else read.local_reader(loaded.read)
    digit_sets = sets.digit_sets(arguments.data, arguments.first) if public else ()
    other_sets = sets.other_sets(arguments.data, arguments.first) if public else ()
    corrected_digits = sets.correction_digits(files, arguments.first)
    corrected_others = sets.correction_others(files, arguments.first)
    digits = [measure.measure(check, reader) for check in chain(digit_sets, corrected_digits)]
    others = [measure.measure(check, reader) for check in chain(other_sets, corrected_others)]
    figures = [measure.figure(one.check.name, one.reads) for one in digits]
    refusals = [measure.refusal(one.check.name, one.reads) for one in others]
    robustness = measure.robustness(arguments.data, loaded.read, arguments.first) if public else []
    number_sets = numbers.number_sets(arguments.data, arguments.first) if public and not arguments.url else ()
    of_numbers = [numbers.measure(check, loaded) for check in number_sets]
    measured = {"figures": figures, "refusals": refusals, "robustness": robustness, "numbers": of_numbers}
    tables = (
        measure.digits_table(figures),
        measure.refusals_table(refusals),
        measure.robustness_table(robustness),
        numbers.numbers_table(of_numbers),
    )
    print("\n\n".join(measure.aligned(table) for table in tables if len(table) > 1))  # more than its header
    about = store.read_card(model) | measured
    if arguments.write:
        store.write_card(model, about)
        report.renew_figures(RESOURCES.parent / "README.md", about)
    if arguments.report:
        report.write(arguments.report, about, digits, others)
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from digits.training import trainer
    from digits.training.data import corrections

    files = [corrections.load(file) for file in arguments.corrections]
    chosen = corrections.trainable(files) if files else None
    blank = sum(len(file.pictures) for file in files) - len(chosen or ())
    if blank:
        print(f"digits: {blank} of the corrections are blank and were left out.", file=sys.stderr)
    recipe = trainer.Recipe()
    if arguments.seed is not None:
        recipe = replace(recipe, seed=arguments.seed, line=replace(recipe.line, seed=arguments.seed))
    try:
        trainer.train(arguments.data, arguments.run_folder, arguments.to, recipe, chosen)
    except GateMissed as missed:
        print(f"digits: {missed}", file=sys.stderr)
        return 1
    return 0
