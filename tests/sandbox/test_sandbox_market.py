"""One market stands behind both simulated sources: same seed and time, same prices."""

import itertools
from datetime import UTC, datetime, timedelta
from statistics import pstdev

import pytest

from kasparro.sandbox.instants import DAY_MS, milliseconds, read
from kasparro.sandbox.market import Market
from kasparro.sandbox.world import World
from support.sandbox import START, Visitor, exact

AT_MS = milliseconds(START)
PATHS = [
    ("/coinpaprika/v1/tickers", {"quotes": "USD,BTC,EUR"}),
    ("/coinpaprika/v1/coins", {}),
    ("/coinpaprika/v1/tickers/btc-bitcoin/historical", {"start": "2026-05-01", "interval": "1d"}),
    ("/coingecko/api/v3/coins/markets", {"vs_currency": "usd", "per_page": 250}),
    ("/coingecko/api/v3/coins/bitcoin/market_chart", {"vs_currency": "usd", "days": 30}),
]


@pytest.fixture(scope="module")
def market():
    return Market(World(1))


@pytest.mark.parametrize("path, params", PATHS)
def test_the_same_seed_and_time_give_the_same_bytes(visitor, path, params):
    another = Visitor()
    assert another.ask(path, **params).content == visitor.ask(path, **params).content


def test_another_seed_gives_other_prices_of_the_same_coins(visitor):
    ours, theirs = (
        {coin["id"]: coin["quotes"]["USD"]["price"] for coin in one.paprika("/tickers").json()}
        for one in (visitor, Visitor(seed=2))
    )
    both = ours.keys() & theirs.keys()
    assert len(both) > 1800
    assert all(ours[id_] != theirs[id_] for id_ in both)


def test_time_that_stands_still_gives_the_same_bytes_for_ever(visitor):
    first = visitor.paprika("/tickers")
    visitor.wall += timedelta(days=3)
    second = visitor.paprika("/tickers")
    assert (second.content, second.headers) == (first.content, first.headers)


def test_both_sources_report_the_price_of_the_moment_they_name(visitor, market):
    listed = market.world
    for coin in visitor.paprika("/tickers").json():
        price = market.price(listed.of_coinpaprika[coin["id"]], read(coin["last_updated"]))
        assert coin["quotes"]["USD"]["price"] == price
    page = visitor.gecko("/coins/markets", vs_currency="usd", per_page=250, precision="full").json()
    for coin in page:
        price = market.price(listed.of_coingecko[coin["id"]], read(coin["last_updated"]))
        assert coin["current_price"] == price


def test_a_price_rounded_as_usual_is_off_by_its_rounding_alone(visitor, market):
    page = visitor.gecko("/coins/markets", vs_currency="usd", per_page=250).json()
    for coin in page:
        price = market.price(market.world.of_coingecko[coin["id"]], read(coin["last_updated"]))
        assert coin["current_price"] == pytest.approx(price, rel=0.005)


def test_the_two_sources_agree_on_every_coin_they_share(visitor, market):
    rows = visitor.gecko("/coins/markets", vs_currency="usd", per_page=250, precision="full").json()
    gecko = {row["id"]: row for row in rows}
    shared = 0
    for coin in visitor.paprika("/tickers").json():
        row = gecko.get(market.world.of_coinpaprika[coin["id"]].coingecko_id)
        if row is not None:
            shared += 1
            assert coin["quotes"]["USD"]["price"] == pytest.approx(row["current_price"], rel=0.05)
            cap = coin["quotes"]["USD"]["market_cap"]
            assert cap == pytest.approx(row["market_cap"], rel=0.05)
    assert shared > 100


def test_the_charts_of_both_sources_and_the_price_of_that_day_are_one(visitor, market):
    ticks = visitor.paprika(
        "/tickers/eth-ethereum/historical", start="2026-09-20", interval="1d"
    ).json()
    chart = visitor.gecko("/coins/ethereum/market_chart", vs_currency="usd", days=120).json()
    charted = dict(map(tuple, chart["prices"]))
    snapshot = visitor.gecko("/coins/ethereum/history", date="20-09-2026").json()
    assert len(ticks) == 13
    for tick in ticks:
        assert charted[read(tick["timestamp"])] == tick["price"]
    assert snapshot["market_data"]["current_price"]["usd"] == ticks[0]["price"]
    candle = visitor.paid_paprika(
        "/coins/eth-ethereum/ohlcv/historical", start="2026-09-20", interval="24h"
    ).json()[0]
    assert candle["open"] == ticks[0]["price"]
    assert candle["low"] <= candle["open"] <= candle["high"]


