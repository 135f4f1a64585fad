"""Two runs beside each other over HTTP, after true sweeps."""

from collections.abc import AsyncIterator, Container, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.schemas.comparison import Comparison
from kasparro.store.runs import Report
from support.api import Api, serving
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coin, ticker

SMALL = {"coingecko": Choice(options=Options(top=250))}


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url, choices=SMALL) as own:
        yield own


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


def sweep(
    home: House, prices: dict[str, float], *, capless: Container[str] = (), **changes: Any
) -> Report:
    """The next hour's sweep of these coins at these prices; of some nobody knows the size."""
    home.clock.tick(hours=1)
    at = (home.clock.now() - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    there = [
        coin(id_, current_price=price, last_updated=at, **changes)
        | ({"market_cap": None} if id_ in capless else {})
        for id_, price in prices.items()
    ]

    def answer(asked: Asked) -> Reply:
        return as_json([] if "ids" in asked.params else there)

    home.providers["coingecko"].answer = answer
    return home.sweep("coingecko")


async def compare(api: Api, first: Report, second: Report) -> dict[str, Any]:
    body = await api.json("/compare-runs", run_id_1=first.run_id, run_id_2=second.run_id)
    Comparison.model_validate(body)
    return body


def figure(body: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in body["metrics"] if one["name"] == name)


MARKET = {f"coin-{n}": 10.0 + n for n in range(20)}


async def test_two_sweeps_are_compared_as_sets_as_figures_and_as_markets(
    api: Api, home: House
) -> None:
    first = sweep(home, MARKET | {"bitcoin": 60000, "lost": 1})
    rising = {name: price * 1.1 for name, price in MARKET.items()}
    second = sweep(home, rising | {"bitcoin": 120000, "found": 1}, capless=MARKET)
    body = await compare(api, first, second)
    assert body["comparable"] is True
    assert body["assets"] == {"added": ["found"], "gone": ["lost"]}
    records = figure(body, "records_fetched")
    assert (records["run_1"], records["run_2"], records["delta"]) == (22, 22, 0)
    assert (records["verdict"], records["held_against"]) == ("insufficient_history", 1)
    market_cap = next(one for one in body["fields"] if one["field"] == "market_cap")
    assert market_cap["null_rate_1"] == 0
    assert float(market_cap["null_rate_2"]) == pytest.approx(20 / 22)
    assert body["market"]["coins"] == 21
    assert float(body["market"]["log_return"]) == pytest.approx(0.0953, abs=1e-4)
    top = body["market"]["top_movers"][0]
    assert (top["coin_id"], top["symbol"], top["usual_move_of"]) == ("bitcoin", "BTC", "all coins")
    assert (top["price_1"], top["price_2"]) == (60000, 120000)
    assert float(top["against_market"]) == pytest.approx(0.598, abs=1e-3)
    said = "\n".join(body["explain"])
    assert "1 coins are gone: lost." in said
    assert "90.9% of the records have no market cap, before it was 0.0%." in said
    assert "bitcoin moved +100.0% while the market moved +10.0%" in said


async def test_the_other_way_round_everything_has_the_other_sign(api: Api, home: House) -> None:
    first = sweep(home, MARKET)
    sweep(home, MARKET | {"between": 1})
    second = sweep(home, {name: price * 2 for name, price in MARKET.items()} | {"new": 1})
    there, back = await compare(api, first, second), await compare(api, second, first)
    assert there["assets"] == {"added": ["new"], "gone": []}
    assert back["assets"] == {"added": [], "gone": ["new"]}
    assert there["market"]["log_return"] == -back["market"]["log_return"]
    assert figure(back, "records_fetched")["delta"] == -1


async def test_a_figure_is_held_against_the_runs_before_the_second(api: Api, home: House) -> None:
    runs = [sweep(home, MARKET) for _ in range(9)]
    body = await compare(api, runs[0], sweep(home, {"coin-0": 10.0}))
    records = figure(body, "records_fetched")
    assert records["held_against"] == 9
    assert records["verdict"] == "anomalous"
    assert float(records["expected"]) == pytest.approx(20)
    assert records["z"] < -8
    assert any(one.startswith("Records: 1, expected 20") for one in body["explain"])


async def test_a_coin_with_a_week_of_its_own_is_measured_by_it(api: Api, home: House) -> None:
    for hour in range(26):
        wild = {"wild": 10.0 * (1 + hour % 2)}
        last = sweep(home, MARKET | wild)
    body = await compare(api, last, sweep(home, MARKET | {"wild": 10.0, "coin-0": 10.5}))
    movers = {one["coin_id"]: one for one in body["market"]["top_movers"]}
    assert movers["coin-0"]["usual_move_of"] == movers["wild"]["usual_move_of"] == "the coin"
    assert abs(movers["coin-0"]["z"]) > abs(movers["wild"]["z"])


async def test_of_two_streams_it_is_said_what_cannot_be_compared(api: Api, home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: as_json([ticker()])
    body = await compare(api, sweep(home, MARKET), home.sweep("coinpaprika"))
    assert body["comparable"] is False
    assert body["assets"] is body["market"] is None
    assert body["metrics"] == body["fields"] == []
    (words,) = body["explain"]
    assert "coingecko/markets and coinpaprika/tickers are two streams" in words
    assert body["differences"]["records_processed_diff"] == -19


async def test_other_settings_are_named(database_url: str, api: Api) -> None:
    with house(database_url, choices=SMALL) as home:
        first = sweep(home, MARKET)
    with house(database_url, choices={"coingecko": Choice(options=Options(top=200))}) as home:
        home.clock.tick(hours=1)
        body = await compare(api, first, sweep(home, MARKET))
    assert body["changes"] == [{"name": "top", "run_1": 250, "run_2": 200}]
    assert "The top was 250 and is 200: that may be why." in body["explain"]
    assert figure(body, "records_fetched")["held_against"] == 0


async def test_drift_between_two_runs_is_among_what_differs(api: Api, home: House) -> None:
    first, second = sweep(home, MARKET), sweep(home, MARKET, never_heard_of=7)
    body = await compare(api, first, second)
    found = [(one["run_id"], one["class"], one["path"]) for one in body["drift"]]
    assert found == [(second.run_id, "added", "never_heard_of")]
    assert any("never_heard_of" in words for words in body["explain"])


async def test_a_failed_run_has_no_coins_to_compare_and_says_why(api: Api, home: House) -> None:
    first = sweep(home, MARKET)
    home.providers["coingecko"].answer = lambda _: Reply(b"no", 403)
    body = await compare(api, first, home.sweep("coingecko"))
    assert body["comparable"] is False
    assert body["assets"] is body["market"] is None
    assert figure(body, "refusals")["run_2"] == Decimal(1)
    assert "is failed" in body["explain"][0]


async def test_a_run_compared_with_itself_differs_in_nothing(api: Api, home: House) -> None:
    only = sweep(home, MARKET)
    body = await compare(api, only, only)
    assert body["assets"] == {"added": [], "gone": []}
    assert {one["delta"] for one in body["metrics"]} <= {0, None}
    assert body["changes"] == []
