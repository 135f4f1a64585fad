"""Exports of market sites and exchanges are read for what their columns mean."""

from datetime import UTC, datetime
from decimal import Decimal

from support.csv_files import dataset, put, read, refusal

CMC = (
    "timeOpen;timeClose;timeHigh;timeLow;name;open;high;low;close;volume;marketCap;"
    "circulatingSupply;timestamp\n"
)
CDD = "unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount\n"
KAGGLE = "SNo,Name,Symbol,Date,High,Low,Open,Close,Volume,Marketcap\n"


def test_a_coinmarketcap_export_is_observed_at_its_own_close(tmp_path):
    row = (
        '"2026-02-01T00:00:00.000Z";"2026-02-01T23:59:59.999Z";"x";"y";"2781";1.5;2;1;1.75;10;20;'
        '5;"2026-02-01T23:59:59.999Z"\n'
    )
    file = put(tmp_path / "coinmarketcap_xlm_2026.csv", ("\ufeff" + CMC + row).encode())
    assert dataset(file).name == "coinmarketcap/1d"
    seen = read(file)
    assert seen.only.observed_at == datetime(2026, 2, 1, 23, 59, 59, 999000, tzinfo=UTC)
    assert (seen.only.price_usd, seen.only.volume_24h_usd) == (Decimal("1.75"), 10)
    assert seen.only.market_cap_usd == 20
    assert seen.listings["XLM"].evidence == {}


def test_a_coinmarketcap_export_may_write_decimal_commas_and_lack_the_supply(tmp_path):
    header = CMC.replace("circulatingSupply;", "")
    row = "2026-02-01;2026-02-01T23:59:59.999Z;x;y;2781;1.200,5;1,5;1;1.234,56;1;2;z\n"
    seen = read(put(tmp_path / "btc.csv", header + row))
    assert seen.only.price_usd == Decimal("1234.56")
    assert seen.only.open_usd == Decimal("1200.5")


def test_a_coinmarketcap_export_in_another_currency_is_refused(tmp_path):
    row = '"2026-02-01T00:00:00.000Z";"2026-02-01T23:59:59.999Z";x;y;"2790";1.5;2;1;1.75;1;2;5;z\n'
    assert "priced in 2790" in refusal(put(tmp_path / "btc.csv", CMC + row))


def test_a_cryptodatadownload_file_mixes_seconds_and_milliseconds(tmp_path):
    rows = (
        "1769990400000,2026-02-02 00:00:00,BTC/USDT,1.5,2,1,1.75,10,2000,7\n"
        "1769904000.0,2026-02-01,BTC/USDT,1.5,2,1,1.25,10,3000,NULL\n"
        "1769817600,2026-01-31,BTC/USDT,0.0,2,0.0,1.5,10,NULL,NULL\n"
        "1769731200000000,2026-01-30,BTC/USDT,1,2,1,1.125,10,1,NULL\n"
    )
    file = put(tmp_path / "Binance_BTCUSDT_d.csv", "https://www.example.org/\n" + CDD + rows)
    assert dataset(file).name == "cryptodatadownload/BTC-USDT/1d"
    seen = read(file)
    assert seen.prices == {
        "2026-02-03 00:00": Decimal("1.75"),
        "2026-02-02 00:00": Decimal("1.25"),
        "2026-02-01 00:00": Decimal("1.5"),
        "2026-01-31 00:00": Decimal("1.125"),
    }
    assert [o.volume_24h_usd for o in seen.observations] == [2000, 3000, None, 1]
    assert seen.observations[2].open_usd is None
    listing = seen.listings["BTC/USDT"]
    assert (listing.symbol, listing.by_symbol) == ("BTC", True)
    assert listing.evidence == {"quote": "USDT counted as USD"}


def test_a_wrong_epoch_is_replaced_by_the_date_beside_it_and_a_contradiction_is_rejected(tmp_path):
    rows = (
        "176999040000,2026-02-02 00:00:00,BTC/USD,1,2,1,1.75,10,2,7\n"
        "1769904000,2026-02-01,BTC/USD,1,2,1,1.25,10,3,7\n"
        "1769904000,2025-06-01,BTC/USD,1,2,1,9.25,10,3,7\n"
    )
    seen = read(put(tmp_path / "x.csv", CDD + rows))
    assert seen.prices == {"2026-02-03 00:00": Decimal("1.75"), "2026-02-02 00:00": Decimal("1.25")}
    assert [field for field, _ in seen.reasons] == ["time"]


def test_a_cryptodatadownload_file_with_a_comment_and_crlf_in_joined_pairs(tmp_path):
    text = (
        "Created on 01-02-2026,https://www.example.org\r\n"
        "Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume\r\n"
        "1769907600,2026-02-01 01:00:00,BTCUSD,1,2,1,1.5,3\r\n"
        "1769904000,2026-02-01 00:00:00,BTCUSD,1,2,1,1.25,3\r\n"
    )
    file = put(tmp_path / "x.csv", text)
    assert dataset(file).name == "cryptodatadownload/BTC-USD/1h"
    assert read(file).prices == {
        "2026-02-01 02:00": Decimal("1.5"),
        "2026-02-01 01:00": Decimal("1.25"),
    }


def test_a_pair_in_another_currency_is_refused_as_a_file_and_rejected_as_a_row(tmp_path):
    row = "1769904000,2026-02-01,{},1,2,1,1.25,10,3,7\n"
    euros = put(tmp_path / "eur.csv", CDD + row.format("BTC/EUR"))
    assert "priced in EUR" in refusal(euros, dataset="x/1d")
    mixed = put(tmp_path / "mixed.csv", CDD + row.format("BTC/USD") + row.format("ETH/BTC"))
    seen = read(mixed, dataset="x/1d")
    assert len(seen.observations) == 1
    assert seen.reasons == [("quote", "priced in BTC; only USD, USDT and USDC count as dollars")]


