"""Which coins the simulated market holds, and that they give identity something to get wrong."""

import csv
from collections import Counter, defaultdict

import pytest

from kasparro.core.platforms import OF_COINGECKO
from kasparro.sandbox.currencies import currencies, of_coingecko, of_coinpaprika
from kasparro.sandbox.world import PEGS, UNIVERSE, World
from kasparro.store import seed as shipped_map


@pytest.fixture(scope="module")
def world():
    return World(1)


@pytest.fixture(scope="module")
def shipped():
    """slug -> source -> ids, of the map we ship."""
    ids = defaultdict(lambda: defaultdict(list))
    with (shipped_map.DIRECTORY / "listings.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ids[row["slug"]][row["source"]].append(row["source_asset_id"])
    return ids


def test_there_are_a_few_thousand_coins_most_of_them_at_both_sources(world):
    both = [coin for coin in world.coins if coin.coingecko_id and coin.coinpaprika_id]
    assert len(world.coins) > 2400
    assert len(both) > 2000
    assert sum(not coin.coinpaprika_id for coin in world.coins) > 100
    assert sum(not coin.coingecko_id for coin in world.coins) > 80


def test_every_id_is_there_once_and_the_file_is_sorted(world):
    keys = [coin.key for coin in world.coins]
    assert keys == sorted(keys)
    for ids in (
        [coin.coingecko_id for coin in world.coins if coin.coingecko_id],
        [coin.coinpaprika_id for coin in world.coins if coin.coinpaprika_id],
    ):
        assert [id_ for id_, times in Counter(ids).items() if times > 1] == []


def test_it_says_of_no_coin_what_the_shipped_map_says_otherwise(world, shipped):
    compared = 0
    for sources in shipped.values():
        for gecko_id, paprika_id in zip(sources["coingecko"], sources["coinpaprika"], strict=False):
            coin = world.of_coingecko.get(gecko_id)
            if coin is not None and coin.coinpaprika_id and len(sources["coinpaprika"]) == 1:
                compared += 1
                assert coin.coinpaprika_id == paprika_id
    assert compared > 500


def test_symbols_are_shared_by_different_coins(world):
    symbols = Counter(coin.symbol for coin in world.coins if coin.coingecko_id)
    assert sum(times > 1 for times in symbols.values()) > 100
    assert symbols["uni"] >= 5
    assert symbols["weth"] >= 4
    names = Counter(coin.name for coin in world.coins)
    assert any(times > 1 for times in names.values())


def test_names_differ_between_the_sources_for_some(world):
    other = [coin for coin in world.coins if coin.coinpaprika_name != coin.name]
    assert len(other) > 100
    assert world.by_key["usd-coin"].coinpaprika_name == "USD Coin"
    assert world.by_key["renbtc"].coinpaprika_symbol == "renBTC"


def test_renames_and_migrations_are_there(world):
    by_id = world.of_coingecko
    assert by_id["matic-network"].state == "migrated"
    assert by_id["polygon-ecosystem-token"].traded
    assert (by_id["terra-luna"].symbol, by_id["terra-luna-2"].symbol) == ("lunc", "luna")
    assert by_id["terra-luna"].coinpaprika_id == "luna-terra"
    assert by_id["maker"].traded
    assert by_id["sky"].traded


def test_what_follows_another_coin_names_one_and_stands_near_it(world):
    for coin in world.coins:
        if coin.rehypothecated:
            followed = world.by_key[coin.follows]
            assert not followed.follows or followed.follows in world.by_key or followed.pegged
            assert 0.8 < coin.price_usd / followed.price_usd < 1.4, coin.key
    followers = {coin.key for coin in world.coins if coin.rehypothecated}
    assert {"weth", "wrapped-bitcoin", "staked-ether", "wrapped-steth"} <= followers
    assert {coin.follows for coin in world.coins if coin.pegged} <= PEGS


def test_every_traded_coin_has_a_price_and_a_size_and_platforms_we_know(world):
    for coin in world.coins:
        assert (coin.price_usd > 0 and coin.supply > 0) == coin.traded or coin.state == "migrated"
        assert coin.max_supply is None or coin.max_supply > 0.99 * coin.supply
        assert set(coin.platforms) <= OF_COINGECKO.keys()
        assert coin.symbol == coin.symbol.lower()


def test_the_largest_coins_are_who_everybody_expects(world):
    worth = sorted(world.coins, key=lambda coin: -coin.price_usd * coin.supply)
    assert [coin.key for coin in worth[:3]] == ["bitcoin", "ethereum", "tether"]


def test_currencies_are_worth_something_and_follow_coins_there_are(world):
    assert len(of_coingecko()) == 63
    assert len(of_coinpaprika()) == 42
    assert list(of_coingecko())[:2] == ["btc", "eth"]
    for currency in currencies():
        assert currency.per_unit > 0
        assert not currency.coin or world.by_key[currency.coin].traded


def test_the_file_stays_small():
    assert UNIVERSE.stat().st_size < 256 * 1024
