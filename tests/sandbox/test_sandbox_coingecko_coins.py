"""The simulated CoinGecko: bare prices, the catalogue, pages of coins and of the whole market."""

import pytest

from kasparro.sandbox.instants import milliseconds
from support.sandbox import START, exact, ids, markets

AT_MS = milliseconds(START)


def test_simple_prices_leave_out_what_nobody_knows(visitor):
    answer = visitor.gecko("/simple/price", ids="bitcoin,nobody", vs_currencies="usd,nothing")
    assert list(answer.json()) == ["bitcoin"]
    assert list(answer.json()["bitcoin"]) == ["usd"]
    assert visitor.gecko("/simple/price", ids="nobody", vs_currencies="usd").json() == {}
    unknown = visitor.gecko("/simple/price", ids="bitcoin", vs_currencies="nothing")
    assert unknown.json() == {"bitcoin": {}}


def test_simple_prices_say_as_much_as_they_are_asked_for(visitor):
    wanted = dict.fromkeys(
        (
            "include_market_cap",
            "include_24hr_vol",
            "include_24hr_change",
            "include_last_updated_at",
        ),
        "true",
    )
    both = visitor.gecko("/simple/price", ids="tether,matic-network", vs_currencies="usd", **wanted)
    named = ["usd", "usd_market_cap", "usd_24h_vol", "usd_24h_change", "last_updated_at"]
    assert [list(prices) for prices in both.json().values()] == [named, named]
    assert both.json()["matic-network"]["usd"] is None
    assert AT_MS / 1000 - 300 < both.json()["tether"]["last_updated_at"] <= AT_MS / 1000


def test_a_token_is_found_by_its_address(visitor):
    platforms = {
        coin["id"]: coin["platforms"]
        for coin in visitor.gecko("/coins/list", include_platform="true").json()
    }
    address = platforms["tether"]["ethereum"]
    prices = visitor.gecko(
        "/simple/token_price/ethereum", contract_addresses=address.upper(), vs_currencies="usd"
    )
    page = visitor.gecko(f"/coins/ethereum/contract/{address}").json()
    assert list(prices.json()) == [address]
    assert (page["id"], page["contract_address"]) == ("tether", address)
    assert platforms["bitcoin"] == {}


def test_the_list_of_coins_is_sorted_and_leaves_out_what_is_gone(visitor):
    coins = visitor.gecko("/coins/list").json()
    gone = visitor.gecko("/coins/list", status="inactive").json()
    names = [coin["id"] for coin in coins]
    assert names == sorted(names)
    assert len(names) > 2200
    assert [coin["id"] for coin in gone] == ["ethlend"]
    assert "ethlend" not in names
    assert ids(visitor, ids="ethlend") == []
    assert visitor.gecko("/coins/ethlend").status_code == 404
    assert "ethlend" not in ids(visitor, symbols="lend", include_tokens="all")
    assert all(coin["symbol"] == coin["symbol"].lower() for coin in coins)
    assert {tuple(coin) for coin in coins} == {("id", "symbol", "name")}


def test_the_page_of_a_coin_leaves_out_what_is_turned_off(visitor):
    whole = visitor.gecko("/coins/bitcoin").json()
    lean = visitor.gecko(
        "/coins/bitcoin",
        localization="false",
        tickers="false",
        market_data="false",
        community_data="false",
        developer_data="false",
    ).json()
    missing = whole.keys() - lean.keys()
    assert missing == {"localization", "tickers", "market_data", "community_data", "developer_data"}
    assert len(whole["market_data"]["current_price"]) == 63
    assert whole["platforms"] == {"": ""}
    assert "\r\n" in whole["description"]["en"]
    row = markets(visitor, ids="bitcoin")[0]
    assert whole["market_data"]["current_price"]["usd"] == pytest.approx(
        row["current_price"], rel=0.01
    )
    assert whole["market_cap_rank"] == row["market_cap_rank"] == 1


def test_the_whole_market_is_wrapped_in_data(visitor):
    whole = visitor.gecko("/global").json()
    assert list(whole) == ["data"]
    assert len(whole["data"]["total_market_cap"]) == 63
    assert len(whole["data"]["market_cap_percentage"]) == 10
    assert 0 < AT_MS / 1000 - whole["data"]["updated_at"] + 1 < 602


def test_a_search_finds_coins_and_has_a_place_for_everything_else(visitor):
    found = visitor.gecko("/search", query="UNI").json()
    assert list(found) == ["coins", "exchanges", "icos", "categories", "nfts"]
    assert found["coins"][0]["id"] == "uniswap"
    assert found["coins"][0]["symbol"] == "UNI"


def test_small_facts_are_where_clients_look_for_them(visitor):
    assert visitor.gecko("/ping").json() == {"gecko_says": "(V3) To the Moon!"}
    currencies = visitor.gecko("/simple/supported_vs_currencies").json()
    assert len(currencies) == 63
    assert "usdt" not in currencies
    platforms = visitor.gecko("/asset_platforms").json()
    assert {"ethereum", "solana", "base"} <= {platform["id"] for platform in platforms}
    assert exact(visitor.gecko("/coins/categories/list"))[0]["category_id"] == "stablecoins"
    assert visitor.gecko("/key").status_code == 404