def test_a_coin_whose_symbol_ends_in_a_currency_is_not_cut_short(tmp_path):
    rows = "1769904000,2026-02-01,CRVUSD,1,2,1,1.25,10,3,7\n"
    assert (
        read(put(tmp_path / "x.csv", CDD + rows), dataset="x/1d").listings["CRVUSD"].symbol == "CRV"
    )
    busd = put(tmp_path / "y.csv", CDD + rows.replace("CRVUSD", "BTCBUSD"))
    assert "priced in BUSD" in refusal(busd, dataset="x/1d")


def test_a_kaggle_row_is_of_the_end_of_its_day_and_its_columns_are_not_in_the_usual_order(tmp_path):
    row = "1,Stellar,XLM,2026-02-01 23:59:59,4.5,1.5,2.5,3.5,0.0,0.0\n"
    file = put(tmp_path / "coin_Stellar.csv", KAGGLE + row)
    assert dataset(file).name == "kaggle/1d"
    seen = read(file)
    only = seen.only
    assert seen.prices == {"2026-02-01 23:59": Decimal("3.5")}
    assert (only.high_usd, only.low_usd, only.open_usd) == (
        Decimal("4.5"),
        Decimal("1.5"),
        Decimal("2.5"),
    )
    assert (only.volume_24h_usd, only.market_cap_usd) == (0, None)
    assert seen.listings["XLM"].name == "Stellar"


def test_an_investing_file_has_thousands_and_magnitudes_and_percents(tmp_path):
    text = (
        '\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n'
        '"03/15/2026","67,148.5","66,677.0","67,586.4","66,257.4","32.94K","0.71%"\n'
        '"03/14/2026","1,066,677.4","63,981.2","67,390.4","63,326.1","82.87M","-4.22%"'
    )
    file = put(tmp_path / "Bitcoin Historical Data.csv", text.encode())
    assert dataset(file).name == "investing/1d"
    seen = read(file)
    assert seen.prices == {
        "2026-03-16 00:00": Decimal("67148.5"),
        "2026-03-15 00:00": Decimal("1066677.4"),
    }
    assert [o.change_24h_percent for o in seen.observations] == [Decimal("0.71"), Decimal("-4.22")]
    assert {o.volume_24h_usd for o in seen.observations} == {None}
    assert seen.listings["bitcoin"].coin_id == "bitcoin"


def test_coin_metrics_prices_are_of_the_end_of_the_day_and_their_rates_of_its_beginning(tmp_path):
    wide = "time,AdrActCnt,CapMrktCurUSD,PriceUSD,ReferenceRateUSD\n"
    file = put(tmp_path / "ltc.csv", wide + "2026-02-01,5,900,81.123456789012345678901234567,\n")
    assert dataset(file).name == "coinmetrics/1d"
    seen = read(file)
    assert seen.prices == {"2026-02-02 00:00": Decimal("81.123456789012345678901234567")}
    assert seen.only.market_cap_usd == 900
    assert seen.unknown_fields == {}
    assert seen.listings["LTC"].symbol == "LTC"
    rates = put(tmp_path / "r/ltc.csv", wide + "2026-02-01,5,900,,81.5\n")
    assert dataset(rates).name == "coinmetrics-rates/1d"
    assert read(rates).prices == {"2026-02-01 00:00": Decimal("81.5")}


def test_flattened_coingecko_markets_keep_ids_that_are_not_ours_apart(tmp_path):
    text = (
        ",index,id,symbol,name,index,symbol,current_price,market_cap,total_volume,"
        "price_change_percentage_24h,last_updated,roi\n"
        "0,0,ripple,xrp,XRP,0,xrp,0.5,0,7,-1.5,2026-02-01T01:24:35.167Z,\"{'a': 2, 'x': 'y'}\"\n"
        "1,1,batcat,btc,batcat,1,btc,0.001,5,,,2026-02-01T01:24:36.167Z,\n"
    )
    seen = read(put(tmp_path / "top.csv", text))
    assert [o.source_asset_id for o in seen.observations] == [
        "coingecko:ripple",
        "coingecko:batcat",
    ]
    assert seen.observations[0].market_cap_usd is None
    assert seen.observations[0].change_24h_percent == Decimal("-1.5")
    assert not any(listing.by_symbol or listing.coin_id for listing in seen.listings.values())
    assert seen.listings["coingecko:batcat"].symbol == "BTC"


def test_a_bitfinex_file_has_no_header_and_its_own_order(tmp_path):
    rows = "".join(f"{1769904000000 + n * 60000},10,12.5,13,9,1.5\n" for n in range(4))
    file = put(tmp_path / "btcusd.csv", rows)
    assert dataset(file).name == "bitfinex/1m"
    seen = read(file)
    assert seen.records == 4
    first = seen.observations[0]
    assert f"{first.observed_at:%H:%M}" == "00:01"
    assert (first.price_usd, first.high_usd, first.low_usd) == (Decimal("12.5"), 13, 9)


def test_numbers_without_a_header_in_the_usual_order_are_refused(tmp_path):
    rows = "".join(f"{1769904000000 + n * 60000},10,13,9,12.5,1.5\n" for n in range(4))
    assert "--map price=" in refusal(put(tmp_path / "btcusd.csv", rows))


def test_flat_candles_without_a_header_could_be_in_any_order_and_are_refused(tmp_path):
    rows = "".join(f"{1769904000000 + n * 60000},10,10,10,10,1.5\n" for n in range(4))
    assert "--map price=" in refusal(put(tmp_path / "btcusd.csv", rows))
