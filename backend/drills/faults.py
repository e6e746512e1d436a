"""Each function does one bad thing to a server and says what came of it; its docstring is what was done."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from digits import card as cards
from digits.config import Config
from digits.worker import TAKEN
from drills import clients
from drills.load import Load, asked_for, asking, percentile
from drills.report import NotPossible, Verdict
from drills.server import copied_models, held_by, seconds_until
from running import NotServing, Server, serving

CLIENTS = 8
BACK = 5.0  # seconds until a killed worker's successor answers
REFUSED = 30.0  # seconds until a server that cannot start has said so
GRACE = 30.0  # seconds that a stop may take, as gunicorn.conf.py has it


# --- processes --------------------------------------------------------------------------------------------------------


def worker_killed() -> Verdict:
    """One of two workers is killed with -9 while 8 clients ask without pause."""
    with serving(WEB_CONCURRENCY="2") as server, asking(server.place, CLIENTS) as load:
        time.sleep(2)
        victim, other = busiest_first(server)
        lost = held_by(victim)
        os.kill(victim, signal.SIGKILL)
        back = seconds_until(lambda: bool(successors(server, other, victim)), 60)
        back += seconds_until(lambda: answering(server) in successors(server, other, victim), 60)
        time.sleep(1)
        ready = server.ready()
    others = [one for one in load.failures() if one.port not in lost]
    return Verdict(
        len(load.failures()) <= len(lost) and not others and back <= BACK and ready,
        f"{len(load.failures())} of {len(load.answers)} requests failed; the worker had {len(lost)} connections in its "
        f"hands; its successor answered after {back:.1f} s",
    )


def busiest_first(server: Server) -> list[int]:
    """The workers by how many connections they have in their hands."""
    return sorted(server.worker_ids(), key=lambda worker: -len(held_by(worker)))


def successors(server: Server, *known: int) -> set[int]:
    """Workers that were not there before."""
    return set(server.worker_ids()) - set(known)


def answering(server: Server) -> int | None:
    """The worker that answers a fresh connection."""
    with suppress(OSError, HTTPException), closing(HTTPConnection(*server.place, timeout=20)) as connection:
        connection.request("GET", "/api/v1/health/ready")
        if connection.getresponse().status == 200:
            port = connection.sock.getsockname()[1]
            return next((one for one in server.worker_ids() if port in held_by(one)), None)
    return None


def stopped() -> Verdict:
    """SIGTERM to a server of two workers while 8 clients ask without pause on kept connections."""
    with serving(WEB_CONCURRENCY="2") as server:
        with asking(server.place, CLIENTS) as load:
            time.sleep(2)
            began, before = time.monotonic(), len(load.answers)
            server.process.terminate()
            server.process.wait(2 * GRACE)
            took = time.monotonic() - began
        status = server.process.returncode
    after = load.answers[before:]
    answered = sum(one.status == 200 for one in after)
    # Whoever comes when nobody listens any more is refused a connection; a request that was taken is answered.
    lost = [one for one in load.failures() if one.wrong != "ConnectionRefusedError"]
    return Verdict(
        not lost and answered > 0 and took <= GRACE and status == 0,
        f"{answered} requests were answered after the signal, {len(lost)} that were taken failed"
        f"{' (' + load.told() + ')' if lost else ''}; the server was gone after {took:.1f} s with exit status {status}",
    )


# --- the model --------------------------------------------------------------------------------------------------------


def _without_fingerprint(model: Path) -> None:
    (model / "card.json").write_text("{}", "utf-8")


def _truncated(model: Path) -> None:
    os.truncate(model / "saved_model.pb", (model / "saved_model.pb").stat().st_size // 2)


def _of_other_weights(model: Path) -> None:
    weights = next((model / "variables").glob("variables.data*"))
    changed = bytearray(weights.read_bytes())
    changed[len(changed) // 2] ^= 1
    weights.write_bytes(changed)


def _damaged_card(model: Path) -> None:
    (model / "card.json").write_text('{"name": "digits", "ver', "utf-8")


def _fake(model: Path) -> None:
    (model / "saved_model.pb").write_bytes(b"no model")
    cards.write(model, cards.read(model) | {"sha256": cards.fingerprint(model)})


SPOILT: dict[str, Callable[[Path], None]] = {
    "no model folder": lambda model: shutil.rmtree(model.parent),
    "an empty model folder": shutil.rmtree,
    "saved_model.pb truncated": _truncated,
    "one bit of the weights changed": _of_other_weights,
    "no weights": lambda model: shutil.rmtree(model / "variables"),
    "no card.json": lambda model: (model / "card.json").unlink(),
    "card.json damaged": _damaged_card,
    "card.json without the fingerprint": _without_fingerprint,
    "files of the right fingerprint that are no model": _fake,
}


def model_spoilt() -> Verdict:
    """A server is started nine times, each time with a model that is missing or spoilt in another way."""
    odd, slowest = [], 0.0
    for what, spoil in SPOILT.items():
        refusal = refused_start(spoil)
        slowest = max(slowest, refusal.seconds)
        if not clear(refusal):
            odd.append(what)
    return Verdict(
        not odd and slowest <= REFUSED,
        f"{len(SPOILT) - len(odd)} of {len(SPOILT)} refused in a sentence with an exit status other than 0 and without "
        f"having said that it is ready, after {slowest:.1f} s at most{'; not so: ' + ', '.join(odd) if odd else ''}",
    )


def refused_start(spoil: Callable[[Path], None]) -> NotServing:
    """How a server with a spoilt model ends."""
    with tempfile.TemporaryDirectory() as folder:
        models = copied_models(Path(folder))
        spoil(models / "1")
        try:
            with serving(DIGITS_MODELS=str(models)) as server:
                return NotServing(server.printed() + "It started.", 0, 0.0)
        except NotServing as refusal:
            return refusal


def clear(refusal: NotServing) -> bool:
    """Whether it was told in a sentence, and the server ended."""
    return (
        refusal.status not in (None, 0) and "cannot serve: " in refusal.printed and "Traceback" not in refusal.printed
    )


def model_spoilt_while_it_runs() -> Verdict:
    """The model is deleted under a server of two workers, one of them is then killed, and then the model is back."""
    with tempfile.TemporaryDirectory() as folder:
        models = copied_models(Path(folder))
        with serving(WEB_CONCURRENCY="2", DIGITS_MODELS=str(models)) as server, asking(server.place, CLIENTS) as load:
            kept = shutil.move(models / "1", Path(folder) / "kept")
            time.sleep(1)
            failures = len(load.failures())
            first = busiest_first(server)
            lost = held_by(first[0])
            os.kill(first[0], signal.SIGKILL)
            time.sleep(6)
            running, ready = server.process.poll() is None, server.ready()
            shutil.move(kept, models / "1")
            back = seconds_until(lambda: answering(server) in successors(server, *first), 30)
    return Verdict(
        running and ready and failures == 0 and len(load.failures()) <= len(lost) and back < 30,
        f"no request failed without the model and {len(load.failures())} when the worker was killed, which had "
        f"{len(lost)} connections; the other worker served on, and {back:.1f} s after the model was back there were two"
        if failures == 0
        else f"{failures} requests failed without the model: {load.told()}",
    )


def reloaded() -> Verdict:
    """Version 2 is put beside version 1, and SIGHUP sent to a server of two workers that 8 clients ask."""
    with tempfile.TemporaryDirectory() as folder:
        models = copied_models(Path(folder))
        with serving(WEB_CONCURRENCY="2", DIGITS_MODELS=str(models)) as server:
            old = server.worker_ids()
            with asking(server.place, CLIENTS) as load:
                time.sleep(2)
                put_version(models, 2)
                before = server.version()
                server.process.send_signal(signal.SIGHUP)
                took = seconds_until(lambda: not set(server.worker_ids()) & set(old), 60)
                time.sleep(1)
            after = {server.version() for _ in range(10)}
            counted = seconds_until(lambda: model_metrics(server) == ({"2": 2}, 0), 20) < 20
    seconds = load.seconds()
    return Verdict(
        before == "1" and after == {"2"} and not load.failures() and counted,
        f"{len(load.failures())} of {len(load.answers)} requests failed{_told(load)}; every answer came from version "
        f"{' and '.join(sorted(after))} after {took:.1f} s; median {1000 * percentile(seconds, 50):.0f} ms, slowest "
        f"{1000 * max(seconds, default=0):.0f} ms",
    )


def put_version(models: Path, version: int) -> Path:
    """A copy of version 1 with a card that says so. The fingerprint is of the other files, and holds."""
    half = models / f".{version}"  # a name that is no version, until all of it is there
    shutil.copytree(models / "1", half)
    cards.write(half, cards.read(half) | {"version": str(version)})
    return half.rename(models / str(version))


def model_metrics(server: Server) -> tuple[dict[str, int], int]:
    """How many workers serve each version, and how many newer ones were refused, as /metrics has it."""
    families = {family.name: family.samples for family in text_string_to_metric_families(server.get("/metrics").text)}
    workers = {one.labels["version"]: int(one.value) for one in families["digits_model_workers"] if one.value}
    return workers, int(families["digits_model_refused"][0].value)


def _misreading(model: Path) -> None:
    """Right by every fingerprint, but it takes its known digit for another one."""
    card = cards.read(model)
    other = (int(card["self_test"]["digit"]) + 1) % 10
    cards.write(model, card | {"self_test": card["self_test"] | {"digit": other}})


BAD_VERSIONS: dict[str, Callable[[Path], None]] = {
    "half copied": lambda model: shutil.rmtree(model / "variables"),
    "truncated": _truncated,
    "of other weights": _of_other_weights,
    "without a card": lambda model: (model / "card.json").unlink(),
    "no model by its right fingerprint": _fake,
    "misreading": _misreading,
}


def refused(server: Server, times: int) -> bool:
    """Whether the server says, within a minute, that it has refused a reload for the so-manieth time."""
    return seconds_until(lambda: server.printed().count("The reload is refused") == times, 60) < 60


def bad_version_reloaded() -> Verdict:
    """SIGHUP with a bad version 2 beside version 1, six times, bad in another way each time; then a restart."""
    odd = []
    with tempfile.TemporaryDirectory() as folder:
        models = copied_models(Path(folder))
        with serving(WEB_CONCURRENCY="2", DIGITS_MODELS=str(models)) as server:
            workers = server.worker_ids()
            with asking(server.place, 4) as load:
                for number, (what, spoil) in enumerate(BAD_VERSIONS.items(), 1):
                    spoil(put_version(models, 2))
                    server.process.send_signal(signal.SIGHUP)
                    fine = (
                        refused(server, number)
                        and server.worker_ids() == workers
                        and model_metrics(server) == ({"1": 2}, 1)
                    )
                    if not fine or server.version() != "1":
                        odd.append(what)
                    shutil.rmtree(models / "2")
        _truncated(put_version(models, 2))
        with serving(DIGITS_MODELS=str(models)) as server:
            passed_over = "is passed over" in server.printed() and server.version() == "1"
    anew = "serves version 1 and says so" if passed_over else "does not"
    return Verdict(
        not odd and not load.failures() and passed_over,
        f"{len(BAD_VERSIONS) - len(odd)} of {len(BAD_VERSIONS)} reloads were refused with a line in the log, the same "
        f"two workers served version 1 on, and {len(load.failures())} of {len(load.answers)} requests failed"
        f"{_told(load)}; started anew beside a bad version 2, it {anew}{'; not so: ' + ', '.join(odd) if odd else ''}",
    )


def _told(load: Load) -> str:
    return f" ({load.told()})" if load.failures() else ""


# --- the machine ------------------------------------------------------------------------------------------------------


def disk_full() -> Verdict:
    """The disk of temporary files and of the log becomes full; then a worker is killed, and the server reloaded."""
    with small_disk() as disk:
        settings = {"TMPDIR": str(disk), "DIGITS_LOG": "json", "WEB_CONCURRENCY": "2"}
        with serving("", Path(disk, "log"), **settings) as server:
            fill(disk)
            quiet = asked_for(server.place, 3, CLIENTS)
            scraped = server.get("/metrics").status_code
            for path in ("/a", "/api/v1/health/live", "/api/v1/model", "/api/v1/docs", "/api/v1/swagger.json"):
                server.get(path)  # each counted in a place of its own
            calm = server.worker_ids()
            with asking(server.place, CLIENTS) as load:
                time.sleep(2)
                victim = busiest_first(server)[0]
                lost = held_by(victim)
                os.kill(victim, signal.SIGKILL)
                time.sleep(4)
                server.process.send_signal(signal.SIGHUP)
                renewed = seconds_until(lambda: not set(server.worker_ids()) & set(calm), 30)
                time.sleep(2)
                stable = server.worker_ids()
                time.sleep(2)
            steady = server.worker_ids() == stable and len(stable) == 2
            metrics = server.get("/metrics").status_code
    return Verdict(
        not quiet.failures() and steady and renewed < 30 and len(load.failures()) <= len(lost) and scraped == 200,
        f"{len(quiet.failures())} of {len(quiet.answers)} requests failed{_told(quiet)}; when a worker was killed, "
        f"which had {len(lost)} connections, and all were renewed, {len(load.failures())} of {len(load.answers)}"
        f"{_told(load)}; no worker died of it: {'yes' if steady else 'no'}; /metrics answered {scraped}, and {metrics} "
        "after that",
    )


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of 2 MiB in memory. Raises NotPossible."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "digits-drill", folder]
        _run(mount, "a file system cannot be mounted")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=False)


def fill(disk: Path) -> None:
    """Leave no room."""
    for size in (4096, 1):
        with suppress(OSError), (disk / f"filling-{size}").open("wb", buffering=0) as file:
            while file.write(b"x" * size):
                pass


def _run(command: list[str], otherwise: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise NotPossible(f"{otherwise} ({str(said).strip()})") from None


def offline() -> Verdict:
    """A server starts, and is asked everything, in a network of its own that has nothing but itself."""
    _run(["unshare", "--net", "true"], "a network of one's own cannot be had")
    inside = subprocess.run(
        ["unshare", "--net", sys.executable, "-m", "drills.offline"],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    if inside.returncode:
        return Verdict(False, f"it ended with {inside.returncode}: {(inside.stdout + inside.stderr)[-500:]}")
    return Verdict(**json.loads(inside.stdout))


CLOCK = Path(__file__).with_name("clock.c")


def clock_jumps() -> Verdict:
    """The wall clock jumps 5 hours ahead, 10 back and home again under 4 clients and a rate limit."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if sys.platform != "linux" or compiler is None:
        raise NotPossible("the library that moves the clock needs Linux and a C compiler")
    with tempfile.TemporaryDirectory() as folder:
        clock, library = Path(folder, "clock"), Path(folder, "clock.so")
        clock.write_text("0")
        _run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(CLOCK), "-ldl"], "it cannot be compiled")
        moved = {"LD_PRELOAD": str(library), "DRILL_CLOCK": str(clock), "DIGITS_RATE_LIMIT": "1000000 per hour"}
        with serving(WEB_CONCURRENCY="2", DIGITS_LOG="json", **moved) as server:
            workers = server.worker_ids()
            with asking(server.place, 4) as load:
                for hours in (5, -5, 0):
                    time.sleep(3)
                    clock.write_text(str(3600 * hours))
                time.sleep(3)
            same = server.worker_ids() == workers
            told = re.findall(r'^{"time": "(.{13})', server.printed(), re.MULTILINE)
    return Verdict(
        not load.failures() and same and len(set(told)) >= 3,
        f"{len(load.failures())} of {len(load.answers)} requests failed{_told(load)}, slowest "
        f"{1000 * max(load.seconds(), default=0):.0f} ms; {'no worker was' if same else 'workers were'} replaced; the "
        f"log has lines of {len(set(told))} different hours",
    )


