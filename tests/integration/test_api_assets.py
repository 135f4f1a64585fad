"""Coins over HTTP: which there are, what the sources call them, and what became of merged ones."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from kasparro.schemas.assets import AssetDetail, AssetPage
from kasparro.store.connect import Connection
from support.api import Api, exact, serving
from support.filling import NOON, PLANTED, Filling


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


async def test_coins_that_some_source_lists_come_by_name_with_their_listings(
    api: Api, filling: Filling, database: Connection
):
    filling.series("coingecko", "ether", "eth")
    filling.series("coingecko", "bitcoin", "btc", name="Bitcoin")
    filling.series("csv", "bitcoin", "XBT", name="Bitcoin", source_asset_id="BTC-USD")
    database.execute("update listings set unlisted_at = %s where symbol = 'XBT'", [PLANTED])
    answer = await api.get("/assets")
    AssetPage.model_validate_json(answer.content)
    body = exact(answer)
    assert body["total_records"] == 2
    assert [coin["coin_id"] for coin in body["data"]] == ["bitcoin", "ether"]
    assert body["data"][0]["symbol"] == "BTC"
    assert body["data"][0]["listings"] == [
        {
            "source": "coingecko",
            "source_asset_id": "coingecko-bitcoin",
            "symbol": "BTC",
            "name": "Bitcoin",
            "first_seen_at": "2026-03-01T00:00:00Z",
            "unlisted_at": None,
        },
        {
            "source": "csv",
            "source_asset_id": "BTC-USD",
            "symbol": "XBT",
            "name": "Bitcoin",
            "first_seen_at": "2026-03-01T00:00:00Z",
            "unlisted_at": "2026-03-01T00:00:00Z",
        },
    ]


async def test_coins_are_paged_and_counted(api: Api, filling: Filling):
    for number in range(25):
        filling.series("csv", f"coin-{number:02}", f"C{number}")
    pages = [await api.json("/assets", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [page["page"] for page in pages] == [1, 2, 3, 4]
    assert [page["total_records"] for page in pages] == [25] * 4
    slugs = [coin["coin_id"] for page in pages for coin in page["data"]]
    assert slugs == [f"coin-{number:02}" for number in range(25)]


async def test_coins_are_found_by_symbol_exactly_and_by_any_part_of_their_names(
    api: Api, filling: Filling
):
    filling.series("csv", "bitcoin", "BTC", name="Bitcoin")
    filling.series("csv", "bitcoin-cash", "BCH", name="Bitcoin Cash")
    filling.series("csv", "hundred", "C100", name="100% Pure_Coin")

    async def found(**params: str) -> list[str]:
        body = await api.json("/assets", **params)
        assert body["total_records"] == len(body["data"])
        return [coin["coin_id"] for coin in body["data"]]

    assert await found(symbol="btc") == ["bitcoin"]
    assert await found(symbol="B") == []
    assert await found(q="BITCOIN") == ["bitcoin", "bitcoin-cash"]
    assert await found(q="cash") == ["bitcoin-cash"]
    assert await found(q="bch") == ["bitcoin-cash"]
    assert await found(q="%") == ["hundred"]
    assert await found(q="e_c") == ["hundred"]
    assert await found(q="nothing like it") == []


async def test_one_coin_comes_with_its_relations_and_each_sources_newest_price(
    api: Api, filling: Filling, database: Connection
):
    gecko = filling.series("coingecko", "matic", "matic")
    filling.observe(gecko, NOON - timedelta(hours=1), "0.50")
    filling.observe(gecko, NOON, "0.51", change="-3.5")
    filling.observe(gecko, NOON - timedelta(hours=2), "0.49")
    filling.observe(filling.series("csv", "matic", "MATIC", stream="old"), NOON, "0.4")
    newer = filling.series("csv", "matic", "MATIC", stream="new", source_asset_id="MATIC-USD")
    filling.observe(newer, NOON + timedelta(minutes=1), "0.52")
    filling.asset("pol", "POL", "Polygon")
    database.execute(
        "update assets set successor_id = (select id from assets where slug = 'pol')"
        " where slug = 'matic'"
    )
    answer = await api.get("/assets/matic")
    AssetDetail.model_validate_json(answer.content)
    body = exact(answer)
    assert (body["coin_id"], body["successor"], body["wraps"]) == ("matic", "pol", None)
    assert [(row["source"], row["price_usd"]) for row in body["prices"]] == [
        ("coingecko", Decimal("0.51")),
        ("csv", Decimal("0.52")),
    ]
    assert body["prices"][0]["price_change_24h"] == Decimal("-3.5")
    assert len(body["listings"]) == 3


async def test_a_shipped_coin_that_no_source_has_shown_yet_is_known_but_empty(
    api: Api, filling: Filling
):
    filling.asset("not-seen-yet", "NSY", "Not Seen Yet")
    body = await api.json("/assets/not-seen-yet")
    assert (body["listings"], body["prices"]) == ([], [])
    assert (await api.json("/assets", q="not-seen-yet"))["total_records"] == 0


async def test_a_merged_coin_leads_to_the_one_that_answers_for_it(
    api: Api, filling: Filling, database: Connection
):
    for slug in ("first", "second", "third"):
        filling.asset(slug, slug, slug)
    for old, new in (("first", "second"), ("second", "third")):
        database.execute(
            "update assets set merged_into_id = (select id from assets where slug = %s)"
            " where slug = %s",
            [new, old],
        )
    answer = await api.get("/assets/first")
    assert answer.status_code == 308
    moved = await api.client.get("/assets/first", follow_redirects=True)
    assert moved.json()["coin_id"] == "third"
    assert str(moved.url).endswith("/assets/third")


@pytest.mark.parametrize("slug", ["nope", "%", "Bitcoin'--", "é"])
async def test_a_coin_nobody_knows_is_404_as_a_problem(api: Api, slug: str):
    answer = await api.client.get(f"/assets/{slug}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
