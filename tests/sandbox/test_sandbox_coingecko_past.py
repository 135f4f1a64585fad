"""The simulated CoinGecko: charts, candles and snapshots of the past."""

import itertools

import pytest

from kasparro.sandbox.instants import DAY_MS, HOUR_MS, MINUTE_MS, milliseconds
from support.sandbox import START

AT_MS = milliseconds(START)


@pytest.mark.parametrize(
    "days, least, most, step",
    [(1, 287, 290, 5 * MINUTE_MS), (30, 719, 723, HOUR_MS), (90, 2158, 2163, HOUR_MS)],
)
def test_points_of_a_chart_lie_near_their_grid_and_end_now(visitor, days, least, most, step):
    chart = visitor.gecko("/coins/bitcoin/market_chart", vs_currency="usd", days=days).json()
    times = [at for at, _ in chart["prices"]]
    assert least <= len(times) <= most
    assert times == sorted(times)
    assert AT_MS - 30 * MINUTE_MS - 300_000 < times[-1] <= AT_MS
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert step * 0.5 < min(gaps) < step * 0.9
    assert step * 1.1 < max(gaps) < step * 1.5
    assert not all(at % step == 0 for at in times)
    for name in ("market_caps", "total_volumes"):
        assert [at for at, _ in chart[name]] == times


def test_daily_points_stand_at_midnight_and_only_the_last_is_now(visitor):
    path, params = "/coins/bitcoin/market_chart", {"vs_currency": "usd", "days": 90}
    times = [at for at, _ in visitor.gecko(path, **params, interval="daily").json()["prices"]]
    year = visitor.gecko(path, vs_currency="usd", days=365).json()["prices"]
    assert len(times) == 91
    assert all(at % DAY_MS == 0 for at in times[:-1])
    assert times[-1] % DAY_MS
    assert len(year) == 366


def test_the_midnight_of_today_appears_ten_minutes_later(visitor):
    midnight = START.replace(day=3, hour=0, minute=0, second=0)

    def midnights_told(minute):
        visitor.now = midnight.replace(minute=minute)
        params = {"vs_currency": "usd", "days": 1, "interval": "daily"}
        points = visitor.gecko("/coins/bitcoin/market_chart", **params).json()["prices"]
        return [at for at, _ in points if at % DAY_MS == 0]

    assert midnights_told(9) == []
    assert midnights_told(12) == [milliseconds(midnight)]


def test_a_range_takes_seconds_or_dates_and_ends_where_it_says(visitor):
    path = "/coins/bitcoin/market_chart/range"
    by_date = visitor.gecko(path, vs_currency="usd", from_="2026-09-01", to="2026-09-11").json()
    by_second = visitor.gecko(path, vs_currency="usd", from_=1788220800, to=1789084800).json()
    times = [at for at, _ in by_date["prices"]]
    assert by_date == by_second
    assert 238 <= len(times) <= 241
    assert milliseconds(START.replace(month=9, day=1, hour=0, minute=0, second=0)) < times[0]
    assert times[-1] <= milliseconds(START.replace(month=9, day=11, hour=0, minute=0, second=0))
    for wrong in ({"from_": "2026-09-01"}, {"from_": "x", "to": "2026-09-02"}):
        assert visitor.gecko(path, vs_currency="usd", **wrong).status_code in {400, 422}


def test_a_day_is_told_in_five_minutes_only_while_it_ends_now(visitor):
    path = "/coins/bitcoin/market_chart/range"
    now = int(START.timestamp())
    fresh = visitor.gecko(path, vs_currency="usd", from_=now - 86_400, to=now + 600).json()
    past = visitor.gecko(path, vs_currency="usd", from_="2026-09-01", to="2026-09-02").json()
    assert len(fresh["prices"]) > 280
    assert 23 <= len(past["prices"]) <= 25


@pytest.mark.parametrize(
    "days, rows, length",
    [(1, 48, 30 * MINUTE_MS), (7, 42, 4 * HOUR_MS), (30, 180, 4 * HOUR_MS), (180, 45, 4 * DAY_MS)],
)
def test_candles_are_told_by_their_close_and_have_the_length_of_their_span(
    visitor, days, rows, length
):
    candles = visitor.gecko("/coins/bitcoin/ohlc", vs_currency="usd", days=days).json()
    assert len(candles) == rows
    assert {b[0] - a[0] for a, b in itertools.pairwise(candles)} == {length}
    assert all(close % length == 0 for close, *_ in candles)
    for _, opened, high, low, closed in candles:
        assert low <= min(opened, closed) <= max(opened, closed) <= high
    assert visitor.gecko("/coins/bitcoin/ohlc", vs_currency="usd", days=2).status_code == 400


@pytest.mark.parametrize("date", ["30-09-2026", "2026-09-30"])
def test_the_snapshot_of_a_day_takes_either_form_of_a_date(visitor, date):
    snapshot = visitor.gecko("/coins/bitcoin/history", date=date, localization="false").json()
    assert snapshot["market_data"]["current_price"].keys() >= {"usd", "eur", "sats", "xau"}
    assert "localization" not in snapshot
    assert isinstance(snapshot["image"]["thumb"], str)


def test_a_day_without_a_price_has_no_market_data(visitor):
    assert "market_data" not in visitor.gecko("/coins/bitcoin/history", date="01-01-2027").json()
