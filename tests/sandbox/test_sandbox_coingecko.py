"""The simulated CoinGecko: its fields, parameters, rounding and the many shapes of its errors."""

import itertools

import pytest

from kasparro.sandbox.figures import shortened
from kasparro.sandbox.instants import DAY_MS, HOUR_MS, MINUTE_MS, milliseconds, read
from support.sandbox import START, exact

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


def markets(visitor, **params):
    return visitor.gecko(
        "/coins/markets", **{"vs_currency": "usd", "per_page": 250} | params
    ).json()


def ids(visitor, **params):
    return [row["id"] for row in markets(visitor, **params)]


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


@pytest.mark.parametrize(
    "amount, usual",
    [
        (105_029.4, 105_029),
        (3551.6649, 3551.66),
        (1.23456, 1.235),
        (0.9998161, 0.999816),
        (0.0170842649, 0.01708426),
        (0.00000988449, 9.88e-06),
        (5.63661e-11, 5.6366e-11),
        (0.0, 0.0),
        (-3.14159, -3.14),
    ],
)
def test_numbers_are_rounded_by_their_size(amount, usual):
    assert shortened(amount) == usual
    assert type(shortened(amount)) is type(usual)


def test_precision_says_how_many_digits(visitor):
    full, two, none = (
        markets(visitor, ids="chainlink", precision=digits)[0]["current_price"]
        for digits in ("full", "2", "0")
    )
    assert len(str(full)) > 12
    assert two == round(full, 2)
    assert none == round(full)
    assert visitor.gecko("/coins/markets", vs_currency="usd", precision="19").status_code == 400


def test_changes_and_sparklines_come_when_asked_for(visitor):
    (row,) = markets(
        visitor, ids="bitcoin", sparkline="true", price_change_percentage="1h,7d,1y,2d"
    )
    asked = [name for name in row if name.endswith("_in_currency")]
    assert asked == [f"price_change_percentage_{span}_in_currency" for span in ("1h", "7d", "1y")]
    assert len(row["sparkline_in_7d"]["price"]) == 168
    assert row["low_24h"] <= row["current_price"] <= row["high_24h"]


def test_another_currency_counts_the_same_worth(visitor):
    (dollars,), (euros,), (satoshis,) = (
        markets(visitor, ids="bitcoin", vs_currency=code, precision="full")
        for code in ("usd", "eur", "sats")
    )
    assert euros["current_price"] < dollars["current_price"]
    assert satoshis["current_price"] == pytest.approx(1e8)
    rates = visitor.gecko("/exchange_rates").json()["rates"]
    assert rates["btc"]["value"] == 1
    assert len(rates) == 63
    ratio = rates["eur"]["value"] / rates["usd"]["value"]
    assert euros["current_price"] / dollars["current_price"] == pytest.approx(ratio, rel=1e-6)


@pytest.mark.parametrize(
    "path, params, status, body",
    [
        ("/coins/markets", {}, 422, {"error": "Missing parameter vs_currency"}),
        ("/simple/price", {"vs_currencies": "usd"}, 422, {"error": "Missing parameter ids"}),
        ("/simple/price", {"ids": "x"}, 422, {"error": "Missing parameter vs_currencies"}),
        ("/coins/bitcoin/history", {}, 422, {"error": "Missing parameter date"}),
        (
            "/coins/bitcoin/market_chart",
            {"vs_currency": "usd"},
            422,
            {"error": "Missing parameter days"},
        ),
        ("/coins/markets", {"vs_currency": "usdt"}, 400, {"error": "invalid vs_currency"}),
        ("/coins/bitcoin/history", {"date": "2026/01/01"}, 400, {"error": "invalid date"}),
        ("/coins/nobody", {}, 404, {"error": "coin not found"}),
        ("/coins/nobody/ohlc", {}, 404, {"error": "coin not found"}),
        ("/coins/ethereum/contract/0x00", {}, 404, {"error": "coin not found"}),
        ("/coins/bitcoin/ohlc", {}, 500, {"status": 500, "error": "Internal Server Error"}),
    ],
)
def test_a_question_without_sense_is_refused_in_the_words_of_the_real_one(
    visitor, path, params, status, body
):
    answer = visitor.gecko(path, **params)
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["cache-control"] == "no-cache"


