"""Our own layout, CoinGecko exports and Yahoo files are read for what their columns mean."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from support.csv_files import dataset, put, read

CANONICAL = "coin_id,symbol,name,timestamp,price_usd,market_cap,volume_24h,price_change_24h\n"
YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"
COINGECKO = "snapped_at,price,market_cap,total_volume\n"


def test_our_own_layout_says_everything_itself(tmp_path):
    file = put(
        tmp_path / "mine.csv",
        CANONICAL
        + "litecoin,LTC,Litecoin,2026-03-01T08:30:00Z,81.25,6100000000,510000000.5,-2.5\n",
    )
    assert dataset(file).name == "canonical"
    seen = read(file)
    assert seen.only.observed_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert seen.only.price_usd == Decimal("81.25")
    assert seen.only.market_cap_usd == Decimal(6100000000)
    assert seen.only.volume_24h_usd == Decimal("510000000.5")
    assert seen.only.change_24h_percent == Decimal("-2.5")
    listing = seen.listings["litecoin"]
    assert (listing.coin_id, listing.symbol, listing.name) == ("litecoin", "LTC", "Litecoin")
    assert not listing.by_symbol
    assert listing.evidence == {}


def test_the_columns_of_our_own_layout_may_stand_in_any_order_and_most_may_be_missing(tmp_path):
    file = put(tmp_path / "mine.csv", "PRICE_USD, Symbol ,timestamp\n0.5,xlm,2026-03-01\n")
    seen = read(file)
    assert seen.prices == {"2026-03-01 00:00": Decimal("0.5")}
    listing = seen.listings["XLM"]
    assert (listing.symbol, listing.coin_id, listing.by_symbol) == ("XLM", None, True)


def test_a_row_may_name_its_coin_by_symbol_where_others_name_it_by_id(tmp_path):
    rows = "bitcoin,,2026-03-01,5\n,eth,2026-03-01,6\n,,2026-03-01,7\n"
    seen = read(put(tmp_path / "mine.csv", "coin_id,symbol,timestamp,price_usd\n" + rows))
    assert {o.source_asset_id: o.price_usd for o in seen.observations} == {"bitcoin": 5, "ETH": 6}
    assert [field for field, _ in seen.reasons] == ["id"]


def test_zero_and_nothing_are_told_apart_in_our_own_layout(tmp_path):
    rows = "bitcoin,,,2026-03-01,1,0,0.0,0\nbitcoin,,,2026-03-02,1,,null,NaN\n"
    zero, nothing = read(put(tmp_path / "mine.csv", CANONICAL + rows)).observations
    assert (zero.market_cap_usd, zero.volume_24h_usd, zero.change_24h_percent) == (0, 0, 0)
    assert nothing.market_cap_usd is nothing.volume_24h_usd is nothing.change_24h_percent is None


@pytest.mark.parametrize("price", ["0.000000000123", "1e-18", "1E-18", "123456789012345.123456789"])
def test_every_digit_of_a_price_arrives(tmp_path, price):
    seen = read(put(tmp_path / "mine.csv", CANONICAL + f"bitcoin,,,2026-03-01,{price},,,\n"))
    assert seen.only.price_usd == Decimal(price)


def test_an_export_of_our_view_is_in_our_own_layout(tmp_path):
    header = (
        "id,coin_id,symbol,name,price_usd,market_cap,volume_24h,price_change_24h,timestamp,source"
    )
    row = "17,bitcoin,BTC,Bitcoin,61000.5,,,,2026-03-01 10:00:00+02:00,coingecko"
    seen = read(put(tmp_path / "mine.csv", f"{header}\n{row}\n"))
    assert seen.prices == {"2026-03-01 08:00": Decimal("61000.5")}
    assert seen.unknown_fields == {}


def test_columns_that_stand_for_nothing_are_reported(tmp_path):
    seen = read(
        put(tmp_path / "m.csv", "coin_id,timestamp,price_usd,mood\nbitcoin,2026-03-01,1,up\n")
    )
    assert seen.unknown_fields == {"column mood": 1}


def test_a_coingecko_export_is_named_after_its_coin(tmp_path):
    rows = "2026-02-01 00:00:00 UTC,1.5e-06,,0.0\n2026-02-02 00:00:00 UTC,1.6e-06,0.0,71.25\n"
    file = put(tmp_path / "pepe-usd-max.csv", COINGECKO + rows)
    assert dataset(file).name == "coingecko-export/1d"
    seen = read(file)
    assert seen.prices == {
        "2026-02-01 00:00": Decimal("0.0000015"),
        "2026-02-02 00:00": Decimal("0.0000016"),
    }
    assert [o.market_cap_usd for o in seen.observations] == [None, None]
    assert [o.volume_24h_usd for o in seen.observations] == [0, Decimal("71.25")]
    listing = seen.listings["pepe-usd"]
    assert (listing.symbol, listing.by_symbol, listing.coin_id) == ("PEPE", True, None)


@pytest.mark.parametrize("name", ["ETH-USD.csv", "yahoo_eth-usd_2025.csv", "ETHUSD (1).csv"])
def test_a_yahoo_day_is_observed_when_it_is_over(tmp_path, name):
    file = put(tmp_path / name, YAHOO + "2026-02-01,10.5,12,9,11.25,11.2,5000\n")
    assert dataset(file).name == "yahoo/1d"
    seen = read(file)
    assert seen.prices == {"2026-02-02 00:00": Decimal("11.25")}
    only = seen.only
    assert (only.open_usd, only.high_usd, only.low_usd) == (Decimal("10.5"), 12, 9)
    assert only.volume_24h_usd == 5000
    assert seen.listings["ETH-USD"].symbol == "ETH"


def test_a_yahoo_row_of_nulls_says_nothing_and_is_no_fault(tmp_path):
    rows = "2026-02-01,10,12,9,11,11,5\n2026-02-02,null,null,null,null,null,null\n"
    seen = read(put(tmp_path / "ETH-USD.csv", YAHOO + rows))
    assert (len(seen.observations), seen.without_price, seen.rejections) == (1, 1, [])


def test_hourly_yahoo_candles_carry_no_daily_volume(tmp_path):
    header = "Datetime,Open,High,Low,Close,Adj Close,Volume\n"
    rows = "".join(f"2026-02-01 0{h}:00:00+00:00,1,2,1,2,2,900\n" for h in range(4))
    file = put(tmp_path / "ETH-USD.csv", header + rows)
    assert dataset(file).name == "yahoo/1h"
    seen = read(file)
    assert next(iter(seen.prices)) == "2026-02-01 01:00"
    assert {o.volume_24h_usd for o in seen.observations} == {None}


def test_weekly_candles_end_after_a_week_and_monthly_ones_with_their_month(tmp_path):
    weeks = "".join(f"2026-02-{day:02},1,2,1,2,2,9\n" for day in (2, 9, 16, 23))
    months = "".join(f"2026-0{month}-01,1,2,1,2,2,9\n" for month in range(1, 5))
    assert "2026-03-02 00:00" in read(put(tmp_path / "w/ETH-USD.csv", YAHOO + weeks)).prices
    seen = read(put(tmp_path / "m/ETH-USD.csv", YAHOO + months))
    assert list(seen.prices) == [f"2026-0{month}-01 00:00" for month in range(2, 6)]


def test_two_days_of_a_week_are_no_weekly_candles(tmp_path):
    file = put(tmp_path / "ETH-USD.csv", YAHOO + "2026-02-02,1,2,1,2,2,9\n2026-02-09,1,2,1,2,2,9\n")
    assert dataset(file).name == "yahoo/1d"
