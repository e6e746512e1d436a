"""What a server tells of itself, with any number of workers; alerts, dashboard and runbook speak of just that."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import promql_parser as promql
import psutil
import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from digits.settings import BACKEND
from running import serving
from tests.calls import SEVEN
from tests.samples import encode
from tests.server.proxy import wait_for
from tests.server.test_kubernetes import CUSTOMIZED, container, found, labels

DEPLOY = BACKEND / "deploy"
PROMETHEUS = DEPLOY / "prometheus"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDED = {rule["record"]: rule["expr"] for rule in RULES if "record" in rule}
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "digits.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
RUNBOOK = BACKEND / "docs" / "operation.md"

#: Of every series, by Prometheus itself; `pod` is put there by scrape.yml.
BY_PROMETHEUS = {"job", "instance", "pod"}

EXPRESSIONS = {f"alerts.yml: {rule.get('alert') or rule['record']}": rule["expr"] for rule in RULES} | {
    f"digits.json: {panel['title']} {target['refId']}": target["expr"]
    for panel in PANELS
    for target in panel["targets"]
}


# --- right across workers ---

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(address: str) -> Samples:
    """What /metrics tells: (name, labels) -> value."""
    families = text_string_to_metric_families(requests.get(f"{address}/metrics", timeout=20).text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def total(told: Samples, name: str, **wanted: str) -> float:
    """The sum of all samples of a name that have these labels."""
    return sum(value for (each, known), value in told.items() if each == name and wanted.items() <= dict(known).items())


def ask(address: str, times: int = 1, picture: bytes = SEVEN) -> int:
    """The status of the last of so many questions, each on a connection of its own."""
    headers = {"Content-Type": "application/octet-stream"}
    for _ in range(times):
        answer = requests.post(f"{address}/api/v1/digits", data=picture, headers=headers, timeout=60)
    return answer.status_code


def half_sent(address: str) -> socket.socket:
    """A connection whose large picture does not come to its end: a thread waits for the rest."""
    place = urlsplit(address)
    connection = socket.create_connection((place.hostname, place.port or 80), timeout=20)
    head = "POST /api/v1/digits HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\nContent-Length: 9000000\r\n\r\n"
    connection.sendall(head.encode() + bytes(2**20))
    return connection


def test_metrics_cover_all_workers_and_survive_a_killed_one() -> None:
    with serving(WEB_CONCURRENCY="2") as (address, process, _):
        assert ask(address, 20) == 200
        for _ in range(10):
            told = samples(address)
            assert total(told, "digits_readings_total", status="accepted", digit="7") == 20
            assert total(told, "digits_requests_total", operation="POST /api/v1/digits", status="200") == 20
            assert total(told, "digits_stage_seconds_count", stage="model") == 20
            assert total(told, "digits_in_flight") == 1  # this request

        stuck = [half_sent(address) for _ in range(6)]
        assert wait_for(lambda: total(samples(address), "digits_in_flight") == 7)
        for worker in psutil.Process(process.pid).children():
            os.kill(worker.pid, signal.SIGKILL)
        assert wait_for(lambda: ready(address), 60)
        for connection in stuck:
            connection.close()
        assert ask(address, 5) == 200
        told = samples(address)
        assert total(told, "digits_in_flight") == 1
        assert total(told, "digits_readings_total") == 25


def ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/api/v1/health/ready", timeout=5).ok
    except requests.RequestException:
        return False


def test_a_reload_replaces_the_workers_and_keeps_the_counts() -> None:
    with serving(WEB_CONCURRENCY="1") as (address, process, _):
        assert ask(address, 3) == 200
        master = psutil.Process(process.pid)
        before = {worker.pid for worker in master.children()}
        process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: master.children() and not before & {worker.pid for worker in master.children()}, 60)
        assert wait_for(lambda: ready(address), 60)
        assert ask(address, 3) == 200
        assert total(samples(address), "digits_readings_total") == 6


# --- what there is to ask for ---


@pytest.fixture(scope="module")
def told() -> Iterator[Samples]:
    """What a server tells that was asked a little of everything."""
    with serving() as (address, _, _):
        assert ask(address) == 200
        assert ask(address, picture=encode(np.full((50, 50), 255, np.uint8))) == 200
        assert ask(address, picture=b"junk") == 422
        files = [("images", ("seven.png", SEVEN)), ("images", ("junk.png", b"junk"))]
        assert requests.post(f"{address}/api/v1/digits/batch", files=files, timeout=60).ok
        assert requests.get(f"{address}/api/v1/health/ready", timeout=60).ok
        samples(address)
        yield samples(address)


@pytest.fixture(scope="module")
def known(told: Samples) -> dict[str, dict[str, set[str]]]:
    """Each name -> its labels -> the values that they have."""
    found: dict[str, dict[str, set[str]]] = {"up": {}}
    for name, pairs in told:
        for label, value in pairs:
            found.setdefault(name, {}).setdefault(label, set()).add(value)
        found.setdefault(name, {})
    stages = found["digits_stage_seconds_count"]["stage"]
    return found | {name: {label: stages if label == "stage" else set() for label in level(name)} for name in RECORDED}


def level(record: str) -> set[str]:
    """The labels that are left in what is recorded under a name, `level:metric:operations`."""
    return set(record.partition(":")[0].split("_"))


def parsed(expression: str) -> promql.Expr:
    """With what Grafana puts in for its variables."""
    return promql.parse(expression.replace("$__rate_interval", "1m").replace("$instance", ".*"))


def parts(expression: promql.Expr) -> list[Any]:
    """Every node of an expression."""
    nodes: list[Any] = []
    promql.walk(expression, lambda node: nodes.append(node))
    return nodes


def selectors(expression: promql.Expr) -> list[promql.VectorSelector]:
    return [node for node in parts(expression) if isinstance(node, promql.VectorSelector)]


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions_use_existing_metrics_and_labels(expression: str, known: dict[str, dict[str, set[str]]]) -> None:
    asked = selectors(parsed(expression))
    assert asked
    for selector in asked:
        assert selector.name in known, selector.name
        values = known[selector.name]
        for matcher in selector.matchers.matchers:
            assert matcher.name in set(values) | BY_PROMETHEUS, f"{selector.name} has no label {matcher.name}"
            if matcher.name in ("operation", "stage", "digit", "reason", "problem") and matcher.value:
                assert any(re.fullmatch(matcher.value, value) for value in values[matcher.name]), matcher.value


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions_aggregate_by_existing_labels(expression: str, known: dict[str, dict[str, set[str]]]) -> None:
    for node in parts(parsed(expression)):
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            has = {label for one in selectors(node.expr) for label in known[one.name or ""]}
            assert set(node.modifier.labels) <= has | BY_PROMETHEUS


def test_queried_statuses_are_in_the_contract(client: Any) -> None:
    described = client.get("/api/v1/swagger.json").get_json()
    answers = {code for path in described["paths"].values() for verb in path.values() for code in verb["responses"]}
    readings = set(described["definitions"]["Reading"]["properties"]["status"]["enum"])
    for expression in EXPRESSIONS.values():
        for selector in selectors(parsed(expression)):
            for matcher in selector.matchers.matchers:
                if matcher.name == "status":
                    known = readings if selector.name == "digits_readings_total" else answers
                    assert any(re.fullmatch(matcher.value, one) for one in known), matcher.value


def test_recording_rules_are_named_by_their_labels_and_used() -> None:
    used = {one.name for expression in EXPRESSIONS.values() for one in selectors(parsed(expression))}
    for name, expression in RECORDED.items():
        levels = [set(node.modifier.labels) - {"le"} for node in parts(parsed(expression)) if aggregates(node)]
        assert levels or selectors(parsed(expression))
        assert all(each == level(name) for each in levels), name
        assert name in used, name


def aggregates(node: object) -> bool:
    return isinstance(node, promql.AggregateExpr)


# --- the dashboard ---


def test_panels_have_unique_ids_and_positions() -> None:
    assert len({panel["id"] for panel in PANELS}) == len({panel["title"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations([panel["gridPos"] for panel in PANELS], 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in PANELS)


@pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])
def test_panels_use_the_chosen_source_and_existing_labels(panel: dict[str, Any]) -> None:
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    for place in (panel, *panel["targets"]):
        assert place["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    for target in panel["targets"]:
        assert set(re.findall(r"\$(\w+)", target["expr"])) <= variables | {"__rate_interval"}
        left = {label for node in parts(parsed(target["expr"])) if aggregates(node) for label in by(node)}
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= (left or BY_PROMETHEUS)


def by(node: Any) -> list[str]:
    return list(node.modifier.labels) if node.modifier else []


def test_panels_refer_to_existing_alerts() -> None:
    named = {one for panel in PANELS for one in re.findall(r"Digits[A-Z]\w+", panel.get("description", ""))}
    assert named
    assert named <= {alert["alert"] for alert in ALERTS}


# --- alerts and what to do ---


@pytest.mark.parametrize("alert", ALERTS, ids=[alert["alert"] for alert in ALERTS])
def test_alerts_have_a_severity_and_a_runbook(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert alert["annotations"]["summary"].endswith(".")
    file, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert BACKEND.parent / file == RUNBOOK
    assert anchor == alert["alert"].lower()


def test_every_alert_has_a_runbook_section_and_vice_versa() -> None:
    text = RUNBOOK.read_text("utf-8")
    sections = re.findall(r"^### (Digits\w+)$", text, re.MULTILINE)
    assert sorted(sections) == sorted(alert["alert"] for alert in ALERTS)
    for name in sections:
        section = text.partition(f"### {name}\n")[2].partition("\n#")[0]
        assert len(section.split()) > 30, f"{name}: what it means, what to look at, what to do"


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", RUNBOOK.read_text("utf-8")))
def test_links_of_the_runbook_point_to_existing_files(path: str) -> None:
    assert (RUNBOOK.parent / path).exists()


# --- how Prometheus finds the servers ---


def test_prometheus_scrapes_the_pods_under_the_job_of_the_rules() -> None:
    config = yaml.safe_load((PROMETHEUS / "scrape.yml").read_text("utf-8"))
    assert [(PROMETHEUS / file).exists() for file in config["rule_files"]] == [True]
    (job,) = config["scrape_configs"]
    (places,) = job["kubernetes_sd_configs"]
    assert places == {"role": "pod", "namespaces": {"names": [CUSTOMIZED["namespace"]]}}
    keep = job["relabel_configs"][0]
    name, port = keep["regex"].split(";")
    assert keep["action"] == "keep"
    assert labels("api")["app.kubernetes.io/name"] == name
    assert container("api")["ports"][0]["name"] == port
    assert f'job="{job["job_name"]}"' in "".join(EXPRESSIONS.values())
    spec = found("NetworkPolicy", "api")["spec"]["ingress"][0]
    assert any("namespaceSelector" in one for one in spec["from"])


def test_rates_cover_several_scrapes() -> None:
    config = yaml.safe_load((PROMETHEUS / "scrape.yml").read_text("utf-8"))
    interval = int(config["global"]["scrape_interval"].removesuffix("s"))
    spans = re.findall(r"\[(\d+)m\]", "".join(rule["expr"] for rule in RULES))
    assert all(60 * int(minutes) >= 4 * interval for minutes in spans)


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool, which comes with Prometheus, is not installed here.")
@pytest.mark.parametrize("arguments", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts.test.yml")])
def test_promtool_accepts_the_rules_and_their_tests(arguments: tuple[str, ...]) -> None:
    assert PROMTOOL
    done = subprocess.run([PROMTOOL, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested_both_firing_and_silent() -> None:
    days = yaml.safe_load((PROMETHEUS / "alerts.test.yml").read_text("utf-8"))["tests"]
    tried = [one for day in days for one in day["alert_rule_test"]]
    every = {alert["alert"] for alert in ALERTS}
    assert {one["alertname"] for one in tried if one.get("exp_alerts")} == every
    assert {one["alertname"] for one in tried if not one.get("exp_alerts")} == every
