"""The plan for capacity follows from the figures at its top, and from what the other files really set."""

from __future__ import annotations

import math
import re

import pytest

from digits.settings import BACKEND
from tests.server.proxy import FRONTEND
from tests.server.test_deploy import SERVICES
from tests.server.test_kubernetes import container, environment, found, mebibytes

PAGE = (BACKEND / "docs" / "capacity.md").read_text("utf-8")
MEASURED = {
    name: float(value.replace(",", ""))
    for name, value in re.findall(r"^\| (\w+) \| ([\d.,]+) \| \S", PAGE, re.MULTILINE)
}
WORKERS = int(environment("api")["WEB_CONCURRENCY"])
(BUSY,) = (
    metric["resource"]["target"]["averageUtilization"]
    for metric in found("HorizontalPodAutoscaler", "api")["spec"]["metrics"]
)
BATCH = 64  # pictures


def needed(pictures: int, way: str) -> str:
    """The row of so many pictures a second, singly or in batches, with cores busy to BUSY %."""
    cores = math.ceil(pictures / MEASURED[way] * 100 / BUSY)
    servers = math.ceil(cores / WORKERS)
    memory = servers * MEASURED["memory"] / 1024
    requests = pictures / (1 if way == "single" else BATCH)
    nginx = math.ceil(requests * MEASURED["nginx"] / 1000 * 100 / BUSY)
    into, out = (pictures * MEASURED[name] * 8 / 1e6 for name in ("asked", "told"))
    cells = f"{pictures:,}", way, f"{cores:,}", f"{servers:,}", f"{memory:,.0f} GiB", str(nginx), rate(into), rate(out)
    return f"| {' | '.join(cells)} |"


def rate(gigabits: float) -> str:
    """Two figures of it."""
    return f"{float(f'{gigabits:.2g}'):g} Gbit/s" if gigabits >= 1 else f"{float(f'{1000 * gigabits:.2g}'):g} Mbit/s"


@pytest.mark.parametrize("way", ["single", "batch"])
@pytest.mark.parametrize("pictures", [1_000, 100_000])
def test_what_is_needed_follows_from_what_was_measured(pictures: int, way: str) -> None:
    assert needed(pictures, way) in PAGE


def test_the_figures_in_the_text_are_those_of_the_table() -> None:
    assert f"the {MEASURED['worker']:g} MiB of the table" in PAGE
    assert f"at {MEASURED['replicas']:,.0f} the upstream's" in PAGE
    assert f"Cores busy to {BUSY} %" in PAGE


def test_the_limits_in_the_text_are_those_that_are_set() -> None:
    nginx = (FRONTEND / "nginx.conf").read_text("utf-8")
    for told, there in (
        ("One client's 128 requests", "limit_conn clients 128;"),
        ("up to 65 MiB", "client_max_body_size 65m;"),
        ("1,024 for each of its two workers", "worker_connections 1024;"),
    ):
        assert told in PAGE
        assert there in nginx
    assert f"stops at {found('HorizontalPodAutoscaler', 'api')['spec']['maxReplicas']} servers" in PAGE
    assert f"autoscaler stops at {found('HorizontalPodAutoscaler', 'page')['spec']['maxReplicas']}." in PAGE
    assert f"the page's {mebibytes(SERVICES['page']['deploy']['resources']['limits']['memory']) / 1024:g} GiB" in PAGE
    assert mebibytes(container("api")["resources"]["requests"]["memory"]) >= MEASURED["memory"]
