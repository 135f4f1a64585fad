"""Two runs beside each other: who moved, what differs, and how it is said."""

import math
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.anomalies.comparison import Compared, explain, field_changes
from kasparro.core.anomalies.examine import verdicts
from kasparro.core.anomalies.movers import QUIETEST, Quote, market, movers
from support.simulated import HOUR, MONDAY, run


def quotes(*prices: Any, at: timedelta = timedelta()) -> dict[int, Quote]:
    return {number: (MONDAY + at, Decimal(price)) for number, price in enumerate(prices)}


def week(price: float, wobble: float) -> list[Quote]:
    """A coin that goes up and down by this much every hour."""
    return [
        (MONDAY - (168 - n) * HOUR, Decimal(price) * Decimal(1 + wobble * (n % 2)))
        for n in range(168)
    ]


def test_what_all_coins_do_is_the_market_and_no_mover() -> None:
    there = market(quotes(100, 200, 300), quotes(110, 220, 330, at=HOUR))
    assert there is not None
    assert there.median == pytest.approx(math.log(1.1))
    assert all(abs(one.excess) < 1e-9 for one in movers(there, {}, HOUR))
    assert market(quotes(1), {}) is None


def test_the_coin_that_left_the_market_comes_first() -> None:
    before = quotes(*[100] * 20)
    after = quotes(*[90] * 19, 100, at=HOUR)
    there = market(before, after)
    assert there is not None
    first = movers(there, {}, HOUR)[0]
    assert first.series_id == 19
    assert first.log_return == 0
    assert first.excess == pytest.approx(-math.log(0.9))
    assert first.own is False


def test_a_coin_is_measured_by_its_own_past_where_it_has_one() -> None:
    """Two coins move by 5%: the quiet one is the news."""
    before = quotes(*[100] * 10)
    there = market(before, quotes(*[100] * 8, 105, 105, at=HOUR))
    assert there is not None
    found = {one.series_id: one for one in movers(
        there, {8: week(100, 0.05), 9: week(100, 0.002)}, HOUR
    )}  # fmt: skip
    assert found[8].own
    assert found[9].own
    assert abs(found[9].z) > 10 * abs(found[8].z)
    apart = {one.series_id: one for one in movers(there, {8: week(100, 0.05)}, 4 * HOUR)}
    assert apart[8].z == pytest.approx(found[8].z / 2, rel=0.01)


def test_a_coin_that_never_moves_is_no_mover_for_a_hair() -> None:
    there = market(quotes(*[1] * 9), quotes(*["1"] * 8, "1.0005", at=HOUR))
    assert there is not None
    (first, *_) = movers(there, {8: week(1, 0)}, HOUR)
    assert there.deviation == QUIETEST
    assert first.z < 1


def both(first: dict[str, Any], second: dict[str, Any], **more: Any) -> str:
    one, two = run(20, **first), run(21, **second)
    before = [run(n) for n in range(20)]
    return "\n".join(
        explain(
            Compared(
                first=one,
                second=two,
                verdicts=verdicts(two, before),
                fields=field_changes(one, two),
                **more,
            )
        )
    )


def test_nothing_unusual_is_said_too() -> None:
    assert both({}, {}) == "Nothing about the second run is unusual."


def test_what_is_unusual_is_said_with_what_was_expected() -> None:
    assert "Records: 400, expected 1,000" in both({}, {"records_fetched": 400})


def test_coins_that_come_and_go_are_named() -> None:
    said = both({}, {}, added=["new-coin"], gone=["old-coin", "other"])
    assert said.splitlines() == ["2 coins are gone: old-coin, other.", "1 coins are new: new-coin."]


def test_a_field_that_went_empty_or_changed_its_unit_is_said() -> None:
    fields = {"price_low": 1, "price_mid": 10, "price_high": 100, "null_price": 0.0}
    empty = {"null_market_cap": 0.01}, {"null_market_cap": 0.4}
    assert "40.0% of the records have no market cap, before it was 1.0%." in both(*empty)
    cents = {name: value * 100 for name, value in fields.items()}
    assert "100 times what it was. Has its unit changed?" in both(fields, cents)
    double = {name: value * 2 for name, value in fields.items()}
    assert "2 times what it was." in both(fields, double)
    assert "unit" not in both(fields, double)


def test_other_settings_and_other_code_may_be_why() -> None:
    said = both({}, {}, settings={"top": (1000, 250), "code_version": ("1.0", "1.1")})
    assert "The top was 1000 and is 250" in said
    assert "The code version was 1.0 and is 1.1" in said


def test_drift_between_the_runs_is_told() -> None:
    said = both({}, {}, drift=["a new field, rank_2."])
    assert said == "The source's records drifted: a new field, rank_2."


def test_a_run_that_is_not_whole_says_why() -> None:
    failed = {"status": "failed", "error_message": "the key was refused."}
    assert "toy_21 is failed: the key was refused." in both({}, failed)
    assert "toy_21 is not over yet" in both({}, {"status": "running"})
    cut = {"incomparable": "it went on where a run before it was cut off"}
    assert "toy_20 does not compare as a whole: it went on" in both(cut, {})


def test_with_few_runs_it_says_that_nobody_can_say() -> None:
    one, two = run(0), run(1)
    said = explain(Compared(first=one, second=two, verdicts=verdicts(two, [one])))
    assert said == [
        "Only 1 runs before toy_1 compare with it: from 8 on it can be said what is usual."
    ]


def test_a_coin_far_from_the_market_is_named_and_others_are_not() -> None:
    said = both({}, {}, market=-0.01, movers=[("luna", -3.0, -90.0), ("bitcoin", 0.0, 1.2)])
    assert said == (
        "luna moved -95.0% while the market moved -1.0%: 90 times what it usually does."
    )
