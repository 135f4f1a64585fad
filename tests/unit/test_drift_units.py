"""A change of unit is held; a crash of the market and weeks without a word are not."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from support.drifting import after, market, seen, taught, told

WEEK = 7 * 24


def times(factor: str, *names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda record: record | {name: record[name] * Decimal(factor) for name in names}


@pytest.mark.parametrize(
    "factor", ["100", "0.01", "1000", "100000000", "0.00000001", "83.2", "0.11", "10"]
)
def test_prices_in_another_unit_are_held(factor: str) -> None:
    (drift,) = after(times(factor, "price"))
    assert told([drift]) == [("unit", "price", "ERR")]
    assert drift.details["factor"] == pytest.approx(float(factor), rel=0.05)


def test_a_fraction_for_a_percentage_is_held() -> None:
    assert told(after(times("0.01", "change"))) == [("unit", "change", "ERR")]


def test_another_unit_of_a_field_we_do_not_use_is_a_warning() -> None:
    assert told(after(lambda r: r | {"rank": r["rank"] * 1000})) == [("unit", "rank", "WARN")]


@pytest.mark.parametrize("factor", ["0.5", "0.55", "2", "1.5"])
def test_a_market_that_halves_or_doubles_in_an_hour_has_happened(factor: str) -> None:
    assert after(times(factor, "price", "cap")) == []


@pytest.mark.parametrize("fall", [0.5, 0.3, 0.15])
def test_a_deep_crash_moves_every_coin_its_own_way_and_is_not_held(fall: float) -> None:
    def crash(record: dict[str, Any]) -> dict[str, Any]:
        factor = f"{fall * Random(record['id']).uniform(0.5, 1.6):.6f}"
        return times(factor, "price", "cap")(record)

    assert after(crash) == []


@pytest.mark.parametrize("factor", ["0.3", "4", "12"])
def test_after_weeks_offline_anything_but_a_power_of_ten_may_have_happened(factor: str) -> None:
    def weeks_later(record: dict[str, Any]) -> dict[str, Any]:
        own = Random(record["id"]).uniform(0.5, 2)
        return times(f"{Decimal(factor) * Decimal(own):.6f}", "price", "cap")(record)

    late = [weeks_later(one) for one in market(8)]
    assert seen(late, taught(), hour=8 + 3 * WEEK).drifts == []


def test_one_factor_for_all_is_another_unit_within_two_days_and_may_be_history_after_weeks() -> (
    None
):
    records = [times("4", "price")(one) for one in market(8)]
    assert told(seen(records, taught(), hour=8).drifts) == [("unit", "price", "ERR")]
    assert told(seen(records, taught(), hour=50).drifts) == [("unit", "price", "ERR")]
    assert seen(records, taught(), hour=8 + 3 * WEEK).drifts == []


def test_after_weeks_offline_a_power_of_ten_is_still_another_unit() -> None:
    late = [times("100", "price")(one) for one in market(20)]
    assert told(seen(late, taught(), hour=8 + 3 * WEEK).drifts) == [("unit", "price", "ERR")]


def test_one_coin_that_splits_is_that_coins_business() -> None:
    records = market(8)
    records[3] = times("1000", "price")(records[3])
    assert seen(records, taught()).drifts == []


def test_as_long_as_nobody_decides_the_wrong_unit_stays_wrong() -> None:
    baseline = taught()
    for hour in range(8, 70, 6):
        judged = seen([times("100", "price")(one) for one in market(hour)], baseline, hour=hour)
        assert told(judged.drifts) == [("unit", "price", "ERR")]
        baseline = judged.baseline
    assert seen(market(70), baseline, hour=70).drifts == []
