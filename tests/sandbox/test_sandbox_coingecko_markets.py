"""The simulated CoinGecko: pages of markets, and which coins are on them."""

import itertools

import pytest

from kasparro.sandbox.instants import HOUR_MS, MINUTE_MS, milliseconds, read
from support.sandbox import START, ids, markets

AT_MS = milliseconds(START)
ROW = [
    "id",
    "symbol",
    "name",
    "image",
    "current_price",
    "market_cap",
    "market_cap_rank",
    "fully_diluted_valuation",
    "total_volume",
    "high_24h",
    "low_24h",
    "price_change_24h",
    "price_change_percentage_24h",
    "market_cap_change_24h",
    "market_cap_change_percentage_24h",
    "circulating_supply",
    "total_supply",
    "max_supply",
    "ath",
    "ath_change_percentage",
    "ath_date",
    "atl",
    "atl_change_percentage",
    "atl_date",
    "roi",
    "last_updated",
]


def test_a_row_has_the_documented_fields_in_their_order(visitor):
    for page in (1, 5, 9):
        assert all(list(row) == ROW for row in markets(visitor, page=page))


def test_pages_go_by_size_and_end_in_an_empty_one(visitor):
    first, second = markets(visitor, page=1), markets(visitor, page=2)
    caps = [row["market_cap"] for row in first + second]
    ranks = [row["market_cap_rank"] for row in first + second]
    assert ranks == list(range(1, 501))
    # Each coin has its own time, and the order is up to five minutes old.
    assert all(after < 1.1 * before for before, after in itertools.pairwise(caps))
    assert markets(visitor, page=99) == []


@pytest.mark.parametrize(
    "per_page, rows", [("1", 1), ("250", 250), ("9999", 250), ("0", 1), ("x", 100)]
)
def test_a_page_holds_up_to_250_coins(visitor, per_page, rows):
    assert len(markets(visitor, per_page=per_page)) == rows


def test_a_page_holds_a_hundred_coins_unless_told(visitor):
    assert len(visitor.gecko("/coins/markets", vs_currency="usd").json()) == 100


def test_what_stands_for_other_coins_shows_only_with_its_flag(visitor):
    without = {row["id"]: row for row in markets(visitor)}
    included = {row["id"]: row for row in markets(visitor, include_rehypothecated="true")}
    assert "weth" not in without
    assert "market_cap_rank_with_rehypothecated" not in without["bitcoin"]
    assert included["weth"]["market_cap_rank"] is None
    assert included["weth"]["market_cap_rank_with_rehypothecated"] > 1
    ranks = [row["market_cap_rank_with_rehypothecated"] for row in included.values()]
    assert ranks == list(range(1, 251))
    assert included["solana"]["market_cap_rank"] == without["solana"]["market_cap_rank"]


def test_coins_are_asked_for_by_id_name_or_symbol(visitor):
    assert ids(visitor, ids="ripple,bitcoin,nobody") == ["bitcoin", "ripple"]
    assert ids(visitor, ids="bitcoin ethereum") == ["bitcoin"]
    assert ids(visitor, ids="weth") == ["weth"]
    assert ids(visitor, ids="") == []
    assert ids(visitor, names="Bitcoin,XRP") == ["bitcoin", "ripple"]
    assert ids(visitor, symbols="uni") == ["uniswap"]
    everyone = ids(visitor, symbols="uni", include_tokens="all")
    assert {"uniswap", "uni", "unicorn-token"} <= set(everyone)
    assert ids(visitor, ids="ripple", names="Bitcoin", symbols="eth") == ["ripple"]
    assert set(ids(visitor, category="stablecoins")) >= {"tether", "usd-coin"}
    assert ids(visitor, category="nothing-like-it") == []


def test_rows_are_ordered_as_asked_and_the_unsized_come_last(visitor):
    assert ids(visitor, order="id_asc") == sorted(ids(visitor, order="id_asc"))
    assert ids(visitor, order="id_desc", per_page=1)[0] > "y"
    volumes = [row["total_volume"] for row in markets(visitor, order="volume_desc")]
    assert volumes[0] > volumes[100] > volumes[249]
    smallest = markets(visitor, order="market_cap_asc")
    assert smallest[0]["market_cap_rank"] is not None
    last = markets(visitor, page=9) + markets(visitor, page=10)
    assert last[-1]["market_cap_rank"] is None


def test_numbers_may_be_null_and_an_unknown_size_is_zero_without_a_rank(visitor):
    rows = [row for page in range(1, 11) for row in markets(visitor, page=page)]
    unsized = [row for row in rows if row["market_cap"] == 0]
    assert unsized
    assert all(row["market_cap_rank"] is None for row in unsized)
    assert all(row["circulating_supply"] == 0 for row in unsized)
    assert all(row["current_price"] > 0 for row in unsized)
    for name in ("max_supply", "high_24h", "price_change_percentage_24h", "roi"):
        assert any(row[name] is None for row in rows), name
        assert any(row[name] is not None for row in rows), name
    assert any(
        row["total_supply"] and row["total_supply"] < row["circulating_supply"] for row in rows
    )


def test_times_are_fresh_for_most_coins_and_hours_old_for_a_few(visitor):
    rows = [row for page in range(1, 11) for row in markets(visitor, page=page)]
    ages = {row["id"]: AT_MS - read(row["last_updated"]) for row in rows}
    del ages["matic-network"]
    fresh = [age for age in ages.values() if age < 4 * MINUTE_MS]
    assert min(ages.values()) >= 0
    assert 0.95 < len(fresh) / len(ages) < 1
    assert HOUR_MS < max(ages.values()) < 5 * HOUR_MS
    assert ages["bitcoin"] < 4 * MINUTE_MS


def test_a_migrated_coin_keeps_its_id_and_nothing_else(visitor):
    (row,) = markets(visitor, ids="matic-network")
    assert (row["id"], row["symbol"], row["name"]) == ("matic-network", "matic", "Polygon")
    assert row["last_updated"].endswith("Z")
    assert {row[name] for name in ROW[4:-1]} == {None}
    page = visitor.gecko("/coins/matic-network").json()
    assert page["market_data"]["current_price"] == {}
    assert page["market_data"]["circulating_supply"] == 0.0
    chart = visitor.gecko("/coins/matic-network/market_chart", vs_currency="usd", days=7).json()
    assert chart == {"prices": [], "market_caps": [], "total_volumes": []}