def test_what_is_wrapped_follows_what_it_wraps_and_a_peg_holds(market):
    coins = market.world.by_key
    day = range(AT_MS - DAY_MS * 30, AT_MS, DAY_MS // 4)
    wrapped = [market.price(coins["wrapped-bitcoin"], at) for at in day]
    bitcoin = [market.price(coins["bitcoin"], at) for at in day]
    dollars = [market.price(coins["tether"], at) for at in day]
    assert wrapped == pytest.approx(bitcoin, rel=0.01)
    assert wrapped != bitcoin
    assert dollars == pytest.approx([1.0] * len(dollars), rel=0.01)
    assert len(set(dollars)) == len(dollars)


def test_large_coins_move_less_than_small_ones_and_none_leaves_its_records(market):
    def daily(coin):
        instants = [AT_MS - n * DAY_MS for n in range(200)]
        prices = [market.price(coin, at) for at in instants]
        motion = market.motion(coin)
        assert motion.lowest_usd < min(prices)
        assert max(prices) < motion.highest_usd
        return pstdev(a / b for a, b in itertools.pairwise(prices))

    ranked = market.ranking(AT_MS).largest
    small = [coin for coin in ranked[1500:1520] if not coin.follows]
    assert 0.01 < daily(market.world.by_key["bitcoin"]) < 0.04
    assert all(0.02 < daily(coin) < 0.15 for coin in small)


def test_changes_in_percent_follow_from_the_prices(visitor, market):
    for coin in visitor.paprika("/tickers").json()[::97]:
        at_ms = read(coin["last_updated"])
        known = market.world.of_coinpaprika[coin["id"]]
        now, before = (market.price(known, at) for at in (at_ms, at_ms - DAY_MS))
        change = coin["quotes"]["USD"]["percent_change_24h"]
        assert change == pytest.approx((now / before - 1) * 100, abs=0.006)


def test_times_of_coins_are_recent_and_sometimes_go_back(visitor):
    seen, back, ages = {}, 0, []
    for _ in range(60):
        visitor.now += timedelta(seconds=60)
        coins = visitor.paprika("/tickers/btc-bitcoin"), visitor.paprika("/tickers/eth-ethereum")
        for coin in (answer.json() for answer in coins):
            updated = datetime.fromisoformat(coin["last_updated"])
            back += updated < seen.get(coin["id"], updated)
            seen[coin["id"]] = updated
            ages.append((visitor.now - updated).total_seconds())
    assert 0 < back < 40
    assert min(ages) >= 37
    assert max(ages) <= 306


def test_a_coin_has_no_past_before_it_was_first_seen(visitor):
    young = visitor.paid_paprika("/coins/sol-solana").json()["first_data_at"]
    points = visitor.paid_paprika(
        "/tickers/sol-solana/historical", start="2015-01-01", interval="1d"
    ).json()
    assert points[0]["timestamp"] == young
    assert datetime.fromisoformat(young).tzinfo is UTC


def test_numbers_come_as_integers_fractions_and_with_exponents(visitor):
    page = exact(visitor.gecko("/coins/markets", vs_currency="usd", per_page=250, page=4))
    kinds = {type(coin["current_price"]) for coin in page}
    written = visitor.gecko("/coins/markets", vs_currency="usd", per_page=250, page=9).text
    btc = exact(visitor.gecko("/simple/price", ids="bitcoin", vs_currencies="krw"))
    assert len(kinds) == 1
    assert "e-" in written
    assert isinstance(btc["bitcoin"]["krw"], int)
    assert isinstance(exact(visitor.paprika("/tickers"))[0]["quotes"]["USD"]["market_cap"], int)
