"""`GET /data`: what it promises about rows, numbers, filters and order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kasparro.schemas.prices import PricePage
from kasparro.store.connect import Connection
from support.api import Api, exact, serving
from support.filling import NOON, Filling


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


def hours(count: int, *, before: datetime = NOON) -> list[datetime]:
    return [before - timedelta(hours=n) for n in range(count)]


async def test_a_row_has_every_field_of_the_contract_and_no_other(api: Api, filling: Filling):
    series = filling.series("coinpaprika", "bitcoin", "btc", name="Bitcoin")
    filling.observe(
        series,
        datetime(2025, 12, 28, 10, 30, tzinfo=UTC),
        "42500.50",
        market_cap="850000000000",
        volume="28000000000",
        change="2.5",
    )
    answer = await api.get("/data", limit=5)
    body = exact(answer)
    assert body["data"] == [
        {
            "id": 1 << 20,
            "coin_id": "bitcoin",
            "symbol": "BTC",
            "name": "Bitcoin",
            "price_usd": Decimal("42500.50"),
            "market_cap": 850000000000,
            "volume_24h": 28000000000,
            "price_change_24h": Decimal("2.5"),
            "timestamp": "2025-12-28T10:30:00Z",
            "source": "coinpaprika",
        }
    ]
    assert list(body) == [
        "request_id", "api_latency_ms", "total_records", "page", "limit", "data"
    ]  # fmt: skip
    assert (body["total_records"], body["page"], body["limit"]) == (1, 1, 5)
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["api_latency_ms"] > 0
    assert answer.headers["content-type"] == "application/json"
    PricePage.model_validate_json(answer.content)


async def test_without_any_prices_the_page_is_empty_and_says_so(api: Api):
    body = await api.json("/data")
    assert (body["total_records"], body["page"], body["limit"], body["data"]) == (0, 1, 10, [])


@pytest.mark.parametrize("change", ["-3.5", "0", "0.0", "-0.000001"])
async def test_a_change_is_what_the_source_said_negative_or_zero(
    api: Api, filling: Filling, change: str
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON, change=change, volume="0")
    [row] = await api.data()
    assert row["price_change_24h"] == Decimal(change)
    assert row["volume_24h"] == 0
    assert row["market_cap"] is None


@pytest.mark.parametrize(
    "price",
    [
        "0.000000000123",
        "0.000000000000000001",
        "123456789012345678.123456789",
        "1.2345678901234567890123E-8",
        "42500.50",
        "1e-40",
        "999999999999999999999999999999.5",
    ],
)
async def test_a_price_keeps_every_digit(api: Api, filling: Filling, price: str):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON, price)
    answer = await api.get("/data")
    [row] = exact(answer)["data"]
    assert Decimal(row["price_usd"]) == Decimal(price)
    assert b'"price_usd":"' not in answer.content


async def test_a_timestamp_keeps_its_fraction(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON + timedelta(milliseconds=120))
    assert [row["timestamp"] for row in await api.data()] == ["2026-03-10T12:00:00.12Z"]


async def test_prices_come_newest_first_across_sources_and_partitions(api: Api, filling: Filling):
    old = filling.series("csv", "bitcoin", "BTC")
    new = filling.series("coingecko", "bitcoin", "btc")
    filling.observe(old, [datetime(2012, 5, day, tzinfo=UTC) for day in range(1, 11)])
    filling.observe(old, [datetime(2024, 2, day, tzinfo=UTC) for day in range(1, 11)])
    filling.observe(new, hours(30))
    rows = await api.data(limit=100)
    times = [row["timestamp"] for row in rows]
    assert len(times) == 50
    assert times == sorted(times, reverse=True)
    assert {row["coin_id"] for row in rows} == {"bitcoin"}


async def test_a_symbol_is_exact_in_any_case(api: Api, filling: Filling):
    for slug, symbol in (("threshold", "T"), ("tether", "USDT"), ("tron", "trx"), ("odd", "%")):
        filling.observe(filling.series("coingecko", slug, symbol), NOON)
    assert [row["symbol"] for row in await api.data(symbol="t")] == ["T"]
    assert [row["symbol"] for row in await api.data(symbol="TRX")] == ["TRX"]
    assert [row["coin_id"] for row in await api.data(symbol="%")] == ["odd"]
    assert await api.data(symbol="_") == []
    assert await api.data(symbol="USD") == []


async def test_a_percent_sign_finds_nothing_but_itself(api: Api, filling: Filling):
    filling.observe(filling.series("coingecko", "tether", "USDT"), NOON)
    answer = await api.client.get("/data?symbol=%25")
    assert answer.json()["total_records"] == 0


async def test_an_unknown_symbol_or_coin_is_an_empty_page(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    for params in ({"symbol": "NOPE"}, {"coin_id": "nope"}):
        body = await api.json("/data", **params)
        assert (body["total_records"], body["data"]) == (0, [])


async def test_a_source_that_nobody_knows_is_refused_and_the_known_are_named(api: Api):
    answer = await api.get("/data", source="nope")
    assert answer.status_code == 422
    assert "coinpaprika, coingecko, csv" in answer.json()["detail"]


async def test_a_source_without_prices_yet_is_an_empty_page(api: Api):
    assert (await api.json("/data", source="csv"))["total_records"] == 0


async def test_a_source_whose_declaration_is_gone_still_shows_its_prices(
    api: Api, filling: Filling
):
    filling.observe(filling.series("retired", "bitcoin", "BTC"), NOON)
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    assert [row["source"] for row in await api.data(source="retired")] == ["retired"]


async def test_a_coin_is_found_under_one_name_whatever_the_sources_call_it(
    api: Api, filling: Filling
):
    for source in ("coinpaprika", "coingecko", "csv"):
        filling.observe(filling.series(source, "bitcoin", "XBT"), NOON)
    filling.observe(filling.series("csv", "batcat", "BTC"), NOON)
    rows = await api.data(coin_id="bitcoin")
    assert {row["source"] for row in rows} == {"coinpaprika", "coingecko", "csv"}
    assert [row["coin_id"] for row in await api.data(symbol="btc")] == ["batcat"]


async def test_a_merged_coin_answers_as_the_one_it_was_merged_into(
    api: Api, filling: Filling, database: Connection
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    filling.asset("xbt", "XBT", "XBT")
    database.execute(
        "update assets set merged_into_id = (select id from assets where slug = 'bitcoin')"
        " where slug = 'xbt'"
    )
    assert [row["coin_id"] for row in await api.data(coin_id="xbt")] == ["bitcoin"]


async def test_since_a_date_means_its_midnight_in_utc_and_until_excludes(
    api: Api, filling: Filling
):
    midnight = datetime(2025, 1, 1, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    times = [midnight - moment, midnight, midnight + timedelta(days=1)]
    filling.observe(filling.series("csv", "bitcoin", "BTC"), times)
    for since in ("2025-01-01", "2025-01-01T00:00:00Z", "2025-01-01T05:30:00+05:30"):
        answer = await api.client.get("/data", params={"since": since, "until": "2025-01-02"})
        body = answer.json()
        assert [row["timestamp"] for row in body["data"]] == ["2025-01-01T00:00:00Z"]
        assert body["total_records"] == 1


@pytest.mark.parametrize(
    "since, until",
    [("0001-01-01", "9999-12-31"), ("1969-07-20", "2600-01-01T00:00:00+14:00")],
)
async def test_a_span_may_be_wider_than_the_calendar_of_prices(
    api: Api, filling: Filling, since: str, until: str
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), hours(3))
    body = await api.json("/data", since=since, until=until, limit=2)
    assert (body["total_records"], len(body["data"])) == (3, 2)
    body = await api.json("/data", since=since, until=until, symbol="btc")
    assert body["total_records"] == 3


async def test_a_span_that_ends_before_it_begins_is_empty(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), hours(100))
    for extra in ({}, {"symbol": "BTC"}):
        body = await api.json("/data", since="2026-03-10", until="2026-03-08T11:00", **extra)
        assert (body["total_records"], body["data"]) == (0, [])


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "ten"},
        {"offset": -1},
        {"offset": 10**30},
        {"symbol": ""},
        {"symbol": "B\0"},
        {"since": "yesterday"},
        {"since": "2025-13-01"},
        {"until": "0001-01-01T00:00:00+14:00"},
        {"cursor": "zz"},
        {"cursor": "é"},
        {"cursor": "MTc3MzE0NDAwMDAwMDAwMC4yLjI", "offset": 1},
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_as_a_problem(
    api: Api, params: dict[str, Any]
):
    answer = await api.get("/data", **params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


async def test_a_listing_without_a_name_of_its_own_shows_that_of_its_coin(
    api: Api, filling: Filling, database: Connection
):
    filling.observe(filling.series("csv", "ethereum", "ETH", name="Ethereum"), NOON)
    database.execute("update listings set name = ''")
    assert [row["name"] for row in await api.data()] == ["Ethereum"]
    assert [row["name"] for row in (await api.json("/assets/ethereum"))["prices"]] == ["Ethereum"]
    assert database.execute("select name from crypto_prices").fetchall() == [("Ethereum",)]
