"""What the simulated sources answer beside prices: old forms, tags, ids, trends, token lists."""

from decimal import Decimal

import pytest

from support.sandbox import BUSINESS, COINPAPRIKA_PAID, STARTER, error


def test_the_deprecated_ticker_is_flat_and_all_of_it_is_strings(visitor):
    one = visitor.paprika("/ticker/btc-bitcoin").json()
    assert {type(value) for value in one.values()} == {str}
    new = visitor.paprika("/tickers/btc-bitcoin").json()
    assert Decimal(one["price_usd"]) == pytest.approx(Decimal(new["quotes"]["USD"]["price"]))
    assert (one["rank"], one["price_btc"], one["max_supply"]) == ("1", "1.0", "21000000")
    assert one["last_updated"].isdecimal()
    every = visitor.paprika("/ticker").json()
    assert len(every) == 2000
    assert any(row["max_supply"] == "" for row in every), "what is unknown is an empty string"
    assert error(visitor.paprika("/ticker/nobody")) == (404, "id not found")


def test_ids_are_mapped_by_either_side_from_the_business_plan_on(visitor):
    [by_gecko] = visitor.paid_paprika("/coins/mappings", coingecko="bitcoin").json()
    [by_paprika] = visitor.paid_paprika("/coins/mappings", coinpaprika="btc-bitcoin").json()
    assert by_gecko == by_paprika
    assert (by_gecko["coinpaprika"], by_gecko["coingecko"]) == ("btc-bitcoin", "bitcoin")
    assert visitor.paid_paprika("/coins/mappings", coingecko="nobody").json() == []
    starter = visitor.ask(COINPAPRIKA_PAID + "/coins/mappings", headers=STARTER)
    status, text = error(starter)
    assert status == 402
    assert "not allowed in this plan" in text
    assert error(visitor.paprika("/coins/mappings")) == (404, "id not found")
    assert BUSINESS != STARTER


def test_a_tag_counts_its_coins_and_stands_on_their_pages(visitor):
    [stable] = [tag for tag in visitor.paprika("/tags").json() if tag["id"] == "stablecoin"]
    assert "coins" not in stable
    full = visitor.paprika("/tags/stablecoin", additional_fields="coins,icos").json()
    assert len(full["coins"]) == stable["coin_counter"] > 5
    assert "usdt-tether" in full["coins"]
    tags = visitor.paprika("/coins/usdt-tether").json()["tags"]
    assert [tag["id"] for tag in tags] == ["stablecoin"]
    assert error(visitor.paprika("/tags/nothing")) == (404, "id not found")


def test_no_events_posts_or_people_are_simulated(visitor):
    assert visitor.paprika("/coins/btc-bitcoin/events").json() == []
    assert visitor.paprika("/coins/btc-bitcoin/twitter").json() == []
    assert error(visitor.paprika("/coins/nobody/events")) == (404, "id not found")
    assert error(visitor.paprika("/people/vitalik-buterin")) == (404, "id not found")


def test_a_chart_by_contract_is_that_of_its_coin(visitor):
    address = visitor.gecko("/coins/uniswap").json()["platforms"]["ethereum"]
    contract = f"/coins/ethereum/contract/{address.upper().replace('0X', '0x')}"
    asked = {"vs_currency": "usd", "days": 7}
    by_id = visitor.gecko("/coins/uniswap/market_chart", **asked).json()
    by_contract = visitor.gecko(f"{contract}/market_chart", **asked).json()
    both = dict(by_id["prices"]).items() & dict(by_contract["prices"]).items()
    assert len(both) > 150, "the two were cached at moments of their own"
    window = {"vs_currency": "usd", "from_": 1788220800, "to": 1788307200}
    ranged = visitor.gecko(f"{contract}/market_chart/range", **window).json()
    assert ranged == visitor.gecko("/coins/uniswap/market_chart/range", **window).json()
    nobody = visitor.gecko("/coins/ethereum/contract/0x0/market_chart", **asked)
    assert (nobody.status_code, nobody.json()) == (404, {"error": "coin not found"})


def test_what_trends_has_its_price_in_every_currency(visitor):
    found = visitor.gecko("/search/trending").json()
    items = [one["item"] for one in found["coins"]]
    assert [item["score"] for item in items] == list(range(15))
    ids = ",".join(item["id"] for item in items)
    prices = visitor.gecko("/simple/price", ids=ids, vs_currencies="usd", precision="full").json()
    for item in items:
        assert item["data"]["price"] == pytest.approx(prices[item["id"]]["usd"], rel=0.2)
        assert len(item["data"]["price_change_percentage_24h"]) == 63


def test_a_token_list_has_the_addresses_that_the_catalogue_has(visitor):
    tokens = visitor.gecko("/token_lists/ethereum/all.json").json()["tokens"]
    catalogue = visitor.gecko("/coins/list", include_platform="true").json()
    known = {row["platforms"]["ethereum"] for row in catalogue if "ethereum" in row["platforms"]}
    assert {token["address"] for token in tokens} == known
    assert {token["chainId"] for token in tokens} == {1}
    assert visitor.gecko("/token_lists/nowhere/all.json").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/nfts/list", "/derivatives", "/coins/categories", "/global/decentralized_finance_defi"],
)
def test_what_is_not_simulated_is_an_unknown_path(visitor, path):
    answer = visitor.gecko(path)
    assert answer.status_code == 404
