"""The simulated CoinPaprika: its tickers, in the fields and numbers of each plan."""

import pytest

from support.sandbox import error, exact

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
