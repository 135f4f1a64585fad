"""The simulated CoinPaprika: catalogue, contracts, search and the whole market."""

import pytest

from support.sandbox import error


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
