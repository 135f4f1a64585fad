"""One figure against the runs before it: when it is flagged, when not, and when nobody can say."""

import math
import random
from datetime import timedelta

import pytest

from kasparro.core.anomalies.baseline import ENOUGH, Past, baseline
from kasparro.core.anomalies.metrics import BY_NAME, METRICS
from kasparro.core.anomalies.rule import Verdict, judge
from support.simulated import HOUR, MONDAY, run, runs

WEEK = 7 * 24


def verdict(*values: float, name: str = "records_fetched", **changes: float) -> Verdict:
    """On the last of these values, given those before it."""
    *before, last = runs(*values, name=name, **changes)
    return judge(BY_NAME[name], last, before)


def seasonal(hour: int) -> float:
    return 1000 * (1 + 0.5 * math.sin(2 * math.pi * hour / 24))


def test_five_equal_runs_and_one_fifty_times_slower_is_flagged() -> None:
    slow = verdict(*[2.0] * 5, 100.0, name="duration_seconds")
    assert (slow.judgement, slow.severity, slow.runs) == ("anomalous", "warn", 5)
    assert slow.expected == pytest.approx(2.0)
    assert slow.z is None


def test_a_drop_to_nothing_is_flagged_however_short_the_history() -> None:
    drop = verdict(100, 100, 100, 100, 0)
    assert (drop.judgement, drop.severity) == ("anomalous", "warn")
    assert drop.actual == 0


def test_below_eight_runs_there_is_no_ordinary() -> None:
    assert verdict(*[100] * (ENOUGH - 1), 90).judgement == "insufficient_history"
    assert verdict(*[100] * ENOUGH, 99).judgement == "ordinary"
    assert verdict(100, 100, 0).judgement == "insufficient_history"


@pytest.mark.parametrize("records", [999, 1001, 960, 1040])
def test_a_flat_list_does_not_alarm_on_a_handful_of_rows(records: int) -> None:
    assert verdict(*[1000] * 60, records).judgement == "ordinary"


def test_a_run_is_never_a_part_of_what_it_is_held_against() -> None:
    """Two deviations of a handful of values that include the value itself can never be reached."""
    assert verdict(*[1000] * 8, 500).severity == "critical"
    assert verdict(*[1000] * 8, 500).runs == 8


def test_an_hour_is_held_against_the_same_hour() -> None:
    quiet = [seasonal(hour) for hour in range(5 * WEEK)]
    night = 5 * WEEK + 18  # a Monday evening, half of the daily mean
    values = [*quiet, *(seasonal(hour) for hour in range(5 * WEEK, night))]
    assert verdict(*values, seasonal(night)).judgement == "ordinary"
    at_noon_level = verdict(*values, 1000)
    assert at_noon_level.severity == "critical"
    assert at_noon_level.expected == pytest.approx(seasonal(night), rel=0.01)


def test_until_there_are_four_such_hours_of_the_week_the_hour_of_the_day_counts() -> None:
    values = [seasonal(hour) for hour in range(WEEK)]
    found = verdict(*values, seasonal(WEEK))
    assert found.expected == pytest.approx(seasonal(0), rel=0.01)


def test_until_there_are_four_such_hours_of_the_day_the_last_thirty_runs_count() -> None:
    assert verdict(*range(900, 930), 915).expected == pytest.approx(914.5, abs=0.1)


def test_old_outages_do_not_hide_a_new_one() -> None:
    draw = random.Random(7)
    values = [1000 * math.exp(draw.gauss(0, 0.04)) for _ in range(4 * WEEK)]
    values[100:110] = values[400:410] = [0] * 10
    assert verdict(*values, 1000).judgement == "ordinary"
    assert verdict(*values, 500).severity == "critical"


@pytest.mark.parametrize(
    "name, usual, unusual, flagged",
    [
        ("duration_seconds", 10, 2, False),  # nobody minds a quick run
        ("duration_seconds", 10, 60, True),
        ("duration_seconds", 0.1, 1.5, False),  # many times longer, and still nothing
        ("lag_p95_seconds", 200, 2000, True),
        ("records_new", 900, 100, True),
        ("records_new", 900, 1800, False),
        ("null_market_cap", 0.0, 0.08, True),
        ("null_market_cap", 0.0, 0.015, False),
        ("null_market_cap", 0.5, 0.1, False),
        ("quarantine_rate", 0.0, 0.3, True),
        ("return_median", 0.0, -0.6, True),
        ("return_median", 0.0, 0.6, True),
        ("return_median", 0.0, 0.04, False),
        ("return_mad", 0.005, 0.5, True),
        ("unchanged_price_share", 0.04, 0.9, True),
        ("assets_gone", 0, 3, False),
    ],
)
def test_a_change_counts_where_somebody_minds_it(
    name: str, usual: float, unusual: float, *, flagged: bool
) -> None:
    found = verdict(*[usual] * 20, unusual, name=name)
    assert (found.severity is not None) is flagged
    assert found.judgement == ("anomalous" if flagged else "ordinary")


def test_what_depends_on_the_time_since_the_last_run_is_held_against_equal_spans() -> None:
    hourly = [run(hour, records_new=900) for hour in range(20)]
    by_hand = run(20, records_new=50, since_last=timedelta(minutes=3))
    assert judge(BY_NAME["records_new"], by_hand, hourly).judgement == "insufficient_history"
    assert judge(BY_NAME["records_fetched"], by_hand, hourly).judgement == "ordinary"
    on_time = run(20, records_new=50, since_last=timedelta(minutes=55))
    assert judge(BY_NAME["records_new"], on_time, hourly).severity == "critical"


def test_what_was_not_measured_is_not_judged() -> None:
    assert judge(BY_NAME["lag_p50_seconds"], run(9), runs(*range(9))).judgement == "not_measured"
    waits = judge(BY_NAME["waits"], run(9, waits=7), [run(n, waits=0) for n in range(9)])
    assert (waits.judgement, waits.severity) == ("not_judged", None)


def test_a_run_of_the_past_is_judged_by_the_others() -> None:
    """With itself in its own median of four, a run would look better than it is."""
    draw = random.Random(3)
    past = [Past(MONDAY + n * HOUR, draw.gauss(0, 1)) for n in range(6 * WEEK)]
    found = baseline(past, MONDAY + 6 * WEEK * HOUR)
    assert found is not None
    assert 1.0 < found.deviation < 1.5


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_scale_leads_back(metric) -> None:
    for value in (0.02, 0.25, 0.9):
        assert metric.plain(metric.scaled(value)) == pytest.approx(value)
    assert metric.scaled(0) < metric.scaled(0.5)
    assert metric.finest(0.0, 0.0) >= 0.01
