"""Where coins are traded in the simulated market: shares of one volume, near one price."""

import pytest

from support.sandbox import error

NEAR = 0.003  # of the price: an exchange's own, and the moment it was last seen


def test_both_sources_name_the_same_exchanges_of_a_coin_with_prices_near_its_own(visitor):
    price = visitor.gecko("/simple/price", ids="bitcoin", vs_currencies="usd").json()
    usd = price["bitcoin"]["usd"]
    gecko = visitor.gecko("/coins/bitcoin/tickers").json()
    paprika = visitor.paprika("/coins/btc-bitcoin/markets").json()
    assert gecko["name"] == "Bitcoin"
    assert [one["market"]["name"] for one in gecko["tickers"]] == [
        one["exchange_name"] for one in paprika
    ]
    assert len(paprika) == 6
    for one in gecko["tickers"]:
        assert one["converted_last"]["usd"] == pytest.approx(usd, rel=NEAR)
        assert one["trust_score"] is None
    for one in paprika:
        assert one["quotes"]["USD"]["price"] == pytest.approx(usd, rel=NEAR)
        assert one["pair"] == "BTC/USDT"


def test_the_shares_of_a_coins_exchanges_are_the_whole_of_its_volume(visitor):
    markets = visitor.paprika("/coins/eth-ethereum/markets").json()
    exchanges = visitor.paprika("/coins/eth-ethereum/exchanges").json()
    [shares] = {
        tuple(one["adjusted_volume_24h_share"] for one in found) for found in (markets, exchanges)
    }
    assert sum(shares) == pytest.approx(100, abs=0.1)
    volume = visitor.paprika("/tickers/eth-ethereum").json()["quotes"]["USD"]["volume_24h"]
    traded = sum(one["quotes"]["USD"]["volume_24h"] for one in markets)
    assert traded == pytest.approx(volume, rel=0.02)


def test_a_small_coin_is_traded_on_fewer_exchanges_and_a_dead_one_on_none(visitor):
    listed = visitor.gecko("/coins/markets", vs_currency="usd", order="market_cap_asc").json()
    small = next(row["id"] for row in listed if row["market_cap"])
    assert len(visitor.gecko(f"/coins/{small}/tickers").json()["tickers"]) < 6
    assert visitor.gecko("/coins/matic-network/tickers").json()["tickers"] == []


def test_tickers_are_chosen_by_exchange_and_stand_on_the_page_of_the_coin_too(visitor):
    of_kraken = visitor.gecko("/coins/bitcoin/tickers", exchange_ids="kraken").json()["tickers"]
    assert [one["market"]["identifier"] for one in of_kraken] == ["kraken"]
    assert len(visitor.gecko("/coins/bitcoin").json()["tickers"]) == 6
    assert "tickers" not in visitor.gecko("/coins/bitcoin", tickers="false").json()
    assert "logo" not in of_kraken[0]["market"]
    asked = visitor.gecko("/coins/bitcoin/tickers", include_exchange_logo="true").json()
    assert "logo" in asked["tickers"][0]["market"]


def test_exchanges_are_listed_with_what_is_traded_there(visitor):
    names = visitor.gecko("/exchanges/list").json()
    assert [one["id"] for one in names][:2] == ["binance", "gdax"]
    first, second = visitor.gecko("/exchanges", per_page=2).json()
    assert first["trade_volume_24h_btc"] > second["trade_volume_24h_btc"] > 0
    page = visitor.gecko("/exchanges/binance").json()
    assert page["name"] == "Binance"
    assert page["coins"] > len(page["tickers"]) == 100
    rest = visitor.gecko("/exchanges/binance/tickers", page=2).json()["tickers"]
    assert {one["coin_id"] for one in rest}.isdisjoint(one["coin_id"] for one in page["tickers"])
    missing = visitor.gecko("/exchanges/nowhere")
    assert (missing.status_code, missing.json()) == (404, {"error": "exchange not found"})


def test_coinpaprikas_exchanges_tell_volumes_in_the_currencies_asked_for(visitor):
    exchanges = visitor.paprika("/exchanges", quotes="USD,BTC").json()
    assert [one["adjusted_rank"] for one in exchanges] == list(range(1, 7))
    bitcoin = visitor.paprika("/tickers/btc-bitcoin").json()["quotes"]["USD"]["price"]
    quotes = exchanges[0]["quotes"]
    ratio = quotes["USD"]["reported_volume_24h"] / quotes["BTC"]["reported_volume_24h"]
    assert ratio == pytest.approx(bitcoin, rel=0.01)
    one = visitor.paprika("/exchanges/kraken").json()
    markets = visitor.paprika("/exchanges/kraken/markets").json()
    assert one["markets"] == len(markets)
    assert sum(row["reported_volume_24h_share"] for row in markets) == pytest.approx(100, abs=1)
    assert error(visitor.paprika("/exchanges/nowhere/markets")) == (404, "id not found")
