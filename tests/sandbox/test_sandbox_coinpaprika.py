"""The simulated CoinPaprika: its fields, parameters, history windows and errors."""

import itertools

import pytest

from kasparro.sandbox.instants import DAY_MS, MINUTE_MS, read
from support.sandbox import STARTER, exact

TICKER = {
    "id": str,
    "name": str,
    "symbol": str,
    "rank": int,
    "total_supply": int,
    "max_supply": int,
    "beta_value": float,
    "first_data_at": str,
    "last_updated": str,
    "quotes": dict,
}
QUOTE = [
    "price",
    "volume_24h",
    "volume_24h_change_24h",
    "market_cap",
    "market_cap_change_24h",
    "percent_change_15m",
    "percent_change_30m",
    "percent_change_1h",
    "percent_change_6h",
    "percent_change_12h",
    "percent_change_24h",
    "percent_change_7d",
    "percent_change_30d",
    "percent_change_1y",
    "ath_price",
    "ath_date",
    "percent_from_price_ath",
]


@pytest.fixture
def tickers(visitor):
    return visitor.paprika("/tickers").json()


def error(answer):
    assert list(answer.json()) == ["error"]
    return answer.status_code, answer.json()["error"]


def test_a_ticker_has_the_fields_of_the_free_plan_and_no_others(tickers):
    for ticker in tickers:
        assert {name: type(value) for name, value in ticker.items()} == TICKER
        assert list(ticker["quotes"]) == ["USD"]
        assert list(ticker["quotes"]["USD"]) == QUOTE


def test_the_free_plan_lists_two_thousand_coins_and_a_paid_one_all(visitor, tickers):
    everything = visitor.paid_paprika("/tickers").json()
    assert len(tickers) == 2000
    assert len(everything) > 2100
    assert [coin["rank"] for coin in everything] == list(range(1, len(everything) + 1))
    assert all("circulating_supply" in coin for coin in everything)


def test_unknown_amounts_are_zero(tickers):
    caps = [coin for coin in tickers if coin["quotes"]["USD"]["market_cap"] == 0]
    assert caps
    assert all(coin["total_supply"] > 0 for coin in caps)
    assert all(coin["quotes"]["USD"]["market_cap_change_24h"] == 0 for coin in caps)
    assert any(coin["max_supply"] == 0 for coin in tickers)
    assert any(coin["quotes"]["USD"]["volume_24h"] == 0 for coin in tickers)


def test_the_free_plan_never_knows_the_change_of_a_month(visitor, tickers):
    assert {coin["quotes"]["USD"]["percent_change_30d"] for coin in tickers} == {0}
    paid = visitor.paid_paprika("/tickers/btc-bitcoin").json()
    assert paid["quotes"]["USD"]["percent_change_30d"] != 0


def test_changes_went_through_a_32_bit_float(visitor):
    changes = [
        coin["quotes"]["USD"]["percent_change_24h"] for coin in exact(visitor.paprika("/tickers"))
    ]
    assert any(len(str(change)) > 12 for change in changes)
    assert all(abs(change - round(change, 2)) < 1e-4 for change in changes)


def test_a_change_of_zero_is_an_integer(visitor):
    tickers = exact(visitor.paprika("/tickers"))
    zeros = [
        value
        for coin in tickers
        for name, value in coin["quotes"]["USD"].items()
        if "change" in name and value == 0
    ]
    assert len(zeros) > len(tickers)
    assert {type(value) for value in zeros} == {int}


def test_records_are_told_in_dollars_only(visitor):
    quotes = visitor.paprika("/tickers/btc-bitcoin", quotes="USD,btc,EUR").json()["quotes"]
    assert list(quotes) == ["USD", "BTC", "EUR"]
    assert quotes["USD"]["ath_price"] > quotes["USD"]["price"]
    for name in ("ath_price", "ath_date", "percent_from_price_ath"):
        assert quotes["BTC"][name] is quotes["EUR"][name] is None
    assert quotes["BTC"]["price"] == 1
    assert isinstance(quotes["USD"]["market_cap"], int)
    assert isinstance(quotes["EUR"]["market_cap"], float)


@pytest.mark.parametrize(
    "quotes, text",
    [("USD,EUR,GBP,PLN", "Max number of quotes is 3"), ("DOGE", "invalid parameters")],
)
def test_quotes_are_three_at_most_and_known(visitor, quotes, text):
    assert error(visitor.paprika("/tickers", quotes=quotes)) == (400, text)
    assert error(visitor.paprika("/tickers/btc-bitcoin", quotes=quotes)) == (400, text)


@pytest.mark.parametrize(
    "path", ["/tickers/nobody", "/coins/nobody", "/coins/nobody/ohlcv/today", "/contracts/nobody"]
)
def test_an_unknown_id_is_not_found(visitor, path):
    assert error(visitor.paprika(path)) == (404, "id not found")