# --- clients ----------------------------------------------------------------------------------------------------------


def storm() -> Verdict:
    """Ten times as many clients as it has places for ask one worker without pause; another asks after its health."""
    with serving() as server:
        calm = percentile(asked_for(server.place, 4).seconds(), 99)
        healthy = []
        with asking(server.place, 10 * (Config().at_once + Config().waiting)) as load:
            until = time.monotonic() + 10
            while time.monotonic() < until:
                began = time.monotonic()
                healthy.append((server.ready(), time.monotonic() - began))
                time.sleep(0.2)
        after = asked_for(server.place, 2)
    first = after.answers[0].seconds
    accepted, turned_away = load.seconds(), load.seconds(503)
    p99 = percentile(accepted, 99)
    green = all(ready for ready, _ in healthy)
    return Verdict(
        not load.failures() and green and p99 <= 3 * calm and first <= 3 * calm,
        f"{len(accepted)} accepted with a p99 of {1000 * p99:.0f} ms ({p99 / calm:.1f} times the {1000 * calm:.1f} ms "
        f"of one client alone); {len(turned_away)} times 503 with Retry-After, p99 "
        f"{1000 * percentile(turned_away, 99):.0f} ms; {len(load.failures())} failures{_told(load)}; ready "
        f"{'always' if green else 'not always'}, slowest in {max(took for _, took in healthy):.2f} s; first request "
        f"after it {1000 * first:.1f} ms",
    )


