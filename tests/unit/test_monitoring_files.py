"""The dashboard and the alerts name metrics that exist, by labels they have, and load."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kasparro.api.exposition import catalogue

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana" / "kasparro.json").read_text())
RULES = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
GUIDE = (ROOT / "docs" / "monitoring.md").read_text()

LABELS = {
    name + suffix: {*labels, *({"le"} if suffix == "_bucket" else ())}
    for name, kind, labels, _ in catalogue()
    for suffix in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))
}
COUNTERS = {name for name, kind, *_ in catalogue() if kind == "counter"}
ANYWHERE = {"job", "instance"}


def expressions() -> Iterator[Any]:
    for alert in ALERTS:
        yield pytest.param(alert["expr"], id=alert["alert"])
    for panel in PANELS:
        for number, target in enumerate(panel["targets"], 1):
            yield pytest.param(target["expr"], id=f"{panel['title']} {number}")
    for note in DASHBOARD["annotations"]["list"]:
        yield pytest.param(note["expr"], id=note["name"])
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield pytest.param(variable["query"], id=variable["name"])


each_expression = pytest.mark.parametrize("expression", list(expressions()))


def selected(expression: str) -> list[tuple[str, set[str]]]:
    """The metrics of an expression, each with the labels it is selected by."""
    found = re.findall(r"\b(kasparro_\w+)(?:\{(.*?)\})?", expression)
    return [(name, set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", inside))) for name, inside in found]


@each_expression
def test_an_expression_asks_for_metrics_and_labels_that_there_are(expression: str) -> None:
    chosen = selected(expression)
    assert chosen or 'up{job="kasparro"}' in expression
    for name, labels in chosen:
        assert name in LABELS, f"there is no {name}"
        assert labels <= LABELS[name] | ANYWHERE, f"{name} is not told apart by {labels}"
    known = set().union(*(LABELS[name] for name, _ in chosen)) | ANYWHERE
    for grouped in re.findall(r"\b(?:by|on|group_left|without)\s*\(([^)]*)\)", expression):
        assert {label.strip() for label in grouped.split(",") if label.strip()} <= known


@each_expression
def test_a_counter_is_looked_at_by_its_rise(expression: str) -> None:
    for name in COUNTERS & {name for name, _ in selected(expression)}:
        assert re.search(rf"\b(rate|increase)\({name}\b", expression), name


@each_expression
def test_what_all_api_processes_tell_alike_is_not_added_up(expression: str) -> None:
    """Every metric but the times of requests: `max` or `min` merges the instances first."""
    for name, _ in selected(expression):
        if not name.startswith("kasparro_etl_api_") and "label_values" not in expression:
            inner = (
                rf"(max|min)( by| without)?[^()]*(\([\w, ]*\))? ?\((rate|increase|delta)?\(?{name}"
            )
            alone = name == "kasparro_etl_database_up" and expression.startswith(name)
            assert alone or re.search(inner, expression), f"{name} in {expression}"


@pytest.mark.parametrize("alert", ALERTS, ids=[alert["alert"] for alert in ALERTS])
def test_an_alert_says_what_it_means_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"warning", "critical"}
    assert re.fullmatch(r"\d+[mh]", alert["for"])
    notes = alert["annotations"]
    assert notes.keys() == {"summary", "description", "runbook"}
    assert notes["description"].endswith(".")
    assert notes["runbook"] == f"docs/monitoring.md#{alert['alert'].lower()}"
    assert f"\n### {alert['alert']}\n" in GUIDE


def test_every_alert_that_is_explained_exists() -> None:
    assert re.findall(r"^### (\w+)$", GUIDE, re.MULTILINE) == [rule["alert"] for rule in ALERTS]


def test_every_alert_is_shown_to_fire() -> None:
    tests = (DEPLOY / "prometheus" / "rules.test.yml").read_text()
    for rule in ALERTS:
        assert f'{{alertname="{rule["alert"]}"}}' in tests


def test_the_dashboard_has_the_shape_that_grafana_imports() -> None:
    assert {"title", "uid", "schemaVersion", "panels", "templating"} <= DASHBOARD.keys()
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(numbers) == len(set(numbers))
    for panel in PANELS:
        assert panel["type"] in {"stat", "timeseries", "table"}
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        references = [target["refId"] for target in panel["targets"]]
        assert references
        assert len(references) == len(set(references))


def test_no_two_panels_lie_on_each_other() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, f"{panel['title']} lies on {taken[x, y]}"
                taken[x, y] = panel["title"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize(
    "command",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "rules.yml"),
        ("test", "rules", "rules.test.yml"),
    ],
    ids=" ".join,
)
def test_prometheus_takes_the_files_and_each_alert_fires_when_it_should(
    command: tuple[str, ...],
) -> None:
    found = subprocess.run(
        ["promtool", *command],  # noqa: S607  # as found on the path
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