def test_an_unknown_path_has_a_status_in_its_body(visitor):
    answer = visitor.gecko("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["status"]["error_code"] == 404


@pytest.mark.parametrize("days", ["max", "366", "4000"])
def test_history_beyond_a_year_needs_a_larger_plan(visitor, days):
    path, params = "/coins/bitcoin/market_chart", {"vs_currency": "usd", "days": days}
    refused = visitor.gecko(path, **params)
    assert refused.status_code == 401
    assert refused.json()["error"]["status"]["error_code"] == 10012
    assert refused.json()["error"]["status"]["timestamp"].endswith("+00:00")
    assert visitor.pro_gecko(path, **params).status_code == 200
    assert visitor.gecko("/coins/bitcoin/history", date="01-10-2024").status_code == 401


def test_too_many_addresses_are_refused_in_a_shape_of_their_own(visitor):
    addresses = ",".join(f"0x{n:040x}" for n in range(11))
    path = "/simple/token_price/ethereum"
    answer = visitor.gecko(path, contract_addresses=addresses, vs_currencies="usd")
    assert answer.status_code == 400
    assert answer.json()["error_code"] == 10012
    assert "(10 addresses)" in answer.json()["status"]["error_message"]


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


@pytest.mark.parametrize(
    "days, least, most, step",
    [(1, 287, 290, 5 * MINUTE_MS), (30, 719, 723, HOUR_MS), (90, 2158, 2163, HOUR_MS)],
)
def test_points_of_a_chart_lie_near_their_grid_and_end_now(visitor, days, least, most, step):
    chart = visitor.gecko("/coins/bitcoin/market_chart", vs_currency="usd", days=days).json()
    times = [at for at, _ in chart["prices"]]
    assert least <= len(times) <= most
    assert times == sorted(times)
    assert AT_MS - 30 * MINUTE_MS - 300_000 < times[-1] <= AT_MS
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert step * 0.5 < min(gaps) < step * 0.9
    assert step * 1.1 < max(gaps) < step * 1.5
    assert not all(at % step == 0 for at in times)
    for name in ("market_caps", "total_volumes"):
        assert [at for at, _ in chart[name]] == times


def test_daily_points_stand_at_midnight_and_only_the_last_is_now(visitor):
    path, params = "/coins/bitcoin/market_chart", {"vs_currency": "usd", "days": 90}
    times = [at for at, _ in visitor.gecko(path, **params, interval="daily").json()["prices"]]
    year = visitor.gecko(path, vs_currency="usd", days=365).json()["prices"]
    assert len(times) == 91
    assert all(at % DAY_MS == 0 for at in times[:-1])
    assert times[-1] % DAY_MS
    assert len(year) == 366


def test_the_midnight_of_today_appears_ten_minutes_later(visitor):
    midnight = START.replace(day=3, hour=0, minute=0, second=0)

    def midnights_told(minute):
        visitor.now = midnight.replace(minute=minute)
        params = {"vs_currency": "usd", "days": 1, "interval": "daily"}
        points = visitor.gecko("/coins/bitcoin/market_chart", **params).json()["prices"]
        return [at for at, _ in points if at % DAY_MS == 0]

    assert midnights_told(9) == []
    assert midnights_told(12) == [milliseconds(midnight)]


def test_a_range_takes_seconds_or_dates_and_ends_where_it_says(visitor):
    path = "/coins/bitcoin/market_chart/range"
    by_date = visitor.gecko(path, vs_currency="usd", from_="2026-09-01", to="2026-09-11").json()
    by_second = visitor.gecko(path, vs_currency="usd", from_=1788220800, to=1789084800).json()
    times = [at for at, _ in by_date["prices"]]
    assert by_date == by_second
    assert 238 <= len(times) <= 241
    assert milliseconds(START.replace(month=9, day=1, hour=0, minute=0, second=0)) < times[0]
    assert times[-1] <= milliseconds(START.replace(month=9, day=11, hour=0, minute=0, second=0))
    for wrong in ({"from_": "2026-09-01"}, {"from_": "x", "to": "2026-09-02"}):
        assert visitor.gecko(path, vs_currency="usd", **wrong).status_code in {400, 422}


def test_a_day_is_told_in_five_minutes_only_while_it_ends_now(visitor):
    path = "/coins/bitcoin/market_chart/range"
    now = int(START.timestamp())
    fresh = visitor.gecko(path, vs_currency="usd", from_=now - 86_400, to=now + 600).json()
    past = visitor.gecko(path, vs_currency="usd", from_="2026-09-01", to="2026-09-02").json()
    assert len(fresh["prices"]) > 280
    assert 23 <= len(past["prices"]) <= 25


@pytest.mark.parametrize(
    "days, rows, length",
    [(1, 48, 30 * MINUTE_MS), (7, 42, 4 * HOUR_MS), (30, 180, 4 * HOUR_MS), (180, 45, 4 * DAY_MS)],
)
def test_candles_are_told_by_their_close_and_have_the_length_of_their_span(
    visitor, days, rows, length
):
    candles = visitor.gecko("/coins/bitcoin/ohlc", vs_currency="usd", days=days).json()
    assert len(candles) == rows
    assert {b[0] - a[0] for a, b in itertools.pairwise(candles)} == {length}
    assert all(close % length == 0 for close, *_ in candles)
    for _, opened, high, low, closed in candles:
        assert low <= min(opened, closed) <= max(opened, closed) <= high
    assert visitor.gecko("/coins/bitcoin/ohlc", vs_currency="usd", days=2).status_code == 400


@pytest.mark.parametrize("date", ["30-09-2026", "2026-09-30"])
def test_the_snapshot_of_a_day_takes_either_form_of_a_date(visitor, date):
    snapshot = visitor.gecko("/coins/bitcoin/history", date=date, localization="false").json()
    assert snapshot["market_data"]["current_price"].keys() >= {"usd", "eur", "sats", "xau"}
    assert "localization" not in snapshot
    assert isinstance(snapshot["image"]["thumb"], str)


def test_a_day_without_a_price_has_no_market_data(visitor):
    assert "market_data" not in visitor.gecko("/coins/bitcoin/history", date="01-01-2027").json()


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