ARRIVAL = 3.0  # seconds that a request may take to arrive in the drill
NOTICED = 3.0  # until whoever is late is seen, and has closed the connection or had time to


def slow_clients() -> Verdict:
    """Each time 100 clients send a byte a second, stop half-way, or leave."""
    seen, fine = [], True
    with serving(DIGITS_ARRIVAL=f"{ARRIVAL:g}") as server:
        calm = percentile(asked_for(server.place, 4).seconds(), 99)
        for manner in clients.MANNERS:
            with clients.dawdling(server.place, manner, 100) as lasted:
                time.sleep(1)
                load = asked_for(server.place, 8)
            p99 = percentile(load.seconds(), 99)
            longest = max(lasted, default=0.0)
            fine &= not load.failures() and p99 <= 3 * calm and longest <= ARRIVAL + NOTICED
            seen.append(
                f"{manner.__name__.replace('_', ' ')}: p99 {1000 * p99:.0f} ms"
                f"{_told(load)}, {f'cut off after {longest:.1f} s at most' if longest else 'none cut off meanwhile'}"
            )
        after = percentile(asked_for(server.place, 2).seconds(), 99)
    return Verdict(
        fine and after <= 3 * calm,
        f"an honest client alone has a p99 of {1000 * calm:.0f} ms; with {'; '.join(seen)}; after all of them "
        f"{1000 * after:.0f} ms",
    )


def never_read() -> Verdict:
    """As many clients as a worker has threads ask for 16 megabytes each and never read; another asks for readings."""
    with serving(DIGITS_ARRIVAL=f"{ARRIVAL:g}") as server:
        calm = percentile(asked_for(server.place, 4).seconds(), 99)
        with clients.never_reading(server.place, Config().threads) as connections:
            time.sleep(1)
            load = asked_for(server.place, TAKEN + NOTICED)
            after = percentile(asked_for(server.place, 4).seconds(), 99)
            left = clients.answers_left(connections[0])
    longest = max(load.seconds(), default=float("inf"))
    return Verdict(
        not load.failures() and longest <= TAKEN + NOTICED and after <= 3 * calm and left < clients.TIMES,
        f"{left} of the {clients.TIMES} megabytes were kept for each who did not read, and then it was cut off; "
        f"the other one was answered after {longest:.1f} s at most{_told(load)}, and later with a p99 of "
        f"{1000 * after:.0f} ms, where it has {1000 * calm:.0f} ms alone",
    )
