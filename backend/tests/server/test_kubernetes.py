"""What a cluster relies on: objects by Kubernetes' own schemas, and what no schema knows: that they fit together."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import requests
import yaml
from flask.testing import FlaskClient

from benchmarks import report
from digits.errors import SettingError
from digits.settings import BACKEND, Settings
from tests.server.proxy import FRONTEND, fronting, wait_for
from tests.server.test_deploy import SERVICES, Echo

FOLDER = BACKEND / "deploy" / "kubernetes"
OLDEST = "1.30"  # the first where a preStop may just sleep
CUSTOMIZED = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
OBJECTS: list[dict[str, Any]] = [
    each for name in CUSTOMIZED["resources"] for each in yaml.safe_load_all((FOLDER / name).read_text("utf-8"))
]
NAMED = [f"{each['kind']}-{each['metadata']['name']}" for each in OBJECTS]
WORKLOADS = ("api", "page")
GRACE = {  # seconds that a server gives what it has begun
    "api": re.search(r"^graceful_timeout = (\d+)", (BACKEND / "gunicorn.conf.py").read_text("utf-8"), re.MULTILINE),
    "page": re.search(r"^worker_shutdown_timeout (\d+)s", (FRONTEND / "nginx.conf").read_text("utf-8"), re.MULTILINE),
}
STALE = 5 + 30  # seconds that nginx (its `valid`) and the cluster's DNS (CoreDNS' default) keep an address that is gone


def found(kind: str, name: str) -> dict[str, Any]:
    """The one object of this kind and name."""
    (one,) = (each for each in OBJECTS if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return one


def pod(name: str) -> dict[str, Any]:
    """What the pods of a workload are."""
    return dict(found("Deployment", name)["spec"]["template"]["spec"])


def container(name: str) -> dict[str, Any]:
    """The only container of these pods."""
    (one,) = pod(name)["containers"]
    return dict(one)


def labels(name: str) -> dict[str, str]:
    """That the pods of a workload have."""
    return dict(found("Deployment", name)["spec"]["template"]["metadata"]["labels"])


def environment(name: str) -> dict[str, str]:
    """The variables of a container, as Kubernetes puts them together from those above them."""
    known: dict[str, str] = {}
    for each in container(name)["env"]:
        if "valueFrom" in each:
            assert each["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.namespace"}}
            known[each["name"]] = CUSTOMIZED["namespace"]
        else:
            known[each["name"]] = re.sub(r"\$\((\w+)\)", lambda name: known[name[1]], each["value"])
    return known


def mebibytes(quantity: str) -> float:
    """Of Kubernetes' notation or Compose's."""
    number, unit = re.fullmatch(r"([\d.]+)([MmGg])i?", quantity).groups()  # type: ignore[union-attr]
    return float(number) * {"m": 1, "g": 1024}[unit.lower()]


# --- each by itself ---


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
@pytest.mark.parametrize("one", OBJECTS, ids=NAMED)
def test_every_object_matches_the_public_schema(one: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(one, version, strict=True)


def test_everything_in_the_folder_is_applied_once() -> None:
    assert set(CUSTOMIZED) == {"apiVersion", "kind", "namespace", "resources", "labels", "images"}
    assert sorted([*CUSTOMIZED["resources"], "kustomization.yaml"]) == sorted(file.name for file in FOLDER.iterdir())
    assert len(set(NAMED)) == len(NAMED)
    assert found("Namespace", CUSTOMIZED["namespace"])


def test_workloads_run_the_containers_of_compose() -> None:
    assert {each["metadata"]["name"] for each in OBJECTS if each["kind"] == "Deployment"} == set(WORKLOADS)
    assert set(SERVICES) == set(WORKLOADS)
    tags = {image["name"]: image["newTag"] for image in CUSTOMIZED["images"]}
    for name in WORKLOADS:
        assert container(name)["image"] == SERVICES[name]["image"]
        image, tag = SERVICES[name]["image"].split(":")
        assert tags[image] == tag


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_pod_is_restricted(name: str) -> None:
    told = pod(name)
    assert told["securityContext"]["runAsNonRoot"]
    assert told["securityContext"]["runAsUser"] > 0
    assert told["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not told["automountServiceAccountToken"]
    assert not found("ServiceAccount", told["serviceAccountName"])["automountServiceAccountToken"]


def test_the_api_runs_as_the_user_of_its_image() -> None:
    (user,) = re.findall(r"^USER (\d+)$", (BACKEND / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert pod("api")["securityContext"]["runAsUser"] == int(user)


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_writes_only_to_memory_and_where_compose_allows(name: str) -> None:
    written = [
        f"{mount['mountPath']}:size={mebibytes(volume['emptyDir']['sizeLimit']):g}m"
        for volume in pod(name)["volumes"]
        for mount in container(name)["volumeMounts"]
        if mount["name"] == volume["name"] and volume["emptyDir"]["medium"] == "Memory"
    ]
    assert written == [folder.removesuffix(",mode=1777") for folder in SERVICES[name]["tmpfs"]]


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_limits_are_those_of_compose(name: str) -> None:
    ours, theirs = container(name)["resources"], SERVICES[name]["deploy"]["resources"]["limits"]
    defaults = {key: re.sub(r"^\$\{\w+:-(.+)\}$", r"\1", theirs[key]) for key in ("cpus", "memory")}
    assert float(ours["limits"]["cpu"]) == float(defaults["cpus"])
    assert mebibytes(ours["limits"]["memory"]) == mebibytes(defaults["memory"])
    assert mebibytes(ours["requests"]["memory"]) <= mebibytes(ours["limits"]["memory"])


def test_each_worker_has_a_core() -> None:
    assert container("api")["resources"]["requests"]["cpu"] == environment("api")["WEB_CONCURRENCY"]


def test_the_requested_memory_is_at_least_what_the_benchmark_measured() -> None:
    measured = json.loads((BACKEND / "docs" / "bench" / "results.json").read_text("utf-8"))["throughput"]["memory_mib"]
    assert mebibytes(container("api")["resources"]["requests"]["memory"]) >= measured


def test_the_autoscaler_adds_pods_at_the_load_of_the_capacity_plan() -> None:
    (metric,) = found("HorizontalPodAutoscaler", "api")["spec"]["metrics"]
    assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 100 * report.BUSY}


# --- names, ports, selectors ---


@pytest.mark.parametrize("name", WORKLOADS)
def test_selectors_match_the_pods_of_their_workload_only(name: str) -> None:
    assert labels(name) != labels(WORKLOADS[1 - WORKLOADS.index(name)])
    assert found("Deployment", name)["spec"]["selector"]["matchLabels"] == labels(name)
    assert found("Service", name)["spec"]["selector"] == labels(name)
    assert found("PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"] == labels(name)
    assert found("NetworkPolicy", name)["spec"]["podSelector"]["matchLabels"] == labels(name)
    for spread in pod(name)["topologySpreadConstraints"]:
        assert spread["labelSelector"]["matchLabels"] == labels(name)


@pytest.mark.parametrize("name", WORKLOADS)
def test_ports_are_referenced_by_the_names_of_the_container(name: str) -> None:
    (port,) = container(name)["ports"]
    exposed = re.search(r"^EXPOSE (\d+)$", (BACKEND.parent / folder(name) / "Dockerfile").read_text(), re.MULTILINE)
    assert exposed
    assert port["containerPort"] == int(exposed[1])
    (service,) = found("Service", name)["spec"]["ports"]
    asked = [container(name)[probe]["httpGet"]["port"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
    allowed = [each["port"] for rule in found("NetworkPolicy", name)["spec"]["ingress"] for each in rule["ports"]]
    assert {service["targetPort"], *asked, *allowed} == {port["name"]}


def folder(name: str) -> str:
    return {"api": "backend", "page": "frontend"}[name]


def test_the_ingress_routes_to_the_page_only() -> None:
    spec = found("Ingress", "page")["spec"]
    (rule,) = spec["rules"]
    (path,) = rule["http"]["paths"]
    assert spec["tls"][0]["hosts"] == [rule["host"]]
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    target = path["backend"]["service"]
    (port,) = found("Service", target["name"])["spec"]["ports"]
    assert (target["name"], target["port"]["name"]) == ("page", port["name"])


def test_the_ingress_accepts_bodies_as_large_as_nginx_does() -> None:
    most = re.search(r"client_max_body_size (\w+);", (FRONTEND / "nginx.conf").read_text("utf-8"))
    assert most
    assert set(found("Ingress", "page")["metadata"]["annotations"].values()) == {most[1]}


def test_nginx_resolves_each_pod_of_the_api_by_its_full_name() -> None:
    service = found("Service", "api")
    assert service["spec"]["clusterIP"] == "None"
    (port,) = service["spec"]["ports"]
    full = f"{service['metadata']['name']}.{CUSTOMIZED['namespace']}.svc.cluster.local:{port['port']}"
    assert environment("page")["API"] == full
    # Nobody translates the port of a headless Service.
    assert port["port"] == container("api")["ports"][0]["containerPort"]


# --- probes, ends and numbers ---


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_probes_of_the_api_use_documented_operations(probe: str, client: FlaskClient) -> None:
    described = client.get("/api/v1/swagger.json").get_json()
    path = container("api")[probe]["httpGet"]["path"].removeprefix(described["basePath"])
    assert "get" in described["paths"][path]
    assert client.get(container("api")[probe]["httpGet"]["path"]).status_code == 200
    assert path == ("/health/live" if probe == "livenessProbe" else "/health/ready")


@pytest.mark.parametrize("name", WORKLOADS)
def test_gunicorn_replaces_a_hanging_worker_before_the_pod_restarts(name: str) -> None:
    probe = container(name)["livenessProbe"]
    own = re.search(r"^timeout = (\d+)", (BACKEND / "gunicorn.conf.py").read_text("utf-8"), re.MULTILINE)
    assert own
    assert probe["periodSeconds"] * probe["failureThreshold"] > int(own[1])
    start = container(name)["startupProbe"]
    assert start["periodSeconds"] * start["failureThreshold"] >= 30


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_terminating_pod_finishes_its_requests(name: str) -> None:
    sleep, grace = container(name)["lifecycle"]["preStop"]["sleep"]["seconds"], GRACE[name]
    assert grace
    assert sleep + int(grace[1]) < pod(name)["terminationGracePeriodSeconds"]
    assert sleep >= {"api": STALE, "page": 5}[name]
    (valid,) = re.findall(r"valid=(\d+)s", (FRONTEND / "upstream.conf.template").read_text("utf-8"))
    assert int(valid) <= 5


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_rollout_starts_new_pods_before_it_stops_old_ones(name: str) -> None:
    spec = found("Deployment", name)["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert found("PodDisruptionBudget", name)["spec"]["maxUnavailable"] == 1


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_autoscaler_controls_the_number_of_replicas(name: str) -> None:
    scaler = found("HorizontalPodAutoscaler", name)["spec"]
    target = scaler["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", name)
    assert target["apiVersion"] == found("Deployment", name)["apiVersion"]
    assert "replicas" not in found("Deployment", name)["spec"]
    assert 2 <= scaler["minReplicas"] < scaler["maxReplicas"]
    for metric in scaler["metrics"]:
        assert metric["resource"]["name"] in container(name)["resources"]["requests"]


# --- settings ---


def test_the_settings_of_the_api_are_valid_and_match_compose() -> None:
    ours = environment("api")
    config = Settings.from_environment(ours)
    assert config.proxies == SERVICES["api"]["environment"]["DIGITS_PROXIES"]
    assert set(ours) <= set(SERVICES["api"]["environment"])


def test_service_links_do_not_become_unknown_settings() -> None:
    with pytest.raises(SettingError):  # what a pod is given where a service called digits-page is in its namespace
        Settings.from_environment({"DIGITS_PAGE_SERVICE_HOST": "10.96.0.7"})
    assert not any(pod(name)["enableServiceLinks"] for name in WORKLOADS)


def test_the_variables_of_the_page_are_those_of_its_template() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", (FRONTEND / "upstream.conf.template").read_text("utf-8")))
    assert set(environment("page")) - {"NAMESPACE"} == used - {"NGINX_LOCAL_RESOLVERS"}


# --- who reaches whom ---


def allows(rule: dict[str, Any], side: str, wanted: dict[str, str]) -> bool:
    """Whether a rule lets pods of this namespace with these labels through."""
    return any(
        "namespaceSelector" not in one and one["podSelector"]["matchLabels"].items() <= wanted.items()
        for one in rule[side]
        if "podSelector" in one
    )


def test_network_policies_deny_by_default() -> None:
    assert found("NetworkPolicy", "nothing")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name in WORKLOADS:
        assert found("NetworkPolicy", name)["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_only_the_page_and_prometheus_reach_the_api() -> None:
    spec = found("NetworkPolicy", "api")["spec"]
    assert spec["egress"] == []
    (rule,) = spec["ingress"]
    assert allows(rule, "from", labels("page"))
    assert not allows(rule, "from", {})
    others = [one["namespaceSelector"]["matchLabels"] for one in rule["from"] if "namespaceSelector" in one]
    assert others == [{"kubernetes.io/metadata.name": "monitoring"}]


def test_the_page_reaches_only_the_api_and_dns() -> None:
    to_api, to_names = found("NetworkPolicy", "page")["spec"]["egress"]
    assert allows(to_api, "to", labels("api"))
    assert [port["port"] for port in to_api["ports"]] == [container("api")["ports"][0]["name"]]
    assert {(port["protocol"], port["port"]) for port in to_names["ports"]} == {("UDP", 53), ("TCP", 53)}
    assert len(to_api["to"]) == 1


# --- a real nginx with these variables ---


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of an API that answers with the header fields that it was sent."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as api:
        threading.Thread(target=api.serve_forever).start()
        yield api.server_port
        api.shutdown()


def test_nginx_in_a_pod_finds_the_api_and_trusts_pods_only(tmp_path: Path, echo: int) -> None:
    variables = environment("page")
    name, trusted = variables["API"].partition(":")[0], variables["TRUSTED_PROXY"]
    with fronting(tmp_path, ["127.0.0.1"], echo, trusted=trusted, name=name) as address:
        assert wait_for(lambda: requests.get(f"{address}/api/v1/model", timeout=5).ok)
        asked = {"X-Forwarded-For": "192.0.2.7"}
        seen = requests.get(f"{address}/api/v1/model", headers=asked, timeout=5).json()
        assert seen["x-forwarded-for"] == "127.0.0.1"  # which is no pod's address
        assert requests.get(f"{address}{container('page')['readinessProbe']['httpGet']['path']}", timeout=5).ok
