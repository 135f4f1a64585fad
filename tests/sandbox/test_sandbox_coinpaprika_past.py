"""The simulated CoinPaprika: points and candles of the past, as far as a plan goes."""

import itertools

import pytest

from kasparro.sandbox.instants import DAY_MS, MINUTE_MS, read
from support.sandbox import STARTER, error


def test_history_is_told_on_whole_intervals_oldest_first(visitor):
    points = visitor.paprika(
        "/tickers/btc-bitcoin/historical", start="2026-09-20T05:00:00Z", interval="1d", limit=4
    ).json()
    assert [point["timestamp"] for point in points] == [
        f"2026-09-{day}T00:00:00Z" for day in (21, 22, 23, 24)
    ]
    assert all(
        list(point) == ["timestamp", "price", "volume_24h", "market_cap"] for point in points
    )
    assert all(type(point["volume_24h"]) is type(point["market_cap"]) is int for point in points)


@pytest.mark.parametrize("start", ["2026-09-30", "2026-09-30T00:00:00Z", "1790726400"])
def test_a_start_may_be_written_in_three_ways(visitor, start):
    points = visitor.paprika("/tickers/btc-bitcoin/historical", start=start, interval="24h").json()
    assert [point["timestamp"] for point in points] == [
        "2026-09-30T00:00:00Z",
        "2026-10-01T00:00:00Z",
        "2026-10-02T00:00:00Z",
    ]


def test_an_end_in_the_future_is_the_present_and_a_range_without_points_is_empty(visitor):
    path = "/tickers/btc-bitcoin/historical"
    assert visitor.paprika(path, start="2026-10-02", end="2030-01-01", interval="1d").json()
    assert visitor.paprika(path, start="2027-01-01", interval="1d").json() == []


@pytest.mark.parametrize(
    "interval, start, what",
    [
        ("5m", "2026-10-02", "5-minute historical data"),
        ("1h", "2026-09-30", "hourly historical data"),
        ("1d", "2025-09-01", "daily historical data"),
    ],
)
def test_the_free_plan_ends_at_its_window(visitor, interval, start, what):
    path = "/tickers/btc-bitcoin/historical"
    status, text = error(visitor.paprika(path, start=start, interval=interval))
    assert status == 402
    assert text.startswith(f"Getting {what} before 202")
    assert text.endswith(
        "+0000 UTC is not allowed in this plan. Check plans on coinpaprika.com/api"
    )
    assert visitor.paid_paprika(path, start=start, interval=interval).status_code == 200


def test_an_interval_left_out_is_five_minutes_which_the_free_plan_has_not(visitor):
    path = "/tickers/btc-bitcoin/historical"
    assert visitor.paprika(path, start="2026-10-02").status_code == 402
    points = visitor.paid_paprika(path, start="2026-10-02", limit=3).json()
    steps = {read(b["timestamp"]) - read(a["timestamp"]) for a, b in itertools.pairwise(points)}
    assert steps == {5 * MINUTE_MS}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"start": "yesterday"},
        {"start": "2026-09-30", "interval": "7m"},
        {"start": "2026-09-30", "interval": "1d", "limit": "0"},
        {"start": "2026-09-30", "interval": "1d", "limit": "5001"},
        {"start": "2026-09-30", "interval": "1d", "limit": "-1"},
        {"start": "2026-09-30", "interval": "1d", "quote": "eur"},
    ],
)
def test_history_without_sense_is_refused(visitor, params):
    answer = visitor.paprika("/tickers/btc-bitcoin/historical", **params)
    assert error(answer) == (400, "invalid parameters")


def test_candles_of_a_day_close_a_second_before_the_next(visitor):
    (latest,) = visitor.paprika("/coins/btc-bitcoin/ohlcv/latest").json()
    (today,) = visitor.paprika("/coins/btc-bitcoin/ohlcv/today").json()
    assert latest["time_open"] == "2026-10-01T00:00:00Z"
    assert latest["time_close"] == "2026-10-01T23:59:59Z"
    assert today["time_open"] == "2026-10-02T00:00:00Z"
    assert "2026-10-02T09:10:00Z" <= today["time_close"] <= "2026-10-02T09:15:00Z"
    for candle in (latest, today):
        assert candle["low"] <= min(candle["open"], candle["close"])
        assert candle["high"] >= max(candle["open"], candle["close"])
    assert today["open"] == pytest.approx(latest["close"], rel=0.001)


def test_candles_of_the_past_follow_each_other(visitor):
    path = "/coins/btc-bitcoin/ohlcv/historical"
    days = visitor.paid_paprika(path, start="2026-09-01", end="2026-09-11").json()
    hours = visitor.paid_paprika(path, start="2026-09-01", interval="6h", limit=5).json()
    assert len(days) == 10
    assert [read(b["time_open"]) - read(a["time_open"]) for a, b in itertools.pairwise(days)] == [
        DAY_MS
    ] * 9
    assert [hour["time_close"][11:] for hour in hours] == [
        "05:59:59Z",
        "11:59:59Z",
        "17:59:59Z",
        "23:59:59Z",
        "05:59:59Z",
    ]
    assert len(visitor.paid_paprika(path, start="2026-09-01").json()) == 1


def test_candles_are_limited_by_plan(visitor):
    path = "/coins/btc-bitcoin/ohlcv/historical"
    status, text = error(visitor.paprika(path, start="2026-09-01"))
    assert status == 402
    assert text.startswith("Getting historical OHLCV data before 2026-10-01 09:")
    assert visitor.paprika(path, start="2026-10-02").status_code == 200
    hourly = visitor.ask(
        "/coinpaprika-pro/v1" + path, headers=STARTER, start="2026-10-01", interval="1h"
    )
    assert error(hourly) == (400, "invalid parameters")
    too_long = visitor.paid_paprika(path, start="2025-10-03", end="2027-10-02")
    assert error(too_long) == (400, "invalid parameters")
