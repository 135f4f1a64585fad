"""What the benchmark shows, on fewer histories: the figures in the documents stay true."""

import random
import runpy
from pathlib import Path
from typing import Any

import pytest

BENCHMARK = Path(__file__).parent.parent.parent / "benchmarks" / "anomalies.py"


@pytest.fixture(scope="module")
def simulation() -> dict[str, Any]:
    return runpy.run_path(str(BENCHMARK))


def test_half_the_rows_missing_is_caught_in_seasonal_histories_and_simple_rules_miss_it(
    simulation: dict[str, Any],
) -> None:
    for name, shape in simulation["SHAPES"].items():
        ours = simulation["shares"](shape, simulation["ours"], 12)
        assert ours["catches -50%"] == ours["catches -100%"] == 1, name
        assert ours["false alarms"] == 0, name
    season = simulation["SHAPES"]["daily and weekly season, 4% noise"]
    simple = simulation["shares"](season, simulation["three_sigma"], 12)
    assert simple["catches -50%"] < 0.5


def test_a_tracked_coin_missing_from_a_complete_sweep_is_always_reported(
    simulation: dict[str, Any],
) -> None:
    assert simulation["missing_reported"](range(10)) == 1


def test_a_day_of_ordinary_runs_alarm_nobody(simulation: dict[str, Any]) -> None:
    alerts = simulation["false_alerts"](random.Random(11), 0.0, kept=29 * 24, hours=24)
    assert len(alerts) <= 1, alerts