def test_an_unknown_path_is_answered_in_plain_text(visitor):
    answer = visitor.paprika("/nowhere")
    assert (answer.status_code, answer.text) == (404, "404 page not found")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_coin_that_no_longer_trades_is_listed_but_has_no_ticker(visitor):
    coins = visitor.paprika("/coins").json()
    gone = [coin for coin in coins if not coin["is_active"]]
    assert len(gone) > 100
    assert {coin["rank"] for coin in gone} == {0}
    assert error(visitor.paprika(f"/tickers/{gone[0]['id']}")) == (404, "id not found")
    assert visitor.paprika(f"/coins/{gone[0]['id']}").json()["is_active"] is False


def test_the_page_of_a_token_names_its_contracts(visitor):
    tether = visitor.paprika("/coins/usdt-tether").json()
    assert [contract["platform"] for contract in tether["contracts"]] == [
        "eth-ethereum",
        "trx-tron",
        "avax-avalanche",
    ]
    assert [contract["type"] for contract in tether["contracts"]] == ["ERC20", "TRC20", "Other"]
    assert visitor.paprika("/coins/btc-bitcoin").json()["contracts"] == []


def test_addresses_are_written_in_either_case_and_mean_the_same(visitor):
    ours = {
        item["id"]: item["address"] for item in visitor.paprika("/contracts/eth-ethereum").json()
    }
    theirs = {
        coin["platforms"]["ethereum"]
        for coin in visitor.gecko("/coins/list", include_platform="true").json()
        if "ethereum" in coin["platforms"]
    }
    mixed = [address for address in ours.values() if address != address.lower()]
    assert len(ours) / 3 < len(mixed) < len(ours)
    assert all(address.startswith("0x") for address in ours.values())
    assert len({address.lower() for address in ours.values()} & theirs) > 700
    tron = visitor.paprika("/contracts/trx-tron").json()
    assert all(item["address"].startswith("T") and item["type"] == "TRC20" for item in tron)


def test_a_contract_moves_on_to_the_ticker_of_its_coin(visitor):
    first = visitor.paprika("/contracts/eth-ethereum").json()[0]
    path = f"/contracts/eth-ethereum/{first['address'].upper().replace('0X', '0x')}"
    ticker = visitor.paprika(path)
    past = visitor.paprika(path + "/historical", start="2026-09-01", interval="1d")
    assert ticker.status_code == past.status_code == 301
    assert ticker.headers["location"] == f"/coinpaprika/v1/tickers/{first['id']}"
    assert past.headers["location"] == (
        f"/coinpaprika/v1/tickers/{first['id']}/historical?start=2026-09-01&interval=1d"
    )
    assert visitor.ask(past.headers["location"]).status_code == 200
    assert error(visitor.paprika("/contracts/eth-ethereum/0x00")) == (404, "id not found")


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


def test_the_whole_market_is_the_sum_of_its_coins(visitor):
    whole = visitor.paprika("/global").json()
    assert whole["cryptocurrencies_number"] > 2100
    assert isinstance(whole["last_updated"], int)
    assert 30 < whole["bitcoin_dominance_percentage"] < 80
    assert whole["market_cap_usd"] < whole["market_cap_ath_value"]
    assert whole["volume_24h_percent_to_ath"] <= 9999.99


def test_a_search_finds_coins_by_name_and_symbol(visitor):
    found = visitor.paprika("/search", q="uni", limit=50).json()
    exactly = visitor.paprika("/search", q="UNI", modifier="symbol_search").json()
    assert list(found) == ["currencies", "icos", "exchanges", "people", "tags"]
    assert found["currencies"][0]["id"] == "uni-uniswap"
    assert {coin["symbol"] for coin in exactly["currencies"]} == {"UNI"}
    assert len(visitor.paprika("/search", q="a").json()["currencies"]) == 6
    assert list(visitor.paprika("/search", q="btc", c="currencies").json()) == ["currencies"]
    assert error(visitor.paprika("/search"))[0] == 400


def test_amounts_convert_between_coins_and_money(visitor):
    pair = {"base_currency_id": "btc-bitcoin", "quote_currency_id": "usd-us-dollars"}
    two = visitor.paprika("/price-converter", **pair, amount=2).json()
    price = visitor.paprika("/tickers/btc-bitcoin").json()["quotes"]["USD"]["price"]
    assert two["amount"] == 2
    assert two["price"] == pytest.approx(2 * price, rel=0.01)
    for wrong in ({"amount": "nan"}, {"amount": "x"}, {"base_currency_id": "matic-polygon"}):
        assert error(visitor.paprika("/price-converter", **(pair | wrong)))[0] == 400


def test_what_belongs_to_the_paid_host_is_unknown_to_the_free_one(visitor):
    for path in ("/tickers/simple", "/key/info", "/changelog/ids"):
        assert visitor.paprika(path).text == "404 page not found"
        assert visitor.paid_paprika(path).status_code == 200
    page = visitor.paid_paprika("/tickers/simple", quotes="USD,BTC", page=2).json()
    assert [coin["rank"] for coin in page] == list(range(101, 201))
    assert list(page[0]) == ["id", "name", "symbol", "rank", "quotes"]
